"""Parameters of a header: ``name="value",other=5``, as the old draft of signatures writes them.

Spec: draft-cavage-http-signatures-12 §4.1; FEP-8fcf uses the same form.
"""

import re

from smallfed.errors import Malformed

LONGEST = 8192
"""Longest header we read."""

_PARAMETER = re.compile(
    r"[ \t]*([A-Za-z][A-Za-z0-9_-]*)[ \t]*=[ \t]*"
    r'(?:"([^"\\]*+(?:\\.[^"\\]*+)*+)"|([^ \t",]+))'  # not one by one: a signature has hundreds of characters
    r"[ \t]*(?:,|\Z)"
)
_ESCAPED = re.compile(r"\\(.)")


def read(line: str, header: str, *, example: str) -> dict[str, str]:
    """Return the parameters of a ``line`` of ``header``, names in lower case; Malformed when they cannot be read.

    Takes what is seen in the wild: blanks around commas and equal signs, numbers with or without quotes. ``example`` is
    what the message says that it should look like.
    """
    if len(line) > LONGEST:
        raise Malformed(f"The {header} header is longer than {LONGEST} characters.")
    found: dict[str, str] = {}
    position, line = 0, line.strip(" \t")
    while position < len(line):
        match = _PARAMETER.match(line, position)
        if match is None:
            raise Malformed(f"The {header} header is not of the form {example}.")
        name = match[1].lower()
        if name in found:
            raise Malformed(f"The {header} header gives {name[:40]} twice.")
        found[name] = match[3] if match[2] is None else _ESCAPED.sub(r"\1", match[2])
        position = match.end()
    return found
