"""Purges: what was removed for good, and whether something that comes is it.

Of ids, addresses and files SHA-256 is kept: enough to refuse them, and not to find them again.
"""

from collections.abc import Collection
from hashlib import sha256

from msgspec import structs

from smallfed.domain.purge import Purge
from smallfed.errors import NotFound
from smallfed.store import ids
from smallfed.store.moments import ms
from smallfed.store.rows import Shape, listed
from smallfed.store.tx import Tx

SHAPE = Shape(Purge, "purges")
_SELECT = f"SELECT {SHAPE.columns('p')} FROM purges p "


def put(tx: Tx, purge: Purge) -> Purge:
    """Store a new one under an id that is drawn here, and return it."""
    number = ids.fresh(tx, "purges")
    SHAPE.insert(tx, structs.replace(purge, id=number))
    return get(tx, number)


def get(tx: Tx, number: int) -> Purge:
    """Return a purge; NotFound."""
    row = tx.one(_SELECT + "WHERE p.id = ?", number)
    if row is None:
        raise NotFound(f"there was no purge {number}; `smallfed purge list` has them")
    return SHAPE.read(row)


def all_(tx: Tx) -> list[Purge]:
    """Return all purges that are remembered, the latest first."""
    return [SHAPE.read(row) for row in tx.all(_SELECT + "ORDER BY p.id DESC")]


def under_way(tx: Tx) -> Purge | None:
    """Return the earliest that has not ended, or None."""
    row = tx.one(_SELECT + "WHERE p.ended_at IS NULL ORDER BY p.id LIMIT 1")
    return None if row is None else SHAPE.read(row)


def count(tx: Tx, number: int, *, posts: int, files: int) -> None:
    """Note how much more has gone by a purge."""
    tx.run("UPDATE purges SET posts = posts + ?, files = files + ? WHERE id = ?", posts, files, number)


def end(tx: Tx, number: int) -> None:
    """Note that a purge has ended; what it was about is forgotten."""
    tx.run("UPDATE purges SET ended_at = ?, words = '[]', account_id = NULL WHERE id = ?", ms(tx.now), number)


def forget(tx: Tx, number: int) -> Purge:
    """Let what was purged come back if it comes; NotFound."""
    known = get(tx, number)
    tx.known.pop("purged", None)
    tx.run("DELETE FROM purges WHERE id = ?", number)
    return known


# What is remembered ---------------------------------------------------------------------------------------------------
def remember(tx: Tx, number: int, *, words: Collection[str] = (), files: Collection[bytes] = ()) -> None:
    """Refuse these ids and addresses, and files with these hashes, from now on."""
    tx.known.pop("purged", None)
    digests = {*map(digest, words), *files}
    tx.sql.executemany(
        "INSERT OR IGNORE INTO purged (digest, purge_id) VALUES (?, ?)", [(each, number) for each in digests]
    )


def holds(tx: Tx, *words: str | None) -> bool:
    """Whether one of these ids or addresses was purged. Where nothing ever was, it is one short look in each call."""
    return _any(tx) and holds_file(tx, *(digest(word) for word in words if word))


def _any(tx: Tx) -> bool:
    found: bool | None = tx.known.get("purged")
    if found is None:
        found = tx.known["purged"] = tx.one("SELECT 1 FROM purged LIMIT 1") is not None
    return found


def held(tx: Tx, words: Collection[str]) -> frozenset[str]:
    """Return which of these ids and addresses were purged, by one look for all of them."""
    if not words or not _any(tx):
        return frozenset()
    hashed = {digest(word): word for word in words}
    rows = tx.all(f"SELECT digest FROM purged WHERE digest IN ({', '.join('?' * len(hashed))})", *hashed)
    return frozenset(hashed[each] for (each,) in rows)


def holds_file(tx: Tx, *digests: bytes | None) -> bool:
    """Whether a file with one of these hashes was purged."""
    return of_file(tx, *digests) is not None


def of_file(tx: Tx, *digests: bytes | None) -> int | None:
    """Return the purge that refuses a file with one of these hashes, or None."""
    marks = ", ".join("?" * len(digests))
    row = tx.one(f"SELECT purge_id FROM purged WHERE digest IN ({marks}) LIMIT 1", *digests)
    return None if row is None else int(row[0])


def refusing(tx: Tx, digests: Collection[bytes]) -> int | None:
    """Return a purge that refuses what has these hashes; None where not all of them are refused."""
    by = [of_file(tx, each) for each in digests]
    return by[0] if by and None not in by else None


def remembered(tx: Tx, number: int) -> int:
    """Return how many things are refused because of a purge."""
    return int(tx.one("SELECT count(*) FROM purged WHERE purge_id = ?", number)[0])


def digests(tx: Tx, number: int) -> list[bytes]:
    """Return the hashes of all that is refused because of a purge."""
    return [each for (each,) in tx.all("SELECT digest FROM purged WHERE purge_id = ?", number)]


def digest(word: str) -> bytes:
    """Return what stands for an id or an address."""
    return sha256(word.encode()).digest()


# What goes ------------------------------------------------------------------------------------------------------------
def copies_at(tx: Tx, urls: Collection[str]) -> list[int]:
    """Return the copies of what is at these addresses."""
    rows = tx.all("SELECT id FROM copies WHERE url IN (SELECT value FROM json_each(?))", listed(urls))
    return [copy for (copy,) in rows]


def same_copies(tx: Tx, number: int, limit: int) -> list[int]:
    """Return copies of files that a purge refuses, wherever they came from. Reads all copies."""
    rows = tx.all(
        "SELECT c.id FROM copies c JOIN purged p ON p.digest = c.digest WHERE p.purge_id = ? LIMIT ?", number, limit
    )
    return [copy for (copy,) in rows]


def lonely_cards(tx: Tx, post: int) -> list[str]:
    """Return the pictures of those cards that only this post shows."""
    rows = tx.all(
        "SELECT c.image FROM card_posts p JOIN cards c ON c.id = p.card_id WHERE p.post_id = ? AND c.image <> ''"
        " AND NOT EXISTS (SELECT 1 FROM card_posts o WHERE o.card_id = p.card_id AND o.post_id <> p.post_id)",
        post,
    )
    return [image for (image,) in rows]


def unused_media(tx: Tx, digest_: bytes) -> list[int]:
    """Return uploads that no post has with this hash, of what came or of what it became."""
    rows = tx.all("SELECT id FROM media WHERE post_id IS NULL AND ? IN (digest, uploaded)", digest_)
    return [medium for (medium,) in rows]


def showing(tx: Tx, digest_: bytes) -> list[str]:
    """Return the owner's posts that show an upload with this hash."""
    rows = tx.all(
        "SELECT DISTINCT p.url FROM media m JOIN posts p ON p.id = m.post_id WHERE ? IN (m.digest, m.uploaded)", digest_
    )
    return [url for (url,) in rows]


def drop_copies(tx: Tx, wanted: Collection[int]) -> list[str]:
    """Forget copies, and return the names of their files, below media/remote."""
    rows = tx.all(
        "DELETE FROM copies WHERE id IN (SELECT value FROM json_each(?)) RETURNING file, preview", listed(wanted)
    )
    return [name for row in rows for name in row if name is not None]
