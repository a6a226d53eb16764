"""The words that stand for a quote where it cannot be shown: ``RE:`` and a link, of the class ``quote-inline``.

Apps and servers that show the quote itself leave out what is marked; for all others it stays a link.

Spec: FEP-044f (textual fallback); Mastodon's TextFormatter; Misskey writes the same without a mark.
"""

import re
from collections.abc import Collection
from html import unescape

from smallfed.text.weaving import link

_MARKED = re.compile(r'<(span|p)(?= )[^<>]* ?class="(?:[^"<>]* )?quote-inline(?: [^"<>]*)?"[^<>]*>')
_TAG = re.compile(r"<(/?)(span|p)(?=[ >])[^<>]*>")
_TAIL = re.compile(
    r"(?P<word>RE:\s*+)(?P<ends>(?:</span>)*+)"
    r'(?P<link><a [^<>]*href="(?P<href>[^"<>]*)"[^<>]*>(?:[^<]|<(?!/a>))*+</a>|(?P<bare>[^\s<>]++))'
)
_SPACE_BEFORE = re.compile(r"(?:<br>|\s)*\Z")
_ENDS = ("</span>", "</p>", "<br>")
_LONGEST = 8192  # characters that a reference at the end can have, tags counted


def fallback(html: str, url: str) -> str:
    """Return ``html`` with the reference to what it quotes at its end, for those who cannot show quotes.

    It is a paragraph of its own, as Mastodon writes it: Ice Cubes hides nothing else.
    """
    return f'{html}<p class="quote-inline">RE: {link(url)}</p>'


def strip(html: str) -> str:
    """Return sanitised ``html`` without what is marked as standing for a quote."""
    kept, at = list[str](), 0
    while (mark := _MARKED.search(html, at)) is not None:
        kept.append(html[at : mark.start()])
        at = _end(html, mark)
    return "".join((*kept, html[at:])).replace("<p></p>", "")


def _end(html: str, mark: re.Match[str]) -> int:
    """Return where the marked element ends, counting those of its kind within."""
    depth = 1
    for tag in _TAG.finditer(html, mark.end()):
        if tag[2] == mark[1]:
            depth += -1 if tag[1] else 1
            if depth == 0:
                return tag.end()
    return len(html)


def mark(html: str, addresses: Collection[str]) -> str:
    """Return sanitised ``html`` with a reference to one of ``addresses`` at its very end marked, if it is not yet.

    Misskey closes a span between the word and the link: that one then ends before both.
    """
    if "RE:" not in html[-_LONGEST:] or _MARKED.search(html) is not None:
        return html
    start = html.rfind("RE:")
    tail = _TAIL.match(html, start)
    if tail is None or unescape(tail["href"] or tail["bare"]) not in addresses or not _only_ends(html[tail.end() :]):
        return html
    space = _SPACE_BEFORE.search(html, max(0, start - 64), start)
    begin = space.start() if space is not None else start
    reference = f"{html[begin:start]}{tail['word']}{tail['link']}"
    return f'{html[:begin]}{tail["ends"]}<span class="quote-inline">{reference}</span>{html[tail.end() :]}'


def _only_ends(html: str) -> bool:
    rest = html.strip()
    while rest:
        end = next((end for end in _ENDS if rest.startswith(end)), None)
        if end is None:
            return False
        rest = rest[len(end) :].lstrip()
    return True
