"""The client API of a house that is set up, in virtual time."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from tests.mastodon.api import Api, living

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Let the tests of this folder run in virtual time: it stands still at ``world.NOW`` unless everybody waits."""
    for item in items:
        if item.path.parent == HERE and iscoroutinefunction(getattr(item, "obj", None)):
            item.add_marker(pytest.mark.trio(run=_in_virtual_time), append=False)


def _in_virtual_time(test: Callable[[], Awaitable[Any]], *, clock: trio.abc.Clock | None, **kwargs: Any) -> Any:
    return trio.run(test, clock=clock or MockClock(autojump_threshold=0), **kwargs)


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    """Return the API of @alice@home.example, asked with a token for everything. Nobody else is known yet."""
    async with living(tmp_path) as api:
        yield api
