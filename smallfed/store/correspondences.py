"""Correspondences: which direct posts belong together, and which the owner has not read.

Which post of one is the newest, and that none stays empty, is kept by the table itself.
"""

from collections.abc import Collection

from smallfed.domain.correspondence import Correspondence
from smallfed.errors import NotFound
from smallfed.store import houses, ids, visibility
from smallfed.store.paging import Page, cut
from smallfed.store.rows import Shape, column, each
from smallfed.store.tx import Tx

SHAPE = Shape(Correspondence, "correspondences")
_SELECT = f"SELECT {SHAPE.columns('c')} FROM correspondences c "


def get(tx: Tx, correspondence: int) -> Correspondence:
    """Return the correspondence with this id; NotFound."""
    row = tx.one(_SELECT + "WHERE c.id = ?", correspondence)
    if row is None:
        raise NotFound("Record not found")
    return SHAPE.read(row)


def find_of(tx: Tx, post: int | None) -> Correspondence | None:
    """Return the correspondence that a post is in, or None."""
    row = tx.one(f"{_SELECT}JOIN correspondence_posts x ON x.correspondence_id = c.id WHERE x.post_id = ?", post)
    return None if row is None else SHAPE.read(row)


def page(tx: Tx, wanted: Page) -> list[Correspondence]:
    """Return a page of them, the one with the newest post first; page by the last post's id.

    Without those whose last word somebody has who is kept away, or with nobody in them who is not.
    """
    if houses.find(tx) is None:
        return []
    spoken = f"""NOT EXISTS (SELECT 1 FROM posts p WHERE p.id = c.last_post_id AND {visibility.away("p.account_id")})
        AND (c.people = '[]'
            OR EXISTS (SELECT 1 FROM json_each(c.people) q WHERE NOT {visibility.away("q.value")}))"""
    select = f"{_SELECT}WHERE c.last_post_id IS NOT NULL AND {spoken}"
    rows = cut(tx, select, visibility.values(tx, None), wanted, by="c.last_post_id")
    return list(each(SHAPE.read, rows))


def begin(tx: Tx, thread: int, people: Collection[int]) -> int:
    """Return the id of the correspondence of a thread with just these people; it is made if there is none."""
    others = tuple(sorted(people))
    row = tx.one("SELECT id FROM correspondences WHERE thread = ? AND people = ?", thread, column(others))
    if row is not None:
        return int(row[0])
    number = ids.fresh(tx, "correspondences")
    SHAPE.insert(tx, Correspondence(id=number, thread=thread, people=others))
    return number


def put_post(tx: Tx, correspondence: int, post: int) -> None:
    """Put a post that is in none into a correspondence."""
    tx.run("INSERT INTO correspondence_posts (post_id, correspondence_id) VALUES (?, ?)", post, correspondence)


def drop_post(tx: Tx, post: int) -> None:
    """Take a post out of its correspondence, which goes with its last one."""
    tx.run("DELETE FROM correspondence_posts WHERE post_id = ?", post)


def mark(tx: Tx, correspondence: int, *, unread: bool) -> bool:
    """Note whether the owner has read one; False when that is not new."""
    return (
        tx.run("UPDATE correspondences SET unread = ? WHERE id = ? AND unread <> ?", unread, correspondence, unread) > 0
    )


def drop(tx: Tx, correspondence: int) -> None:
    """Forget a correspondence; its posts stay."""
    tx.run("DELETE FROM correspondences WHERE id = ?", correspondence)


def drop_with(tx: Tx, account: int) -> None:
    """Forget all correspondences in which somebody is."""
    tx.run("DELETE FROM correspondences WHERE EXISTS (SELECT 1 FROM json_each(people) WHERE value = ?)", account)


def join(tx: Tx, thread: int, above: int) -> None:
    """Let the correspondences of ``thread`` go on in the thread ``above``, which it has turned out to be part of."""
    for number, people, unread in tx.all("SELECT id, people, unread FROM correspondences WHERE thread = ?", thread):
        into = tx.one("SELECT id FROM correspondences WHERE thread = ? AND people = ?", above, people)
        if into is None:
            tx.run("UPDATE correspondences SET thread = ? WHERE id = ?", above, number)
            continue
        moved = "UPDATE correspondence_posts SET correspondence_id = ? WHERE correspondence_id = ?"
        tx.run(moved, into[0], number)
        tx.run(
            "UPDATE correspondences SET unread = max(unread, ?1), last_post_id ="
            " (SELECT max(post_id) FROM correspondence_posts WHERE correspondence_id = ?2) WHERE id = ?2",
            unread,
            into[0],
        )
        drop(tx, number)
