"""Glimpses: what a page for people says about itself, for those who may want to follow a link to it.

Spec: https://ogp.me, https://oembed.com, https://schema.org/Article; ``fediverse:creator`` as Mastodon reads it.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from math import isfinite
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from msgspec import MsgspecError, Struct, json, structs

from smallfed.domain.card import Glimpse
from smallfed.domain.uris import host, web
from smallfed.text.sanitise import clean_name
from smallfed.translate import legible, structured
from smallfed.translate.structured import Article

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

TITLE, DESCRIPTION, NAME, HANDLE = 300, 2000, 200, 200  # characters that are kept
WIDEST = 10_000
FRAME = 5_000  # characters of HTML in which a frame is looked for
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,8}")
_IFRAME = re.compile(r"""<iframe\b[^>]{0,2000}?\ssrc=["'](https://[^"'\s<>]{1,2000})["']""", re.IGNORECASE)
_CREATOR = re.compile(r"@?([^\s@/]+@[^\s@/]+\.[^\s@/]+)")


class Page(Struct, frozen=True, kw_only=True):
    """A page that was read: what it says itself, and where its oEmbed document is ("" for nowhere)."""

    glimpse: Glimpse
    oembed: str


def read(body: bytes, *, url: str, content_type: str) -> Page:
    """Return what the HTML page ``body``, found at ``url``, says; its title is "" when it says nothing of use.

    Anything can stand in a page: what cannot be used is left out, nothing is raised.
    """
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(legible.text(body, content_type))
    said, links = _meta(tree), _Links(tree, url)
    article = _article(tree)
    width, height = _size(said, "og:image:width"), _size(said, "og:image:height")
    glimpse = Glimpse(
        page=_own_name(links.find("canonical") or links.absolute(said.get("og:url")), url),
        title=clean_name(_first(said, "og:title", "twitter:title") or article.headline or _title(tree), limit=TITLE),
        description=clean_name(_first(said, "og:description", "twitter:description", "description"), limit=DESCRIPTION),
        author_name=clean_name(article.author or _plain_name(_first(said, "author", "article:author")), limit=NAME),
        author_url=links.absolute(article.author_url or said.get("article:author")),
        provider_name=clean_name(article.publisher or said.get("og:site_name", ""), limit=NAME),
        image=links.absolute(_first(said, "og:image:secure_url", "og:image", "og:image:url", "twitter:image")),
        image_description=clean_name(_first(said, "og:image:alt", "twitter:image:alt"), limit=DESCRIPTION),
        width=width,
        height=height,
        language=_language(tree, said),
        creator=_creator(said.get("fediverse:creator", "")),
        published_at=_moment(said.get("article:published_time") or article.published),
    )
    player = links.absolute(_first(said, "twitter:player", "og:video:secure_url", "og:video"))
    if player.startswith("https://") and said.get("og:video:type", "text/html") == "text/html":
        across, down = (_size(said, f"twitter:player:{side}", f"og:video:{side}") for side in ("width", "height"))
        glimpse = _embedding(glimpse, player, across, down)
    return Page(glimpse=glimpse, oembed=links.find("alternate", "application/json+oembed"))


def embed(glimpse: Glimpse, document: bytes, *, url: str) -> Glimpse:
    """Return ``glimpse`` with what its oEmbed document says: a film or a picture, and whose it is."""
    try:
        said = json.decode(document)
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return glimpse
    if not isinstance(said, dict):
        return glimpse
    text = {name: value for name, value in said.items() if isinstance(value, str)}
    glimpse = structs.replace(
        glimpse,
        title=clean_name(text.get("title", ""), limit=TITLE) or glimpse.title,
        author_name=clean_name(text.get("author_name", ""), limit=NAME) or glimpse.author_name,
        author_url=web(text.get("author_url")) or glimpse.author_url,
        provider_name=clean_name(text.get("provider_name", ""), limit=NAME) or glimpse.provider_name,
        provider_url=web(text.get("provider_url")) or glimpse.provider_url,
        image=glimpse.image or _absolute(text.get("thumbnail_url"), url),
    )
    width, height = _number(said.get("width")), _number(said.get("height"))
    match text.get("type"):
        case "video" if found := _IFRAME.search(text.get("html", "")[:FRAME]):
            return _embedding(glimpse, found[1].replace("&amp;", "&"), width, height)
        case "photo" if picture := _absolute(text.get("url"), url):
            return structs.replace(glimpse, type="photo", embed_url=picture, width=width, height=height)
        case _:
            return glimpse


def _embedding(glimpse: Glimpse, address: str, width: int, height: int) -> Glimpse:
    """Return it as a film, in a frame that we write ourselves: nothing of a stranger's HTML is taken over."""
    width, height = width or 640, height or 360
    frame = (
        f'<iframe src="{escape(address)}" width="{width}" height="{height}" allowfullscreen="allowfullscreen"'
        ' sandbox="allow-scripts allow-same-origin allow-popups allow-forms" frameborder="0"></iframe>'
    )
    return structs.replace(glimpse, type="video", html=frame, embed_url=address, width=width, height=height)


# Parts of a page ------------------------------------------------------------------------------------------------------
def _meta(tree: "LexborHTMLParser") -> dict[str, str]:
    """Return the first content of each ``meta``, by its property or name in lower case."""
    said: dict[str, str] = {}
    for node in tree.css("meta")[:300]:
        name = (node.attributes.get("property") or node.attributes.get("name") or "").strip().lower()
        content = (node.attributes.get("content") or "").strip()
        if name and content:
            said.setdefault(name, content)
    return said


class _Links:
    """The ``link`` elements of a page, as absolute addresses."""

    def __init__(self, tree: "LexborHTMLParser", url: str) -> None:
        base = tree.css_first("base[href]")
        self._base = _absolute(base.attributes.get("href"), url) if base is not None else url
        self._links = tree.css("link[rel][href]")[:300]

    def find(self, relation: str, type_: str | None = None) -> str:
        """Return the first of this relation (and type), or ""."""
        for node in self._links:
            relations = (node.attributes.get("rel") or "").lower().split()
            if relation in relations and (type_ is None or node.attributes.get("type") == type_):
                return self.absolute(node.attributes.get("href"))
        return ""

    def absolute(self, address: str | None) -> str:
        """Return an address in the page, absolute; "" when it is no http(s) address."""
        return _absolute(address, self._base)


def _absolute(address: str | None, base: str) -> str:
    if not address:
        return ""
    try:
        return web(urljoin(base, address.strip())) or ""
    except ValueError:
        return ""


def _own_name(claimed: str, url: str) -> str:
    """Return what a page calls itself, where that is on the same host; on another it has nothing to say."""
    return claimed if claimed and host(claimed) == host(url) else url


def _title(tree: "LexborHTMLParser") -> str:
    node = tree.css_first("head > title") or tree.css_first("title")
    return "" if node is None else node.text()


def _article(tree: "LexborHTMLParser") -> Article:
    scripts = (node.text() for node in tree.css('script[type="application/ld+json"]')[:5])
    return next((found for script in scripts if (found := structured.article(script)) is not None), Article())


def _language(tree: "LexborHTMLParser", said: Mapping[str, str]) -> str:
    root = tree.css_first("html")
    claimed = (root.attributes.get("lang") if root is not None else None) or said.get("og:locale", "")
    found = _LANGUAGE.fullmatch(claimed.strip())
    return found[0].replace("_", "-") if found else ""


# Values ---------------------------------------------------------------------------------------------------------------
def _first(said: Mapping[str, str], *names: str) -> str:
    return next((said[name] for name in names if name in said), "")


def _plain_name(text: str) -> str:
    return "" if web(text) else text


def _size(said: Mapping[str, str], *names: str) -> int:
    return _number(_first(said, *names))


def _number(value: object) -> int:
    """Return a number of pixels; 0 for what is none."""
    try:
        number = float(value) if isinstance(value, str | int | float) else 0.0
    except (ValueError, OverflowError):
        return 0
    return int(number) if isfinite(number) and 0 < number <= WIDEST else 0


def _creator(text: str) -> str:
    found = _CREATOR.fullmatch(text.strip()) if len(text) <= HANDLE else None
    return found[1].lower() if found else ""


def _moment(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
        return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
