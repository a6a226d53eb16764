"""Block lists as others publish them: tables, lines of text and JSON, of servers or of people, and as we write ours.

| written as | where it is found |
|---|---|
| Mastodon's table (``#domain,#severity,…``), with and without ``#`` | Mastodon, Oliphant, Seirdy, fediblock-sync |
| a table or lines of handles (``Account address``) | Mastodon's blocked and muted accounts |
| one name on a line | Pleroma, mailing lists, by hand |
| JSON of ``/api/v1/instance/domain_blocks`` | Mastodon, also where names are hidden |
| JSON of an export, or of suspended peers | GoToSocial |

FIRES is left out: its documentation has no API of data sets yet ("still being written").

Spec: PROTOCOL §9.3.
"""

from collections.abc import Collection, Iterable, Iterator

from smallfed.domain.blocklist import Dropped, Entry, Format, Reading
from smallfed.domain.domain_block import Severity
from smallfed.errors import Invalid, TooLarge
from smallfed.translate.blocklists import lines, names, objects, tables
from smallfed.translate.blocklists.names import Unusable
from smallfed.translate.blocklists.said import Said
from smallfed.translate.blocklists.writing import write

__all__ = ["LARGEST", "MOST", "read", "write"]

LARGEST = 8 << 20  # bytes
MOST = 100_000  # lines
EXAMPLES = 5
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
    text = _text(data)
    format_ = _format(text) if format_ is Format.AUTO else format_
    said = {Format.CSV: tables.read, Format.JSON: objects.read}.get(format_, lines.read)(text)
    found = list(_few(said))
    people = _names_people(found) if people is None else people
    entries, dropped = _understood(found, ours, people)
    if not entries and dropped:
        said_why = "; ".join(f"{one.count} × {one.reason}" for one in dropped)
        raise Invalid(f"this list names nobody ({said_why})")
    return Reading(format=format_, people=people, entries=tuple(entries.values()), dropped=dropped)


def _text(data: bytes) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")  # comments of whoever saved it with an old spreadsheet


def _format(text: str) -> Format:
    start = text.lstrip("\ufeff \t\r\n")
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
    return any(one.person for one in said) or sum(names.is_handle(one.name) for one in said) * 2 > len(said)


def _understood(
    said: Iterable[Said], ours: Collection[str], people: bool
) -> tuple[dict[str, Entry], tuple[Dropped, ...]]:
    entries: dict[str, Entry] = {}
    lost: dict[str, list[str]] = {}
    for one in said:
        try:
            entry = one.entry(names.person(one.name) if people else names.server(one.name, one.digest), ours)
        except Unusable as why:
            lost.setdefault(why.reason, []).append(one.name[:100])
            continue
        known = entries.get(entry.subject)
        if known is None or _STRICTEST.index(entry.severity) < _STRICTEST.index(known.severity):
            entries[entry.subject] = entry
        if known is not None:
            lost.setdefault("it is named twice", []).append(one.name[:100])
    dropped = (
        Dropped(reason=reason, count=len(found), examples=tuple(found[:EXAMPLES])) for reason, found in lost.items()
    )
    return entries, tuple(sorted(dropped, key=lambda drop: -drop.count))
