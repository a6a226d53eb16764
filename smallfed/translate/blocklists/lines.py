"""Block lists as lines of text: a name on each; what is behind # or a comma is a comment."""

import re
from collections.abc import Iterator

from smallfed.translate.blocklists.said import Said

_LINE = re.compile(r"[^\r\n]+")
_COMMENTS = ("#", "//", ";", "!")


def read(text: str) -> Iterator[Said]:
    """Yield what its lines say."""
    for found in _LINE.finditer(text):  # not all of them at once: a list of empty lines is much larger than its text
        line = found[0].strip()
        if line and not line.startswith(_COMMENTS):
            name, mark, comment = line.partition(" #")
            if not mark:
                name, _, comment = line.partition(",")
            yield Said(name.strip(), {"comment": comment} if comment else {})
