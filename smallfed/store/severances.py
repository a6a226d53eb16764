"""Severances: blocks of whole domains that ended follows, and which follows these were."""

from collections.abc import Iterable

from msgspec import json

from smallfed.domain.notification import Severance
from smallfed.domain.relation import Follow
from smallfed.store.moments import ms
from smallfed.store.rows import Shape, each, listed
from smallfed.store.tx import Tx

SHAPE = Shape(Severance, "severances")
_SELECT = f"SELECT {SHAPE.columns('s')} FROM severances s "


def put(tx: Tx, severance: Severance, follows: Iterable[Follow]) -> None:
    """Store that a block ended ``follows``."""
    SHAPE.insert(tx, severance)
    for follow in follows:
        tx.run(
            "INSERT INTO severed_follows (severance_id, follower_id, target_id, uri, reblogs, notify, languages,"
            " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            severance.id,
            follow.follower_id,
            follow.target_id,
            follow.uri,
            follow.reblogs,
            follow.notify,
            None if follow.languages is None else json.encode(follow.languages).decode(),
            ms(follow.created_at),
        )


def several(tx: Tx, wanted: Iterable[int]) -> dict[int, Severance]:
    """Return the severances with these ids, by id; unknown ones are left out."""
    rows = tx.all(_SELECT + "WHERE s.id IN (SELECT value FROM json_each(?))", listed(wanted))
    return {one.id: one for one in each(SHAPE.read, rows)}
