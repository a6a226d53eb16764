"""What a post's plain text points at: mentions, hashtags, links and emoji, with their places.

Every place is looked at once, so that the time is linear whatever the text.

Spec: Mastodon's Account::MENTION_RE, Tag::HASHTAG_RE and CustomEmoji::SCAN_RE describe the same forms.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from enum import Enum, auto

from msgspec import Struct


class Kind(Enum):
    """The four things a text can point at."""

    MENTION = auto()
    HASHTAG = auto()
    LINK = auto()
    EMOJI = auto()


class Span(Struct, frozen=True, kw_only=True):
    """``text[start:end]`` points at ``value``.

    ``value`` is a handle (``bob`` or ``bob@peer.example``, as written), a hashtag's name as written, an address, or a
    shortcode: never with the ``@``, ``#`` or ``:`` around it.
    """

    kind: Kind
    start: int
    end: int
    value: str


_START = re.compile(r"@|#|:|https?://", re.IGNORECASE)
_MENTION = re.compile(
    r"@([A-Za-z0-9_]++(?:[.-]++[A-Za-z0-9_]++)*+)(?:@(\w++(?:[.-]++\w++)*+(?::\d{2,5}+(?!\w))?+))?+(?!\w)"
)
_EMOJI = re.compile(r":([a-z0-9_]{2,64}):(?![\w:])", re.ASCII | re.IGNORECASE)
_HOST = r"https?://(?:\[[0-9a-f:.]++\]|\w[\w.-]*+)"
_IN_LINK = r"[^\s<>\"`\[\]\u3000-\u3002\u3008-\u3011\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f]"
_LINK = re.compile(rf"{_HOST}(?:{_IN_LINK}++|\[{_IN_LINK}*+\])*+", re.IGNORECASE)  # "]" only after its "["
_WHOLE = re.compile(_HOST, re.IGNORECASE)
_TRAILING = frozenset(".,;:!?'*_~…»”’|")
_BRACKETS = {")": "(", "}": "{"}
_SEPARATORS = frozenset("·・\u200c")  # inside a hashtag's name, at neither end


def scan(text: str) -> list[Span]:
    """Find everything ``text`` points at, in order and without overlaps."""
    return list(_spans(text))


def _spans(text: str) -> Iterator[Span]:
    position = 0
    for start in _START.finditer(text):
        if start.start() < position:
            continue
        if span := _READERS.get(start[0], _link)(text, start.start()):
            yield span
            position = span.end


def _mention(text: str, start: int) -> Span | None:
    if _follows_word(text, start, also="/=@"):
        return None
    match = _MENTION.match(text, start)
    if match is None:
        return None
    value = match[1] if match[2] is None else f"{match[1]}@{match[2]}"
    return Span(kind=Kind.MENTION, start=start, end=match.end(), value=value)


def _hashtag(text: str, start: int) -> Span | None:
    if _follows_word(text, start, also="/=#&)"):
        return None
    end = start + 1
    while end < len(text) and (_is_word(text[end]) or text[end] in _SEPARATORS):
        end += 1
    name = text[start + 1 : end].rstrip("".join(_SEPARATORS))
    if not name or name[0] in _SEPARATORS or all(c.isdecimal() or c in _SEPARATORS for c in name):
        return None
    return Span(kind=Kind.HASHTAG, start=start, end=start + 1 + len(name), value=name)


def _emoji(text: str, start: int) -> Span | None:
    if _follows_word(text, start, also=":"):
        return None
    match = _EMOJI.match(text, start)
    return match and Span(kind=Kind.EMOJI, start=start, end=match.end(), value=match[1])


def _link(text: str, start: int) -> Span | None:
    if start and text[start - 1].isascii() and text[start - 1].isalnum():  # other scripts write without spaces
        return None
    match = _LINK.match(text, start)
    if match is None:
        return None
    url = _without_trailing(match[0])
    return Span(kind=Kind.LINK, start=start, end=start + len(url), value=url) if _WHOLE.match(url) else None


_READERS: dict[str, Callable[[str, int], Span | None]] = {"@": _mention, "#": _hashtag, ":": _emoji}


def _without_trailing(url: str) -> str:
    """Leave off what belongs to the sentence: punctuation, and closing brackets that were not opened inside."""
    surplus = {close: url.count(close) - url.count(opening) for close, opening in _BRACKETS.items()}
    end = len(url)
    while end:
        last = url[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return url[:end]


def _is_word(char: str) -> bool:
    """Letters, digits, underscore, and the marks that many scripts write their vowels with."""
    return char.isalnum() or char == "_" or unicodedata.category(char)[0] == "M"


def _follows_word(text: str, start: int, *, also: str) -> bool:
    return start > 0 and (_is_word(text[start - 1]) or text[start - 1] in also)


def normal_tag(name: str) -> str:
    """Return the one spelling under which hashtags are the same: NFKC, lower case, without ``#``."""
    return unicodedata.normalize("NFKC", name.removeprefix("#")).casefold()


def normal_handle(handle: str) -> str:
    """Return the one spelling under which handles are the same: lower case, without the leading ``@``."""
    return handle.removeprefix("@").lower()


def hashtags(text: str) -> list[str]:
    """Return the names of hashtags in plain ``text`` as first written, each once, in order."""
    named = (span.value for span in _spans(text) if span.kind is Kind.HASHTAG)
    found: dict[str, str] = {}
    for name in named:
        found.setdefault(normal_tag(name), name)
    return list(found.values())


def shortcodes(*texts: str) -> tuple[str, ...]:
    """Return what may be custom emoji in plain ``texts``, without colons, each once, in order."""
    named = (span.value for text in texts for span in _spans(text) if span.kind is Kind.EMOJI)
    return tuple(dict.fromkeys(named))
