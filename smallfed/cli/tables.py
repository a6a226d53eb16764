"""What commands print: an outcome for people or for programs, tables, numbers and spans of time.

Nothing of what others have written reaches the terminal as anything but text: what it would obey, and what turns the
order of letters round, is shown as a question mark, and escaped in JSON.
"""

import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime

import click

EXACT = 1 << 53  # below it every program reads an integer as it is
_HIGH = re.compile("[^\0-\x7e]")  # what is below is escaped already, or plain


def print_json(value: Sequence[object] | Mapping[str, object]) -> None:
    """Print for programs. Numbers that jq and JavaScript would round (ids are such) are texts."""
    from msgspec import json, to_builtins

    text = json.format(json.encode(_exact(to_builtins(value))), indent=2).decode()
    click.echo(text if text.isascii() and "\x7f" not in text else _HIGH.sub(_escaped, text))


def tell(outcome: Sequence[object] | Mapping[str, object], words: str, *, as_json: bool) -> None:
    """Print what came of a command: for programs the ``outcome``, for people ``words``."""
    if as_json:
        print_json(outcome)
    else:
        click.echo(lines(words))


def _escaped(found: re.Match[str]) -> str:
    letter = found[0]
    if letter.isprintable():
        return letter
    units = letter.encode("utf-16-be")
    return "".join(f"\\u{high:02x}{low:02x}" for high, low in zip(units[::2], units[1::2], strict=True))


def _exact(value: object) -> object:
    match value:
        case dict():
            return {name: _exact(each) for name, each in value.items()}
        case list() | tuple():
            return [_exact(each) for each in value]
        case int() if abs(value) >= EXACT:
            return str(value)
        case _:
            return value


def number(count: int, one: str, many: str = "") -> str:
    """Return ``1 server`` or ``2 servers``."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def clean(text: str | None) -> str:
    """Return foreign text without anything that a terminal would obey."""
    return "".join(letter if letter.isprintable() else "?" for letter in text or "")


def lines(text: str) -> str:
    """Return lines of text, each ``clean``."""
    return text if text.isascii() and text.isprintable() else "\n".join(map(clean, text.split("\n")))


def minute(moment: str) -> str:
    """Return the minute of a moment in JSON, for people."""
    return f"{moment[:16].replace('T', ' ')} UTC"


def ago(moment: datetime, now: datetime) -> str:
    """Return how long ago a moment was."""
    return f"{_span((now - moment).total_seconds())} ago"


def ahead(moment: datetime, now: datetime) -> str:
    """Return how far ahead a moment is."""
    return "now" if moment <= now else f"in {_span((moment - now).total_seconds())}"


def _span(seconds: float) -> str:
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(0, seconds):.0f} s"


def table(headings: Sequence[str], rows: Sequence[Sequence[object]], room: int | None = None) -> str:
    """Return rows under their headings, in columns as wide as they need, ``clean``.

    Where that is wider than the terminal (``room``, in letters), each row has a line for each column instead.
    """
    all_ = [list(headings), *([clean(str(cell)) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in all_) for column in range(len(headings))]
    if sum(widths) + 2 * (len(widths) - 1) > (_room() if room is None else room):
        name = max(map(len, headings))
        apart = ([f"{h:<{name}}  {c}" for h, c in zip(headings, line, strict=True) if c] for line in all_[1:])
        return "\n\n".join(map("\n".join, apart))
    return "\n".join("  ".join(f"{c:<{w}}" for c, w in zip(line, widths, strict=True)).rstrip() for line in all_)


def _room() -> int:
    """Return how many letters a line of the terminal has; without one, as in a pipe, as many as it takes."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
