"""Sending: an activity is rendered once, and rows say to whom it goes.

Spec: PROTOCOL §6.1 (recipients).
"""

from collections.abc import Collection

from smallfed.domain.account import Account
from smallfed.domain.speaker import Speaker
from smallfed.protocol.emitted import Activity
from smallfed.services import queueing, vouching
from smallfed.store import bodies, recalls
from smallfed.store.recipients import Recipients
from smallfed.store.tx import Tx
from smallfed.translate import outward


def send_to(tx: Tx, activity: Activity, *people: Account | None, post: int | None = None, last: bool = False) -> None:
    """Send what is between two actors only (or three, with a group), whatever stands between them.

    But nothing to servers that are cut off, unless it is the ``last`` that they hear.
    """
    send(tx, activity, _between(*people, last=last), post=post)


def say_to(tx: Tx, activity: Activity, *people: Account, speaker: Speaker = Speaker.SERVER) -> None:
    """Send what the server itself says, and not its owner, to these people only."""
    send(tx, activity, _between(*people), speaker=speaker)


def undo(tx: Tx, activity: Activity, *people: Account | None, post: int | None = None, last: bool = False) -> None:
    """Take back what was sent to ``people``, or still waits to be; who has heard nothing of it hears nothing."""
    unheard = recalls.take_back(tx, activity.id)
    send(tx, outward.undo(activity), _between(*people, unheard=unheard, last=last), post=post)


def _between(*people: Account | None, unheard: Collection[str] = (), last: bool = False) -> Recipients:
    ids = [account.id for account in people if account is not None]
    return Recipients(accounts=ids, personal=True, regardless=True, unheard=unheard, last=last)


def keep(
    tx: Tx, activity: Activity, to: Recipients, *, post: int | None = None, speaker: Speaker = Speaker.OWNER
) -> int:
    """Render ``activity`` as it will leave, and return its body's number."""
    rendered = vouching.rendered(tx, activity, speaker)
    return bodies.put(
        tx,
        activity=str(activity.id),
        type_=activity.type,
        body=rendered.body,
        post=post,
        to_followers=to.followers,
        unsealed=rendered.unsealed,
        speaker=speaker,
    )


def send(
    tx: Tx, activity: Activity, to: Recipients, *, post: int | None = None, speaker: Speaker = Speaker.OWNER
) -> int:
    """Render ``activity`` once and queue it; ``post`` is what it is about. Return its body's number.

    ``speaker`` is its actor, who signs it.
    """
    body = keep(tx, activity, to, post=post, speaker=speaker)
    queueing.put(tx, body, to)
    return body
