"""An empty fediverse in virtual time."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import trio
from trio.testing import MockClock

from tests.fediverse.houses import Fediverse

MEMORY = Path("/dev/shm")


@pytest.fixture
def quick_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder in memory where there is one: in virtual days houses wait for the disk and nothing else.

    What they have on it survives whatever a story does to them: no story cuts the power.
    """
    if not MEMORY.is_dir():
        yield tmp_path
        return
    with TemporaryDirectory(dir=MEMORY) as folder:
        yield Path(folder)


@pytest.fixture
async def fediverse(quick_disk: Path, autojump_clock: MockClock) -> AsyncIterator[Fediverse]:
    """Return a fediverse without houses; those that a story sets up end with it."""
    async with trio.open_nursery() as nursery:
        yield Fediverse(quick_disk, nursery)
        nursery.cancel_scope.cancel()
