"""Delete: a post, a boost or a whole account is gone.

Spec: ActivityPub §7.4; PROTOCOL §§4.5, 4.6, 4.11; FEP-fe34 (same origin); SAFETY rules 10 and 24.
"""

from smallfed.domain.incoming import Arrival, Delete
from smallfed.domain.refused import Refused
from smallfed.domain.uris import same_origin
from smallfed.inbox.outcome import Done, Elsewhere, Ignored, Outcome
from smallfed.policy.authority import Ask
from smallfed.services import consenting, meeting, quoting, removing
from smallfed.store import accounts, posts
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Delete, _: Arrival) -> Outcome:
    """Remove what its author deletes; what we never had is remembered, so that it cannot come after its end.

    What is no post may be a stamp, by which a quote was allowed, or a collection that features the owner.
    """
    if activity.object == activity.actor:
        return _account(tx, activity.actor)
    match removing.remove(tx, activity.object, activity.actor):
        case Refused() if _by_a_neighbour(tx, activity):
            return Elsewhere(uri=activity.object, ask=Ask.ABSENCE)
        case Refused(reason=reason):
            return Ignored(reason)
        case None:
            quoting.withdrawn(tx, activity.object, activity.actor)
            consenting.forget(tx, activity.actor, activity.object)
            return Done()
        case _:
            return Done()


def _by_a_neighbour(tx: Tx, activity: Delete) -> bool:
    """Whether somebody on the author's server deletes a post, as moderators do: then it is gone there, or it is not."""
    post = posts.find_uri(tx, activity.object)
    author = None if post is None or post.local else accounts.find(tx, post.account_id)
    return author is not None and same_origin(author.uri, activity.actor)


def _account(tx: Tx, uri: str) -> Outcome:
    known = accounts.find_uri(tx, uri)
    if known is None:
        return Ignored("We do not know who is gone.")
    if known.local:
        return Ignored("Our own account is not deleted from outside.")
    meeting.forget(tx, uri)
    return Done()
