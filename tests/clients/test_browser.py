"""A client in the browser: Phanpy, in a real Chromium, logs in, reads, posts and hears of an answer.

It speaks https only, as do all clients of its kind, so both it and the server stand behind the laboratory's front.
"""

import os
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.chromium import Window, chromium
from tests.processes import FRONT, PASSWORD, Laboratory, Server, eventually, laboratory
from tests.strangers import Stranger

ALICE = "https://home.example/users/alice"
APP = "https://phanpy.example"


class Files(SimpleHTTPRequestHandler):
    """A folder on the web."""

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def build() -> Path:
    """Return the folder with Phanpy in it."""
    named = os.environ.get("PHANPY_DIST")
    if not named:
        pytest.skip("needs a build of Phanpy: let PHANPY_DIST name its folder `dist`")
    folder = Path(named)
    assert (folder / "index.html").is_file(), f"PHANPY_DIST: there is no index.html in {folder}"
    return folder


@pytest.fixture(scope="module")
def lab(build: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(build)))
    server.daemon_threads = True
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    with laboratory(Path(tmp_path_factory.mktemp("phanpy"))) as opened:
        opened.name("phanpy.example", server.server_address[1])
        yield opened
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def bob(lab: Laboratory) -> Iterator[Stranger]:
    stranger = Stranger(lab, "far.example")
    yield stranger
    stranger.close()


@pytest.fixture(scope="module")
def home(lab: Laboratory, bob: Stranger) -> Server:
    server = lab.server("home.example")
    server.setup("alice", "--name", "Alice")
    return server.start()


@pytest.fixture(scope="module")
def window(lab: Laboratory, home: Server) -> Iterator[Window]:
    """Return a window in which Phanpy is logged in. The names of the laboratory are all that it can reach."""
    rules = f"MAP *.example {FRONT}:{lab.front.port}, MAP * ~NOTFOUND, EXCLUDE {FRONT}"
    with chromium(f"--host-resolver-rules={rules}") as browser, Window(browser) as opened:
        log_in(opened)
        yield opened


def log_in(window: Window) -> None:
    page = window.open(f"{APP}/#/login")
    page.fill("#instanceURL", "home.example")
    with page.expect_popup() as opening:
        page.keyboard.press("Enter")
    popup: Any = opening.value
    popup.fill("#password", PASSWORD)
    popup.click("text=Let it in")
    page.wait_for_selector("#compose-button", state="attached")


def test_it_is_logged_in_as_the_owner(window: Window, home: Server) -> None:
    account = window.page.evaluate("JSON.parse(localStorage.accounts)[0].info")

    shown = {name: account[name] for name in ("username", "displayName", "url")}
    assert shown == {"username": "alice", "displayName": "Alice", "url": "https://home.example/@alice"}


def test_it_posts_what_is_typed(window: Window, home: Server) -> None:
    page = window.open(f"{APP}/#/")
    page.click("#compose-button")
    page.fill("#compose-container textarea", "Hello from a browser")

    page.click("#compose-container button[type=submit]")

    post = eventually(lambda: newest(home, "Hello from a browser"))
    assert (post["visibility"], post["application"]["name"]) == ("public", "Phanpy")
    page.reload()
    page.get_by_text("Hello from a browser").first.wait_for()


def newest(home: Server, text: str) -> Any:
    me = home.api("GET", "/api/v1/accounts/lookup?acct=alice")["id"]
    posts = home.api("GET", f"/api/v1/accounts/{me}/statuses")
    return next((post for post in posts if text in post["content"]), None)


def test_it_shows_the_answer_of_another_server(window: Window, home: Server, bob: Stranger) -> None:
    token = home.token()
    post = home.api("POST", "/api/v1/statuses", token, status="Is anybody there?")
    answer = bob.mention(ALICE, "<p>Here I am, far away</p>", inReplyTo=post["uri"])

    assert bob.post(home, bob.create(answer)).status == 202
    eventually(lambda: home.api("GET", "/api/v1/notifications", token))

    page = window.open(f"{APP}/#/notifications")
    page.get_by_text("Here I am, far away").first.wait_for()
    page = window.open(f"{APP}/#/home.example/s/{post['id']}")
    page.get_by_text("Is anybody there?").first.wait_for()
    page.get_by_text("Here I am, far away").first.wait_for()


def test_its_pages_find_what_they_ask_for(window: Window, home: Server) -> None:
    """Nothing that Phanpy asks of the server is refused or breaks, and its streams open."""
    me = home.api("GET", "/api/v1/accounts/lookup?acct=alice")["id"]
    window.complaints.clear()

    for path in (
        "",
        "notifications",
        "mentions",
        "b",
        "f",
        "fh",
        "l",
        "ft",
        "st",
        f"home.example/a/{me}",
        "home.example/p",
    ):
        window.open(f"{APP}/#/{path}").reload(wait_until="networkidle")

    assert [each for each in window.complaints if "home.example" in each] == []
