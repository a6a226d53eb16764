"""What lists come to together, what of it holds, and that nothing is lost by any order of things."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.blocklist import Blocklist, Changed, Entry, State, is_person
from smallfed.domain.domain_block import Origin, Severity
from smallfed.domain.finding import Stand
from smallfed.domain.relay import Style
from smallfed.errors import Conflict
from smallfed.policy import quorum
from smallfed.policy.domains import covered
from smallfed.policy.quorum import Terms
from smallfed.services import blocking, comparing, consequences, moderating, notifying, reckoning, relaying, trusting
from smallfed.services.moderating import Wish
from smallfed.services.trusting import Trust
from smallfed.store import (
    blocklist_entries,
    blocklists,
    domain_allows,
    domain_blocks,
    findings,
    follows,
    mentions,
    timelines,
    unreckoned,
)
from smallfed.store.paging import Page
from smallfed.store.tx import Tx
from smallfed.translate.blocklists import read
from tests import world
from tests.conftest import Know

BAD, LOUD = Entry(subject="bad.example"), Entry(subject="loud.example", severity=Severity.SILENCE)


def subscribe(tx: Tx, *entries: Entry, **trust: Any) -> Blocklist:
    """Subscribe to a list that says this."""
    trust.setdefault("name", f"list {len(blocklists.every(tx)) + 1}")
    made = trusting.subscribe(tx, f"https://lists.example/{trust['name'].replace(' ', '-')}.csv", Trust(**trust))
    say(tx, made, *entries)
    return made


def say(tx: Tx, known: Blocklist, *entries: Entry) -> None:
    """Let a list say this, and nothing else."""
    changes = comparing.compare(tx, known.id, entries)
    trusting.take(tx, known.id, changes.new)
    trusting.retract(tx, known.id, changes.gone)
    reckon(tx)


def reckon(tx: Tx) -> None:
    """Reckon all that is marked, as the loop does."""
    while reckoning.go_on(tx):
        pass


def by_lists(tx: Tx) -> dict[str, Severity]:
    """Return what holds by the word of lists."""
    return {one.domain: one.severity for one in domain_blocks.newest(tx, Page(limit=-1)) if one.origin is Origin.LISTS}


def drafts(tx: Tx) -> dict[str, Severity | None]:
    """Return what waits for the owner."""
    return {one.subject: one.severity for one in findings.waiting(tx)}


def test_what_lists_say_waits_for_the_owner(lively: Tx, owner: Account) -> None:
    """And holds as soon as the owner agrees."""
    subscribe(lively, BAD, LOUD, weight=2)

    waited = drafts(lively)
    agreed = reckoning.agree(lively)
    reckon(lively)

    assert waited == {"bad.example": Severity.SUSPEND, "loud.example": Severity.SILENCE}
    assert (agreed, drafts(lively)) == (2, {})
    assert by_lists(lively) == waited


def test_an_automatic_list_is_heeded_at_once(lively: Tx, owner: Account) -> None:
    """With why, since when, and what is said in public."""
    subscribe(lively, structs.replace(BAD, comment="spam", note="secret"), name="A", weight=2, automatic=True)

    row = domain_blocks.of(lively, "bad.example", Origin.LISTS)

    assert row is not None
    assert (row.severity, row.public_comment) == (Severity.SUSPEND, "spam")
    assert row.private_comment == f"Because of A since {lively.now:%Y-%m-%d}"
    assert domain_blocks.covers(lively, "deep.bad.example")


def test_whoever_is_followed_is_not_cut_off_unasked(lively: Tx, owner: Account, know: Know) -> None:
    """Nor whoever follows, or asks to; others are, on the same occasion."""
    friend, fan, asker = know("a@friend.example"), know("b@sub.fan.example"), know("c@asker.example")
    world.befriend(lively, owner, friend)
    world.befriend(lively, fan, owner)
    world.befriend(lively, asker, owner, accepted=False)
    hosts = ("friend.example", "fan.example", "asker.example", "bad.example")

    subscribe(lively, *(Entry(subject=host) for host in hosts), weight=2, automatic=True)
    reckoning.agree(lively)
    reckon(lively)

    assert by_lists(lively) == {"bad.example": Severity.SUSPEND}
    assert set(drafts(lively)) == {"friend.example", "fan.example", "asker.example"}


def test_relays_and_other_lists_are_not_cut_off_unasked(lively: Tx, owner: Account) -> None:
    """Nor is a list that names where another is read: it could never take anything back."""
    relaying.add(lively, "https://hub.relay.example/inbox", style=Style.MASTODON)
    subscribe(lively, BAD, name="other")
    named = [Entry(subject=name) for name in ("relay.example", "lists.example", "far.example")]

    trusting.subscribe(lively, "https://mine.example/list.csv", Trust(name="mine", weight=2, automatic=True))
    say(lively, blocklists.every(lively)[0], *named)

    assert by_lists(lively) == {"far.example": Severity.SUSPEND}
    assert drafts(lively).keys() >= {"relay.example", "lists.example"}
    reckoning.agree(lively)
    reckon(lively)
    assert by_lists(lively).keys() >= {"relay.example", "lists.example", "far.example"}


def test_a_list_that_names_the_owner_hides_nothing(lively: Tx, owner: Account) -> None:
    """Also not where it was read when the owner lived elsewhere."""
    post = world.say(lively, owner)
    mentions.put_hashtags(lively, post.id, ("tea",))

    subscribe(lively, Entry(subject=f"@{owner.handle}", severity=Severity.SILENCE), weight=2, automatic=True)
    subscribe(lively, Entry(subject=owner.uri, severity=Severity.SILENCE), weight=2, automatic=True)

    assert [one.id for one in timelines.tag(lively, None, "tea", Page())] == [post.id]


def test_the_owner_decides(lively: Tx, owner: Account, know: Know) -> None:
    """A block is the owner's own then, and stays when the list says nothing any more; what is ignored is ignored."""
    friend = know("a@friend.example")
    world.befriend(lively, owner, friend)
    known = subscribe(lively, Entry(subject="friend.example"), BAD, weight=2, automatic=True)

    reckoning.decide(lively, "friend.example", Severity.SUSPEND)
    reckoning.decide(lively, "bad.example", None)
    frozen = follows.find(lively, owner.id, friend.id)
    say(lively, known)
    own = domain_blocks.of(lively, "friend.example")

    assert by_lists(lively) == {}
    assert frozen is not None
    assert frozen.frozen
    assert own is not None
    assert own.private_comment == f"Because of list 1 since {lively.now:%Y-%m-%d}"

    say(lively, known, BAD)
    assert by_lists(lively) == {}
    reckoning.forget(lively, "bad.example")
    assert by_lists(lively) == {"bad.example": Severity.SUSPEND}


def test_the_owner_decides_otherwise(lively: Tx, owner: Account, know: Know) -> None:
    """What was a block of the owner's own is none any more, and what it froze is back."""
    friend = know("a@friend.example")
    world.befriend(lively, owner, friend)
    subscribe(lively, Entry(subject="friend.example"), BAD, weight=2, automatic=True)
    for subject in ("friend.example", "bad.example"):
        reckoning.decide(lively, subject, Severity.SUSPEND)

    reckoning.decide(lively, "friend.example", None)
    reckoning.forget(lively, "bad.example")
    thawed = follows.find(lively, owner.id, friend.id)

    assert domain_blocks.of(lively, "friend.example") is None
    assert domain_blocks.of(lively, "bad.example") is None
    assert by_lists(lively) == {"bad.example": Severity.SUSPEND}
    assert thawed is not None
    assert not thawed.frozen


def test_what_is_taken_back_restores(lively: Tx, owner: Account, know: Know) -> None:
    """What only one list held ends with it, by retraction, unsubscribing and lost quorum; the follow is back."""
    friend = know("a@friend.example")
    world.befriend(lively, owner, friend)
    entry = Entry(subject="friend.example")
    first, second = subscribe(lively, entry, BAD), subscribe(lively, entry)

    reckoning.agree(lively, ["friend.example", "bad.example"])
    reckon(lively)
    both = by_lists(lively)
    was_frozen = follows.find(lively, owner.id, friend.id)
    trusting.unsubscribe(lively, second.name)
    reckon(lively)
    one = by_lists(lively)
    say(lively, first)

    assert both == {"friend.example": Severity.SUSPEND, "bad.example": Severity.SILENCE}
    assert was_frozen is not None
    assert was_frozen.frozen
    assert one == {"friend.example": Severity.SILENCE, "bad.example": Severity.SILENCE}
    assert by_lists(lively) == {}
    assert follows.has(lively, owner.id, friend.id)
    assert [known.name for known in blocklists.every(lively)] == [first.name]
    assert blocklists.gone(lively) == []


def test_the_owner_always_wins(lively: Tx, owner: Account) -> None:
    """Of what the owner has said something, or lets in, lists say nothing; when it is taken back, they do."""
    moderating.set_up(lively, "bad.example", Wish(severity=Severity.NOOP))
    moderating.allow(lively, "good.example")
    subscribe(lively, BAD, Entry(subject="deep.good.example"), weight=2, automatic=True)

    assert (by_lists(lively), drafts(lively)) == ({}, {})

    row, allow = domain_blocks.of(lively, "bad.example"), domain_allows.find(lively, "good.example")
    assert row is not None
    assert allow is not None
    moderating.lift(lively, row.id)
    moderating.disallow(lively, allow.id)
    reckon(lively)
    assert by_lists(lively) == {"bad.example": Severity.SUSPEND, "deep.good.example": Severity.SUSPEND}


def test_what_an_app_says_of_a_row_of_lists_is_the_owners_word(lively: Tx, owner: Account) -> None:
    """Changing it makes it the owner's, lifting it has it ignored."""
    known = subscribe(lively, BAD, LOUD, weight=2, automatic=True)
    bad, loud = (domain_blocks.of(lively, name, Origin.LISTS) for name in ("bad.example", "loud.example"))
    assert bad is not None
    assert loud is not None

    moderating.change(lively, bad.id, Wish(severity=Severity.SILENCE))
    moderating.lift(lively, loud.id)
    say(lively, known)
    say(lively, known, BAD, LOUD)

    assert by_lists(lively) == {}
    own = domain_blocks.of(lively, "bad.example")
    assert own is not None
    assert own.severity is Severity.SILENCE


def test_labels_and_terms(lively: Tx, owner: Account) -> None:
    """Only entries with a wanted label count; other terms are heeded when they are set."""
    spam = structs.replace(BAD, comment="iftas:spam;farming")
    subscribe(lively, spam, LOUD, labels=("Spam",), automatic=True)
    mild = by_lists(lively)

    trusting.agree_on(lively, Terms(block_at=1, limit_at=1))
    reckon(lively)

    assert mild == {"bad.example": Severity.SILENCE}
    assert by_lists(lively) == {"bad.example": Severity.SUSPEND}


def test_lists_of_one_name_are_numbered(lively: Tx, owner: Account) -> None:
    """Where the owner has given none; the same address is the same list."""
    urls = [f"https://lists.example/tier0{ending}" for ending in (".csv", ".mastodon.csv", ".txt")]

    names = [trusting.subscribe(lively, url, Trust()).name for url in urls]

    assert names == ["lists.example/tier0", "lists.example/tier0 2", "lists.example/tier0 3"]
    with pytest.raises(Conflict):
        trusting.subscribe(lively, urls[0], Trust())


def test_people(lively: Tx, owner: Account, know: Know) -> None:
    """Lists of accounts keep somebody away by handle or id: follows freeze only by the owner's word, and thaw."""
    eve, mal = know("eve@bad.example"), know("mal@bad.example")
    world.befriend(lively, mal, owner)
    notifying.tell(lively, "follow", mal.id)
    entries = Entry(subject="@eve@bad.example"), Entry(subject=mal.uri)
    known = subscribe(lively, *entries, weight=2, automatic=True)

    before = domain_blocks.covers_account(lively, eve.id), domain_blocks.covers_account(lively, mal.id)
    reckoning.decide(lively, mal.uri, Severity.SUSPEND)
    cut = domain_blocks.covers_account(lively, mal.id), follows.has(lively, mal.id, owner.id)
    reckoning.forget(lively, mal.uri)
    say(lively, known)

    assert before == (True, False)
    assert cut == (True, False)
    assert not domain_blocks.covers_account(lively, eve.id)
    assert follows.has(lively, mal.id, owner.id)


def test_a_list_that_goes_while_it_is_read_stays_gone(lively: Tx, owner: Account) -> None:
    """Whatever its reader still notes."""
    known = subscribe(lively, BAD, weight=2, automatic=True)

    trusting.unsubscribe(lively, known.name)
    trusting.take(lively, known.id, [LOUD])
    trusting.finish(lively, known, timedelta(days=1), state=State.FINE)
    reckon(lively)

    assert (blocklists.every(lively), by_lists(lively)) == ([], {})
    assert blocklists.next_due(lively) is None


@pytest.mark.parametrize("ends", [State.FINE, State.HELD, State.FAILING])
def test_a_list_that_is_taken_back_while_it_is_read_stays_so(lively: Tx, owner: Account, ends: State) -> None:
    """However the reading ends that was under way; resumed, it is read anew."""
    known = subscribe(lively, BAD, weight=2, automatic=True)

    trusting.take_back(lively, known.name)
    trusting.take(lively, known.id, [LOUD])
    trusting.finish(lively, known, timedelta(days=1), state=ends, etag="new")
    reckon(lively)
    back = blocklists.get(lively, known.name)
    resumed = trusting.change(lively, known.name, Trust(paused=False))

    assert (back.state, back.etag, back.due) == (State.BACK, None, None)
    assert (by_lists(lively), drafts(lively)) == ({}, {})
    assert resumed.due == lively.now


def test_hidden_names_come_to_something_when_they_are_known(lively: Tx, owner: Account) -> None:
    """Until then they wait as digests."""
    from smallfed.domain.blocklist import digest

    hidden = Entry(subject=digest("bad.example"))
    subscribe(lively, hidden, weight=2, automatic=True)
    unknown, waiting = by_lists(lively), blocklist_entries.hidden(lively)

    trusting.reveal(lively, {hidden.subject: "bad.example"})
    reckon(lively)

    assert (unknown, waiting) == ({}, [hidden.subject])
    assert by_lists(lively) == {"bad.example": Severity.SUSPEND}


def test_no_hidden_name_is_a_whole_top_level_domain(lively: Tx, owner: Account) -> None:
    """Nobody could read it in the list, and it would cut off everybody there as soon as one of them is met."""
    from smallfed.domain.blocklist import digest

    hidden = [Entry(subject=digest(name)) for name in ("example", "co.uk", "far.example")]
    subscribe(lively, *hidden, weight=2, automatic=True)

    found = trusting.recognise(lively, {"deep.far.example", "shop.co.uk"})
    reckon(lively)

    assert found == ["far.example"]
    assert by_lists(lively) == {"far.example": Severity.SUSPEND}


# Any order ------------------------------------------------------------------------------------------------------------
PEOPLE = ("bob@far.example", "cem@sub.far.example", "dora@other.example")
SUBJECTS = ("far.example", "sub.far.example", "other.example", "unmet.example", "@bob@far.example")
NAMES = ("one", "two", "three")
CANARIES = ("000delete.canary.example,suspend,", 'a.canary.example,suspend,"This is a canary, delete it"')
ENTRIES = st.dictionaries(st.sampled_from(SUBJECTS), st.sampled_from(Severity), max_size=4)


class AnyOrder(RuleBasedStateMachine):
    """No order of block, subscribe, retract, allow and decide loses a follow, or leaves a row without a reason."""

    def __init__(self) -> None:
        super().__init__()
        self.tx = world.empty_tx()
        self.tx.then = consequences.follow
        self.owner = world.acquaint(self.tx, "alice@home.example", local=True)
        self.people = [world.acquaint(self.tx, handle) for handle in PEOPLE]

    @initialize(pending=st.sets(st.integers(0, 2)), followers=st.sets(st.integers(0, 2)))
    def befriend(self, pending: set[int], followers: set[int]) -> None:
        for index, person in enumerate(self.people):
            world.befriend(self.tx, self.owner, person, accepted=index not in pending)
            if index in followers:
                world.befriend(self.tx, person, self.owner)
        self.before = self._ties()

    def _ties(self) -> list[Any]:
        return self.tx.all("SELECT follower_id, target_id, uri, ifnull(thaws, state) FROM follows ORDER BY id")

    @rule(name=st.sampled_from(NAMES), said=ENTRIES, weight=st.integers(1, 2), automatic=st.booleans())
    def subscribe(self, name: str, said: dict[str, Severity], weight: int, automatic: bool) -> None:
        if blocklists.find(self.tx, name) is None:
            subscribe(self.tx, *_entries(said), name=name, weight=weight, automatic=automatic)

    @rule(name=st.sampled_from(NAMES), said=ENTRIES)
    def hear(self, name: str, said: dict[str, Severity]) -> None:
        known = blocklists.find(self.tx, name)
        if known is not None:
            say(self.tx, known, *_entries(said))

    @rule(name=st.sampled_from(NAMES), said=ENTRIES)
    def hear_a_file(self, name: str, said: dict[str, Severity]) -> None:
        """As it is read, with the rows that are there to be deleted."""
        known = blocklists.find(self.tx, name)
        if known is not None:
            rows = [f"{subject},{severity}," for subject, severity in said.items() if not is_person(subject)]
            file = "\n".join(["domain,severity,public_comment", *CANARIES, "kept.example,noop,", *rows])
            say(self.tx, known, *read(file.encode()).entries)

    @rule(name=st.sampled_from(NAMES), said=ENTRIES, ended=st.sets(st.sampled_from(SUBJECTS)))
    def hear_what_changed(self, name: str, said: dict[str, Severity], ended: set[str]) -> None:
        """As a data set tells it; of the others it goes on saying what it said."""
        known = blocklists.find(self.tx, name)
        if known is not None:
            before = blocklist_entries.subjects(self.tx, known.id)
            changed = Changed(entries=tuple(_entries(said)), ended=tuple(ended - said.keys()))
            changes = comparing.alter(self.tx, known.id, changed)
            trusting.take(self.tx, known.id, changes.new)
            trusting.retract(self.tx, known.id, changes.gone)
            reckon(self.tx)

            after = before - set(changed.ended) | said.keys()
            assert (changes.before, changes.after) == (len(before), len(after))
            if known.state is not State.BACK:
                assert blocklist_entries.subjects(self.tx, known.id) == after

    @rule(name=st.sampled_from(NAMES), said=ENTRIES, subjects=st.sets(st.sampled_from(SUBJECTS)))
    def break_off(self, name: str, said: dict[str, Severity], subjects: set[str]) -> None:
        """Of what a list says now only some is reckoned when the house falls; ``go_on`` comes with the next step."""
        known = blocklists.find(self.tx, name)
        if known is not None:
            trusting.take(self.tx, known.id, _entries(said))
            reckoning.reckon(self.tx, subjects)

    @rule(block_at=st.integers(1, 3), limit_at=st.integers(1, 2))
    def start_again(self, block_at: int, limit_at: int) -> None:
        """With the terms that the configuration has by now."""
        self.tx.known.clear()
        trusting.agree_on(self.tx, Terms(block_at=block_at, limit_at=limit_at))
        reckon(self.tx)

    @rule(name=st.sampled_from(NAMES), what=st.sampled_from(["unsubscribe", "take back", "automatic", "weigh"]))
    def trust(self, name: str, what: str) -> None:
        if blocklists.find(self.tx, name) is None:
            return
        match what:
            case "unsubscribe":
                trusting.unsubscribe(self.tx, name)
            case "take back":
                trusting.take_back(self.tx, name)
            case "automatic":
                trusting.change(self.tx, name, Trust(automatic=True))
            case _:
                trusting.change(self.tx, name, Trust(weight=3))
        reckon(self.tx)

    @rule(subject=st.sampled_from(SUBJECTS), severity=st.sampled_from([None, Severity.SUSPEND, Severity.SILENCE]))
    def decide(self, subject: str, severity: Severity | None) -> None:
        reckoning.decide(self.tx, subject, severity)
        reckon(self.tx)

    @rule(subject=st.sampled_from(SUBJECTS))
    def decide_no_more(self, subject: str) -> None:
        reckoning.forget(self.tx, subject)
        reckon(self.tx)

    @rule(subjects=st.none() | st.sets(st.sampled_from(SUBJECTS)))
    def agree(self, subjects: set[str] | None) -> None:
        reckoning.agree(self.tx, subjects)
        reckon(self.tx)

    @rule(name=st.sampled_from(SUBJECTS[:4]), severity=st.sampled_from(Severity))
    def block(self, name: str, severity: Severity) -> None:
        moderating.set_up(self.tx, name, Wish(severity=severity))
        reckon(self.tx)

    @rule(name=st.sampled_from(SUBJECTS[:4]), origin=st.sampled_from([Origin.OWNER, Origin.LISTS]))
    def lift(self, name: str, origin: Origin) -> None:
        known = domain_blocks.of(self.tx, name, origin)
        if known is not None:
            moderating.lift(self.tx, known.id)
            reckon(self.tx)

    @rule(name=st.sampled_from(SUBJECTS[:4]))
    def make_final(self, name: str) -> None:
        """The owner's second word, which is there to end follows; by lists nothing ever does."""
        known = domain_blocks.of(self.tx, name)
        if known is None or not known.cuts:
            return
        ended = {
            one.id for one in self.people if covered(one.host, {name}) and domain_blocks.covers_account(self.tx, one.id)
        }
        moderating.finish(self.tx, name)
        if known.final_at is None:
            self.before = [row for row in self.before if not ended & set(row[:2])]

    @rule(index=st.integers(0, 2))
    def unblock_in_an_app(self, index: int) -> None:
        reckoning.unblock(self.tx, self.people[index])
        reckon(self.tx)

        assert not findings.shunning(self.tx, [self.people[index].uri, f"@{self.people[index].handle}"])

    @rule(name=st.sampled_from(SUBJECTS[:4]))
    def unblock_a_server_in_an_app(self, name: str) -> None:
        blocking.unblock_domain(self.tx, name)
        reckon(self.tx)

    @rule(name=st.sampled_from(SUBJECTS[:3]))
    def allow(self, name: str) -> None:
        moderating.allow(self.tx, name)
        reckon(self.tx)

    @rule(name=st.sampled_from(SUBJECTS[:3]))
    def disallow(self, name: str) -> None:
        known = domain_allows.find(self.tx, name)
        if known is not None:
            moderating.disallow(self.tx, known.id)
            reckon(self.tx)

    @rule(closed=st.booleans())
    def close(self, closed: bool) -> None:
        moderating.close(self.tx, closed=closed)

    @invariant()
    def no_follow_is_lost(self) -> None:
        assert self._ties() == self.before

    @invariant()
    def what_is_frozen_is_what_is_cut_off(self) -> None:
        frozen = {
            row[0]
            for row in self.tx.all(
                "SELECT iif(follower_id = ?1, target_id, follower_id) FROM follows WHERE state = 'frozen'",
                self.owner.id,
            )
        }

        tied = {account for row in self.before for account in row[:2]}
        assert frozen == {one.id for one in self.people if domain_blocks.covers_account(self.tx, one.id)} & tied

    @invariant()
    def nothing_of_lists_is_without_a_reason(self) -> None:
        all_is_reckoned = not unreckoned.is_waiting(self.tx)
        for one in domain_blocks.newest(self.tx, Page(limit=-1)):
            assert "canary" not in one.domain
            if one.origin is Origin.LISTS:
                votes = blocklist_entries.votes(self.tx, [one.domain]).get(one.domain, [])
                found = findings.find(self.tx, one.domain)
                assert votes or not all_is_reckoned
                assert one.private_comment.startswith("Because of ")
                assert not all_is_reckoned or one.private_comment == quorum.because(votes)
                assert found is not None
                assert found.holds is one.severity
                assert domain_blocks.of(self.tx, one.domain) is None

    @invariant()
    def what_the_owner_said_of_people_stays(self) -> None:
        for subject in SUBJECTS:
            found = findings.find(self.tx, subject)
            if found is not None and found.state is Stand.IGNORED:
                assert found.holds is None
            if found is not None and found.state is Stand.TOUCHED:
                assert is_person(subject)
                assert found.holds is not None

    def teardown(self) -> None:
        """When all is taken back, everything is as it was."""
        if not hasattr(self, "before"):
            return
        for known in blocklists.every(self.tx):
            trusting.unsubscribe(self.tx, known.name)
        reckon(self.tx)
        for subject in SUBJECTS:
            reckoning.forget(self.tx, subject)
        reckon(self.tx)
        for one in domain_blocks.newest(self.tx, Page(limit=-1)):
            moderating.lift(self.tx, one.id)
        moderating.close(self.tx, closed=False)
        reckon(self.tx)
        rows = self.tx.all("SELECT follower_id, target_id, uri, state FROM follows ORDER BY id")
        assert rows == self.before
        assert self.tx.all("SELECT subject FROM findings") == []
        assert self.tx.all("SELECT subject FROM blocklist_entries") == []


def _entries(said: dict[str, Severity]) -> list[Entry]:
    return [Entry(subject=subject, severity=severity) for subject, severity in said.items()]


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
