"""The place to visit, as fixtures."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.pages.place import Place, living


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """Return the house of @alice@home.example."""
    async with living(tmp_path) as place:
        yield place


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[Place]:
    """Return a house that nobody has moved into."""
    async with living(tmp_path, set_up=False) as place:
        yield place
