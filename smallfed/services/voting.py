"""Voting: the owner in polls of others, others in polls of the owner.

Spec: PROTOCOL §4.10; SAFETY rules 14, 15; RULINGS 20.
"""

from collections.abc import Sequence
from datetime import datetime

from smallfed.domain.account import Account
from smallfed.domain.events import VoteCast
from smallfed.domain.poll import Poll
from smallfed.domain.post import Post
from smallfed.domain.refused import Refused
from smallfed.errors import Invalid, NotFound
from smallfed.policy.voting import judge
from smallfed.services import polling
from smallfed.store import blocks, domain_blocks, houses, polls, posts, votes
from smallfed.store.tx import Tx


def vote(tx: Tx, post: Post, positions: Sequence[int]) -> None:
    """Vote as the owner, for all of ``positions`` or, with the reason as Invalid, for none; NotFound without a poll.

    That the owner may see the post is *not* checked here.
    """
    owner, poll = houses.owner_id(tx), polls.find(tx, post.id)
    if poll is None:
        raise NotFound("Record not found")
    for position in positions:
        refused = _count(tx, poll, owner, position, wrote=post.account_id == owner, at=tx.now)
        if refused is not None:
            raise Invalid(f"Validation failed: {refused.reason}")
    if positions:
        tx.announce(VoteCast(post=post.id, positions=tuple(positions)))
        polling.await_end(tx, post.id)


def receive(tx: Tx, account: Account, post: Post, names: Sequence[str], *, at: datetime) -> Refused | None:
    """Count the votes of somebody else, for the options of these ``names``, in a poll of ours; they came ``at``.

    Those that count are counted even if others beside them do not; Refused when none does. That ``account`` has really
    said so is *not* checked here.
    """
    poll = polls.find(tx, post.id)
    if poll is None or not post.local:
        return Refused("It is a vote, but in no poll of ours.")
    if account.local or blocks.has(tx, post.account_id, account.id) or domain_blocks.covers_account(tx, account.id):
        return Refused(f"{account.handle} is blocked.")
    if posts.find_visible(tx, post.id, account.id) is None:
        return Refused(f"{account.handle} may not see the poll.")
    known = [option.name for option in poll.options]
    places = [known.index(name) if name in known else None for name in names]
    verdicts = [_count(tx, poll, account.id, place, wrote=False, at=at) for place in places]
    if all(isinstance(verdict, Refused) for verdict in verdicts):
        return next(iter(verdicts), None)
    polling.count_anew(tx, poll)
    return None


def _count(tx: Tx, poll: Poll, account: int, position: int | None, *, wrote: bool, at: datetime) -> Refused | None:
    voted = votes.find(tx, poll.post_id, account)
    refused = judge(poll, position, wrote=wrote, voted=voted, at=at)
    if refused is not None or position is None:
        return refused
    votes.put(tx, poll.post_id, account, position)
    polls.add(tx, poll.post_id, position, new_voter=not voted)
    return None
