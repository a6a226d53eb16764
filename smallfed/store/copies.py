"""Copies: what we keep of others' media, one row for each remote address."""

from collections.abc import Collection
from typing import Any

from msgspec import Struct, structs

from smallfed.domain.copy import Copy, Subject
from smallfed.errors import NotFound
from smallfed.store import ids
from smallfed.store.moments import ms
from smallfed.store.rows import Shape, listed
from smallfed.store.tx import Tx

SHAPE = Shape(Copy, "copies")
_SELECT = f"SELECT {SHAPE.columns('c')} FROM copies c "


def find(tx: Tx, url: str) -> Copy | None:
    """Return what we know of this remote address, or None."""
    row = tx.one(_SELECT + "WHERE c.url = ?", url)
    return None if row is None else SHAPE.read(row)


def find_id(tx: Tx, copy: int) -> Copy | None:
    """Return the row of this id, or None."""
    row = tx.one(_SELECT + "WHERE c.id = ?", copy)
    return None if row is None else SHAPE.read(row)


def get(tx: Tx, copy: int) -> Copy:
    """Return the row of this id; NotFound."""
    known = find_id(tx, copy)
    if known is None:
        raise NotFound("not found")
    return known


def put(tx: Tx, copy: Copy) -> Copy:
    """Store a new one under an id that is drawn here; sqlite3.IntegrityError when its address has a row already."""
    stored = structs.replace(copy, id=ids.fresh(tx, "copies"))
    SHAPE.insert(tx, stored)
    return stored


def change(tx: Tx, copy: int, **columns: Any) -> None:
    """Change some columns; the values are those of the Struct."""
    SHAPE.change(tx, copy, **columns)


def seen(tx: Tx, wanted: Collection[int]) -> None:
    """Note that these were looked at."""
    tx.run("UPDATE copies SET seen_at = ? WHERE id IN (SELECT value FROM json_each(?))", ms(tx.now), listed(wanted))


def blurhashes(tx: Tx, urls: Collection[str]) -> dict[str, str]:
    """Return how those of ``urls`` look from afar of which that is known."""
    if not urls:
        return {}
    known = "SELECT url, blurhash FROM copies WHERE url IN (SELECT value FROM json_each(?)) AND blurhash IS NOT NULL"
    return dict(tx.all(known, listed(urls)))


def files(tx: Tx) -> set[str]:
    """Return the names, below media/remote, of all files that are kept."""
    return {name for row in tx.all("SELECT file, preview FROM copies") for name in row if name is not None}


# Whose it is ----------------------------------------------------------------------------------------------------------
class Source(Struct, frozen=True, kw_only=True):
    """Where something of others is: ``url``, and ``small_url`` of a smaller form of theirs, if they have one.

    ``account_id`` is who shows it, None where nobody in particular does.
    """

    url: str
    small_url: str | None = None
    account_id: int | None = None


_SOURCES = {
    Subject.ATTACHMENT: "SELECT a.url, a.preview_url, p.account_id FROM attachments a JOIN posts p ON p.id = a.post_id"
    " WHERE a.id = ? AND NOT p.local",
    Subject.AVATAR: "SELECT avatar, NULL, id FROM accounts WHERE id = ? AND NOT local AND avatar IS NOT NULL",
    Subject.HEADER: "SELECT header, NULL, id FROM accounts WHERE id = ? AND NOT local AND header IS NOT NULL",
    Subject.CARD: "SELECT image, NULL, NULL FROM cards WHERE id = ? AND image <> ''",
}


def source(tx: Tx, subject: Subject, whose: int) -> Source | None:
    """Return where the picture, film or sound of an attachment, account or card is now; None where there is none."""
    row = tx.one(_SOURCES[subject], whose) if subject in _SOURCES else None
    return None if row is None else Source(url=row[0], small_url=row[1], account_id=row[2])


class Standing(Struct, frozen=True, kw_only=True):
    """What a post, or an account, has to do with the owner."""

    searched: bool = False
    followed: bool = False
    boosted: bool = False
    tagged: bool = False
    mentions: bool = False
    relayed: bool = False
    in_thread: bool = False


def standing_of_post(tx: Tx, post: int, owner: int) -> Standing:
    """Return why a post may be here; for an unknown one, nothing."""
    row = tx.one(
        """SELECT EXISTS (SELECT 1 FROM borrowed w WHERE w.post_id = p.id),
            p.in_home AND NOT p.by_tag,
            EXISTS (SELECT 1 FROM posts b WHERE b.boost_of_id = p.id AND b.in_home),
            p.in_home AND p.by_tag,
            EXISTS (SELECT 1 FROM mentions m WHERE m.post_id = p.id AND m.account_id = ?),
            EXISTS (SELECT 1 FROM relayed y WHERE y.post_id = p.id),
            p.in_reply_to IS NOT NULL OR EXISTS (SELECT 1 FROM posts r WHERE r.in_reply_to_id = p.id)
        FROM posts p WHERE p.id = ?""",
        owner,
        post,
    )
    return Standing() if row is None else Standing(**dict(zip(Standing.__struct_fields__, map(bool, row), strict=True)))


def post_with(tx: Tx, subject: Subject, whose: int) -> int | None:
    """Return the post that has an attachment, or the newest that shows a card, or is by whom a face belongs to."""
    newest = "SELECT max(id) FROM posts WHERE account_id = ?"
    asked = {
        Subject.AVATAR: newest,
        Subject.HEADER: newest,
        Subject.ATTACHMENT: "SELECT post_id FROM attachments WHERE id = ?",
        Subject.CARD: "SELECT max(post_id) FROM card_posts WHERE card_id = ?",
    }.get(subject)
    row = None if asked is None else tx.one(asked, whose)
    return None if row is None else row[0]
