"""Answering: what an Accept or a Reject of something means that we asked for.

Spec: FEP-044f; PROTOCOL §§4.2, 5.8; SAFETY rule 11.
"""

from collections.abc import Callable
from typing import TypeVar

from smallfed.domain.account import Account
from smallfed.domain.incoming import Accept, FollowReference, Reject
from smallfed.domain.refused import Refused
from smallfed.inbox.outcome import Done, Ignored, Outcome
from smallfed.services import relaying
from smallfed.store import accounts
from smallfed.store.tx import Tx

Answer = TypeVar("Answer", Accept, Reject)


def take(
    tx: Tx,
    activity: Answer,
    follow: Callable[[Tx, Account, FollowReference], Refused | None],
    request: Callable[[Tx, Account, Answer], Refused | None],
) -> Outcome:
    """Let it be an answer to a ``follow`` or another ``request``; only who was asked can give it.

    An id alone may be that of anything we asked.
    """
    if relaying.answered(tx, activity):
        return Done()
    sender = accounts.find_uri(tx, activity.actor)
    if sender is None:
        return Ignored("We have asked nobody of that name.")
    known = activity.kind is not None
    refused = request(tx, sender, activity) if known else follow(tx, sender, activity.follow)
    if refused is None or (not known and request(tx, sender, activity) is None):
        return Done()
    return Ignored(refused.reason)
