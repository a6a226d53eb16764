"""Blocks that freeze: nothing is lost before they are final, and lifting them brings everything back."""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.domain_block import Severity
from smallfed.domain.draft import Draft
from smallfed.domain.events import SHOWN, Event
from smallfed.domain.incoming import IncomingAccount
from smallfed.domain.interaction import Quote, QuoteState
from smallfed.domain.poll import Option, Poll
from smallfed.domain.post import Post, Visibility
from smallfed.domain.uris import host
from smallfed.services import (
    blocking,
    consequences,
    freezing,
    listing,
    meeting,
    moderating,
    notifying,
    posting,
    queueing,
    reckoning,
)
from smallfed.services.moderating import Wish
from smallfed.store import (
    accounts,
    details,
    domain_allows,
    domain_blocks,
    exports,
    findings,
    follows,
    frozen_follows,
    ids,
    likes,
    lists,
    notifications,
    polls,
    quotes,
    relations,
    severances,
    votes,
)
from smallfed.store.likes import Like
from smallfed.store.paging import Page
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know
from tests.services.conftest import queued, told

PEOPLE = ("bob@far.example", "cem@sub.far.example", "dora@other.example", "erin@deep.sub.far.example", "fay@x.example")
NAMES = ("far.example", "sub.far.example", "*.far.example", "other.example")


class Orders(RuleBasedStateMachine):
    """No order of block, limit, allow, unblock, of lists, modes and final words loses a follow before it is final."""

    def __init__(self) -> None:
        super().__init__()
        self.tx = world.empty_tx()
        self.tx.then = consequences.follow
        self.owner = world.acquaint(self.tx, "alice@home.example", local=True)
        self.people = [world.acquaint(self.tx, handle) for handle in PEOPLE]
        self.people[4] = structs.replace(self.people[4], uri="https://sub.far.example/fay")  # as of another server
        accounts.put(self.tx, self.people[4])
        self.ended: set[int] = set()  # people whose follows a final block has ended

    @initialize(pending=st.sets(st.integers(0, 3)))
    def befriend(self, pending: set[int]) -> None:
        for index, person in enumerate(self.people):
            world.befriend(self.tx, self.owner, person, accepted=index not in pending, notify=True)
            world.befriend(self.tx, person, self.owner)
            notifying.tell(self.tx, "follow", person.id)
        self.question = self._speak()
        self.counted = self._counts()
        self.before = self._ties()
        self.told = [row[:2] for row in told(self.tx)]

    def _ties(self) -> list[tuple[Any, ...]]:
        rows = self.tx.all(
            "SELECT id, follower_id, target_id, uri, ifnull(thaws, state), reblogs, notify, created_at FROM follows"
            " ORDER BY id"
        )
        return [tuple(row) for row in rows]

    def _speak(self) -> Post:
        """Let the owner ask something, and everybody answer, like, boost, quote it and vote in it."""
        tx, question = self.tx, world.say(self.tx, self.owner)
        options = tuple(Option(name=name, title=name) for name in ("yes", "no"))
        polls.put(tx, Poll(post_id=question.id, options=options, multiple=True, voters=0))
        for index, person in enumerate(self.people):
            for emoji in ("", "🎉"):
                number = ids.fresh(tx, "likes")
                likes.put(
                    tx,
                    Like(
                        id=number, account_id=person.id, post_id=question.id, emoji=emoji, uri=None, created_at=tx.now
                    ),
                )
            world.wrap(tx, person, question)
            world.say(tx, person, in_reply_to=question.uri, in_reply_to_id=question.id)
            quoting = world.say(tx, person)
            quotes.put(
                tx,
                Quote(
                    id=ids.fresh(tx, "quotes"),
                    post_id=quoting.id,
                    quoted=question.uri,
                    quoted_id=question.id,
                    state=QuoteState.ACCEPTED,
                    created_at=tx.now,
                ),
            )
            votes.put(tx, question.id, person.id, index % 2)
            polls.add(tx, question.id, index % 2, new_voter=True)
        return question

    def _of(self, name: str) -> set[int]:
        return {person.id for person in self.people if freezing._is_of(person, name)}

    @rule(name=st.sampled_from(NAMES), severity=st.sampled_from(Severity), mute=st.booleans())
    def note(self, name: str, severity: Severity, mute: bool) -> None:
        moderating.set_up(self.tx, name, Wish(severity=severity, mute=mute))

    @rule(name=st.sampled_from(NAMES))
    def lift(self, name: str) -> None:
        known = domain_blocks.of(self.tx, name)
        if known is not None:
            moderating.lift(self.tx, known.id)

    @rule(names=st.dictionaries(st.sampled_from(NAMES), st.sampled_from((None, *Severity)), min_size=1))
    def hear_lists(self, names: dict[str, Severity | None]) -> None:
        moderating.by_lists(self.tx, {name: severity and Wish(severity=severity) for name, severity in names.items()})

    @rule(name=st.sampled_from(NAMES))
    def allow(self, name: str) -> None:
        moderating.allow(self.tx, name)

    @rule(name=st.sampled_from(NAMES))
    def disallow(self, name: str) -> None:
        known = domain_allows.find(self.tx, name)
        if known is not None:
            moderating.disallow(self.tx, known.id)

    @rule(closed=st.booleans())
    def close(self, closed: bool) -> None:
        moderating.close(self.tx, closed=closed)

    @rule(name=st.sampled_from(NAMES))
    def finish(self, name: str) -> None:
        known = domain_blocks.of(self.tx, name)
        if known is not None and known.cuts:
            if known.final_at is None:
                frozen = {person.id for _, person in frozen_follows.on_domain(self.tx, "*")}
                self.ended |= frozen & self._of(name)
            moderating.finish(self.tx, name)

    @invariant()
    def nothing_is_lost(self) -> None:
        if not hasattr(self, "before"):
            return
        owner = self.owner.id
        kept = [row for row in self.before if not {row[1], row[2]} & self.ended]
        assert self._ties() == kept
        for follow in follows.between(self.tx, owner):
            other = follow.target_id if follow.follower_id == owner else follow.follower_id
            assert follow.frozen is domain_blocks.covers_account(self.tx, other)
        shown = {(type_, who) for type_, who, _ in told(self.tx) if type_ == "follow"}
        met = {person.id for person in self.people if not domain_blocks.covers_account(self.tx, person.id)}
        assert shown <= {("follow", who) for who in met}
        assert {("follow", who) for who in met - self.ended} <= shown
        for severance in severances.newest(self.tx, Page()):
            assert not (severance.restored_at and severance.final_at)

    @invariant()
    def who_is_cut_off_is_not_counted(self) -> None:
        """Every number is that of a recount of those who are not."""
        if not hasattr(self, "before"):
            return
        tx = self.tx
        cut = [self._is_away(one) for one in self.people]
        met = cut.count(False)
        assert self._counts() == {
            "likes": met,
            "boosts": met,
            "replies": met,
            "reactions": [met] * (met > 0),
            "collections": (met, met),
            "quotes": met,
            "votes": [cut[0::2].count(False), cut[1::2].count(False)],
            "voters": met,
        }
        known = tx.all("SELECT account_id FROM cut_off_accounts")
        assert {number for (number,) in known} == {one.id for one, away in zip(self.people, cut, strict=True) if away}
        assert follows.count(tx, self.owner.id, followers=True) == len(
            [one for one in follows.between(tx, self.owner.id) if one.target_id == self.owner.id and one.accepted]
        )
        assert set(follows.standing(tx, self.owner.id)) == {one.uri for one in self.people if one.id not in self.ended}

    def _is_away(self, one: Account) -> bool:
        names = (one.uri, f"@{one.handle}")
        by_server = any(domain_blocks.covers(self.tx, name) for name in (one.host, host(one.uri) or ""))
        return by_server or findings.shunning(self.tx, names) is not None

    def _counts(self) -> dict[str, Any]:
        tx, question = self.tx, self.question
        detail, poll = details.of_posts(tx, [question])[question.id], polls.find(tx, question.id)
        assert poll is not None
        return {
            "likes": detail.likes,
            "boosts": detail.boosts,
            "replies": detail.replies,
            "reactions": [tally.count for tally in detail.reactions],
            "collections": (likes.count(tx, question.id), likes.count_boosts(tx, question.id)),
            "quotes": quotes.counts(tx, [question.id]).get(question.id, 0),
            "votes": [option.votes for option in poll.options],
            "voters": poll.voters,
        }

    @rule(index=st.integers(0, 4), severity=st.sampled_from((None, Severity.SUSPEND, Severity.SILENCE)))
    def name_somebody(self, index: int, severity: Severity | None) -> None:
        """Lists, or the owner by what lists say, keep somebody away by name; or do so no longer."""
        reckoning.decide(self.tx, f"@{self.people[index].handle}", severity)

    @rule(index=st.integers(0, 4), lifted=st.booleans())
    def block_somebody(self, index: int, lifted: bool) -> None:
        """The owner blocks a person, which ends what is between them and is final; but they count as before."""
        person = self.people[index]
        blocking.block(self.tx, person)
        self.ended.add(person.id)
        if lifted:
            blocking.unblock(self.tx, person)

    @rule(index=st.integers(0, 4), name=st.sampled_from((*NAMES[:2], "other.example", "free.example")))
    def take_another_name(self, index: int, name: str) -> None:
        """An account comes again, and says that its handle is on another domain."""
        known = structs.asdict(accounts.get(self.tx, self.people[index].id))
        said = {each.name: known[each.name] for each in structs.fields(IncomingAccount) if each.name in known}
        self.people[index] = meeting.meet(self.tx, IncomingAccount(**said), name)

    def teardown(self) -> None:
        """When everything is lifted everything is back that was never final."""
        if not hasattr(self, "before"):
            return
        moderating.close(self.tx, closed=False)
        moderating.by_lists(self.tx, dict.fromkeys(NAMES))
        for found in findings.decided(self.tx):
            reckoning.decide(self.tx, found.subject, None)
        for name in NAMES:
            self.lift(name)
        self.nothing_is_lost()
        assert not any(follow.frozen for follow in follows.between(self.tx, self.owner.id))
        assert self._counts() == self.counted


TestOrders = Orders.TestCase
TestOrders.settings = settings(max_examples=60, stateful_step_count=12, deadline=None)


def test_nobody_there_hears_of_it_and_they_are_asked_again(
    lively: Tx, owner: Account, bob: Account, carol: Account, events: list[Event]
) -> None:
    """While it lasts nothing leaves; lifting it repeats the Follow and looks for what was said meanwhile."""
    tx = lively
    ours = world.befriend(tx, owner, bob)
    world.befriend(tx, bob, owner)
    world.befriend(tx, owner, carol)
    made = listing.create(tx, "Friends")
    listing.add(tx, made.id, [bob.id, carol.id])
    before = relations.relationship(tx, bob.id)

    blocking.block_domain(tx, "far.example")

    assert queued(tx) == []
    cut = relations.relationship(tx, bob.id)
    assert (cut.following, cut.followed_by, cut.requested, cut.domain_blocking) == (False, False, False, True)
    assert [follows.count(tx, owner.id, followers=side) for side in (True, False)] == [0, 1]
    assert [account.id for account in lists.members(tx, made.id)] == [carol.id]
    world.later(tx, days=3)
    blocking.unblock_domain(tx, "far.example")
    assert queued(tx) == [("Follow", bob.inbox)]
    assert relations.relationship(tx, bob.id) == before
    assert follows.find(tx, owner.id, bob.id) == ours
    assert {account.id for account in lists.members(tx, made.id)} == {bob.id, carol.id}
    assert [row[0] for row in tx.all("SELECT account_id FROM gaps")] == [bob.id]


def say(tx: Tx, text: str, **fields: Any) -> Post:
    return posting.publish(tx, Draft(text=text, html=f"<p>{text}</p>", **fields))


def test_what_was_dropped_is_not_sent_later(lively: Tx, owner: Account, bob: Account) -> None:
    """Neither what waited when the block came, nor what was said meanwhile; not even when the owner lets all go on."""
    tx = lively
    world.befriend(tx, bob, owner)
    say(tx, "before")
    tx.run(
        "INSERT INTO deliveries (body_id, inbox, host, state, due, created_at, answered_at)"
        " SELECT body_id, 'https://far.example/other', host, 'failed', due, created_at, due FROM deliveries"
    )

    blocking.block_domain(tx, "far.example")
    say(tx, "meanwhile")
    assert queueing.retry(tx) == {"retried": 0, "hosts": 0}
    blocking.unblock_domain(tx, "far.example")

    assert queued(tx) == []
    say(tx, "after")
    assert queued(tx) == [("Create", bob.shared_inbox)]


def test_what_waits_for_a_blocked_handle_is_dropped_wherever_its_server_is(
    lively: Tx, owner: Account, know: Know
) -> None:
    """The inbox that others there share is not closed by that."""
    tx = lively
    gina, cem = know("gina@far.example"), know("cem@far.example", host="names.example")
    for person in (gina, cem):
        world.befriend(tx, person, owner)
    sent = say(tx, "to all")
    say(tx, "to you", visibility=Visibility.DIRECT, mentions=(cem.id,))

    blocking.block_domain(tx, "names.example")

    assert queued(tx) == [("Create", gina.shared_inbox)]
    posting.delete(tx, sent.id)
    assert {inbox for _, inbox in queued(tx)} <= {gina.shared_inbox}


def test_whom_no_answer_reached_is_answered(lively: Tx, owner: Account, bob: Account) -> None:
    """Their Follow was accepted, and the block came before the Accept was delivered."""
    from smallfed.services import admitting

    admitting.receive_follow(lively, bob, "https://far.example/follows/1")
    blocking.block_domain(lively, "far.example")

    blocking.unblock_domain(lively, "far.example")

    assert queued(lively) == [("Accept", bob.inbox)]


def test_what_it_cuts_is_known_before(lively: Tx, owner: Account, know: Know) -> None:
    """The same whether it is frozen already; ``*.`` means what is below only."""
    tx = lively
    bob, cem, dora = (know(handle) for handle in ("bob@far.example", "cem@sub.far.example", "dora@notfar.example"))
    world.befriend(tx, owner, bob)
    world.befriend(tx, cem, owner)
    world.befriend(tx, owner, cem, accepted=False)
    for author in (bob, bob, cem, dora):
        world.say(tx, author)
    notifying.tell(tx, "follow", cem.id)
    expected = freezing.Impact(
        domain="far.example",
        following=("bob@far.example",),
        followers=("cem@sub.far.example",),
        requests=1,
        people=2,
        posts=3,
        notifications=1,
    )

    assert freezing.impact(tx, "far.example") == expected
    blocking.block_domain(tx, "far.example")
    assert freezing.impact(tx, "far.example") == expected
    below = freezing.impact(tx, "*.far.example")
    assert (below.following, below.followers, below.posts, below.people) == ((), ("cem@sub.far.example",), 1, 1)


def test_a_block_becomes_final_by_its_age(lively: Tx, owner: Account, bob: Account) -> None:
    """Not before; and then its follows can be asked for again."""
    from datetime import timedelta

    world.befriend(lively, owner, bob)
    blocking.block_domain(lively, "far.example")

    assert freezing.finish_old(world.later(lively, days=29), timedelta(days=30)) == 0
    assert freezing.finish_old(world.later(lively, days=1), timedelta(days=30)) == 1
    assert queued(lively) == [("Undo", bob.inbox)]
    assert freezing.finish_old(world.later(lively, days=1), timedelta(days=30)) == 0
    (severance,) = severances.newest(lively, Page())
    assert severance.final_at is not None
    assert [line.address for line in exports.of_severance(lively, "follows", severance.id)] == ["bob@far.example"]
    assert freezing.impact(lively, "far.example").lost == ("bob@far.example",)


def test_what_was_told_of_them_comes_back_as_it_was(lively: Tx, owner: Account, know: Know) -> None:
    """In its groups, with its requests."""
    tx = lively
    post = world.say(tx, owner)
    people = [know(handle) for handle in ("a@far.example", "b@other.example", "c@far.example")]
    for person in people:
        notifying.tell(tx, "favourite", person.id, post.id)
    before = tx.all("SELECT id, account_id, group_key, newest, oldest FROM notifications ORDER BY id")

    blocking.block_domain(tx, "far.example")
    assert [one.account_id for one in notifications.newest(tx, Page())] == [people[1].id]
    blocking.unblock_domain(tx, "far.example")

    assert tx.all("SELECT id, account_id, group_key, newest, oldest FROM notifications ORDER BY id") == before


@pytest.mark.parametrize("wish", [Wish(mute=True), Wish(reject_media=True), Wish(severity=Severity.SILENCE)])
@pytest.mark.parametrize("by_lists", [True, False])
def test_whatever_changes_for_a_server_is_news_for_what_is_kept(
    lively: Tx, owner: Account, wish: Wish, *, by_lists: bool
) -> None:
    """Pages and answers that are kept ready are made anew, also when nobody is cut off."""
    blocks = moderating.set_up(lively, "far.example", Wish(severity=Severity.NOOP))
    lively.announced.clear()

    if by_lists:
        moderating.by_lists(lively, {"far.example": wish})
    else:
        moderating.change(lively, blocks.id, wish)

    assert any(isinstance(event, SHOWN) for event in lively.announced)


def test_whose_handle_comes_from_a_blocked_domain_is_news_for_what_is_kept(
    lively: Tx, owner: Account, bob: Account
) -> None:
    """The numbers on our pages are others from then on."""
    world.befriend(lively, bob, owner)
    blocking.block_domain(lively, "bad.example")
    lively.announced.clear()
    said = {each.name: getattr(bob, each.name) for each in structs.fields(IncomingAccount) if hasattr(bob, each.name)}

    meeting.meet(lively, IncomingAccount(**said), "bad.example")

    assert follows.count(lively, owner.id, followers=True) == 0
    assert any(isinstance(event, SHOWN) for event in lively.announced)
