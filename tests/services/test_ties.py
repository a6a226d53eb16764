"""Follows that begin and end by either side while blocks come and go: none is lost, and none comes by itself."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from smallfed.domain.account import Account
from smallfed.domain.domain_block import Severity
from smallfed.errors import SmallfedError
from smallfed.services import (
    admitting,
    consequences,
    following,
    freezing,
    moderating,
    muting,
    reckoning,
)
from smallfed.services.moderating import Wish
from smallfed.store import domain_allows, domain_blocks, findings, follows
from tests import world

PEOPLE = ("bob@far.example", "cem@sub.far.example", "dora@other.example", "erin@deep.sub.far.example")
NAMES = ("far.example", "sub.far.example", "*.far.example", "other.example")
FINAL = timedelta(days=30)

names, people = st.sampled_from(NAMES), st.integers(0, len(PEOPLE) - 1)


class Ties(RuleBasedStateMachine):
    """What is between the owner and others is what both have said, and frozen while one of them is cut off."""

    def __init__(self) -> None:
        super().__init__()
        self.tx = world.empty_tx()
        self.tx.then = consequences.follow
        self.owner = world.acquaint(self.tx, "alice@home.example", local=True)
        self.people = [world.acquaint(self.tx, handle) for handle in PEOPLE]
        self.said: dict[tuple[int, int], Any] = {}

    @initialize()
    def befriend(self) -> None:
        for person in self.people:
            world.befriend(self.tx, self.owner, person)
            world.befriend(self.tx, person, self.owner)
        self.said = self._ties()

    def _ties(self) -> dict[tuple[int, int], Any]:
        rows = self.tx.all("SELECT follower_id, target_id, uri, ifnull(thaws, state) FROM follows")
        return {(follower, target): tuple(rest) for follower, target, *rest in rows}

    def _is_away(self, person: Account) -> bool:
        return domain_blocks.covers_account(self.tx, person.id)

    def _end(self, ended: set[int]) -> None:
        self.said = {pair: follow for pair, follow in self.said.items() if not ended & {*pair}}

    # What holds for servers and people
    @rule(name=names, severity=st.sampled_from(Severity), mute=st.booleans())
    def note(self, name: str, severity: Severity, mute: bool) -> None:
        moderating.set_up(self.tx, name, Wish(severity=severity, mute=mute))

    @rule(name=names)
    def lift(self, name: str) -> None:
        known = domain_blocks.of(self.tx, name)
        if known is not None:
            moderating.lift(self.tx, known.id)

    @rule(said=st.dictionaries(names, st.sampled_from((None, *Severity)), min_size=1))
    def hear_lists(self, said: dict[str, Severity | None]) -> None:
        moderating.by_lists(self.tx, {name: severity and Wish(severity=severity) for name, severity in said.items()})

    @rule(index=people, severity=st.sampled_from((None, Severity.SUSPEND, Severity.SILENCE)))
    def name_somebody(self, index: int, severity: Severity | None) -> None:
        reckoning.decide(self.tx, f"@{self.people[index].handle}", severity)

    @rule(name=names, allowed=st.booleans())
    def allow(self, name: str, allowed: bool) -> None:
        known = domain_allows.find(self.tx, name)
        if allowed:
            moderating.allow(self.tx, name)
        elif known is not None:
            moderating.disallow(self.tx, known.id)

    @rule(closed=st.booleans())
    def close(self, closed: bool) -> None:
        moderating.close(self.tx, closed=closed)

    @rule(name=names)
    def finish(self, name: str) -> None:
        known = domain_blocks.of(self.tx, name)
        if known is not None and known.cuts:
            self._end(self._ended_by(name) if known.final_at is None else set())
            moderating.finish(self.tx, name)

    @rule(days=st.integers(1, 40))
    def let_time_pass(self, days: int) -> None:
        """Old blocks become final, as the owner may wish."""
        world.later(self.tx, days=days)
        old = [one for one in domain_blocks.frozen(self.tx) if one.cut_at and one.cut_at <= self.tx.now - FINAL]
        self._end({number for block in old for number in self._ended_by(block.domain)})
        freezing.finish_old(self.tx, FINAL)

    def _ended_by(self, name: str) -> set[int]:
        return {one.id for one in self.people if self._is_away(one) and freezing._is_of(one, name)}

    # What the owner and they do
    @rule(index=people)
    def follow(self, index: int) -> None:
        person = self.people[index]
        with suppress(SmallfedError):  # nobody who is cut off is asked
            following.follow(self.tx, person)
            pair = self.owner.id, person.id
            self.said.setdefault(pair, self._ties()[pair])

    @rule(index=people)
    def accept(self, index: int) -> None:
        person, pair = self.people[index], (self.owner.id, self.people[index].id)
        if pair in self.said and not self._is_away(person):
            following.let_in(self.tx, person)
            self.said[pair] = self.said[pair][0], "accepted"

    @rule(index=people)
    def unfollow(self, index: int) -> None:
        following.unfollow(self.tx, self.people[index])
        self.said.pop((self.owner.id, self.people[index].id), None)

    @rule(index=people)
    def be_followed(self, index: int) -> None:
        person, pair = self.people[index], (self.people[index].id, self.owner.id)
        admitting.receive_follow(self.tx, person, f"https://far.example/follows/{index}")
        if not self._is_away(person):
            self.said[pair] = self._ties()[pair]

    @rule(index=people)
    def remove_follower(self, index: int) -> None:
        admitting.remove_follower(self.tx, self.people[index])
        self.said.pop((self.people[index].id, self.owner.id), None)

    @rule(index=people, hours=st.integers(0, 48))
    def mute(self, index: int, hours: int) -> None:
        muting.mute(self.tx, self.people[index], duration=timedelta(hours=hours) or None)

    @rule()
    def restart(self) -> None:
        self.tx.known.clear()

    @invariant()
    def all_is_as_it_was_said(self) -> None:
        assert self._ties() == self.said
        for follow in follows.between(self.tx, self.owner.id):
            other = follow.target_id if follow.follower_id == self.owner.id else follow.follower_id
            assert follow.frozen is domain_blocks.covers_account(self.tx, other)
        cut_off = {number for (number,) in self.tx.all("SELECT account_id FROM cut_off_accounts")}
        assert cut_off == {one.id for one in self.people if self._is_away(one)}

    def teardown(self) -> None:
        """When nothing holds any more nothing is frozen."""
        moderating.close(self.tx, closed=False)
        moderating.by_lists(self.tx, dict.fromkeys(NAMES))
        for found in findings.decided(self.tx):
            reckoning.decide(self.tx, found.subject, None)
        for name in NAMES:
            self.lift(name)
        self.all_is_as_it_was_said()
        assert not any(follow.frozen for follow in follows.between(self.tx, self.owner.id))


TestTies = Ties.TestCase
TestTies.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)
