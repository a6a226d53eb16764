"""Files that come piece by piece."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from smallfed.errors import Unavailable
from smallfed.runtime.files import Draft


@contextmanager
def full_after(size: int) -> Iterator[None]:
    """Let no file become larger than ``size``: to whoever writes, that is a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_no_fault_of_ours_and_leaves_nothing(tmp_path: Path) -> None:
    draft = Draft(tmp_path, "cat", limit=1 << 20)

    with full_after(10), pytest.raises(Unavailable, match="cannot be stored now"):
        draft.write(b"x" * 100)
    draft.close()

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_not_handed_over_goes(tmp_path: Path) -> None:
    for hand_over in (False, True):
        draft = Draft(tmp_path, f"cat-{hand_over}", limit=3)
        draft.write(b"abc")
        draft.keep()
        if hand_over:
            draft.hand_over()
        draft.close()

    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("cat-True", b"abc")]
