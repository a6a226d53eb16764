"""Handed over: what somebody else did, passed on by a forwarder or a group. Whether it is true is found out elsewhere.

Spec: ActivityPub §7.1.2; PROTOCOL §§2.3, 4.7, 4.8; SAFETY rules 9, 13, 20, 25.
"""

from smallfed.domain.incoming import Handed
from smallfed.inbox.outcome import Elsewhere, Ignored, Outcome
from smallfed.services import concerning, judging
from smallfed.store import houses, inbound, tombstones
from smallfed.store.tx import Tx


def handle(tx: Tx, handed: Handed, place: Elsewhere) -> Outcome:
    """Send the asker after the truth, if it would matter here and we have not heard it from its actor yet."""
    activity = handed.activity
    if houses.get(tx).is_ours(activity.actor):
        return Ignored("Our own activities are not taken from outside.")
    cut_off = judging.cut_off(tx, activity)
    if cut_off is not None:
        return Ignored(cut_off.reason)
    if activity.id is not None and inbound.heard(tx, activity.actor, activity.id):
        return Ignored("Its actor has sent it already.")
    if activity.id is not None and tombstones.is_undone(tx, activity.actor, activity.id):
        return Ignored("Its actor has taken it back.")
    reason = concerning.idle(tx, activity)
    return place if reason is None else Ignored(reason)
