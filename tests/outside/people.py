"""Browsers and apps for tests from outside: cookies, forms and the OAuth dance, on a real process over plain HTTP."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.processes import PASSWORD, Answer, Server, ask

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
VERIFIER = "a-verifier-that-is-long-enough-to-be-one-of-pkce"


class Form:
    """A form of a page: where it goes, and what is filled in already."""

    def __init__(self, action: str) -> None:
        self.action, self.fields = action, dict[str, str]()


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.found.append(Form(given.get("action") or ""))
        elif tag == "input" and (name := given.get("name")) and (given.get("type") != "radio" or "checked" in given):
            self.found[-1].fields[name] = given.get("value") or ""


def forms(answer: Answer) -> list[Form]:
    """Return the forms of a page, in order."""
    reader = _Forms()
    reader.feed(answer.body.decode())
    return reader.found


class Browser:
    """A browser that came through the proxy of the domain: it keeps cookies and names our origin."""

    def __init__(self, server: Server, *, host: str | None = None) -> None:
        self.server, self.host = server, host or server.domain
        self.origin = f"https://{self.host}"
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **headers: str) -> Answer:
        """Open a page; redirects are answers."""
        return self._asked("GET", path, None, headers)

    def send(self, path: str, fields: Mapping[str, str], **headers: str) -> Answer:
        """Send a form."""
        body = urlencode(fields).encode()
        sent = {"content-type": "application/x-www-form-urlencoded", "origin": self.origin, **headers}
        return self._asked("POST", path, body, {name: value for name, value in sent.items() if value})

    def submit(self, form: Form, **changes: str) -> Answer:
        """Send a form of a page with ``changes``."""
        return self.send(form.action, {**form.fields, **changes})

    def log_in(self) -> "Browser":
        """Let the owner in."""
        (form,) = forms(self.get("/login"))
        answer = self.submit(form, password=PASSWORD)
        assert answer.status == 303, answer
        return self

    def _asked(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"host": self.host, "accept": "text/html", **({"cookie": cookie} if cookie else {}), **headers}
        answer = ask(f"{self.server.url}{path}", method=method, body=body, headers=sent)
        if found := re.match(r"([^=]+)=([^;]*)", answer.headers.get("set-cookie", "")):
            self.cookies[found[1]] = found[2]
        return answer


class App:
    """A registered app."""

    def __init__(self, server: Server, *, redirect: str = "https://app.example/back?x=1", scopes: str = "read") -> None:
        self.server, self.redirect, self.scopes = server, redirect, scopes
        told = server.api("POST", "/api/v1/apps", client_name="An app", redirect_uris=redirect, scopes=scopes)
        self.id, self.secret = str(told["client_id"]), str(told["client_secret"])

    def request(self, **changes: str) -> dict[str, str]:
        """Return what it asks the owner for; a change to "" leaves something out."""
        asked = {
            "response_type": "code",
            "client_id": self.id,
            "redirect_uri": self.redirect,
            "scope": self.scopes,
            "state": "a state",
            **changes,
        }
        return {name: value for name, value in asked.items() if value}

    def page(self, browser: Browser, **changes: str) -> Answer:
        """Open the page where the owner decides."""
        return browser.get(f"/oauth/authorize?{urlencode(self.request(**changes))}")

    def code(self, browser: Browser, **changes: str) -> str:
        """Let the owner, who is logged in with ``browser``, say yes; return the code."""
        (form,) = forms(self.page(browser, **changes))
        return answered(browser.submit(form))["code"]

    def exchange(self, code: str, **changes: str) -> Answer:
        """Exchange a code for a token."""
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect}
        return self.ask_token(**{**fields, **changes})

    def ask_token(self, **fields: str) -> Answer:
        """Ask for a token."""
        sent = {"client_id": self.id, "client_secret": self.secret, **fields}
        return post(self.server, "/oauth/token", sent)

    def token(self, browser: Browser, **changes: str) -> str:
        """Return a token in the owner's name."""
        return str(self.exchange(self.code(browser, **changes)).json()["access_token"])

    def revoke(self, token: str) -> Answer:
        """Give a token back."""
        return post(self.server, "/oauth/revoke", {"client_id": self.id, "client_secret": self.secret, "token": token})


def post(server: Server, path: str, fields: Mapping[str, str]) -> Answer:
    """Send a form as programs do: without cookie or origin."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return ask(f"{server.url}{path}", method="POST", body=urlencode(fields).encode(), headers=headers)


def answered(answer: Answer) -> dict[str, str]:
    """Return what a redirect tells the app."""
    assert answer.status == 303, answer
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def challenge(verifier: str = VERIFIER) -> dict[str, str]:
    """Return what begins PKCE."""
    digest = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return {"code_challenge": digest, "code_challenge_method": "S256"}


def whoami(server: Server, token: str) -> Any:
    """Return the status of asking who one is."""
    return server.call("GET", "/api/v1/accounts/verify_credentials", token).status
