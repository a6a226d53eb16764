"""Block lists of others: what they say of servers and of people, and how far the owner trusts them."""

import re
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from msgspec import Struct

from smallfed.domain.domain_block import Severity
from smallfed.domain.uris import spelt

HIDDEN = "sha256:"
"""What stands before the digest of a name that a list hides, where nobody with that name is known here yet."""

_SPLIT = re.compile(r"[;,|]")


class Format(StrEnum):
    """How a list is written."""

    AUTO = "auto"
    CSV = "csv"
    TEXT = "text"
    JSON = "json"


class Entry(Struct, frozen=True, kw_only=True):
    """What a list says of one ``subject``: a domain, a handle (``@user@host``) or the id of an actor.

    ``comment`` is for everybody, ``note`` for who reads the list. ``labels`` are those that have a column of their own.
    """

    subject: str
    severity: Severity = Severity.SUSPEND
    reject_media: bool = False
    reject_reports: bool = False
    comment: str = ""
    note: str = ""
    obfuscate: bool = False
    labels: tuple[str, ...] = ()

    @property
    def remark(self) -> str:
        """What the list says besides, for people."""
        return self.comment or self.note or ", ".join(self.labels)

    @property
    def says(self) -> frozenset[str]:
        """All labels: also what a comment lists, as in ``iftas:hate-speech;spam``."""
        words = (*self.labels, *_SPLIT.split(self.comment.partition(":")[2] or self.comment))
        return frozenset(label(word) for word in words if word.strip())


def label(word: str) -> str:
    """Return a label as labels are compared."""
    return "-".join(word.lower().replace("_", " ").replace("-", " ").split())


def address(url: str) -> str:
    """Return the address of a list in one spelling, so that nobody subscribes to it twice; other text as it is."""
    return spelt(url.strip()).partition("#")[0] if "://" in url else url


def digest(name: str) -> str:
    """Return the subject that a domain is in a list that hides its name."""
    return HIDDEN + sha256(name.encode()).hexdigest()


def is_person(subject: str) -> bool:
    """Whether a subject is somebody, and not a server."""
    return subject.startswith("@") or "://" in subject


class Dropped(Struct, frozen=True, kw_only=True):
    """Why some lines of a list say nothing of use, how many, and the first of them."""

    reason: str
    count: int
    examples: tuple[str, ...] = ()


class Reading(Struct, frozen=True, kw_only=True):
    """A list as it was understood: each subject once. ``people``: it names accounts only, and not servers.

    ``onward`` is where what changes from now on will stand, where a list has such a page.
    """

    format: Format
    people: bool
    entries: tuple[Entry, ...]
    dropped: tuple[Dropped, ...] = ()
    onward: str | None = None


class Changed(Struct, frozen=True, kw_only=True):
    """What a list says otherwise than before: what it says now, and those of whom it says nothing any more."""

    entries: tuple[Entry, ...] = ()
    ended: tuple[str, ...] = ()
    dropped: tuple[Dropped, ...] = ()


class State(StrEnum):
    """How a list is kept."""

    NEW = "new"
    """It has not been read yet."""
    FINE = "fine"
    """What it says counts."""
    HELD = "held"
    """What it said last is not believed before the owner says so; what it said before counts."""
    FAILING = "failing"
    """It could not be read lately; what it said before counts."""
    BACK = "taken back"
    """Nothing that it said counts, until it is read again."""
    GONE = "gone"
    """The owner wants it no more; what it said is being taken back."""


class Blocklist(Struct, frozen=True, kw_only=True):
    """A list, and how far it is trusted. ``url`` is None where the owner brought a file.

    ``weight`` is what its word weighs, ``ceiling`` the most that it can bring about, and of its entries only those
    count that have one of ``labels``, if there are any. What an ``automatic`` list brings about is done without asking
    where nobody is cut off. ``checksum``, ``etag`` and ``modified`` are of what was read last; ``size`` is how many
    entries count. ``reason``: why it fails or is held, or "". ``onward`` is where what changed since then stands, and
    ``whole_at`` is when all of it was read.
    """

    id: int
    name: str
    url: str | None = None
    format: Format = Format.AUTO
    people: bool = False
    weight: int = 1
    ceiling: Severity = Severity.SUSPEND
    labels: tuple[str, ...] = ()
    automatic: bool = False
    paused: bool = False
    every_hours: int = 24
    state: State = State.NEW
    reason: str = ""
    failures: int = 0
    size: int = 0
    dropped: int = 0
    etag: str | None = None
    modified: str | None = None
    checksum: str | None = None
    onward: str | None = None
    whole_at: datetime | None = None
    due: datetime | None = None
    read_at: datetime | None = None
    changed_at: datetime | None = None
    created_at: datetime
