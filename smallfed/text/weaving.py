"""The HTML of mentions, hashtags and links, in the forms that clients and other servers recognise.

Spec: Mastodon's TextFormatter; a mention's address must equal the ``url`` of its entity, or apps open a browser.
"""

import re
from collections.abc import Callable, Mapping
from html import escape

from msgspec import Struct

from smallfed.text.allowed import REL
from smallfed.text.scan import Kind, Span, normal_handle, normal_tag, scan

LINK_SHOWN = 30  # characters of an address that are seen

_PREFIX = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)


class Mentioned(Struct, frozen=True, kw_only=True):
    """An account that may be mentioned: where its profile is, and its name without the host."""

    url: str
    username: str


class Weaver:
    """Writes what a text points at as HTML, and keeps account of it. One per text."""

    def __init__(self, mentions: Mapping[str, Mentioned], tag_url: Callable[[str], str]) -> None:
        self._known = mentions
        self._tag_url = tag_url
        self.asked: dict[str, None] = {}  # handles, known or not, in order
        self.mentions: dict[str, None] = {}
        self.hashtags: dict[str, str] = {}  # normal name → as first written
        self.emojis: dict[str, None] = {}

    def weave(self, text: str) -> str:
        """Return plain ``text`` as inline HTML."""
        pieces, position = [], 0
        for span in scan(text):
            pieces += [escape(text[position : span.start], quote=False), self.piece(text, span)]
            position = span.end
        return "".join([*pieces, escape(text[position:], quote=False)])

    def piece(self, text: str, span: Span) -> str:
        """Return the HTML of one ``span`` of ``text``."""
        match span.kind:
            case Kind.MENTION:
                return self._mention(span.value) or escape(text[span.start : span.end], quote=False)
            case Kind.HASHTAG:
                return self._hashtag(span.value)
            case Kind.LINK:
                return link(span.value)
            case Kind.EMOJI:
                self.emojis[span.value] = None
                return f":{span.value}:"

    def _mention(self, handle: str) -> str:
        handle = normal_handle(handle)
        self.asked[handle] = None
        account = self._known.get(handle)
        if account is None:
            return ""
        self.mentions[handle] = None
        return (
            f'<span class="h-card" translate="no"><a href="{escape(account.url)}" class="u-url mention">'
            f"@<span>{escape(account.username)}</span></a></span>"
        )

    def _hashtag(self, name: str) -> str:
        self.hashtags.setdefault(normal_tag(name), name)
        return (
            f'<a href="{escape(self._tag_url(normal_tag(name)))}" class="mention hashtag" rel="tag">'
            f"#<span>{escape(name)}</span></a>"
        )


def link(url: str) -> str:
    """Return an address as a link that shows its telling part; the rest is there for whoever copies it."""
    prefix = _PREFIX.match(url)
    begin = prefix.end() if prefix else 0
    end = begin + LINK_SHOWN
    hidden, shown, rest = (escape(part, quote=False) for part in (url[:begin], url[begin:end], url[end:]))
    visible = f'<span class="ellipsis">{shown}</span>' if rest else f"<span>{shown}</span>"
    tail = f'<span class="invisible">{rest}</span>' if rest else ""
    return (
        f'<a href="{escape(url)}" rel="{REL}" target="_blank" translate="no">'
        f'<span class="invisible">{hidden}</span>{visible}{tail}</a>'
    )
