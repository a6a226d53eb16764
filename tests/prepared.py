"""A database as the first start leaves it: copied, for the migrations take longer than most tests."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from smallfed.store import opening
from tests.world import NOW


def prepared(path: Path) -> Path:
    """Let the database of a house that nobody has moved into be at ``path``, and return that."""
    opening.private_folder(path.parent)
    opening.private_file(path)
    path.write_bytes(_first())
    return path


@cache
def _first() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "smallfed.db"
        opening.prepare(path, now=NOW)
        return path.read_bytes()
