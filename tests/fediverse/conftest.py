"""An empty fediverse in virtual time."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from tests.fediverse.houses import Fediverse


@pytest.fixture
async def fediverse(tmp_path: Path, autojump_clock: MockClock) -> AsyncIterator[Fediverse]:
    """Return a fediverse without houses; those that a story sets up end with it."""
    async with trio.open_nursery() as nursery:
        yield Fediverse(tmp_path, nursery)
        nursery.cancel_scope.cancel()
