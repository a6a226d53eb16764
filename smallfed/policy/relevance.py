"""Relevance: which posts of others concern the owner enough to be kept.

Spec: PROTOCOL §4.4 step 4, §5.6; SAFETY §5 (nothing by strangers that is not for the owner).
"""

from msgspec import Struct

from smallfed.domain.post import Visibility
from smallfed.domain.refused import Refused


class Concern(Struct, frozen=True, kw_only=True):
    """What a post that arrives has to do with the owner.

    ``fetched``: we asked for it. ``followed``: the owner follows the author. ``addressed``: the owner is named or
    addressed, openly or secretly. ``answers_owner``: to a post of the owner. ``answers_followed``: to a
    post that we hold, by somebody the owner follows. ``in_group``: a group that the owner follows shows it, and it
    begins a thread there or belongs to one that we hold. ``quotes_owner``: it quotes a post of the owner.
    ``relayed``: we know of it by a relay.
    """

    visibility: Visibility
    fetched: bool = False
    followed: bool = False
    addressed: bool = False
    answers_owner: bool = False
    answers_followed: bool = False
    in_group: bool = False
    quotes_owner: bool = False
    relayed: bool = False


def judge(concern: Concern) -> Refused | None:
    """Judge whether to keep a post. What is not public must be for us, however we came by it."""
    if concern.visibility is Visibility.DIRECT and not concern.addressed:
        return Refused("It is addressed to others only.")
    if concern.relayed and concern.visibility is not Visibility.PUBLIC:
        return Refused("It is not for everybody, and only a relay brings it.")
    if concern.visibility is Visibility.PRIVATE and not (concern.followed or concern.addressed):
        return Refused("It is for followers of somebody whom the owner does not follow.")
    related = concern.fetched or concern.followed or concern.addressed
    answers = concern.answers_owner or concern.answers_followed
    if related or answers or concern.in_group or concern.quotes_owner:
        return None
    return Refused("It has nothing to do with the owner.")
