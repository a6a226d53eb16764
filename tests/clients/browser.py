"""A browser without eyes: it keeps cookies, reads forms and sends them, so that the owner can let an app in."""

from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, ProxyHandler, Request, build_opener

import pytest


class Page(HTMLParser):
    """A page: where its one form leads, what is hidden in it, which names it has, and the code it may show."""

    def __init__(self, url: str, html: str) -> None:
        super().__init__()
        self.url, self.action, self.code = url, url, ""
        self.hidden: dict[str, str] = {}
        self.fields: set[str] = set()
        self._in_code = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self._in_code = found.get("id") == "code"
        if tag == "form":
            self.action = urljoin(self.url, found["action"])
        if tag == "input" and found.get("type") == "hidden":
            self.hidden[found["name"]] = found["value"]
        elif tag == "input":
            self.fields.add(found["name"])

    def handle_data(self, data: str) -> None:
        if self._in_code:
            self.code += data

    def handle_endtag(self, tag: str) -> None:
        self._in_code = False


class Browser:
    """The owner's browser; whoever uses it knows the password."""

    def __init__(self, password: str) -> None:
        self._password = password
        cookies = HTTPCookieProcessor(CookieJar())
        self._opener = build_opener(ProxyHandler({}), cookies)
        self._staying = build_opener(ProxyHandler({}), cookies, _Stay())

    def let_in(self, url: str) -> str:
        """Open the page on which an app asks to be let in, let it in, and return the code that is shown."""
        code = self.open(self._yes(url)).code.strip()
        assert code, "no code was shown"
        return code

    def sent_back(self, url: str) -> str:
        """Do as ``let_in``, and return the address to which the browser is sent, which may be no web page at all."""
        with pytest.raises(HTTPError) as raised:
            self._staying.open(self._yes(url), timeout=20)
        with raised.value as answer:
            assert answer.status == 303, answer.status
            return str(answer.headers["Location"])

    def open(self, address: Request | str) -> Page:
        """Open a page."""
        with self._opener.open(address, timeout=20) as response:
            return Page(response.url, response.read().decode())

    def _yes(self, url: str) -> Request:
        page = self.open(url)
        values = page.hidden | ({"password": self._password} if "password" in page.fields else {})
        here = urlsplit(page.url)
        return Request(page.action, urlencode(values).encode(), {"Origin": f"{here.scheme}://{here.netloc}"})


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None
