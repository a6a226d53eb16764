"""Traces: where the books of the house still name something that was removed for good.

``find`` looks through what is kept as it came, which takes a while; ``drop`` lets go what it found, a slice at a time.
What the owner still has to say to others (that something is deleted, undone) waits until it is said.
"""

from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct

from smallfed.store import documents, hosts, inbound
from smallfed.store.rows import listed
from smallfed.store.tx import Tx

SLICE = 500
SAID = ("Delete", "Undo", "Create", "Update", "Flag")
"""Activities of the owner that are sent all the same, as long as they wait."""

EXACT: tuple[tuple[str, str], ...] = (
    ("fetches", "uri"),
    ("conversations", "uri"),
    ("forwards", "actor"),
    ("forwards", "activity"),
    ("forwards", "thread"),
    ("undone", "actor"),
    ("undone", "activity"),
    ("tombstones", "uri"),
    ("tombstones", "actor"),
    ("public_keys", "owner"),
    ("public_keys", "key_id"),
    ("unknown_mentions", "uri"),
    ("moderators", "uri"),
    ("quotes", "quoted"),
    ("stamps", "interacting"),
    ("refusals", "actor"),
    ("refusals", "activity"),
    ("refusals", "object"),
    ("relay_arrivals", "uri"),
    ("relay_unwanted", "uri"),
    ("relay_unwanted", "url"),
    ("relay_unwanted", "author"),
    ("import_lines", "address"),
)
"""Columns that have nothing but an id, and whose rows go with it."""

_ANSWERING = "in_reply_to IN (SELECT value FROM json_each(?1)) AND in_reply_to_id IS NULL"
_REFERRING = f"""SELECT id FROM posts WHERE {_ANSWERING}
    UNION SELECT post_id FROM quotes WHERE quoted IN (SELECT value FROM json_each(?1))"""
_NAMES = "EXISTS (SELECT 1 FROM json_each(?1) w WHERE instr({column}, CAST(w.value AS BLOB)) > 0)"


class Traces(Struct, frozen=True, kw_only=True):
    """Rows that name something: of ``inbound`` those about it, of ``letters``, ``refusals`` and ``bodies`` any.

    ``relayed`` is what relays have brought and nobody has decided yet. ``posts`` are others in its conversation, named
    after it.
    """

    inbound: Sequence[int] = ()
    letters: Sequence[int] = ()
    refusals: Sequence[int] = ()
    bodies: Sequence[int] = ()
    relayed: Sequence[int] = ()
    posts: Sequence[int] = ()


def spellings(words: Collection[str]) -> list[str]:
    """Return the words as JSON may have them: some escape every slash."""
    return [each for word in words for each in dict.fromkeys((word, word.replace("/", "\\/")))]


def find(tx: Tx, words: Collection[str]) -> Traces:
    """Look through what has come and what was sent. Reads all of it: for a thread."""
    exact, spelt = listed(words), listed(spellings(words))
    about = """SELECT id FROM inbound WHERE actor IN (SELECT value FROM json_each(?1))
        OR activity IN (SELECT value FROM json_each(?1)) OR order_key IN (SELECT value FROM json_each(?1))
        OR waiting_for IN (SELECT value FROM json_each(?1))"""
    letters = f"""SELECT l.inbound_id FROM letters l JOIN inbound i ON i.id = l.inbound_id
        WHERE i.settled_at IS NOT NULL AND {_NAMES.format(column="l.body")}"""
    bodies = f"""SELECT b.id FROM bodies b WHERE {_NAMES.format(column="b.body")}
        AND (b.type NOT IN (SELECT value FROM json_each(?2)) OR NOT EXISTS
            (SELECT 1 FROM deliveries d WHERE d.body_id = b.id AND d.state = 'waiting'))"""
    return Traces(
        inbound=_ids(tx, about, exact),
        letters=_ids(tx, letters, spelt),
        refusals=list(_refusals(tx, [word.encode() for word in spellings(words)])),
        bodies=_ids(tx, bodies, spelt, listed(SAID)),
        relayed=_ids(tx, f"SELECT r.id FROM relay_arrivals r WHERE {_NAMES.format(column='r.body')}", spelt),
        posts=_ids(tx, "SELECT id FROM posts WHERE context IN (SELECT value FROM json_each(?))", exact),
    )


def _ids(tx: Tx, statement: str, *values: str) -> list[int]:
    return [number for (number,) in tx.all(statement, *values)]


def _refusals(tx: Tx, words: Sequence[bytes]) -> Iterator[int]:
    for number, raw in tx.sql.execute("SELECT id, raw FROM refusals WHERE raw IS NOT NULL"):
        body = documents.unpack(raw)
        if any(word in body for word in words):
            yield number


def drop(tx: Tx, found: Traces) -> Traces | None:
    """Let a slice go of what was found; return the rest, None when that was all."""
    now = Traces(**{name: getattr(found, name)[:SLICE] for name in found.__struct_fields__})
    rest = Traces(**{name: getattr(found, name)[SLICE:] for name in found.__struct_fields__})
    _drop_inbound(tx, now.inbound)
    tx.run("DELETE FROM letters WHERE inbound_id IN (SELECT value FROM json_each(?))", listed(now.letters))
    tx.run("DELETE FROM refusals WHERE id IN (SELECT value FROM json_each(?))", listed(now.refusals))
    _drop_bodies(tx, now.bodies)
    tx.run("DELETE FROM relay_arrivals WHERE id IN (SELECT value FROM json_each(?))", listed(now.relayed))
    tx.known.clear()
    tx.run("UPDATE posts SET context = NULL WHERE id IN (SELECT value FROM json_each(?))", listed(now.posts))
    return rest if any(getattr(rest, name) for name in rest.__struct_fields__) else None


def _drop_inbound(tx: Tx, rows: Collection[int]) -> None:
    chosen = "DELETE FROM inbound WHERE id IN (SELECT value FROM json_each(?)) RETURNING host, settled_at IS NULL"
    for host, is_open in tx.all(chosen, listed(rows)):
        if is_open:
            inbound.tally(tx, host, -1)


def _drop_bodies(tx: Tx, rows: Collection[int]) -> None:
    chosen = "DELETE FROM deliveries WHERE body_id IN (SELECT value FROM json_each(?)) RETURNING host"
    hosts.recount(tx, sorted({host for (host,) in tx.all(chosen, listed(rows))}))
    tx.run("DELETE FROM bodies WHERE id IN (SELECT value FROM json_each(?))", listed(rows))


def drop_exact(tx: Tx, words: Collection[str], *, spare: str) -> None:
    """Let go what names exactly these, also in posts that answer or quote them, which are gone themselves.

    What ``spare`` (the owner's id) has deleted is still known to be deleted.
    """
    tx.known.clear()
    exact = listed(words)
    tx.run(f"DELETE FROM documents WHERE post_id IN ({_REFERRING})", exact)
    for table, column in EXACT:
        kept = f" AND NOT ('{table}' = 'tombstones' AND actor = ?2)" if table == "tombstones" else " AND ?2 = ?2"
        tx.run(f"DELETE FROM {table} WHERE {column} IN (SELECT value FROM json_each(?1)){kept}", exact, spare)
    tx.run("UPDATE approvals SET uri = NULL WHERE uri IN (SELECT value FROM json_each(?))", exact)
    tx.run(f"UPDATE posts SET in_reply_to = NULL WHERE {_ANSWERING}", exact)
