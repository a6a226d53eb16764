"""What is in waves: what strangers send that notifies the owner or would, as notifications know it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import structs

from smallfed.domain.wave import Item, Kind, Wave
from smallfed.store import group_ends, waves
from smallfed.store.judgements import OF_STRANGERS
from smallfed.store.moments import moment, ms
from smallfed.store.rows import listed
from smallfed.store.tx import Tx
from smallfed.store.visibility import away

FOLLOWS = ("follow", "follow_request")
_ITEM = "i.type, i.account_id, i.post_id, i.at, i.held, i.follow"


_SHOWN = f"""NOT {away("i.account_id")} AND NOT EXISTS (SELECT 1 FROM blocks b
    WHERE b.account_id = (SELECT account_id FROM owners) AND b.target_id = i.account_id)"""


def find(tx: Tx, type_: str, account: int, post: int | None) -> bool | None:
    """Return whether something is held, None where it is in no wave."""
    row = tx.one(
        "SELECT held FROM wave_items WHERE account_id = ? AND type = ? AND ifnull(post_id, 0) = ?",
        account,
        type_,
        post or 0,
    )
    return None if row is None else bool(row[0])


def count_held(tx: Tx, account: int) -> int:
    """Return how much of what somebody did is held."""
    return int(tx.one("SELECT count(*) FROM wave_items WHERE account_id = ? AND held", account)[0])


def add(tx: Tx, wave: Wave, item: Item, host: str, *, points: int, reason: str = "") -> Wave:
    """Put something into a wave, and return the wave as it is now. ``host``: of who sent it."""
    by = tx.one("SELECT 1 FROM wave_items WHERE wave_id = ? AND account_id = ?", wave.id, item.account_id)
    there = tx.one("SELECT 1 FROM wave_items WHERE wave_id = ? AND host = ?", wave.id, host)
    tx.run(
        "INSERT INTO wave_items (wave_id, account_id, host, type, post_id, held, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        wave.id,
        item.account_id,
        host,
        item.type,
        item.post_id,
        item.held,
        ms(item.at),
    )
    fields = {
        "items": wave.items + 1,
        "points": wave.points + points,
        "accounts": wave.accounts + (by is None),
        "hosts": wave.hosts + (there is None),
        "held": wave.held + item.held,
        "reason": reason or wave.reason,
        "last_at": tx.now,
    }
    waves.change(tx, wave.id, **fields)
    return structs.replace(wave, **fields)


def items(tx: Tx, wave: int, *, limit: int = 1_000_000, told: bool = False, shown: bool = False) -> list[Item]:
    """Return what is in a wave, the oldest first; with ``told`` only what the owner was told of.

    ``shown``: but for what is of people who are cut off, or whom the owner blocks.
    """
    which = " AND NOT i.held" if told else ""
    which += f" AND {_SHOWN}" if shown else ""
    rows = tx.all(f"SELECT {_ITEM} FROM wave_items i WHERE i.wave_id = ?{which} ORDER BY i.id LIMIT ?", wave, limit)
    return [_read(row) for row in rows]


def _read(row: Sequence[Any]) -> Item:
    type_, account, post, at, held, follow = row
    return Item(type=type_, account_id=account, post_id=post, at=moment(at), held=bool(held), follow=follow)


def waits_in(tx: Tx, account: int, kinds: Collection[Kind], *, but: str) -> Wave | None:
    """Return a wave of one of ``kinds`` in which something of an account waits, or that was binned; None for none.

    What waits for the reason ``but`` alone does not count.
    """
    row = tx.one(
        f"SELECT {waves.SHAPE.columns('w')} FROM wave_items i JOIN waves w ON w.id = i.wave_id WHERE i.account_id = ?"
        " AND (i.held OR w.state = 'binned') AND w.state IN ('open', 'watched', 'binned')"
        " AND w.kind IN (SELECT value FROM json_each(?)) AND (w.state = 'binned' OR w.reason <> ?)"
        " ORDER BY w.state = 'open' DESC, w.state = 'watched' DESC, i.id DESC LIMIT 1",
        account,
        listed(kinds),
        but,
    )
    return None if row is None else waves.SHAPE.read(row)


def hold_all(tx: Tx, wave: int, *, held: bool) -> None:
    """Note that the owner is told of nothing, or of everything, in a wave."""
    tx.run("UPDATE wave_items SET held = ? WHERE wave_id = ?", held, wave)
    many = "(SELECT count(*) FROM wave_items i WHERE i.wave_id = waves.id)" if held else "0"
    tx.run(f"UPDATE waves SET held = {many} WHERE id = ?", wave)


def put_away(tx: Tx, wave: int, item: Item, follow: str | None) -> None:
    """Note which Follow was put away with a wave; None: none any more."""
    tx.run(
        "UPDATE wave_items SET follow = ? WHERE wave_id = ? AND account_id = ? AND type = ?",
        follow,
        wave,
        item.account_id,
        item.type,
    )


def forget_follow(tx: Tx, account: int) -> None:
    """Note that a Follow of an account that was put away is over, or was repeated: nothing more comes of that one."""
    tx.run("UPDATE wave_items SET follow = NULL WHERE account_id = ? AND follow IS NOT NULL", account)


def forget_account(tx: Tx, account: int, *, lift: bool) -> None:
    """Note that the owner has decided about an account: nothing of it is held any more, or with ``lift`` hidden."""
    if lift:
        tx.run(
            f"DELETE FROM judgements WHERE {OF_STRANGERS} AND post_id IN"
            " (SELECT post_id FROM wave_items WHERE account_id = ? AND held AND post_id IS NOT NULL)",
            account,
        )
    rows = tx.all("SELECT wave_id, count(*) FROM wave_items WHERE account_id = ? AND held GROUP BY wave_id", account)
    tx.run("UPDATE wave_items SET held = 0 WHERE account_id = ? AND held", account)
    for wave, many in rows:
        tx.run("UPDATE waves SET held = max(held - ?, 0) WHERE id = ?", many, wave)


def let_go(tx: Tx, wave: int) -> None:
    """Forget what of a wave cannot come back: follows that are over, and all of people who are gone or blocked."""
    tx.run(
        f"""DELETE FROM wave_items WHERE wave_id = ? AND (
            (type IN {FOLLOWS} AND follow IS NULL)
            OR EXISTS (SELECT 1 FROM accounts a WHERE a.id = wave_items.account_id AND a.gone_at IS NOT NULL)
            OR EXISTS (SELECT 1 FROM owners o JOIN blocks b ON (b.account_id = o.account_id
                AND b.target_id = wave_items.account_id) OR (b.target_id = o.account_id
                AND b.account_id = wave_items.account_id)))""",
        wave,
    )


def hosts_cut_off(tx: Tx, wave: int) -> list[str]:
    """Return the servers of those in a wave who are cut off now."""
    rows = tx.all(
        f"""SELECT DISTINCT a.host FROM wave_items i JOIN accounts a ON a.id = i.account_id
            WHERE i.wave_id = ? AND {away("i.account_id")}""",
        wave,
    )
    return [host for (host,) in rows]


# What is decided ------------------------------------------------------------------------------------------------------
_NOTIFYING = """SELECT n.id FROM wave_items i JOIN notifications n ON n.type = i.type AND n.account_id = i.account_id
    AND ifnull(n.post_id, 0) = ifnull(i.post_id, 0) AND ifnull(n.subject_id, 0) = 0 WHERE i.wave_id = ?"""
_WRITTEN = "SELECT post_id FROM wave_items WHERE wave_id = ? AND post_id IS NOT NULL AND type IN ('mention', 'quote')"


def admit(tx: Tx, wave: int) -> list[int]:
    """Let all that is in a wave notify, and be seen; return which notifications these are, the oldest first."""
    rows = tx.all(f"UPDATE notifications SET filtered = 0 WHERE filtered AND id IN ({_NOTIFYING}) RETURNING id", wave)
    tx.run(f"DELETE FROM judgements WHERE {OF_STRANGERS} AND post_id IN ({_WRITTEN})", wave)
    return sorted(number for (number,) in rows)


def take_away(tx: Tx, wave: int, rule: str) -> None:
    """Let nothing that is in a wave notify, or be seen; it is still stored."""
    for key in {
        key for (key,) in tx.all(f"DELETE FROM notifications WHERE id IN ({_NOTIFYING}) RETURNING group_key", wave)
    }:
        if key is not None:
            group_ends.leave(tx, key)
    tx.run(
        "INSERT OR IGNORE INTO judgements (post_id, action, rule, reason)"
        f" SELECT post_id, 'hide', ?, 'You have binned it.' FROM ({_WRITTEN})",
        rule,
        wave,
    )


_KEPT = """EXISTS (SELECT 1 FROM likes l WHERE l.post_id = i.post_id AND l.account_id = (SELECT account_id FROM owners))
    OR EXISTS (SELECT 1 FROM bookmarks k WHERE k.post_id = i.post_id)
    OR EXISTS (SELECT 1 FROM posts a WHERE a.in_reply_to_id = i.post_id AND a.local)
    OR EXISTS (SELECT 1 FROM posts a WHERE a.boost_of_id = i.post_id AND a.local)
    OR EXISTS (SELECT 1 FROM quotes q JOIN posts a ON a.id = q.post_id WHERE q.quoted_id = i.post_id AND a.local)
    OR (i.post_id IS NOT NULL AND EXISTS (SELECT 1 FROM follows f WHERE f.target_id = i.account_id
        AND f.follower_id = (SELECT account_id FROM owners) AND f.state <> 'pending'))"""


def spent(tx: Tx, before: datetime, *, limit: int) -> list[Item]:
    """Return some of what is in waves that were binned before a moment, but for posts that the owner has kept.

    Kept is also what somebody has said whom the owner has come to follow.
    """
    rows = tx.all(
        f"SELECT {_ITEM} FROM waves w JOIN wave_items i ON i.wave_id = w.id"
        f" WHERE w.state = 'binned' AND w.decided_at < ? AND NOT ({_KEPT}) LIMIT ?",
        ms(before),
        limit,
    )
    return [_read(row) for row in rows]


def drop(tx: Tx, gone: Iterable[Item]) -> None:
    """Forget things that are taken away for good."""
    for item in gone:
        tx.run(
            "DELETE FROM wave_items WHERE account_id = ? AND type = ? AND ifnull(post_id, 0) = ?",
            item.account_id,
            item.type,
            item.post_id or 0,
        )
