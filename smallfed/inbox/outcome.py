"""What can come of an activity."""

from msgspec import Struct

from smallfed.domain.need import Need
from smallfed.policy.authority import Elsewhere

__all__ = ["Done", "Elsewhere", "Ignored", "Need", "Outcome"]


class Done(Struct, frozen=True):
    """It has had its effect, or had it already."""


class Ignored(Struct, frozen=True):
    """It has no effect, for this ``reason``, a sentence for the owner's eyes."""

    reason: str


Outcome = Done | Ignored | Need | Elsewhere
