"""Block lists as others publish them: tables, lines of text and JSON, of servers or of people, and as we write ours.

| written as | where it is found |
|---|---|
| Mastodon's table (``#domain,#severity,…``), with and without ``#`` | Mastodon, Oliphant, Seirdy, fediblock-sync |
| a table or lines of handles (``Account address``) | Mastodon's blocked and muted accounts |
| one name on a line | Pleroma, mailing lists, by hand |
| JSON of ``/api/v1/instance/domain_blocks`` | Mastodon, also where names are hidden |
| JSON of an export, of drafts, or of suspended peers | GoToSocial |
| JSON of the servers it knows, with what it does with them | Misskey, Sharkey |
| NodeInfo, or what it tells apps of itself, with its policy (``policies``) | Pleroma, Akkoma |
| a data set, by its snapshot, and by what changed since (``feeds``) | FIRES |

Spec: PROTOCOL §9.3.
"""

from codecs import getincrementaldecoder
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from io import BytesIO, TextIOWrapper
from itertools import chain, dropwhile, islice

from msgspec import structs

from smallfed.domain.blocklist import Dropped, Entry, Format, Reading
from smallfed.domain.domain_block import Severity
from smallfed.errors import Invalid, TooLarge
from smallfed.translate.blocklists import lines, names, objects, tables
from smallfed.translate.blocklists.feeds import changed
from smallfed.translate.blocklists.fires import onward, page, snapshot
from smallfed.translate.blocklists.lost import Lost
from smallfed.translate.blocklists.names import Unusable
from smallfed.translate.blocklists.said import Said
from smallfed.translate.blocklists.writing import write

__all__ = ["LARGEST", "MOST", "changed", "page", "read", "snapshot", "write"]

LARGEST = 8 << 20  # bytes
MOST = 100_000  # lines
LOOK = 500  # lines that show what a list is about
_PIECE = 1 << 16  # of bytes, or letters, that are looked at together
_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ\x00")
_STRICTEST = (Severity.SUSPEND, Severity.SILENCE, Severity.NOOP)


def read(
    data: bytes, *, ours: Collection[str] = (), format_: Format = Format.AUTO, people: bool | None = None
) -> Reading:
    """Understand a list; one that is empty says nothing. Raises Invalid for what is none, TooLarge.

    ``ours`` are the names of this house, which nothing may cover. ``people``: whether it names accounts; None: as it
    looks. Lines that say nothing of use are left out and counted, with the reason.
    """
    if len(data) > LARGEST:
        raise TooLarge(f"a list may have at most {LARGEST >> 20} MB")
    if data.startswith(_PACKED):
        raise Invalid("this is a packed file or a spreadsheet: unpack it, or save it as CSV")
    encoding = _encoding(data)
    format_ = _format(data, encoding) if format_ is Format.AUTO else format_
    if format_ is Format.JSON:
        data = _utf8(data, encoding)
        said = objects.read(data)
    else:
        said = {Format.CSV: tables.read}.get(format_, lines.read)(_lines(data, encoding))
    start = list(islice(said, LOOK))  # the rest is never in memory as it is said, which is much more than what it says
    says_itself = bool(start) and all(one.person is not None for one in start)
    people = _names_people(start) if people is None or says_itself else people
    entries, dropped = _understood(_few(chain(start, said)), ours, people)
    if not entries and dropped:
        said_why = "; ".join(f"{one.count} × {one.reason}" for one in dropped)
        raise Invalid(f"this list names nobody ({said_why})")
    return Reading(
        format=format_,
        people=people,
        entries=tuple(entries.values()),
        dropped=dropped,
        onward=onward(data) if format_ is Format.JSON else None,
    )


def _encoding(data: bytes) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return encoding
    decoder = getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), _PIECE):
            decoder.decode(data[start : start + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"  # comments of whoever saved it with an old spreadsheet
    return "utf-8"


def _utf8(data: bytes, encoding: str) -> bytes:
    return data if encoding == "utf-8" else data.decode(encoding, "replace").encode()


def _lines(data: bytes, encoding: str) -> Iterator[str]:
    """Yield its lines, however they end; not all at once: one picture in it makes a whole text four times as large."""
    stream = TextIOWrapper(BytesIO(data), encoding, "replace")
    return iter(partial(stream.readline, _PIECE), "")


def _format(data: bytes, encoding: str) -> Format:
    start = next(dropwhile(tables.is_blank, _lines(data, encoding)), "").lstrip(tables.BLANK)
    if start.startswith("<"):
        raise Invalid("this is a web page, and no list; look for the address of the file itself (often called raw)")
    if start.startswith(("[", "{")):
        return Format.JSON
    return Format.CSV if tables.looks_like_one(start) else Format.TEXT


def _few(said: Iterable[Said]) -> Iterator[Said]:
    for number, one in enumerate(said):
        if number >= MOST:
            raise TooLarge(f"a list may have at most {MOST} lines")
        yield one


def _names_people(said: Collection[Said]) -> bool:
    kinds = {one.person for one in said}
    return False not in kinds and (True in kinds or sum(names.is_handle(one.name) for one in said) * 2 > len(said))


def _understood(
    said: Iterable[Said], ours: Collection[str], people: bool
) -> tuple[dict[str, Entry], tuple[Dropped, ...]]:
    entries: dict[str, Entry] = {}
    comments: dict[str, str] = {}
    lost = Lost()
    for one in said:
        try:
            entry = one.entry(_subject(one, people), ours)
        except Unusable as why:
            lost.note(why.reason, one.name)
            continue
        same = comments.setdefault(entry.comment, entry.comment)  # many say the same, which is kept once
        entry = entry if same is entry.comment else structs.replace(entry, comment=same)
        known = entries.get(entry.subject)
        if known is None or _STRICTEST.index(entry.severity) < _STRICTEST.index(known.severity):
            entries[entry.subject] = entry
        if known is not None:
            lost.note("it is named twice", one.name)
    return entries, lost.dropped


def _subject(one: Said, people: bool) -> str:
    is_person = people if one.person is None else one.person
    return names.person(one.name) if is_person else names.server(one.name, one.digest)
