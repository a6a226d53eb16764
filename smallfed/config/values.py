"""The types of configured values that are no addresses, and reading them from what a person wrote.

Every reader takes a plain TOML value and the folder that relative paths start from, and raises ValueError with a reason
that continues the sentence "server.bind …".
"""

import os
from pathlib import Path

MOST = 1_000_000


class Secret:
    """Something that nobody is shown: not in a report, not in an error, not in a traceback."""

    def __init__(self, value: str) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.value == self.value

    def __hash__(self) -> int:
        return hash(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __str__(self) -> str:
        return "***" if self.value else ""

    def __repr__(self) -> str:
        return f"Secret({str(self)!r})"


def read_text(raw: object) -> str:
    """Return ``raw`` when it is text."""
    if not isinstance(raw, str):
        raise ValueError(f"must be text in double quotes, not {raw!r}")
    return raw


def read_line(raw: object, base: Path) -> str:
    """Return text, which may be empty and have several lines."""
    return read_text(raw).strip()


def read_lines(raw: object, base: Path) -> tuple[str, ...]:
    """Return the texts of a list, none of them empty."""
    if not isinstance(raw, list):
        raise ValueError(f"must be a list of texts, not {raw!r}")
    lines = tuple(read_text(item).strip() for item in raw)
    if not all(lines):
        raise ValueError("must not hold empty texts")
    return lines


def read_boolean(raw: object, base: Path) -> bool:
    """Return ``raw`` when it is a boolean."""
    if not isinstance(raw, bool):
        raise ValueError(f"must be true or false, not {raw!r}")
    return raw


def read_number(raw: object, base: Path) -> int:
    """Return ``raw`` when it is a whole number from 0 to a million."""
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= MOST:
        raise ValueError(f"must be a whole number from 0 to {MOST}, not {raw!r}")
    return raw


def read_between(raw: object, low: int, high: int) -> int:
    """Return ``raw`` when it is a whole number within these bounds."""
    if isinstance(raw, bool) or not isinstance(raw, int) or not low <= raw <= high:
        raise ValueError(f"must be a whole number from {low} to {high}, not {raw!r}")
    return raw


def read_optional_file(raw: object, base: Path) -> Path | None:
    """Return the absolute path of an existing file; empty text means none."""
    text = read_text(raw)
    if not text:
        return None
    path = absolute(text, base)
    if not path.is_file():
        raise ValueError(f"names a file that does not exist: {str(path)!r}")
    return path


def read_program(raw: object, base: Path) -> str:
    """Return "auto", "off", or the absolute path of an existing program."""
    text = read_text(raw)
    if text in ("auto", "off"):
        return text
    path = absolute(text, base)
    if not path.is_file() or not os.access(path, os.X_OK):
        raise ValueError(f'must be "auto", "off" or the path of a program; {str(path)!r} is none')
    return str(path)


def read_secret(raw: object, base: Path) -> Secret:
    """Return text that nobody is shown; empty text means none. No reason repeats it."""
    if not isinstance(raw, str):
        raise ValueError("must be text in double quotes")
    return Secret(raw.strip())


def absolute(text: str, base: Path) -> Path:
    """Return the path that ``text`` names."""
    if not text or "\0" in text:
        raise ValueError(f"names no path: {text!r}")
    return base / Path(text).expanduser()
