"""Two servers on this machine, just tried out: @alice and @bob, each at home at its own port of localhost."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.clients.people import Person
from tests.processes import Server, free_port


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Person, Person]]:
    """Return Alice and Bob, who do not know each other yet."""
    folder = tmp_path_factory.mktemp("clients")
    with ExitStack() as stack:
        yield _settle(folder, "alice", stack), _settle(folder, "bob", stack)


def _settle(folder: Path, username: str, stack: ExitStack) -> Person:
    port = free_port()
    server = Server(
        folder / username,
        domain=f"localhost:{port}",
        environment={"SMALLFED_SERVER_BIND": f"127.0.0.1:{port}", "SMALLFED_LIMITS_RATE": "false"},
    )
    server.port = port
    server.setup(username, "--trial")
    stack.callback(server.stop)
    server.start()
    return Person(username, server)


@pytest.fixture
def alice(people: tuple[Person, Person]) -> Person:
    """Return the owner of the first server."""
    return people[0]


@pytest.fixture
def bob(people: tuple[Person, Person]) -> Person:
    """Return the owner of the second server."""
    return people[1]
