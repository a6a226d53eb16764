"""Calms: the threads about which, and the times in which, only followers of the owner may notify."""

from smallfed.domain.wave import Calm
from smallfed.store.moments import moment, ms
from smallfed.store.tx import Tx


def every(tx: Tx) -> list[Calm]:
    """Return those that hold now, the latest first; there are few."""
    rows = tx.all("SELECT root_id, until, began_at FROM calms WHERE until > ? ORDER BY began_at DESC", ms(tx.now))
    return [Calm(root=root or None, until=moment(until), began_at=moment(began)) for root, until, began in rows]


def put(tx: Tx, calm: Calm) -> None:
    """Store one, instead of one about the same."""
    tx.run(
        "INSERT OR REPLACE INTO calms (root_id, until, began_at) VALUES (?, ?, ?)",
        calm.root or 0,
        ms(calm.until),
        ms(calm.began_at),
    )


def drop(tx: Tx, root: int | None) -> bool:
    """Forget one; False when there is none."""
    return tx.run("DELETE FROM calms WHERE root_id = ?", root or 0) > 0


def over(tx: Tx) -> list[int | None]:
    """Forget those whose time is over, and return what they were about."""
    return [root or None for (root,) in tx.all("DELETE FROM calms WHERE until <= ? RETURNING root_id", ms(tx.now))]
