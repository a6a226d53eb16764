"""Placements: files of the media folder that the bucket has, or is to have, and where they are wanted."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Wanted(StrEnum):
    """Where a file is to be in the end."""

    HERE = "here"  # on the disk only; then nothing more is to be known of it
    BOTH = "both"
    BUCKET = "bucket"  # there only
    NOWHERE = "nowhere"

    @property
    def is_there(self) -> bool:
        """Whether the bucket is to have it."""
        return self in (Wanted.BOTH, Wanted.BUCKET)


class Placement(Struct, frozen=True, kw_only=True):
    """One row of placements. ``name`` is a path below the media folder, ``files/ab12….jpg``.

    ``there``: the bucket has all of it, for what we know; then ``size`` and ``digest`` (SHA-256) are those of the file.
    Something is to be done about it at ``due``, nothing when that is None; ``error`` says what went wrong last.
    """

    name: str
    wanted: Wanted
    there: bool = False
    size: int | None = None
    digest: bytes | None = None
    attempts: int = 0
    due: datetime | None = None
    error: str = ""


class BucketInUse(Struct, frozen=True, kw_only=True):
    """Which bucket it is, and what goes there.

    ``place`` tells it from others. ``own`` is where what the owner uploads for posts is wanted, ``others`` where the
    pictures of others are. ``public`` is the address, without a slash at its end, below which everybody can read what
    is there, or empty.
    """

    place: str
    own: Wanted = Wanted.BUCKET
    others: Wanted = Wanted.HERE
    public: str = ""


class Placed(Struct, frozen=True, kw_only=True):
    """How many files are ``wanted`` in a place, whether the bucket has them, and how far that is so."""

    wanted: Wanted
    there: bool
    waiting: bool
    failing: bool
    files: int
    size: int  # bytes, of those whose size is known
