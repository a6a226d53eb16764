"""Recalls: what waits to be delivered is dropped, or carries something newer, since it has become pointless.

Who has heard nothing of it yet need not hear of the change either: where that may be, it is returned.
"""

from collections.abc import Collection, Sequence

from smallfed.store import hosts
from smallfed.store.moments import ms
from smallfed.store.rows import listed
from smallfed.store.tx import Tx


def supersede(tx: Tx, post: int, types: Collection[str], *, by: int | None = None, about: str = "") -> list[str]:
    """Drop what still waits of these activities about ``post``: body ``by`` makes them pointless.

    Only those whose id begins with ``about``. Return the inboxes that had heard nothing of what was dropped.
    """
    rows = tx.all(
        "UPDATE deliveries SET state = 'dropped', answer = 'superseded', answered_at = ?1 WHERE state = 'waiting'"
        " AND body_id IN (SELECT id FROM bodies WHERE post_id = ?2 AND type IN (SELECT value FROM json_each(?3))"
        " AND id IS NOT ?4 AND substr(activity, 1, length(?5)) = ?5) RETURNING host, inbox, attempts = misses",
        ms(tx.now),
        post,
        listed(types),
        by,
        about,
    )
    return _unheard(tx, rows)


def renew(tx: Tx, post: int, type_: str, *, by: int) -> tuple[bool, list[str]]:
    """Let what still waits of the ``type_`` about ``post`` carry the body ``by``.

    Return whether anything waits, and the inboxes that have heard nothing of it yet: they need no other word of the
    change. Elsewhere an edit may arrive before the post itself, which waits for its next attempt: late, but as it is
    now.
    """
    rows = tx.all(
        "UPDATE deliveries SET body_id = ?1 WHERE state = 'waiting'"
        " AND body_id IN (SELECT id FROM bodies WHERE post_id = ?2 AND type = ?3 AND id <> ?1)"
        " RETURNING inbox, attempts = misses",
        by,
        post,
        type_,
    )
    return bool(rows), [inbox for inbox, is_unheard in rows if is_unheard]


def overrule(tx: Tx, inbox: str | None, types: Collection[str], *, about: str = "") -> None:
    """Drop what still waits of these activities, about no post, for ``inbox`` (None: for anybody).

    They say the contrary of what is sent now, or the same of a time past. Only those whose id begins with ``about``.
    """
    rows = tx.all(
        "UPDATE deliveries SET state = 'dropped', answer = 'superseded', answered_at = ?1 WHERE state = 'waiting'"
        " AND (?2 IS NULL OR inbox = ?2) AND body_id IN (SELECT id FROM bodies WHERE post_id IS NULL"
        " AND type IN (SELECT value FROM json_each(?3)) AND substr(activity, 1, length(?4)) = ?4) RETURNING host",
        ms(tx.now),
        inbox,
        listed(types),
        about,
    )
    if rows:
        hosts.recount(tx, sorted({host for (host,) in rows}))


def take_back(tx: Tx, activity: str) -> list[str]:
    """Drop what still waits of ``activity``, which is undone: its next attempt would come after its Undo.

    Return the inboxes that had heard nothing of it: they need no Undo either.
    """
    rows = tx.all(
        "UPDATE deliveries SET state = 'dropped', answer = 'undone', answered_at = ? WHERE state = 'waiting'"
        " AND body_id IN (SELECT id FROM bodies WHERE activity = ?) RETURNING host, inbox, attempts = misses",
        ms(tx.now),
        activity,
    )
    return _unheard(tx, rows)


def _unheard(tx: Tx, dropped: Sequence[tuple[str, str, int]]) -> list[str]:
    """Put the books of the hosts in order after (host, inbox, whether unheard) were dropped; return the unheard."""
    if dropped:
        hosts.recount(tx, sorted({host for host, _, _ in dropped}))
    return [inbox for _, inbox, is_unheard in dropped if is_unheard]
