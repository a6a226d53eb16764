"""An app that says word for word what a real one says, since not every app runs in a test.

Nothing is added to its requests: no User-Agent it does not send, no header it does not set. Every answer of the client
API is held to the documentation.
"""

import json
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.clients.people import Person
from tests.documented import answers
from tests.processes import Answer, eventually

Fields = Sequence[tuple[str, str]]
FORM, JSON, BOUNDARY = "application/x-www-form-urlencoded", "application/json; charset=utf-8", "a-boundary"


class Script:
    """One app on its way in; ``headers`` are those of all its requests."""

    def __init__(self, person: Person, *, redirect: str, scopes: str, **headers: str) -> None:
        self.person, self.redirect, self.scopes = person, redirect, scopes
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.client: dict[str, Any] = {}
        self.token = ""

    # Asking
    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Ask, with the token once there is one."""
        told = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if self.token:
            told.setdefault("Authorization", f"Bearer {self.token}")
        connection = HTTPConnection("127.0.0.1", self.person.server.port, timeout=20)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in {"Host": self.person.server.domain, **told}.items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            answer = Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()
        if "json" in answer.headers.get("content-type", ""):
            answers.check(method, path, answer.status, answer.body, mine=bool(self.token))
        return answer

    def get(self, path: str, fields: Fields = (), *, status: int = 200) -> Any:
        """Ask for something and return it from JSON."""
        return _expect(self.ask("GET", f"{path}?{urlencode(fields)}" if fields else path), status)

    def form(self, path: str, fields: Fields, *, method: str = "POST") -> Any:
        """Send a form."""
        return _expect(self.ask(method, path, urlencode(fields).encode(), Content_Type=FORM))

    def json(self, path: str, value: object, *, method: str = "POST") -> Any:
        """Send JSON."""
        return _expect(self.ask(method, path, json.dumps(value).encode(), Content_Type=JSON))

    def multipart(self, path: str, fields: Fields, *, method: str = "POST") -> Any:
        """Send a form as files are sent."""
        parts = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields
        )
        body = f"{''.join(parts)}--{BOUNDARY}--\r\n".encode()
        type_ = f'multipart/form-data; boundary="{BOUNDARY}"'
        return _expect(self.ask(method, path, body, Content_Type=type_))

    def query(self, path: str, fields: Fields, *, method: str = "POST") -> Any:
        """Send parameters in the address, and no body."""
        return _expect(self.ask(method, f"{path}?{urlencode(fields)}", b""))

    # Coming in
    @property
    def names_itself(self) -> dict[str, str]:
        """What proves at the token endpoint which app it is."""
        return {"client_id": self.client["client_id"], "client_secret": self.client["client_secret"]}

    def allowed(self, path: str = "/oauth/authorize", **more: str) -> str:
        """Have the owner let it in, in a browser, and return the code as it comes back."""
        asked = {
            "client_id": self.client["client_id"],
            "redirect_uri": self.redirect,
            "response_type": "code",
            "scope": self.scopes,
            **more,
        }
        browser, address = self.person.browser, f"{self.person.base}{path}?{urlencode(asked)}"
        if self.redirect.startswith("urn:"):
            return browser.let_in(address)
        back = browser.sent_back(address)
        assert back.startswith(self.redirect), back
        (code,) = parse_qs(urlsplit(back).query)["code"]
        return code

    def holds(self, token: Mapping[str, Any]) -> None:
        """Keep the token that it was given: it says what all apps want to be said, and nothing of an end."""
        assert set(token) == {"access_token", "token_type", "scope", "created_at"}
        assert (token["token_type"], token["scope"].split()) == ("Bearer", self.scopes.split())
        self.token = token["access_token"]

    # Afterwards
    def missed(self) -> list[tuple[str, str, str, str]]:
        """Return what the ledger of the server has on any app: (app, request, what, name)."""
        self.person.browser.open(f"{self.person.base}/compatibility")  # which writes down what was gathered
        noted = json.loads(self.person.server.command("compatibility", "--json").stdout)
        return [(each["app"], f"{each['method']} {each['route']}", each["what"], each["name"]) for each in noted]

    def hears_of(self, socket: Any, kind: str) -> None:
        """Have the owner post by another app, and wait until it is told on ``socket`` as ``kind``."""
        socket.say({"type": "subscribe", "stream": "nonsense"})
        assert socket.next()["status"] == 400  # so what was subscribed to before has been heard
        said = self.person.server.api("POST", "/api/v1/statuses", self.person.token, status="Is anybody there?")
        told = eventually(lambda: next((each for each in [socket.next()] if each["event"] == kind), None))
        assert json.loads(told["payload"])["id"] == said["id"]


def _expect(answer: Answer, status: int = 200) -> Any:
    assert answer.status == status, answer
    is_json = "json" in answer.headers["content-type"]
    return answer.json() if is_json else answer.body.decode()
