"""The texts of a post: content, title, content warning and language, out of every kind of object.

``content`` is complete in itself: for what is no Note it holds the title, and a link where the rest is elsewhere.
The title of a vote is the option that is voted for, exactly.

Spec: Activity Streams 2.0 §4.7 (natural language values), https://docs.joinmastodon.org/spec/activitypub/#payloads
"""

from html import escape, unescape

from msgspec import Struct

from smallfed.protocol import limits, quirks
from smallfed.protocol.jsonld import Document
from smallfed.protocol.vocabulary import NOTES
from smallfed.text.language import normal_language
from smallfed.text.sanitise import clean_name, cut, sanitise, strip
from smallfed.translate import media
from smallfed.translate.occasions import occasion

_NO_LANGUAGE = frozenset({"und", "mul", "zxx", "mis"})
_WHOLE = frozenset({"Article", "Page", "Question"})
"""Kinds whose content is the work itself, not words about it."""


class Prose(Struct, frozen=True, kw_only=True):
    """``content`` is sanitised HTML, the others are plain text."""

    content: str
    title: str
    summary: str
    language: str | None
    sensitive: bool


def read(document: Document) -> Prose:
    """Return the texts of a post."""
    content, language = _in_language(document, "content")
    warning = document.text("summary") or next(iter(document.language_map("summaryMap").values()), "")
    sensitive = document.flag("sensitive") is True
    if document.type_in(NOTES) is not None and not quirks.piefed_question(document):
        return Prose(
            content=sanitise(_html(document, content)),
            title=document.text("name")[: limits.TITLE] if is_vote(document) else "",
            summary=_line(warning, limits.SUMMARY),
            language=language,
            sensitive=sensitive or bool(warning) or media.is_sensitive(document),
        )
    title, title_language = _in_language(document, "name")
    title = clean_name(title, limit=limits.TITLE)
    warned = sensitive and bool(content)
    return Prose(
        content=_card(document, title, _html(document, content), "" if warned else warning),
        title=title,
        summary=_line(warning, limits.SUMMARY) if warned else "",
        language=language or title_language,
        sensitive=sensitive or media.is_sensitive(document),
    )


def is_vote(document: Document) -> bool:
    """Whether a Note is a vote in a poll: a name, no content, in reply to something."""
    return (
        "Note" in document.types
        and document.has("inReplyTo")
        and bool(document.text("name"))
        and not document.has("content")
        and not document.has("contentMap")
        and not document.has("attachment")
    )


def _in_language(document: Document, name: str) -> tuple[str, str | None]:
    """Return a text and its language: the one of the map that is the text, else the map's first."""
    text = document.text(name)[: limits.CONTENT]
    by_language = document.language_map(f"{name}Map")
    tag = next((tag for tag, other in by_language.items() if other == text), next(iter(by_language), ""))
    text = text or by_language.get(tag, "")[: limits.CONTENT]
    tags = (tag, quirks.lemmy_language(document), quirks.wordpress_language(document))
    codes = (normal_language(tag) for tag in tags if len(tag) < 40)
    return text, next((code for code in codes if code and code not in _NO_LANGUAGE), None)


def _html(document: Document, content: str) -> str:
    """Return ``content`` as HTML; what was typed, line by line, where there is nothing else."""
    if not content:
        source = document.document("source")
        typed = source.text("content")[: limits.CONTENT] if source else ""
        return typed if source and source.text("mediaType") == "text/html" else _lines(typed)
    is_plain = document.text("mediaType") == "text/plain" or quirks.peertube_markdown(document)
    return _lines(content) if is_plain else content


def _lines(text: str) -> str:
    return "<p>" + escape(text).replace("\n", "<br>") + "</p>" if text else ""


def _card(document: Document, title: str, content: str, summary: str) -> str:
    """Compose what is shown of a work: title, the words there are, and where they do not suffice, links."""
    body = occasion(document) + (content or (summary if "<" in summary else _paragraph(summary)))
    heading = f"<h2>{escape(title)}</h2>" if title else ""
    whole = bool(content) and document.type_in(_WHOLE) is not None
    addresses = (*media.links(document), *(() if whole else (media.page(document) or document.id or "",)))
    return sanitise(heading + body + "".join(_link(address) for address in addresses if address not in unescape(body)))


def _link(address: str) -> str:
    return f'<p><a href="{escape(address)}">{escape(address)}</a></p>'


def _paragraph(text: str) -> str:
    return f"<p>{text}</p>" if text else ""


def _line(html: str, limit: int) -> str:
    """Return HTML (or plain text) on one line, as plain text."""
    return cut(strip(html[: 4 * limit]), limit)
