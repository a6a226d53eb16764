"""Following: who may follow us, and which answer to our own Follow counts.

Spec: PROTOCOL §4.2 (Follow, Accept, Reject), SAFETY rule 11.
"""

from enum import Enum, auto

from smallfed.domain.account import Account
from smallfed.domain.incoming import FollowReference
from smallfed.domain.relation import Follow


class FollowVerdict(Enum):
    """The three answers to a Follow."""

    ACCEPT = auto()
    ASK_OWNER = auto()
    REFUSE = auto()


def may_follow(owner: Account, *, already: bool, blocked: bool, muted: bool, limited: bool = False) -> FollowVerdict:
    """Decide on a Follow of ``owner``. A block outranks everything; who is ``already`` in stays in.

    An owner who has moved is to be followed there. ``limited``: the owner has limited the follower's server.
    """
    if blocked:
        return FollowVerdict.REFUSE
    if already:
        return FollowVerdict.ACCEPT
    if owner.moved_to is not None:
        return FollowVerdict.REFUSE
    if owner.locked or muted or limited:
        return FollowVerdict.ASK_OWNER
    return FollowVerdict.ACCEPT


def names(reference: FollowReference, follow: Follow, *, owner: str, target: str) -> bool:
    """Whether an answer by ``target`` (both are actor ids) is about ``follow``, the owner's follow of it.

    The id decides. Some servers give our Follow back with another id or none: then who follows whom must be right.
    """
    if reference.id == follow.uri:
        return reference.object in (None, target) and reference.actor in (None, owner)
    return reference.actor == owner and reference.object == target
