"""Consequences: what follows from each event, as rows in the same transaction: deliveries, notifications, fetches.

Each module has the table of its own events; together they are the whole table, and each event stands in one of them.
"""

from collections.abc import Callable
from typing import Any

from smallfed.domain.events import Event
from smallfed.services.consequences import leaving, moving, polls, posts, profiles, reactions, relations
from smallfed.store.tx import Tx

TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    **leaving.TABLE,
    **moving.TABLE,
    **polls.TABLE,
    **posts.TABLE,
    **profiles.TABLE,
    **reactions.TABLE,
    **relations.TABLE,
}


def follow(tx: Tx, event: Event) -> None:
    """Write down what follows from ``event``; of many, nothing does."""
    then = TABLE.get(type(event))
    if then is not None:
        then(tx, event)
