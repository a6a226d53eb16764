"""A house and a Fedify peer that have not met yet."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.peers.fedify import Knows, Peer, peer
from tests.processes import Server, laboratory


class Home:
    """Our server, seen by its owner."""

    handle = "alice@home.example"
    actor = "https://home.example/users/alice"

    def __init__(self, server: Server) -> None:
        self.server = server
        self.token = server.token()

    def __call__(self, method: str, path: str, **parameters: object) -> Any:
        """Call the client API as the owner."""
        return self.server.api(method, path, self.token, **parameters)

    def notified(self, kind: str) -> list[dict[str, Any]]:
        """Return the owner's notifications of a type, newest first."""
        return [each for each in self("GET", "/api/v1/notifications") if each["type"] == kind]


class Meet(Protocol):
    """Starts both sides; they end with the test."""

    def __call__(self, *, first_knock: Knows = "rfc9421", knows: Knows = "both") -> tuple[Home, Peer]:
        """Start a house and a peer that signs with ``first_knock`` first and can verify what ``knows`` says."""
        ...


@pytest.fixture
def meet(tmp_path: Path) -> Iterator[Meet]:
    """Return what starts a house, @alice@home.example, and a peer, @peer@peer.example."""
    with laboratory(tmp_path) as lab, ExitStack() as running:

        def start(*, first_knock: Knows = "rfc9421", knows: Knows = "both") -> tuple[Home, Peer]:
            fedify = running.enter_context(peer(lab, first_knock=first_knock, knows=knows))
            server = lab.server("home.example")
            server.setup("alice")
            return Home(server.start()), fedify

        yield start
