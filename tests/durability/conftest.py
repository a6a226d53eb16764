"""A database on disk for real processes."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smallfed.store.opening import open_writer, prepare


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a prepared database with a table of pairs is."""
    path = tmp_path / "data" / "smallfed.db"
    prepare(path, now=datetime(2026, 11, 23, tzinfo=UTC))
    with closing(open_writer(path)) as sql:
        sql.execute("CREATE TABLE pairs (call INTEGER, half INTEGER, PRIMARY KEY (call, half)) STRICT")
    return path
