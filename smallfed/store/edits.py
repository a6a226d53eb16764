"""Edits: the earlier versions of posts."""

from datetime import datetime

from msgspec import Struct

from smallfed.domain.interaction import Quote
from smallfed.domain.post import Attachment, Post
from smallfed.store import ids, polls
from smallfed.store.rows import Shape
from smallfed.store.tx import Tx

MOST = 100  # versions of somebody else's post


class Edit(Struct, frozen=True, kw_only=True):
    """One version of a post as it was, with the ``options`` of its poll and the row of its quote, which may be gone.

    ``created_at`` is when it was made.
    """

    id: int
    post_id: int
    content: str
    summary: str
    sensitive: bool
    attachments: tuple[Attachment, ...]
    options: tuple[str, ...] = ()
    quote_id: int | None = None
    created_at: datetime


_SHAPE = Shape(Edit, "edits")


def put(tx: Tx, post: Post, attachments: tuple[Attachment, ...], quote: Quote | None) -> None:
    """Keep a post as it is now, before it changes; of others' posts only the newest of very many versions."""
    edit = Edit(
        id=ids.fresh(tx, "edits"),
        post_id=post.id,
        content=post.content,
        summary=post.summary,
        sensitive=post.sensitive,
        attachments=attachments,
        options=polls.titles(tx, post.id),
        quote_id=None if quote is None else quote.id,
        created_at=post.edited_at or post.published_at,
    )
    add(tx, edit)
    if not post.local:
        newest_first = "SELECT id FROM edits WHERE post_id = ?1 ORDER BY created_at DESC, id DESC"
        tx.run(f"DELETE FROM edits WHERE id IN ({newest_first} LIMIT -1 OFFSET {MOST})", post.id)


def add(tx: Tx, edit: Edit) -> None:
    """Keep an earlier version of a post."""
    _SHAPE.insert(tx, edit)


def of_post(tx: Tx, post: int) -> list[Edit]:
    """Return the earlier versions of a post, oldest first; the present one is the post itself."""
    rows = tx.all(f"SELECT {_SHAPE.columns('e')} FROM edits e WHERE e.post_id = ? ORDER BY e.created_at, e.id", post)
    return [_SHAPE.read(row) for row in rows]
