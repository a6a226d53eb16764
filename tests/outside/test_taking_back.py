"""Rule 35 of SAFETY, from outside: however a token ends, its streams and pushes end with it, and no other's."""

from collections.abc import Callable

import pytest

from tests.apps import Phone
from tests.outside.looking import rows
from tests.outside.people import App, Browser, forms
from tests.processes import Server
from tests.websocket import websocket


class Situation:
    """An app with a token, and the owner at a browser."""

    def __init__(self, home: Server) -> None:
        self.home, self.browser, self.app = home, Browser(home).log_in(), App(home, scopes="read push")
        self.code = self.app.code(self.browser)
        self.token = str(self.app.exchange(self.code).json()["access_token"])
        home.api("POST", "/api/v1/push/subscription", self.token, **Phone().asks("mention"))

    @property
    def numbers(self) -> tuple[int, int]:
        """The ids of the app and its token."""
        ((app, token),) = rows(
            self.home, "SELECT a.id, t.id FROM apps a JOIN tokens t ON t.app_id = a.id WHERE client_id = ?", self.app.id
        )
        return app, token

    def submit(self, action: str) -> None:
        """Send the form of the page of apps that goes to ``action``."""
        seal = forms(self.browser.get("/apps"))[0].fields["seal"]
        assert self.browser.send(action, {"seal": seal}).status == 303


WAYS: dict[str, Callable[[Situation], object]] = {
    "the app gives it back": lambda s: s.app.revoke(s.token),
    "its code is used again": lambda s: s.app.exchange(s.code),
    "the owner shows the app out": lambda s: s.submit(f"/apps/{s.numbers[0]}/revoke"),
    "the owner ends this login": lambda s: s.submit(f"/apps/tokens/{s.numbers[1]}/revoke"),
    "the owner types it": lambda s: s.home.command("apps", "revoke", str(s.numbers[1])),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_ends_a_token_ends_its_streams_and_pushes(home: Server, token: str, way: str) -> None:
    situation, other = Situation(home), Situation(home)
    ended_token, kept_token = situation.numbers[1], other.numbers[1]

    with (
        websocket(home.port, situation.token, "stream=user") as ended,
        websocket(home.port, token, "stream=user") as kept,
    ):
        WAYS[way](situation)

        assert ended.until_closed() == 1008
        assert kept.code is None
    subscribed = rows(home, "SELECT token_id FROM push_subscriptions WHERE token_id >= ?", min(ended_token, kept_token))
    assert subscribed == [(kept_token,)]
