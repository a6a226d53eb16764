"""Announced: a group hands over what was done in it. Its own affairs are believed, all else is asked at its origin.

Spec: FEP-1b12; PROTOCOL §§4.7, 4.8; FEP-fe34; SAFETY rules 5, 8–10, 14, 20, 25.
"""

from smallfed.domain.account import Account, Kind
from smallfed.domain.incoming import Arrival, Create, Handed, Incoming, IncomingPost, Like, Mentioned, Undo
from smallfed.domain.post import Post
from smallfed.domain.uris import same_origin
from smallfed.inbox.outcome import Done, Elsewhere, Ignored, Outcome, outcome_of
from smallfed.policy.authority import Ask, speaks_for
from smallfed.services import governing, grouping, judging, receiving
from smallfed.services.receiving import Coming
from smallfed.store import accounts, houses, posts
from smallfed.store.tx import Tx


def handle(tx: Tx, handed: Handed, arrival: Arrival) -> Outcome | None:
    """Handle what is a group's own affair; None: it is somebody's word, handed over like any other.

    Whoever moderates it may be new: the group is asked about that before what they do is refused.
    """
    activity, group = handed.activity, accounts.find_uri(tx, handed.actor)
    if group is None or group.kind is not Kind.GROUP or group.gone_at is not None:
        return None
    if houses.get(tx).is_ours(activity.actor):
        return Ignored("It is the owner's own, come back from the group.")
    cut_off = judging.cut_off(tx, activity)
    if cut_off is not None:
        return Ignored(cut_off.reason)
    if governing.is_ruling(tx, group, activity):
        if governing.may_be_new(tx, group, activity.actor, arrival.received_at):
            return Elsewhere(uri=group.uri, ask=Ask.MODERATORS)
        return outcome_of(governing.rule(tx, group, activity))
    if isinstance(activity, Like) or (isinstance(activity, Undo) and activity.kind == "Like"):
        return None if _could_be_verified(tx, activity) else outcome_of(grouping.count(tx, group, activity))
    if isinstance(activity, Create | Mentioned) and grouping.find_followed(tx, group.uri) is not None:
        return _published(tx, group, activity)
    return None


def _could_be_verified(tx: Tx, vote: Like | Undo) -> bool:
    """Whether a vote is about a post of ours, by somebody we know: then it is worth one question."""
    post, account = posts.find_url(tx, vote.object or ""), accounts.find_uri(tx, vote.actor)
    return post is not None and post.local and account is not None and account.gone_at is None


def _published(tx: Tx, group: Account, activity: Create | Mentioned) -> Outcome | None:
    """Take in what is published in a group; of an answer, only if we hold what it answers."""
    if isinstance(activity, Mentioned):
        known = posts.find_uri(tx, activity.object)
        if activity.update:
            return None
        return Elsewhere(uri=activity.object, ask=Ask.POST) if known is None else _shown(tx, group, activity.object)
    post = activity.post
    if post.vote:
        return None
    if posts.find_uri(tx, post.uri) is not None:
        return _shown(tx, group, post.uri)
    if post.in_reply_to is not None and posts.find_url(tx, post.in_reply_to) is None:
        return Ignored("It answers, in a group, a post that we do not have.")
    if not (same_origin(post.uri, group.uri) and speaks_for(activity.actor, post)):
        return Elsewhere(uri=post.uri, ask=Ask.POST)
    return _received(tx, group, post)


def _received(tx: Tx, group: Account, post: IncomingPost) -> Outcome:
    """Store a post that the server it lives on has handed over itself."""
    came = receiving.receive(tx, post, Coming(fresh=True, group=group))
    if isinstance(came, Post):
        grouping.show(tx, group, came)
    return outcome_of(came)


def _shown(tx: Tx, group: Account, uri: str) -> Outcome:
    known = posts.find_uri(tx, uri)
    if known is not None:
        grouping.show(tx, group, known)
    return Done()


def alone(_tx: Tx, _activity: Incoming, _arrival: object) -> Outcome:
    """Leave a Lock alone that no group hands over."""
    return Ignored("It closes a thread: only the group that the thread is in can say that.")
