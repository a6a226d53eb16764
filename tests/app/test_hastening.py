"""The shortcuts through hypercorn: idle connections end in time, and one connection's bug is its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from types import SimpleNamespace
from typing import Any

import pytest
import trio
from hypercorn.trio.tcp_server import TCPServer
from trio.testing import MockClock

from smallfed import listening
from smallfed.hastening import MADE_FOR, IdleWatch, hasten

PATIENCE = 15.0


class Connection:
    """As much of hypercorn's server as the watch sees; ``closed`` is when it was closed."""

    def __init__(self) -> None:
        self.config = SimpleNamespace(keep_alive_timeout=PATIENCE)
        self.context = SimpleNamespace(terminated=trio.Event())
        self.closed: float | None = None

    async def _initiate_server_close(self) -> None:
        self.closed = trio.current_time()

    async def idle(self) -> None:
        """Stand for the method that hypercorn hands over."""


@asynccontextmanager
async def watched() -> AsyncIterator[tuple[Connection, IdleWatch, Any]]:
    connection, watch = Connection(), IdleWatch()
    async with trio.open_nursery() as nursery:
        await watch.restart(SimpleNamespace(_nursery=nursery), connection.idle)
        yield connection, watch, SimpleNamespace(_nursery=nursery)
        nursery.cancel_scope.cancel()


async def test_an_idle_connection_is_closed_in_time(autojump_clock: MockClock) -> None:
    async with watched() as (connection, _, _group):
        await trio.sleep(PATIENCE + 1)

    assert connection.closed == pytest.approx(PATIENCE)


async def test_a_busy_one_is_not_and_begins_anew_afterwards(autojump_clock: MockClock) -> None:
    async with watched() as (connection, watch, group):
        await trio.sleep(10)
        await watch.stop()
        await trio.sleep(100)
        open_while_busy = connection.closed is None
        await watch.restart(group, connection.idle)
        await trio.sleep(2 * PATIENCE)

    assert open_while_busy
    assert connection.closed == pytest.approx(110 + PATIENCE, abs=PATIENCE)


@pytest.mark.parametrize("busy", [False, True])
async def test_when_we_stop_the_idle_are_closed_at_once(busy: bool, autojump_clock: MockClock) -> None:
    async with watched() as (connection, watch, _):
        if busy:
            await watch.stop()
        await trio.sleep(1)
        connection.context.terminated.set()
        await trio.sleep(1)

    assert connection.closed == (None if busy else pytest.approx(1))


@pytest.mark.parametrize("busy", [False, True])
async def test_a_connection_that_has_ended_is_watched_no_longer(busy: bool, autojump_clock: MockClock) -> None:
    """Whoever says that it shall be closed after the answer leaves it busy: nothing of it may stay."""
    connection, watch = Connection(), IdleWatch()

    with trio.fail_after(PATIENCE / 2):
        async with trio.open_nursery() as nursery:
            await watch.restart(SimpleNamespace(_nursery=nursery), connection.idle)
            if busy:
                await watch.stop()
            await trio.sleep(1)
            watch.end()

    assert connection.closed is None


class Ticking(trio.abc.Clock):
    """A clock on which a second passes whenever somebody looks at it."""

    def __init__(self) -> None:
        self._now = 0.0

    def start_clock(self) -> None:
        """Begin at zero."""

    def current_time(self) -> float:
        self._now += 1
        return self._now

    def deadline_to_sleep_time(self, deadline: float) -> float:
        return 0.0


@pytest.mark.parametrize("patience", [number + 0.5 for number in range(40)])
def test_time_may_pass_between_two_looks_at_the_clock(patience: float) -> None:
    """The last moment of an idle time is sometimes over while it is being looked at."""

    async def one_idle_time() -> float | None:
        connection, watch = Connection(), IdleWatch()
        connection.config.keep_alive_timeout = patience
        async with trio.open_nursery() as nursery:
            await watch.restart(SimpleNamespace(_nursery=nursery), connection.idle)
        return connection.closed

    assert trio.run(one_idle_time, clock=Ticking()) is not None


async def test_a_bug_in_one_connection_is_its_own(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def buggy(_: TCPServer) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr(listening, "_run", buggy)

    connection = object.__new__(TCPServer)
    connection.state = {}

    await listening._alone(connection)

    assert "a bug ended a connection" in caplog.text


def test_the_shortcuts_are_for_one_version_only() -> None:
    """When hypercorn moves on, somebody has to look whether they still lead where they should."""
    assert hasten() is (version("hypercorn") == MADE_FOR)
