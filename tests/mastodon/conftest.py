"""The client API of a house that is set up."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.mastodon.api import Api, living


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    """Return the API of @alice@home.example, asked with a token for everything. Nobody else is known yet."""
    async with living(tmp_path) as api:
        yield api
