"""Policies: what posts, ours and others', say about interactions with them."""

from collections.abc import Collection

from msgspec import json

from smallfed.domain.interaction import Policy
from smallfed.store.rows import each, listed
from smallfed.store.tx import Tx

_read = json.Decoder(Policy).decode


def find(tx: Tx, post: int) -> Policy | None:
    """Return what a post says, None when it says nothing."""
    row = tx.one("SELECT policy FROM policies WHERE post_id = ?", post)
    return None if row is None else _read(row[0])


def several(tx: Tx, wanted: Collection[int]) -> dict[int, Policy]:
    """Return what these posts say, by id; those that say nothing are left out."""
    rows = tx.all(
        "SELECT post_id, policy FROM policies WHERE post_id IN (SELECT value FROM json_each(?))", listed(wanted)
    )
    return dict(each(lambda row: (int(row[0]), _read(row[1])), rows))


def put(tx: Tx, post: int, policy: Policy | None) -> None:
    """Note what a post says now."""
    if policy is None:
        tx.run("DELETE FROM policies WHERE post_id = ?", post)
    else:
        tx.run("INSERT OR REPLACE INTO policies (post_id, policy) VALUES (?, ?)", post, json.encode(policy).decode())
