"""Bodies: activities of ours as they were rendered, once, to be signed and sent to many."""

from smallfed.domain.speaker import Speaker
from smallfed.store.moments import ms
from smallfed.store.tx import Tx


def put(
    tx: Tx,
    *,
    activity: str,
    type_: str,
    body: bytes,
    post: int | None = None,
    to_followers: bool = False,
    unsealed: bool = False,
    speaker: Speaker = Speaker.OWNER,
) -> int:
    """Keep a rendered activity and return its number. ``post`` is the post, or the boost, that it is about.

    With ``to_followers`` each server it goes to is told which followers it has (FEP-8fcf). ``unsealed``: it gets a
    linked-data signature before it is sent. ``speaker`` signs it.
    """
    row = tx.one(
        "INSERT INTO bodies (activity, type, post_id, body, to_followers, unsealed, by_server, by_relay, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        activity,
        type_,
        post,
        body,
        to_followers,
        unsealed,
        speaker is Speaker.SERVER,
        speaker is Speaker.RELAY,
        ms(tx.now),
    )
    return int(row[0])


def seal(tx: Tx, number: int, body: bytes) -> None:
    """Let this be what is sent, now that it has been signed."""
    tx.run("UPDATE bodies SET body = ?, unsealed = 0 WHERE id = ?", body, number)


def drop(tx: Tx, body: int) -> None:
    """Forget a body that is for nobody. Where deliveries say to whom it was not sent, it goes when they do."""
    tx.run("DELETE FROM bodies WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM deliveries WHERE body_id = ?1)", body)
