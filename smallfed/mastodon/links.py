"""Links: where a list goes on, as the header says it.

Spec: CLIENT_API §13 item 16; SAFETY rule 36: never from Host.
"""

from collections.abc import Sequence
from urllib.parse import parse_qsl, quote, urlencode

_OURS = frozenset({"max_id", "min_id", "since_id"})


def link(base: str, path: str, query: str, ids: Sequence[int]) -> str | None:
    """Return the Link header of a page whose rows have ``ids``, newest first; None for an empty page.

    ``path`` and ``query`` are those of the request; what else it asked is kept.
    """
    if not ids:
        return None
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name not in _OURS]
    where = base + quote(path)
    older = urlencode([*kept, ("max_id", ids[-1])])
    newer = urlencode([*kept, ("min_id", ids[0])])
    return f'<{where}?{older}>; rel="next", <{where}?{newer}>; rel="prev"'
