"""Clearing the house: every table is emptied but for what a farewell needs, slice by slice.

New tables are cleared like the others without anybody thinking of it: only what stays is listed.
"""

from collections.abc import Sequence

from msgspec import Struct

from smallfed.store import searchables
from smallfed.store.tx import Tx

SLICE = 500  # rows in one transaction, so that nobody waits for us

STAYS = {
    "farewells": "1",
    "houses": "1",
    "owners": "1",
    "keys": "1",  # until nothing waits any more
    "accounts": "local",
    "bodies": "id = (SELECT body_id FROM farewells)",
    "deliveries": "body_id = (SELECT body_id FROM farewells)",
    "hosts": "next_due IS NOT NULL",
    "gone_inboxes": "1",
    "buckets": "1",
    "placements": "1",  # they go one by one, with their files in the bucket
    "_sqlite_migrations": "1",
    "search_index": "1",  # emptied at the end, as a whole
    "search_words": "1",  # a view of it
}
"""Table → which rows of it stay."""


class Table(Struct, frozen=True, kw_only=True):
    """A table with the columns of its key, those that refer to the same table, and the tables that it refers to."""

    name: str
    key: tuple[str, ...]
    own: tuple[str, ...]
    others: frozenset[str]


def tables(tx: Tx) -> list[Table]:
    """Return the tables that are cleared, those that refer to others before those."""
    names = [
        name
        for (name,) in tx.all(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')"
            " AND name NOT LIKE 'sqlite%' ORDER BY name"
        )
        if STAYS.get(name) != "1"
    ]
    left, ordered = {name: _table(tx, name) for name in names}, list[Table]()
    while left:
        free = [name for name in left if not any(name in other.others for other in left.values())]
        if not free:
            raise ValueError(f"these tables refer to each other in a circle: {', '.join(left)}")
        ordered += [left.pop(name) for name in free]
    return ordered


def _table(tx: Tx, name: str) -> Table:
    key = tx.all("SELECT name FROM pragma_table_info(?) WHERE pk ORDER BY pk", name)
    references = tx.all('SELECT "table", "from", on_delete FROM pragma_foreign_key_list(?)', name)
    return Table(
        name=name,
        key=tuple(column for (column,) in key) or ("rowid",),
        own=tuple(column for target, column, then in references if target == name and then == "NO ACTION"),
        others=frozenset(target for target, _, _ in references if target != name),
    )


def clear(tx: Tx, table: Table) -> int:
    """Remove a slice of a table, and with it the rows of the same table that refer to it; return how many went."""
    key, stays = ", ".join(table.key), STAYS.get(table.name, "0")
    chosen = f"SELECT {key} FROM {table.name} WHERE NOT ({stays}) LIMIT {SLICE}"
    return tx.run(f"DELETE FROM {table.name} WHERE ({key}) IN ({_doomed(table, chosen)})")


def finish(tx: Tx) -> None:
    """Empty what rows hang on that are gone: call it when every table is clear."""
    searchables.clear(tx)


def _doomed(table: Table, chosen: str) -> str:
    names: Sequence[str] = table.key
    steps = "".join(
        f" UNION SELECT t.{names[0]} FROM {table.name} t JOIN doomed d ON t.{column} = d.{names[0]}"
        for column in table.own
    )
    return f"WITH RECURSIVE doomed ({', '.join(names)}) AS (SELECT * FROM ({chosen}){steps}) SELECT * FROM doomed"
