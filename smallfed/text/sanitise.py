"""HTML of others (and our own) made safe to show; and HTML made into plain text.

Spec: ActivityPub B.10 (https://www.w3.org/TR/activitypub/#security-sanitizing-content); the table is in ``allowed``.
"""

import re
import unicodedata
from html import unescape

import nh3

from smallfed.text.allowed import ELEMENTS, REL, REMOVED, SCHEMES, attribute
from smallfed.text.tidy import is_harmless, tidy

INPUT_LIMIT = 256 * 1024  # characters; what is beyond is cut before anything else
NAME_LIMIT = 200

_cleaner = nh3.Cleaner(
    tags=set(ELEMENTS),
    attributes={"*": {"lang"}, **{name: set(attributes) for name, attributes in ELEMENTS.items() if attributes}},
    attribute_filter=attribute,
    clean_content_tags=set(REMOVED),
    url_schemes=set(SCHEMES),
    url_relative="deny",
    link_rel=None,  # would forbid us to keep rel="tag"; _links adds it
)
# The cleaner's output has no "<" or ">" but those of tags, which makes these patterns exact.
_LINK = re.compile(r"<a(?= |>)([^<>]*)>|</a>")
_PRE_START = re.compile(r"(<pre[^<>]*>)\n+")
_BREAK = re.compile(r"<br[^<>]*>\n?")
_BLOCK_END = re.compile(r"</(?:p|h[1-5]|blockquote|pre|ul|ol)>")
_ITEM_END = re.compile(r"</li>")
_TAG = re.compile(r"<[^<>]*>")
_MANY_LINES = re.compile(r"[^\S\n]*\n[^\S\n]*\n\s*")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff]")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_UNSEEN = frozenset({"Cc", "Cs", "Co", "Cn"})  # Cf stays: emoji and several scripts need its joiners


def sanitise(html: str) -> str:
    """Return ``html`` with nothing but what the table of ``allowed`` keeps, every link opened apart and not followed.

    Never raises, takes linear time, and sanitising again changes nothing (unless it has to be cut again). Elements
    that are not kept lose their tags, script and style all they contain, links that lead nowhere we allow become text,
    pictures become links, formulas their LaTeX.
    """
    html = html[:INPUT_LIMIT]
    if not html.isascii():
        html = _SURROGATE.sub("\ufffd", html)
    if "<" not in html and "&" not in html and ">" not in html and html.isprintable():
        return html
    clean = _cleaner.clean(html if is_harmless(html) else tidy(html))
    if "\r" in clean:  # from a character reference; parsing it again would make it a newline
        clean = clean.replace("\r\n", "\n").replace("\r", "\n")
    if "<pre" in clean:  # parsers drop one newline there at each reading
        clean = _PRE_START.sub(r"\1", clean)
    if "<a" not in clean:
        return clean
    linked, is_whole = _links(clean)
    # without a link between them, headings would not be read as nested again
    return linked if is_whole else _links(_cleaner.clean(linked))[0]


def _links(html: str) -> tuple[str, bool]:
    """Give every link its ``rel`` and ``target``; take the tags away where the address was dropped.

    Return that, and whether all links are there.
    """
    shown: list[bool] = []
    is_whole = True

    def rewrite(tag: re.Match[str]) -> str:
        nonlocal is_whole
        attributes = tag[1]
        if attributes is None:
            return "</a>" if not shown or shown.pop() else ""
        shown.append(' href="' in attributes)
        if not shown[-1]:
            is_whole = False
            return ""
        rel = "" if ' rel="' in attributes else f' rel="{REL}"'
        return f'<a{attributes}{rel} target="_blank">'

    return _LINK.sub(rewrite, html), is_whole


def plain(html: str) -> str:
    """Return the text of ``html``: a line per ``br`` and item, an empty line between paragraphs, nothing escaped.

    The text is *not* HTML any more; escape it before showing it in a page.
    """
    return words(sanitise(html))


def words(clean: str) -> str:
    """Do as ``plain`` with HTML that has been sanitised already."""
    text = _BREAK.sub("\n", clean)
    text = _BLOCK_END.sub("\n\n", text)
    text = _ITEM_END.sub("\n", text)
    text = unescape(_TAG.sub("", text)).replace("\xa0", " ")
    return _MANY_LINES.sub("\n\n", text).strip()


def strip(html: str) -> str:
    """Return the text of ``html`` on one line: for content warnings, titles, field names. Nothing visible gives "".

    Misskey sends U+200B for an empty content warning.
    """
    text = " ".join(plain(html).split())
    return text if _INVISIBLE.sub("", text).strip() else ""


def clean_name(name: str, *, limit: int = NAME_LIMIT) -> str:
    """Return a display name on one line, without characters that turn or break the text around it.

    ``name`` is plain text, not HTML: markup in it stays and must be escaped where it is shown.
    """
    name = _BIDI.sub("", name[: 16 * limit])
    name = "".join(" " if c.isspace() else c for c in name if c.isspace() or unicodedata.category(c) not in _UNSEEN)
    name = " ".join(name.split())
    return cut(name, limit) if _INVISIBLE.sub("", name).strip() else ""


def cut(text: str, limit: int) -> str:
    """Return at most ``limit`` characters of ``text``; an ellipsis, counted, shows that something is missing."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    while kept and (kept[-1] in "\u200d\ufe0f" or kept[-1].isspace()):  # half of an emoji, or a gap
        kept = kept[:-1]
    return f"{kept}…"
