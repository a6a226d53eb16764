"""What can come of an activity."""

from msgspec import Struct

from smallfed.domain.need import Need
from smallfed.domain.post import Post
from smallfed.domain.refused import Refused
from smallfed.policy.authority import Elsewhere

__all__ = ["Done", "Elsewhere", "Ignored", "Need", "Outcome", "outcome_of"]


class Done(Struct, frozen=True):
    """It has had its effect, or had it already."""


class Ignored(Struct, frozen=True):
    """It has no effect, for this ``reason``, a sentence for the owner's eyes."""

    reason: str


Outcome = Done | Ignored | Need | Elsewhere


def outcome_of(came: Post | Need | Refused | None) -> Outcome:
    """Return what comes of an activity by what a service returned: a Need, why it is Refused, or what there is now."""
    match came:
        case Need():
            return came
        case Refused(reason=reason):
            return Ignored(reason)
        case _:
            return Done()
