"""Parameters that many routes have: pages and ids.

Spec: CLIENT_API §13 items 6, 17: limits are cut, not refused.
"""

from smallfed.domain.numbers import number
from smallfed.errors import NotFound
from smallfed.pages.trees import Tree
from smallfed.store.paging import Page

MOST_IDS = 400


def page(asked: Tree, *, default: int = 20, most: int = 40) -> Page:
    """Return the page that is asked for."""
    return Page(
        max_id=asked.integer("max_id"),
        since_id=asked.integer("since_id"),
        min_id=asked.integer("min_id"),
        limit=limit(asked, default=default, most=most),
    )


def limit(asked: Tree, *, default: int, most: int) -> int:
    """Return how many are wanted, at most ``most``; as with Mastodon 0 are none, and a minus is overlooked."""
    wanted = asked.integer("limit")
    return default if wanted is None else min(abs(wanted), most)


def offset(asked: Tree) -> int:
    """Return how many are to be left out at the beginning."""
    return min(max(asked.integer("offset") or 0, 0), 10_000)


def identifier(text: str) -> int:
    """Return the id in a path; NotFound for what can be none."""
    id_ = number(text)
    if id_ is None:
        raise NotFound("Record not found")
    return id_


def identifiers(asked: Tree, name: str) -> list[int]:
    """Return the ids in a list, each once; what can be none is left out, as unknown ones are."""
    found: dict[int, None] = {}
    for text in asked.texts(name)[:MOST_IDS]:
        try:
            found[identifier(text)] = None
        except NotFound:
            continue
    return list(found)
