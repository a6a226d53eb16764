"""Pages of strangers as text on which a parser can be let loose: in an encoding of text, and not too deep.

Spec: https://encoding.spec.whatwg.org (names, in broad strokes); SAFETY rules 29, 30.
"""

import codecs
import re
from collections import Counter

LOOKED_AT = 384 * 1024  # bytes: what a page says about itself stands in its head
DEEPEST = 5_000  # elements that are open at once: parsers need time that grows with length × depth

_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_NAMED_CHARSET = re.compile(r"charset\s*=\s*\"?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_ENCODINGS = re.compile(r"(?:utf-(?:8|16)|ascii|iso8859-|cp\d|koi8-|mac-|gb|big5|euc_|shift_jis|iso2022_jp|tis-620).*")
"""Of pages. Python knows more, and some of them take for ever (punycode) or are code rather than text."""
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]*)")
_NEVER_DEEPER = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
    | {"dd", "dt", "li", "option", "p", "td", "th", "tr"}  # the next one closes it
)


def text(body: bytes, content_type: str) -> str:
    """Return the beginning of a page as text; what is not of the encoding that it names is marked, nothing raised."""
    body = body[:LOOKED_AT]
    named = _NAMED_CHARSET.search(content_type)
    found = None if named else _CHARSET.search(body[:4096])
    encoding = _encoding(named[1] if named else found[1].decode("ascii") if found else "utf-8")
    return _shallow(body.decode(encoding, "replace"))


def _encoding(name: str) -> str:
    try:
        known = codecs.lookup(name).name
    except LookupError:
        return "utf-8"
    return known if _ENCODINGS.fullmatch(known) else "utf-8"


def _shallow(html: str) -> str:
    """Return a page up to where it would be deeper than any that was written to be read."""
    if html.count("<") <= DEEPEST:
        return html
    open_, depth = Counter[str](), 0
    for tag in _TAG.finditer(html):
        closes, name = tag[1] != "", tag[2].lower()
        if name in _NEVER_DEEPER or (closes and open_[name] == 0):
            continue
        open_[name] += -1 if closes else 1
        depth += -1 if closes else 1
        if depth > DEEPEST:
            return html[: tag.start()]
    return html
