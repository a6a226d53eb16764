"""Polling: polls come with posts, change with them, stand somewhere, and end.

Of the owner's polls the numbers are counted, and told to others at most every ``TALLY``. Of others' they are what the
origin says; a poll in which the owner voted is asked for once more when it has ended.

Spec: PROTOCOL §4.10, FEP-9967; RULINGS 20.
"""

from datetime import datetime, timedelta

from smallfed.domain.draft import Ballot
from smallfed.domain.events import DeadlineSet, PollEnded, PollTallied
from smallfed.domain.incoming import IncomingPoll
from smallfed.domain.poll import Option, Poll
from smallfed.domain.post import Post
from smallfed.store import deadlines, farewells, houses, notifications, polls, posts, votes
from smallfed.store.deadlines import Deadline, Kind
from smallfed.store.tx import Tx

TALLY = timedelta(minutes=3)  # between two tellings of how a poll of ours stands
GRACE = timedelta(minutes=1)  # after which a poll of somebody else has ended at its origin, too
FRESH = timedelta(minutes=1)  # for so long an origin is not asked again


# Ours -----------------------------------------------------------------------------------------------------------------
def begin(tx: Tx, post: int, ballot: Ballot) -> None:
    """Give a post of the owner's the poll ``ballot``, which runs from now."""
    options = tuple(Option(name=title, title=title) for title in ballot.options)
    ends_at = tx.now + timedelta(seconds=ballot.lasts)
    polls.put(
        tx,
        Poll(
            post_id=post,
            options=options,
            multiple=ballot.multiple,
            hide_totals=ballot.hide_totals,
            ends_at=ends_at,
            voters=0,
        ),
    )
    _set(tx, post, "end", ends_at)


def edit(tx: Tx, post: Post, ballot: Ballot | None) -> tuple[int, ...]:
    """Let a post of the owner's have ``ballot`` from now on; the votes stay while the options do.

    Return the accounts whose votes did not stay.
    """
    known = polls.find(tx, post.id)
    if known is not None:
        notifications.drop_of(tx, post.account_id, "poll", post.id)  # it will end again
    if known is not None and ballot is not None and known.shape == (ballot.multiple, ballot.options):
        ends_at = tx.now + timedelta(seconds=ballot.lasts)
        polls.change(tx, post.id, ends_at=ends_at, hide_totals=ballot.hide_totals)
        _set(tx, post.id, "end", ends_at)
        return ()
    voters = votes.voters(tx, post.id)
    polls.drop(tx, post.id)
    if ballot is not None:
        begin(tx, post.id, ballot)
    return tuple(voters)


def count_anew(tx: Tx, poll: Poll) -> None:
    """Let others be told how a poll of ours stands, soon; of hidden totals they hear at the end only."""
    hidden = poll.hide_totals and not poll.ended
    if not hidden and not deadlines.has(tx, poll.post_id, "tally"):
        _set(tx, poll.post_id, "tally", tx.now + TALLY)


def forget_voter(tx: Tx, account: int) -> None:
    """Take the votes of an account that is gone back; what has ended stays as it ended."""
    for post in votes.drop_open(tx, account):
        polls.recount(tx, post)
        poll = polls.find(tx, post)
        if poll is not None:
            count_anew(tx, poll)


# Others' --------------------------------------------------------------------------------------------------------------
def receive(tx: Tx, post: Post, said: IncomingPoll | None) -> None:
    """Store the poll that came with a post of somebody else, if one did."""
    if said is None:
        return
    options = tuple(Option(name=one.name, title=one.title, votes=one.votes or 0) for one in said.options)
    poll = Poll(
        post_id=post.id,
        options=options,
        multiple=said.multiple,
        ends_at=_end(said, None, tx.now),
        voters=said.voters,
        told_at=tx.now,
    )
    polls.put(tx, poll)


def tell(tx: Tx, post: Post, said: IncomingPoll | None) -> None:
    """Note how the poll of somebody else's post stands now; other options than before are no matter of counting."""
    known = None if said is None else polls.find(tx, post.id)
    if said is None or (known is not None and known.shape != said.shape):
        return
    if known is None:
        if post.kind == "Question":  # it came before we understood polls
            receive(tx, post, said)
        return
    numbers = [
        old.votes if new.votes is None else new.votes for old, new in zip(known.options, said.options, strict=True)
    ]
    ends_at = _end(said, known, tx.now)
    changed = (numbers, said.voters, ends_at) != ([one.votes for one in known.options], known.voters, known.ends_at)
    if changed:
        polls.tell(tx, post.id, numbers, voters=said.voters, ends_at=ends_at)
        tx.announce(PollTallied(post=post.id, local=False))
    else:
        polls.change(tx, post.id, told_at=tx.now)
    if ends_at != known.ends_at:
        await_end(tx, post.id)


def differs(tx: Tx, post: Post, said: IncomingPoll | None) -> bool:
    """Whether a new version of somebody else's post lets people choose from something else."""
    if said is None and post.kind != "Question":
        return False
    known = polls.find(tx, post.id)
    if known is None or said is None:
        return (known is None) != (said is None)
    return known.shape != said.shape


def replace(tx: Tx, post: Post, said: IncomingPoll | None) -> None:
    """Give somebody else's post the poll of its new version; other options make votes worthless, the owner's too."""
    if differs(tx, post, said):
        polls.drop(tx, post.id)
        notifications.drop_of(tx, post.account_id, "poll", post.id)
        receive(tx, post, said)


def await_end(tx: Tx, post: int) -> None:
    """Note that the owner is to hear of the end of a poll of somebody else's, if the owner voted and it has one."""
    poll = polls.find(tx, post)
    if poll is None or not votes.find(tx, post, houses.owner_id(tx)):
        return
    if poll.ends_at is None:
        deadlines.drop(tx, post, "end")
    else:
        _set(tx, post, "end", poll.ends_at + GRACE)


def ask(tx: Tx, post: Post) -> str | None:
    """Return where it can be asked how a poll stands, and note that this is done; None when it is known well enough."""
    poll = polls.find(tx, post.id)
    if poll is None or not is_stale(post, poll, tx.now):
        return None
    polls.change(tx, post.id, asked_at=tx.now)
    return post.uri


def is_stale(post: Post, poll: Poll, now: datetime) -> bool:
    """Whether a poll of somebody else's may stand differently by now, and was not asked for a moment ago."""
    final = poll.ends_at is not None and poll.told_at is not None and poll.told_at >= poll.ends_at
    lately = any(at is not None and now - at < FRESH for at in (poll.told_at, poll.asked_at))
    return not (post.local or final or lately)


def _end(said: IncomingPoll, known: Poll | None, now: datetime) -> datetime | None:
    """Return when a poll ends; one that is over without saying since when is over now, or was before."""
    if not said.closed:
        return said.ends_at
    before = None if known is None else known.ends_at
    return min(moment for moment in (now, said.ends_at, before) if moment is not None)


# By the clock ---------------------------------------------------------------------------------------------------------
def keep(tx: Tx, deadline: Deadline) -> None:
    """Do what is due about a poll, if it still is."""
    if not deadlines.is_due(tx, deadline) or farewells.has(tx):
        return
    deadlines.drop(tx, deadline.post_id, deadline.kind)
    local = posts.get(tx, deadline.post_id).local
    match deadline.kind:
        case "tally":
            tx.announce(PollTallied(post=deadline.post_id, local=local))
        case "end":
            deadlines.drop(tx, deadline.post_id, "tally")
            tx.announce(PollEnded(post=deadline.post_id, local=local))


def _set(tx: Tx, post: int, kind: Kind, due: datetime) -> None:
    deadlines.put(tx, post, kind, due)
    tx.announce(DeadlineSet())
