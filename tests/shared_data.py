"""Published vectors and captured payloads that lie beside the project, where there are any."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared" / "data"


def shared(name: str) -> Path:
    """Return the file or folder ``name`` of the shared data; skip the test where it is absent."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"needs {name} of the shared test data, which is not beside this checkout")
    return path
