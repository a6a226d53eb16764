"""Block lists as lines of text: a name on each; what is behind # or a comma is a comment."""

from collections.abc import Iterable, Iterator

from smallfed.translate.blocklists.said import Said

_COMMENTS = ("#", "//", ";", "!")


def read(lines: Iterable[str]) -> Iterator[Said]:
    """Yield what its lines say."""
    for line in map(str.strip, lines):
        if line and not line.startswith(_COMMENTS):
            name, mark, comment = line.partition(" #")
            if not mark:
                name, _, comment = line.partition(",")
            yield Said(name.strip(), {"comment": comment} if comment else {})
