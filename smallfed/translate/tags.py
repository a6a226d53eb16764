"""The ``tag`` property: mentions, hashtags, links to objects and custom emoji; what else is in it is passed over.

Spec: Activity Streams vocabulary (Mention), https://docs.joinmastodon.org/spec/activitypub/#tags, FEP-9098 (emoji),
FEP-e232 (links).
"""

import re
from itertools import islice
from urllib.parse import unquote

from smallfed.domain.account import Emoji
from smallfed.domain.incoming import IncomingMention
from smallfed.domain.uris import web
from smallfed.protocol import limits
from smallfed.protocol.jsonld import Document
from smallfed.protocol.vocabulary import ACTIVITY_JSON, AS2, LD_JSON
from smallfed.text.scan import normal_tag
from smallfed.translate.media import picture

_LD_JSON = LD_JSON.partition(";")[0]
_SHORTCODE = re.compile(r"[^\s:<>\"'&/\\\x00-\x1f]+")
_HASHTAG = re.compile(r"[^\s#<>\"'&\x00-\x1f]+")


def mentions(document: Document) -> tuple[IncomingMention, ...]:
    """Return who is mentioned, each once, in the order of the tags."""
    found: dict[str, IncomingMention] = {}
    for tag in _tags(document, "Mention"):
        href = web(tag.uri("href"))
        if href is not None and len(found) < limits.MENTIONS:
            found.setdefault(href, IncomingMention(href=href, name=tag.text("name")[: limits.HANDLE].strip()))
    return tuple(found.values())


def hashtags(document: Document) -> tuple[str, ...]:
    """Return the hashtags, each once, without # and in their one spelling."""
    names = (hashtag(tag.text("name") or _last(tag.uri("href"))) for tag in _tags(document, "Hashtag"))
    return tuple(dict.fromkeys(name for name in names if name))


def links(document: Document) -> tuple[str, ...]:
    """Return the ids of the objects that tags link to, each once; pages are no objects."""
    found = (web(tag.uri("href")) for tag in _tags(document, "Link") if _is_object(tag.text("mediaType")))
    return tuple(dict.fromkeys(uri for uri in found if uri))


def _is_object(media_type: str) -> bool:
    kind, _, parameters = media_type.lower().partition(";")
    return kind.strip() == ACTIVITY_JSON or (kind.strip() == _LD_JSON and AS2.lower() in parameters)


def hashtag(name: str) -> str:
    """Return the one spelling of a hashtag (see ``text.scan``); "" when it is none."""
    name = normal_tag(name[: limits.HASHTAG + 1].strip().lstrip("#＃"))
    return name if len(name) <= limits.HASHTAG and _HASHTAG.fullmatch(name) else ""


def title(tag: Document) -> str:
    """Return the name of a Hashtag as written, without #; "" when it is none."""
    name = (tag.text("name") or _last(tag.uri("href")))[: limits.HASHTAG + 1].strip().lstrip("#＃")
    return name if hashtag(name) else ""


def _last(uri: str | None) -> str:
    return unquote((uri or "").rstrip("/").rpartition("/")[2])


def emojis(document: Document) -> tuple[Emoji, ...]:
    """Return the custom emoji by shortcode, the first of each; some have no id (Akkoma: null), and none is needed."""
    found: dict[str, Emoji] = {}
    for tag in islice(_tags(document, "Emoji"), limits.EMOJIS):
        if (one := emoji(tag)) is not None:
            found.setdefault(one.shortcode, one)
    return tuple(found.values())


def emoji(tag: Document) -> Emoji | None:
    """Return the custom emoji that a tag, or an object of that type, is; None without a usable name or a picture."""
    shortcode, url = tag.text("name").strip().strip(":"), picture(tag, "icon")
    if url is None or len(shortcode) > limits.SHORTCODE or not _SHORTCODE.fullmatch(shortcode):
        return None
    return Emoji(shortcode=shortcode, url=url, updated_at=tag.moment("updated"))


def _tags(document: Document, kind: str) -> tuple[Document, ...]:
    return tuple(tag for tag in document.documents("tag", limits.TAGS) if kind in tag.types)
