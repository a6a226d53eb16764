"""Create: somebody has posted, or voted.

Spec: ActivityPub §7.2; FEP-171b; PROTOCOL §§4.4, 4.10, 4.12.
"""

from collections.abc import Sequence

from smallfed.domain.incoming import Arrival, Create, IncomingPost, Votes
from smallfed.domain.need import Need
from smallfed.domain.post import Post
from smallfed.domain.refused import Refused
from smallfed.inbox.outcome import Ignored, Outcome, outcome_of
from smallfed.services import grouping, voting
from smallfed.services.concerning import could_concern, is_in_conversation
from smallfed.services.receiving import FETCHED, Coming, receive
from smallfed.store import accounts, polls, posts, refusals
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Create, arrival: Arrival) -> Outcome:
    """Store the post if it concerns the owner, or was let in by the owner after all."""
    post = activity.post
    if post.vote:
        return _count(tx, (post,), arrival)
    group = grouping.find_followed(tx, arrival.handed_by)
    is_stranger = accounts.find_uri(tx, post.author) is None and group is None
    if is_stranger and not could_concern(tx, post, personal=arrival.personal) and not _is_let_in(tx, post):
        return Ignored("It has nothing to do with the owner, and its author is unknown.")
    came = receive(tx, post, Coming(fresh=True, personal=arrival.personal, group=group))
    if isinstance(came, Refused) and (_is_let_in(tx, post) or is_in_conversation(tx, post, arrival.handed_by)):
        came = receive(tx, post, FETCHED)  # for the owner asked, or as context: nobody is told
    if isinstance(came, Post) and group is not None:
        grouping.show(tx, group, came)
    return outcome_of(came)


def _is_let_in(tx: Tx, post: IncomingPost) -> bool:
    """Whether the owner has let it in after it was refused, and so asks for it."""
    return refusals.is_released(tx, post.author, post.uri)


def handle_votes(tx: Tx, activity: Votes, arrival: Arrival) -> Outcome:
    """Count several votes of one person in one poll."""
    return _count(tx, activity.posts, arrival)


def _count(tx: Tx, votes: Sequence[IncomingPost], arrival: Arrival) -> Outcome:
    """Count votes in a poll of ours. They are no posts, and nobody is fetched because of other people's polls."""
    question = posts.find_url(tx, votes[0].in_reply_to or "")
    if question is None or not question.local or polls.find(tx, question.id) is None:
        return Ignored("It is a vote, but in no poll of ours.")
    voter = accounts.find_uri(tx, votes[0].author)
    if voter is None or voter.gone_at is not None:
        return Need(votes[0].author)
    names = [vote.title for vote in votes]
    return outcome_of(voting.receive(tx, voter, question, names, at=arrival.received_at))
