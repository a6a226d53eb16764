"""A database on disk for real processes."""

from contextlib import closing
from pathlib import Path

import pytest

from smallfed.store.opening import open_writer
from tests.prepared import prepared


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a prepared database with a table of pairs is."""
    path = tmp_path / "data" / "smallfed.db"
    prepared(path)
    with closing(open_writer(path)) as sql:
        sql.execute("CREATE TABLE pairs (call INTEGER, half INTEGER, PRIMARY KEY (call, half)) STRICT")
    return path
