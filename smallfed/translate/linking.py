"""Which pages a post links to: what leads to something else than people, hashtags and quotes. It is about the first.

Spec: Mastodon's FetchLinkCardService, for what counts as a link.
"""

import re
from collections.abc import Collection, Iterator
from html import unescape

from smallfed.domain.uris import web
from smallfed.text.quoting import strip

_LINK = re.compile(r'<a((?: [a-z-]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_NOT_A_PAGE = frozenset({"mention", "hashtag", "u-url"})


def first_link(html: str, *, but: Collection[str] = ()) -> str | None:
    """Return the first address that sanitised ``html`` links to as a page, or None; ``but`` are not counted."""
    return next(pages(html, but=but), None)


def pages(html: str, *, but: Collection[str] = ()) -> Iterator[str]:
    """Yield the addresses that sanitised ``html`` links to as pages; ``but`` are not counted."""
    if "<a " not in html:
        return
    for tag in _LINK.finditer(strip(html)):
        attributes = dict(_ATTRIBUTE.findall(tag[1]))
        address = web(unescape(attributes.get("href", "")))
        if address is None or address in but or "tag" in attributes.get("rel", "").split():
            continue
        if _NOT_A_PAGE.isdisjoint(attributes.get("class", "").split()):
            yield address
