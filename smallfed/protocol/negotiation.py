"""Content negotiation: whether the one who asks wants ActivityPub or a page.

Spec: ActivityPub §3.2; RFC 9110 §12.5.1, as far as anybody in the fediverse goes.
"""

from smallfed.protocol.vocabulary import ACTIVITY_JSON, AS2

LD_JSON = "application/ld+json"
CONTENT_TYPE = f"{ACTIVITY_JSON}; charset=utf-8"
_WANTED = frozenset({ACTIVITY_JSON, LD_JSON, "application/json"})
_PAGES = frozenset({"text/html", "application/xhtml+xml"})


def wants_activity(accept: str) -> bool:
    """Whether ``Accept`` prefers an ActivityPub document to a page; without the header, a page."""
    best = {True: 0.0, False: 0.0}
    for part in accept[:2000].split(","):
        media_type, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if media_type in _WANTED or media_type in _PAGES:
            kind = media_type in _WANTED
            best[kind] = max(best[kind], _quality(parameters))
    return best[True] > 0 and best[True] >= best[False]


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def is_activity(content_type: str | None) -> bool:
    """Whether a document of this Content-Type is ActivityPub (SAFETY rule 7): nothing else is believed to be."""
    media_type, *parameters = (piece.strip() for piece in (content_type or "").split(";"))
    if media_type.lower() == ACTIVITY_JSON:
        return True
    if media_type.lower() != LD_JSON:
        return False
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "profile":
            return AS2 in value.strip().strip('"').split()
    return False
