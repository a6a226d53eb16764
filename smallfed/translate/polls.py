"""The poll of a Question: what can be chosen, how it stands, when it ends.

Spec: ActivityStreams vocabulary §4.2 (questions), FEP-9967; https://docs.joinmastodon.org/spec/activitypub/#Question;
PROTOCOL §4.10; SAFETY rule 31.
"""

import re
from datetime import datetime

from smallfed.domain.incoming import IncomingOption, IncomingPoll
from smallfed.protocol import limits, quirks
from smallfed.protocol.jsonld import Document
from smallfed.text.sanitise import clean_name, strip

_ELEMENT = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?=[\s/>])[^<>]*>")
_OPENING = re.compile(r"<(?=[a-zA-Z/!?])")
_FOR_EVER = 9000  # a year: whoever says so means never


def poll(document: Document) -> IncomingPoll | None:
    """Return the poll that a document holds; None for what is no Question, and for one without choices."""
    if "Question" not in document.types:
        return None
    many, one = document.documents("anyOf", limits.OPTIONS), document.documents("oneOf", limits.OPTIONS)
    options = tuple(option for item in many or one if (option := _option(item)) is not None)
    if not options:
        return None
    ends_at, closed = _end(document)
    return IncomingPoll(
        options=options,
        multiple=bool(many),
        ends_at=ends_at,
        closed=closed,
        voters=document.integer("votersCount"),
    )


def _option(item: Document) -> IncomingOption | None:
    by_language = next(iter(item.language_map("nameMap").values()), "")
    name = (item.text("name") or by_language or item.text("content"))[: limits.OPTION]
    if not name.strip():
        return None
    replies = item.document("replies")
    total = None if replies is None else replies.integer("totalItems")
    return IncomingOption(name=name, title=title(name), votes=quirks.misskey_votes(item) if total is None else total)


def title(name: str) -> str:
    """Return the name of an option as plain text on one line, without markup and what could be taken for it."""
    text = strip(name) if _ELEMENT.search(name) else name
    return _OPENING.sub("< ", clean_name(text, limit=limits.OPTION)) or "…"


def _end(document: Document) -> tuple[datetime | None, bool]:
    """Return (when it ends or has ended, whether it says only that it has).

    ``closed`` is a time that may also be to come, or true; Misskey sends it instead of ``endTime`` once it is over.
    """
    closed = document.moment("closed")
    over = document.has("closed") and closed is None and not _denied(document)
    return _exact(closed or document.moment("endTime")), over


def _exact(ends_at: datetime | None) -> datetime | None:
    """Return an end as we keep it, to the millisecond, so that what is said again is the same."""
    if ends_at is None or ends_at.year >= _FOR_EVER:
        return None
    return ends_at.replace(microsecond=ends_at.microsecond // 1000 * 1000)


def _denied(document: Document) -> bool:
    """Whether ``closed`` says no, or nothing that can be understood."""
    return document.flag("closed") is False or (
        isinstance(document.raw("closed"), str) and document.flag("closed") is None
    )
