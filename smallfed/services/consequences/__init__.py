"""Consequences: what follows from each event, as rows in the same transaction.

These are deliveries, notifications, pushes, fetches, and the places where a post can be found.

Each module has a table of what follows in its subject; together they are the whole table. From one event things may
follow in several subjects, in the order of the modules here.
"""

from collections.abc import Callable, Mapping
from typing import Any

from smallfed.domain.events import Event
from smallfed.services.consequences import (
    blocklists,
    cards,
    consent,
    copies,
    correspondence,
    growth,
    leaving,
    moving,
    polls,
    posts,
    profiles,
    pushes,
    reactions,
    relations,
    relays,
    reports,
    searching,
    seeking,
    storing,
    tags,
    telling,
)
from smallfed.store.tx import Tx

Then = Callable[[Tx, Any], None]

TABLES: tuple[Mapping[type[Event], Then], ...] = (
    cards.TABLE,  # first: what is delivered says which page a post is about
    posts.TABLE,
    seeking.TABLE,  # what is kept back is known by now
    correspondence.TABLE,
    consent.TABLE,
    polls.TABLE,
    reactions.TABLE,
    relations.TABLE,
    relays.TABLE,
    reports.TABLE,
    profiles.TABLE,
    tags.TABLE,
    moving.TABLE,
    leaving.TABLE,
    searching.TABLE,
    copies.TABLE,
    growth.TABLE,
    blocklists.TABLE,
    storing.TABLE,
    telling.TABLE,
    pushes.TABLE,
)
TABLE: Mapping[type[Event], tuple[Then, ...]] = {
    kind: tuple(table[kind] for table in TABLES if kind in table)
    for kind in dict.fromkeys(k for t in TABLES for k in t)
}


def follow(tx: Tx, event: Event) -> None:
    """Write down what follows from ``event``; of many, nothing does."""
    for then in TABLE.get(type(event), ()):
        then(tx, event)
