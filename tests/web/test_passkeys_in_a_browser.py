"""Passkeys and codes in a real browser, with an authenticator that Chromium plays; and how the owner's pages look."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyotp
import pytest

from tests.chromium import Window, chromium
from tests.outside.people import App
from tests.processes import PASSWORD, Server, eventually, free_port

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Server]:
    """A trial on localhost: browsers take passkeys there without a certificate."""
    port = free_port()
    bind = {"SMALLFED_SERVER_BIND": f"127.0.0.1:{port}", "SMALLFED_LIMITS_RATE": "false"}
    server = Server(tmp_path / "home", domain=f"localhost:{port}", environment=bind)
    server.port = port
    server.setup("alice", "--trial")
    yield server.start()
    server.stop()


class Owner:
    """The owner at a browser that has an authenticator."""

    def __init__(self, window: Window, home: Server) -> None:
        self.window, self.page, self.base = window, window.page, f"http://localhost:{home.port}"
        self.devtools = window.context.new_cdp_session(self.page)
        self.devtools.send("WebAuthn.enable")
        told = self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        self.authenticator = told["authenticatorId"]

    def open(self, path: str) -> None:
        self.page.goto(f"{self.base}{path}", wait_until="load")

    def log_in(self) -> None:
        self.open("/login")
        self.page.fill("#password", PASSWORD)
        self.page.click("text=Log in")
        self.page.wait_for_url("**/owner")

    def log_out(self) -> None:
        self.page.click("text=Log out")
        self.page.wait_for_url("**/login")

    def add_passkey(self, name: str) -> None:
        self.open("/security")
        self.page.click("text=Add a passkey")
        self.page.fill("#name", name)
        self.page.click("text=Make it")
        self.page.wait_for_url("**/security")

    @property
    def credentials(self) -> list[dict[str, Any]]:
        told = self.devtools.send("WebAuthn.getCredentials", {"authenticatorId": self.authenticator})
        found: list[dict[str, Any]] = told["credentials"]
        return found


@pytest.fixture
def owner(browser: Any, home: Server) -> Iterator[Owner]:
    with Window(browser) as window:
        owner = Owner(window, home)
        owner.log_in()
        yield owner


def test_a_passkey_lets_in_without_the_password(owner: Owner) -> None:
    owner.add_passkey("My phone")
    listed = owner.window.text
    owner.log_out()
    owner.open("/why?about=%40bob%40far.example")

    owner.page.click("text=Use a passkey")
    owner.page.wait_for_url("**/why?about=%40bob%40far.example")
    owner.open("/security")

    (credential,) = owner.credentials
    assert "My phone" in listed
    assert "used in the last two hours" in owner.window.text
    assert (credential["isResidentCredential"], credential["rpId"]) == (True, "localhost")
    assert owner.window.complaints == []


def test_a_passkey_after_the_password_when_the_owner_wants_that(owner: Owner) -> None:
    owner.add_passkey("My phone")
    owner.page.click("text=Ask for a passkey after the password")
    recovery = owner.page.locator(".recovery code").all_inner_texts()
    owner.page.click("text=I have them")
    owner.log_out()
    owner.page.fill("#password", PASSWORD)
    owner.page.click("button:has-text('Log in')")
    owner.page.wait_for_selector("text=And one thing more")
    with_code = owner.page.locator("#code").count()

    owner.page.click("text=Use a passkey")
    owner.page.wait_for_url("**/owner")

    assert (len(recovery), with_code) == (10, 1)
    assert owner.window.complaints == []


def test_consent_takes_a_passkey(owner: Owner, home: Server) -> None:
    owner.add_passkey("My phone")
    owner.log_out()
    app = App(home, redirect=f"{owner.base}/about?back", scopes="read")
    owner.open("/oauth/authorize?" + "&".join(f"{name}={value}" for name, value in app.request().items()))

    owner.page.click("text=Use a passkey")
    owner.page.wait_for_url("**/about?back&code=*")

    code = re.search(r"code=([^&]+)", owner.page.url)
    assert code is not None
    assert app.exchange(code[1]).status == 200
    assert owner.window.complaints == []


def test_a_copy_of_a_passkey_is_noticed(owner: Owner) -> None:
    """Its counter does not grow: whoever answers has an older copy, and is not let in."""
    owner.add_passkey("My key")
    (credential,) = owner.credentials
    owner.log_out()
    owner.page.click("text=Use a passkey")
    owner.page.wait_for_url("**/owner")
    owner.log_out()
    owner.devtools.send("WebAuthn.clearCredentials", {"authenticatorId": owner.authenticator})
    owner.devtools.send(
        "WebAuthn.addCredential", {"authenticatorId": owner.authenticator, "credential": {**credential, "signCount": 0}}
    )

    owner.page.click("text=Use a passkey")
    owner.page.wait_for_selector(".problem:has-text('does not open this door')")

    assert owner.page.url.endswith("/login")


def test_a_removed_passkey_opens_nothing(owner: Owner) -> None:
    owner.add_passkey("First")
    owner.open("/security")
    owner.page.click("text=Rename")
    owner.page.fill("[aria-label='Name of the passkey']", "Old phone")
    owner.page.click("button:has-text('Rename')")
    owner.page.wait_for_selector("h3:has-text('Old phone')")
    owner.page.click("text=Remove")
    owner.page.wait_for_url("**/security")
    gone = owner.window.text
    owner.log_out()

    assert "Old phone" not in gone
    assert owner.page.locator("text=Use a passkey").count() == 0


def test_codes_are_set_up_and_asked_for(owner: Owner, home: Server) -> None:
    owner.open("/security")
    owner.page.click("button:has-text('Set up')")
    secret = owner.page.inner_text("#secret").replace(" ", "")
    size = owner.page.locator(".qr svg").bounding_box()
    owner.page.fill("#code", pyotp.TOTP(secret).now())
    owner.page.click("text=Ask for codes from now on")
    recovery = owner.page.locator(".recovery code").all_inner_texts()
    owner.page.click("text=I have them")
    owner.log_out()
    owner.page.fill("#password", PASSWORD)
    owner.page.click("button:has-text('Log in')")
    owner.page.fill("#code", recovery[0])
    owner.page.click("button:has-text('Log in')")
    owner.page.wait_for_url("**/owner")
    owner.log_out()

    told = home.command("login", "reset").stdout
    owner.log_in()

    assert size["width"] > 200
    assert told == "The password is enough now.\n"
    assert owner.window.complaints == []


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_every_page_of_the_owner_fits_and_can_be_read(browser: Any, home: Server, width: int, scheme: str) -> None:
    """With everything on them. ``PICTURES_OF_PAGES=FOLDER`` keeps what they look like."""
    pictures = os.environ.get("PICTURES_OF_PAGES")
    for app in ("Tusky", "An app with a name that is as long as a name may ever be, really"):
        home.command("token", "--app", app[:60], "--scopes", "read write follow push admin:read")
    with Window(browser, width=width, scheme=scheme) as window:
        owner, found = Owner(window, home), {}

        def look(name: str) -> None:
            owner.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            found[name] = [*window.overflow, *window.faint, *window.complaints]
            if pictures:
                owner.page.screenshot(path=f"{pictures}/{name}-{width}-{scheme}.png", full_page=True)

        owner.log_in()
        look("apps")
        owner.open("/security")
        look("security-bare")
        owner.page.click("button:has-text('Set up')")
        look("codes")
        secret = owner.page.inner_text("#secret").replace(" ", "")
        owner.page.fill("#code", pyotp.TOTP(secret).now())
        owner.page.click("text=Ask for codes from now on")
        look("recovery")
        owner.open("/security")
        owner.page.click("text=Add a passkey")
        look("passkey")
        owner.add_passkey("My phone")
        look("security")
        for path in ("/owner", "/browsers"):
            owner.open(path)
            look(path.strip("/"))
        owner.open("/login?again=1&next=/security")
        look("again")
        owner.open("/apps")
        owner.log_out()
        owner.page.fill("#password", PASSWORD)
        owner.page.click("button:has-text('Log in')")
        owner.page.wait_for_selector("#code")
        look("halfway")

    assert {name: problems for name, problems in found.items() if problems} == {}
    assert eventually(lambda: len(found) == 10)
