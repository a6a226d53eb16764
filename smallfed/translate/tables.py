"""Tables of people, lists, domains and posts as Mastodon writes and reads them: comma-separated, one thing on a line.

Spec: https://docs.joinmastodon.org/user/moving/#export; PROTOCOL §8.2.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

import idna

from smallfed.domain.bulk import Kind, Line, Unread
from smallfed.domain.uris import host, web
from smallfed.errors import Invalid, Malformed, TooLarge
from smallfed.protocol import webfinger
from smallfed.protocol.limits import LIST_TITLE

LARGEST = 5 << 20  # bytes
MOST = 20_000  # lines

HEADERS: dict[Kind, tuple[str, ...]] = {
    "follows": ("Account address", "Show boosts", "Notify on new posts", "Languages"),
    "followers": ("Account address",),
    "mutes": ("Account address", "Hide notifications"),
}
"""What Mastodon writes first; the other files begin with their first line."""

_NAMES = {
    "account address": "address",
    "show boosts": "reblogs",
    "notify on new posts": "notify",
    "languages": "languages",
    "hide notifications": "notifications",
    "domain": "address",
    "uri": "address",
    "list name": "title",
}
_POSITIONS: dict[Kind, tuple[str, ...]] = {
    "follows": ("address", "reblogs", "notify", "languages"),
    "mutes": ("address", "notifications"),
    "lists": ("title", "address"),
}
_TRUE, _FALSE = frozenset({"true", "t", "yes", "1"}), frozenset({"false", "f", "no", "0"})
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,8}")


def read(data: bytes, kind: Kind) -> list[Line | Unread]:
    """Return the lines of a file, each thing once. Raises Invalid for what is no such file, TooLarge for too much.

    Read are: with and without headers, in any order of columns; byte order marks, any line ends; semicolons instead of
    commas, as spreadsheets write them in some countries; an @ before handles; names of hosts in any script.
    """
    if len(data) > LARGEST:
        raise TooLarge(f"the file may have at most {LARGEST >> 20} MB")
    try:
        lines = csv.reader(io.StringIO(_text(data), newline=""), delimiter=_delimiter(data))
        rows = [row for row in lines if any(map(str.strip, row))]
    except csv.Error as error:
        raise Invalid(f"this is no table: {error}") from error
    if len(rows) > MOST + 1:
        raise TooLarge(f"the file may have at most {MOST} lines")
    columns, first = _columns(rows, kind)
    said = [dict(zip(columns, row, strict=False)) for row in rows[first:]]
    return _once(_line(number, cells, kind) for number, cells in enumerate(said, first + 1))


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("the file is not UTF-8; save it again with that encoding") from error


def _delimiter(data: bytes) -> str:
    start = data.lstrip().partition(b"\n")[0]
    return ";" if b";" in start and b"," not in start else ","


def _columns(rows: Sequence[Sequence[str]], kind: Kind) -> tuple[tuple[str, ...], int]:
    """Return the names of the columns, and how many lines name them."""
    names = [cell.strip().lower().removeprefix("#") for cell in rows[0]] if rows else []
    if "account address" in names or (names and names[0] in _NAMES and kind != "lists"):  # a list can have any name
        return tuple(_NAMES.get(name, name) for name in names), 1
    return _POSITIONS.get(kind, ("address",)), 0


def _line(number: int, cells: dict[str, str], kind: Kind) -> Line | Unread:
    text = cells.get("address", "").strip()
    try:
        address, where = _address(text, kind)
        return Line(
            number=number,
            address=address,
            host=where,
            title=_title(cells.get("title", "")) if kind == "lists" else "",
            reblogs=_flag(cells, "reblogs", default=True),
            notify=_flag(cells, "notify", default=False),
            languages=_languages(cells.get("languages", "")),
            notifications=_flag(cells, "notifications", default=True),
        )
    except (Invalid, idna.IDNAError) as error:
        reason = error.message if isinstance(error, Invalid) else "The name of the host cannot exist."
        return Unread(number=number, text=text[:200], reason=reason)


def _address(text: str, kind: Kind) -> tuple[str, str]:
    """Return an address in the form in which it is stored, and the server to ask."""
    if kind == "bookmarks":
        where = host(web(text))
        if where is None:
            raise Invalid("This is no address of a post.")
        return text, where
    if kind == "domain-blocks":
        return _ascii(text.removeprefix("*.")), ""
    handle = webfinger.handle(text)
    where = _ascii(handle.host)
    return f"{handle.username}@{where}", where


def _title(text: str) -> str:
    title = text.strip()
    if not 0 < len(title) <= LIST_TITLE:
        raise Invalid(f"This is no name of a list: it should have 1 to {LIST_TITLE} characters.")
    return title


def _ascii(name: str) -> str:
    name = name.lower().rstrip(".")
    if not name or any(letter.isspace() or letter in "/@,;" for letter in name):
        raise Malformed("This is no name of a server.")
    return name if name.isascii() else idna.encode(name, uts46=True).decode()


def _flag(cells: dict[str, str], name: str, *, default: bool) -> bool:
    text = cells.get(name, "").strip().lower()
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if text:
        raise Invalid(f"{text[:20]!r} is neither true nor false.")
    return default


def _languages(text: str) -> tuple[str, ...] | None:
    found = tuple(dict.fromkeys(part.lower() for part in re.split(r"[,\s]+", text) if _LANGUAGE.fullmatch(part)))
    return found or None


def _once(lines: Iterable[Line | Unread]) -> list[Line | Unread]:
    seen: set[tuple[str, str]] = set()
    once: list[Line | Unread] = []
    for line in lines:
        key = line.key if isinstance(line, Line) else ("\n", str(line.number))
        if key not in seen:
            seen.add(key)
            once.append(line)
    return once


def write(kind: Kind, lines: Iterable[Line]) -> str:
    """Return the file, as Mastodon would write it."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    if kind in HEADERS:
        writer.writerow(HEADERS[kind])
    for line in lines:
        writer.writerow(_cells(kind, line))
    return file.getvalue()


def _cells(kind: Kind, line: Line) -> list[str]:
    match kind:
        case "follows":
            return [line.address, _word(line.reblogs), _word(line.notify), ", ".join(line.languages or ())]
        case "mutes":
            return [line.address, _word(line.notifications)]
        case "lists":
            return [line.title, line.address]
        case _:
            return [line.address]


def _word(flag: bool) -> str:
    return "true" if flag else "false"
