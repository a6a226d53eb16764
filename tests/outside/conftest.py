"""One server and some strangers for the tests of a module."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.processes import Laboratory, Server, laboratory
from tests.strangers import Stranger

Meet = Callable[..., Stranger]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    with laboratory(Path(tmp_path_factory.mktemp("lab"))) as opened:
        yield opened


@pytest.fixture(scope="module")
def bob(lab: Laboratory) -> Iterator[Stranger]:
    """An honest server that the house will get to know."""
    stranger = Stranger(lab, "far.example")
    yield stranger
    stranger.close()


@pytest.fixture(scope="module")
def mallory(lab: Laboratory) -> Iterator[Stranger]:
    """A server that is up to no good, with a key of its own."""
    stranger = Stranger(lab, "evil.example", "mallory", key_number=1)
    yield stranger
    stranger.close()


UNSIFTED = {
    "SMALLFED_STRANGERS_NEW_FOR_HOURS": "0",
    "SMALLFED_STRANGERS_PER_HOST": "0",
    "SMALLFED_STRANGERS_UNASKED": "0",
    "SMALLFED_STRANGERS_FOLLOWS": "0",
    "SMALLFED_STRANGERS_WAVES": "false",
}
"""Options of a house that hears all strangers at once, for tests about something else."""


@pytest.fixture(scope="module")
def home(lab: Laboratory, bob: Stranger, mallory: Stranger) -> Server:
    """The house of @alice@home.example, running."""
    server = lab.server("home.example", **UNSIFTED)
    server.setup("alice")
    return server.start()


@pytest.fixture(scope="module")
def token(home: Server) -> str:
    return home.token()


ALICE = "https://home.example/users/alice"
