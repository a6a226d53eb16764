"""Attachments: pictures, sounds and films of posts."""

from collections.abc import Iterable, Sequence
from typing import Any

from smallfed.domain.post import Attachment
from smallfed.store import ids
from smallfed.store.moments import ms
from smallfed.store.tx import Tx

_FIELDS = "id, kind, media_type, url, preview_url, description, blurhash, width, height, focus_x, focus_y, duration"
_SELECT = (
    f"SELECT a.post_id, {', '.join(f'a.{name}' for name in _FIELDS.split(', '))},"
    " m.frame_rate, m.bit_rate, m.preview_width, m.preview_height"
    " FROM attachments a LEFT JOIN media m ON m.id = a.id "  # of those that were uploaded here
)


def _read(row: Sequence[Any]) -> Attachment:
    return Attachment(
        id=row[0],
        kind=row[1],
        media_type=row[2],
        url=row[3],
        preview_url=row[4],
        description=row[5],
        blurhash=row[6],
        width=row[7],
        height=row[8],
        focus=None if row[9] is None or row[10] is None else (row[9], row[10]),
        duration=row[11],
        frame_rate=row[12],
        bit_rate=row[13],
        small=None if row[14] is None or row[15] is None else (row[14], row[15]),
    )


def of_posts(tx: Tx, posts: str) -> list[tuple[int, Attachment]]:
    """Return (post, attachment) for ``posts`` (see ``rows.listed``), in their order."""
    rows = tx.all(
        _SELECT + "WHERE a.post_id IN (SELECT value FROM json_each(?)) ORDER BY a.post_id, a.position",
        posts,
    )
    return [(row[0], _read(row[1:])) for row in rows]


def of_post(tx: Tx, post: int) -> tuple[Attachment, ...]:
    """Return the attachments of one post, in order."""
    rows = tx.all(_SELECT + "WHERE a.post_id = ? ORDER BY a.position", post)
    return tuple(_read(row[1:]) for row in rows)


def find(tx: Tx, attachment: int) -> tuple[int, Attachment] | None:
    """Return (post, attachment) for the id of an attachment, or None."""
    row = tx.one(_SELECT + "WHERE a.id = ?", attachment)
    return None if row is None else (int(row[0]), _read(row[1:]))


def drop(tx: Tx, attachment: int) -> None:
    """Let a post show one attachment less."""
    tx.run("DELETE FROM attachments WHERE id = ?", attachment)


def drop_preview(tx: Tx, attachment: int) -> None:
    """Let nothing stand for an attachment before it is loaded."""
    tx.run("UPDATE attachments SET preview_url = NULL, blurhash = NULL WHERE id = ?", attachment)


def has(tx: Tx, attachment: int) -> bool:
    """Whether there is an attachment with this id."""
    return tx.one("SELECT 1 FROM attachments WHERE id = ?", attachment) is not None


def replace(tx: Tx, post: int, attachments: Iterable[Attachment]) -> None:
    """Give a post these attachments instead of what it had, in this order; those without an id get one."""
    tx.run("DELETE FROM attachments WHERE post_id = ?", post)
    put(tx, post, attachments)


def put(tx: Tx, post: int, attachments: Iterable[Attachment]) -> None:
    """Give a post that has none these attachments, in this order; those without an id get one."""
    for position, attachment in enumerate(attachments):
        focus_x, focus_y = attachment.focus or (None, None)
        tx.run(
            f"INSERT INTO attachments ({_FIELDS}, post_id, position, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            attachment.id or ids.fresh(tx, "attachments"),
            attachment.kind,
            attachment.media_type,
            attachment.url,
            attachment.preview_url,
            attachment.description,
            attachment.blurhash,
            attachment.width,
            attachment.height,
            focus_x,
            focus_y,
            attachment.duration,
            post,
            position,
            ms(tx.now),
        )
