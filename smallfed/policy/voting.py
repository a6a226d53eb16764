"""Voting: what counts in a poll. The same rule holds for the owner and for everybody else.

That the voter may see the poll at all is decided before. Spec: PROTOCOL §4.10, SAFETY rule 14, RULINGS 20.
"""

from collections.abc import Collection
from datetime import datetime

from smallfed.domain.poll import Poll
from smallfed.domain.refused import Refused


def judge(poll: Poll, position: int | None, *, wrote: bool, voted: Collection[int], at: datetime) -> Refused | None:
    """Judge a vote for the option at ``position`` (None: there is no such option) that was cast ``at``.

    ``wrote``: the voter made the poll. ``voted``: the positions for which the voter has voted already.
    """
    if poll.ends_at is not None and poll.ends_at <= at:
        return Refused("The poll has already ended")
    if position is None or not 0 <= position < len(poll.options):
        return Refused("The chosen vote option does not exist")
    if wrote:
        return Refused("You cannot vote in your own polls")
    if position in voted or (voted and not poll.multiple):
        return Refused("You have already voted on this poll")
    return None
