"""What the owner writes, as the HTML that is shown and sent; and how long it counts.

Spec: PROTOCOL of the fediverse for mentions and hashtags; CommonMark (https://spec.commonmark.org/) with strikethrough
and a line break for every newline, as people expect it in a short text.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from smallfed.text.sanitise import sanitise
from smallfed.text.scan import Kind, Span, scan
from smallfed.text.weaving import Mentioned, Weaver

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token
    from markdown_it.utils import EnvType

ContentType = Literal["text/plain", "text/markdown"]
CONTENT_TYPES: tuple[ContentType, ...] = ("text/plain", "text/markdown")
LINK_COUNTS = 23  # characters, however long the address is

__all__ = ["CONTENT_TYPES", "ContentType", "Mentioned", "Rendered", "count_characters", "mentioned", "render"]


class Rendered(Struct, frozen=True, kw_only=True):
    """A text as HTML, and what it points at, each once and in order.

    ``hashtags`` are names as first written; ``mentions`` the handles of ``mentioned`` that were known;
    ``emojis`` every shortcode, whether there is such an emoji or not.
    """

    html: str
    hashtags: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    emojis: tuple[str, ...] = ()


def render(
    text: str, content_type: ContentType, *, mentions: Mapping[str, Mentioned], tag_url: Callable[[str], str]
) -> Rendered:
    """Render what the owner wrote, sanitised by the very rules that hold for others.

    ``mentions`` has the keys that ``mentioned`` returned; a handle it lacks stays plain text. ``tag_url`` is given a
    hashtag's normal name (see ``scan.normal_tag``) and must return an absolute address.
    """
    weaver = Weaver(mentions, tag_url)
    html = sanitise(_html(text, content_type, weaver))
    return Rendered(
        html=html,
        hashtags=tuple(weaver.hashtags.values()),
        mentions=tuple(weaver.mentions),
        emojis=tuple(weaver.emojis),
    )


def mentioned(text: str, content_type: ContentType) -> list[str]:
    """Return the handles ``text`` mentions (``bob``, ``bob@peer.example``; lower case), to look up before rendering."""
    weaver = Weaver({}, lambda _name: "")
    _html(text, content_type, weaver)
    return list(weaver.asked)


def _html(text: str, content_type: ContentType, weaver: Weaver) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if content_type == "text/markdown":
        return str(_markdown().render(text, {"weaver": weaver})).strip()
    return _paragraphs(text, weaver)


def _paragraphs(text: str, weaver: Weaver) -> str:
    lines = [line.rstrip() for line in text.split("\n")]
    paragraphs = ["\n".join(group) for filled, group in groupby(lines, key=bool) if filled]
    return "".join(f"<p>{weaver.weave(paragraph)}</p>" for paragraph in paragraphs).replace("\n", "<br>")


@cache
def _markdown() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # here for memory's sake: only who writes Markdown pays

    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "xhtmlOut": False}).enable("strikethrough")
    parser.inline.ruler.before("emphasis", "pointer", _pointer)
    parser.add_render_rule("pointer", _render_pointer)
    parser.add_render_rule("image", _render_image)
    return parser


def _pointer(state: "StateInline", silent: bool) -> bool:
    """Take in a mention, hashtag, link or emoji as one token, so that its ``_`` and ``*`` mean nothing else.

    Code never comes here, and inside a link nothing may become another. The parser's text rule stops at ``:`` but not
    at the ``h`` of ``https:``; so the scheme is taken back from the text that waits.
    """
    span = None if state.linkLevel else _pointers(state).get(state.pos)
    if span is None or span.end > state.posMax:
        return False
    if not silent:
        before = state.src[span.start : state.pos]
        if not state.pending.endswith(before):
            return False
        state.pending = state.pending.removesuffix(before)
        token = state.push("pointer", "", 0)
        token.content = state.src
        token.meta["span"] = span
    state.pos = span.end
    return True


def _pointers(state: "StateInline") -> dict[int, Span]:
    """Map the place of each span's telling character to the span; computed once for each text."""
    known: tuple[str, dict[int, Span]] = state.env.get("pointers", ("", {}))
    if known[0] is not state.src:
        known = (state.src, {span.start + _telling(span): span for span in scan(state.src)})
        state.env["pointers"] = known
    return known[1]


def _telling(span: Span) -> int:
    return span.value.index(":") if span.kind is Kind.LINK else 0


def _render_pointer(_renderer: object, tokens: Sequence["Token"], index: int, _options: object, env: "EnvType") -> str:
    """Rendering, not parsing, is where the weaver learns of it: the description of a picture mentions nobody."""
    weaver: Weaver = env["weaver"]
    return weaver.piece(tokens[index].content, tokens[index].meta["span"])


def _render_image(_renderer: object, tokens: Sequence["Token"], index: int, _options: object, _env: object) -> str:
    picture = tokens[index]
    return f'<img src="{escape(str(picture.attrs["src"]))}" alt="{escape(picture.content)}">'


def count_characters(text: str) -> int:
    """Count ``text`` as Mastodon counts a post: an address is 23, a mention its local part, the rest as it is seen."""
    length, position = 0, 0
    for span in scan(text):
        length += count_seen(text[position : span.start])
        match span.kind:
            case Kind.LINK:
                length += LINK_COUNTS
            case Kind.MENTION:
                length += 1 + len(span.value.partition("@")[0])
            case _:
                length += count_seen(text[span.start : span.end])
        position = span.end
    return length + count_seen(text[position:])


def count_seen(text: str) -> int:
    """Count characters as people do: grapheme clusters, by the rules that matter for texts (UAX #29 in short).

    Marks, joiners, variation selectors and skin tones belong to what they follow, what a joiner joins is one, two
    regional indicators are one flag.
    """
    if text.isascii():
        return len(text) - text.count("\r\n")
    count, joined, flags = 0, False, 0
    for char in text.replace("\r\n", "\n"):
        flags = flags + 1 if "\U0001f1e6" <= char <= "\U0001f1ff" else 0
        extends = joined or _extends(char) or (flags > 0 and flags % 2 == 0)
        count += not (extends and count)
        joined = char == "\u200d"
    return count


def _extends(char: str) -> bool:
    return (
        unicodedata.category(char)[0] == "M"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
        or char in "\u200c\u200d"
    )
