"""The table from activities to what they mean.

Spec: PROTOCOL §4.2; SAFETY rules 5, 20.
"""

from collections.abc import Callable

from smallfed.domain.incoming import (
    Accept,
    Add,
    Announce,
    Arrival,
    Block,
    Create,
    Delete,
    Flag,
    Follow,
    Handed,
    Incoming,
    Like,
    Lock,
    Move,
    NotUnderstood,
    Reject,
    Remove,
    Request,
    Undo,
    UpdateAccount,
    UpdatePost,
    Votes,
)
from smallfed.domain.refused import Refused
from smallfed.inbox import (
    accept,
    add,
    announce,
    announced,
    block,
    create,
    delete,
    flag,
    follow,
    handed,
    like,
    mentioned,
    move,
    reject,
    remove,
    request,
    undo,
    update,
)
from smallfed.inbox.outcome import Ignored, Outcome
from smallfed.policy.authority import Elsewhere, misattributed, weigh
from smallfed.services import judging
from smallfed.store import farewells
from smallfed.store.tx import Tx

HANDLERS: dict[type[Incoming], Callable[..., Outcome]] = {
    Accept: accept.handle,
    Add: add.handle,
    Announce: announce.handle,
    Block: block.handle,
    Create: create.handle,
    Delete: delete.handle,
    Flag: flag.handle,
    Follow: follow.handle,
    Like: like.handle,
    Lock: announced.alone,
    Move: move.handle,
    Reject: reject.handle,
    Remove: remove.handle,
    Request: request.handle,
    Undo: undo.handle,
    UpdateAccount: update.handle_account,
    UpdatePost: update.handle_post,
    Votes: create.handle_votes,
}
"""Each is called with (tx, activity, arrival)."""

ALWAYS = (Block, Delete, Reject, Remove, Undo)
"""What takes something away is heard of whom the owner blocks, too."""


def handle(tx: Tx, incoming: Incoming, arrival: Arrival) -> Outcome:
    """Let an activity have its effect, if its sender may say what it says.

    Need: ask again once that is known. Elsewhere: find out what is true, and hand that in.
    """
    if isinstance(incoming, NotUnderstood):
        return Ignored(incoming.reason)
    if farewells.has(tx):
        return Ignored("The owner has left.")
    if not isinstance(incoming, ALWAYS):
        refused = judging.activity(tx, incoming, arrival)
        if refused is not None:
            return Ignored(refused.reason)
    if isinstance(incoming, Handed) and incoming.wrapped and misattributed(incoming, arrival) is None:
        outcome = announced.handle(tx, incoming, arrival)
        if outcome is not None:
            return outcome
    return _weighed(tx, incoming, arrival)


def _weighed(tx: Tx, incoming: Incoming, arrival: Arrival) -> Outcome:
    match weigh(incoming, arrival):
        case Refused(reason=reason):
            return Ignored(reason)
        case Elsewhere() as place if isinstance(incoming, Handed):
            return handed.handle(tx, incoming, place)
        case Elsewhere() as place:
            return mentioned.handle(tx, place)
        case activity:
            return HANDLERS[type(activity)](tx, activity, arrival)
