"""On which line of a TOML file a key stands; ``tomllib`` does not tell.

Spec: TOML 1.0, Keys and Table. Only headers and keys at the beginning of a line are found; whatever stands in an inline
table is reported at the line of the table.
"""

import re

Lines = dict[tuple[str, ...], int]

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_KEY = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_HEADER = re.compile(rf"[ \t]*\[\[?[ \t]*({_KEY})[ \t]*\]\]?[ \t]*(?:#.*)?")
_ASSIGNMENT = re.compile(rf"[ \t]*({_KEY})[ \t]*=")


def scan(text: str) -> Lines:
    """Return the first line, counted from one, on which each header and each key in full stands."""
    found: Lines = {}
    section: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), start=1):
        if header := _HEADER.fullmatch(line.rstrip("\r")):
            section = _parts(header[1])
            found.setdefault(section, number)
        elif assignment := _ASSIGNMENT.match(line):
            found.setdefault(section + _parts(assignment[1]), number)
    return found


def line_of(found: Lines, path: tuple[str, ...]) -> int:
    """Return the line of ``path``, or of the innermost thing around it that was found."""
    return next((found[path[:end]] for end in range(len(path), 0, -1) if path[:end] in found), 1)


def _parts(key: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_PART, key))
