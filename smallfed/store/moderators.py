"""Moderators of groups, by the word of the group."""

from collections.abc import Collection

from smallfed.store.tx import Tx


def of_group(tx: Tx, group: int) -> frozenset[str]:
    """Return the actor ids of those who moderate a group."""
    return frozenset(uri for (uri,) in tx.all("SELECT uri FROM moderators WHERE group_id = ?", group))


def put(tx: Tx, group: int, uri: str) -> None:
    """Add a moderator; a second time nothing happens."""
    tx.run("INSERT OR IGNORE INTO moderators (group_id, uri) VALUES (?, ?)", group, uri)


def drop(tx: Tx, group: int, uri: str) -> None:
    """Take a moderator off the list."""
    tx.run("DELETE FROM moderators WHERE group_id = ? AND uri = ?", group, uri)


def replace(tx: Tx, group: int, uris: Collection[str]) -> None:
    """Store who all moderates a group, instead of whoever did."""
    tx.run("DELETE FROM moderators WHERE group_id = ?", group)
    for uri in uris:
        put(tx, group, uri)
