"""Structured data: what the JSON-LD in a page for people says about an article.

Spec: https://schema.org/Article. It is read as the plain JSON it nearly always is; no context is looked up.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import MsgspecError, Struct, json

_ARTICLES = frozenset({"Article", "NewsArticle", "BlogPosting", "SocialMediaPosting", "Report", "TechArticle"})


class Article(Struct, frozen=True, kw_only=True):
    """What the structured data of a page says."""

    headline: str = ""
    author: str = ""
    author_url: str = ""
    publisher: str = ""
    published: str = ""


def article(script: str) -> Article | None:
    """Return the first article that the JSON-LD ``script`` of a page describes, or None."""
    for thing in _things(script):
        kinds = thing.get("@type")
        if not _ARTICLES.isdisjoint(map(str, kinds if isinstance(kinds, list) else [kinds])):
            author, publisher = _one(thing.get("author")), _one(thing.get("publisher"))
            return Article(
                headline=_string(thing.get("headline")),
                author=_string(author.get("name")),
                author_url=_string(author.get("url")),
                publisher=_string(publisher.get("name")),
                published=_string(thing.get("datePublished")),
            )
    return None


def _things(script: str) -> Iterable[Mapping[str, Any]]:
    try:
        data = json.decode(script)
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return
    found = data if isinstance(data, list) else [data]
    for thing in found[:20]:
        if isinstance(thing, dict):
            graph = thing.get("@graph")
            yield thing
            yield from (one for one in (graph if isinstance(graph, list) else [])[:20] if isinstance(one, dict))


def _one(value: object) -> Mapping[str, Any]:
    """Return the first of what may be a thing, several, or only its name."""
    if isinstance(value, list):
        value = value[0] if value else {}
    return value if isinstance(value, dict) else {"name": value}


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
