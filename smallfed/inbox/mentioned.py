"""Create and Update whose object is only named, or is not the sender's to hand over.

Spec: PROTOCOL §4.4 step 1, §4.7; SAFETY rule 9.
"""

from smallfed.inbox.outcome import Ignored, Outcome
from smallfed.policy.trusting import Elsewhere
from smallfed.store import accounts, houses, posts, tombstones
from smallfed.store.tx import Tx


def handle(tx: Tx, place: Elsewhere) -> Outcome:
    """Send the asker to the origin, unless what stands there is known, deleted, or our own."""
    if place.uri.startswith(houses.get(tx).base + "/"):
        return Ignored("It is about something of ours.")
    known = posts.find_uri(tx, place.uri)
    if known is not None and not place.update:
        return Ignored("The post is known already.")
    author = None if known is None else accounts.find(tx, known.account_id)
    if author is not None and tombstones.has(tx, place.uri, author.uri):
        return Ignored("It was deleted already.")
    return place
