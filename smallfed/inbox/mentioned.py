"""Create and Update whose object is only named, or is not the sender's to hand over.

Spec: PROTOCOL §4.4 step 1, §4.7; SAFETY rule 9.
"""

from smallfed.inbox.outcome import Ignored, Outcome
from smallfed.policy.authority import Ask, Elsewhere
from smallfed.store import houses, posts
from smallfed.store.tx import Tx


def handle(tx: Tx, place: Elsewhere) -> Outcome:
    """Send the asker to the origin, unless what stands there is known already, or our own."""
    if houses.get(tx).is_ours(place.uri):
        return Ignored("It is about something of ours.")
    if place.ask is Ask.POST and posts.find_uri(tx, place.uri) is not None:
        return Ignored("The post is known already.")
    return place
