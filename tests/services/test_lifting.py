"""Which of what a block turned away is asked for when it is lifted, and what is let in of what stands there."""

from datetime import timedelta

import pytest
from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.domain_block import Severity
from smallfed.domain.events import NotificationMade
from smallfed.domain.incoming import Announce
from smallfed.domain.need import Need
from smallfed.domain.post import Post, Visibility
from smallfed.domain.refusal import MANY, Path
from smallfed.domain.refused import Refused
from smallfed.federation.turned import write_down
from smallfed.services import blocking, boosting, freezing, judging, lifting, moderating, receiving, reckoning
from smallfed.services.moderating import Wish
from smallfed.services.receiving import SENT, Coming
from smallfed.store import blocks, posts, rebuffs, refusals
from smallfed.store.moments import EPOCH, moment
from smallfed.store.refusals import Came, Which
from smallfed.store.tx import Tx
from tests import world
from tests.services.conftest import Incoming, told

DOMAIN, ACTOR = "far.example", "https://far.example/users/bob"
NOTE, OURS = "https://far.example/notes/1", "https://home.example/users/alice/notes/1"


def turn_away(
    tx: Tx,
    type_: str,
    about: str = NOTE,
    *,
    by: str = DOMAIN,
    activity: str = f"{NOTE}/activity",
    actor: str = ACTOR,
    times: int = 1,
) -> None:
    """Write down what the row for ``by`` refuses at the door."""
    came = Came(
        path=Path.DOOR,
        actor=actor,
        host=actor.split("/")[2],
        type=type_,
        activity=activity,
        object=about,
        times=times,
        missed=True,
    )
    refusals.put(tx, came, judging.blocked(by))


def asked(tx: Tx) -> list[str]:
    """Return what is to be asked for, in its order."""
    return [uri for (uri,) in tx.all("SELECT uri FROM fetches WHERE kind = 'lifted' ORDER BY due")]


def foreseen(tx: Tx, domain: str = DOMAIN) -> tuple[int, int]:
    impact = freezing.impact(tx, domain, cut_off=True)
    return impact.again, impact.never


@pytest.fixture
def post(tx: Tx, bob: Account) -> Post:
    """Return a post of bob's, which we hold."""
    return world.say(tx, bob)


@pytest.mark.parametrize(
    ("type_", "about", "place", "lost"),
    [
        ("Create", NOTE, NOTE, 0),
        ("Create", f"{ACTOR}#votes/1", None, 1),
        ("Create", "", None, 1),
        ("Create", "https://other.example/1", None, 0),
        ("Update", NOTE, NOTE, 0),
        ("Update", ACTOR, ACTOR, 0),
        ("Update", "https://far.example/users/nobody", "https://far.example/users/nobody", 0),
        ("Delete", "POST", "POST", 0),
        ("Delete", ACTOR, ACTOR, 0),
        ("Delete", "https://far.example/never/met", None, 0),
        ("Announce", OURS, f"{NOTE}/activity", 0),
        ("Announce", "https://other.example/1", None, 0),
        ("Like", OURS, None, 1),
        ("Like", "https://other.example/1", None, 0),
        ("Follow", "https://home.example/users/alice", None, 1),
        ("QuoteRequest", OURS, None, 1),
        ("Flag", OURS, None, 1),
        ("Votes", "", None, 1),
        ("Undo", OURS, None, 0),
        ("Accept", OURS, None, 0),
    ],
)
def test_what_is_asked_for(tx: Tx, bob: Account, post: Post, type_: str, about: str, place: str, lost: int) -> None:
    """As it was said before: what can be read somewhere is, what nobody misses is not counted."""
    about, place = (post.uri if text == "POST" else text for text in (about, place))
    blocking.block_domain(tx, DOMAIN)
    turn_away(tx, type_, about)
    before = foreseen(tx)

    blocking.unblock_domain(tx, DOMAIN)

    assert asked(tx) == ([place] if place else [])
    assert before == (len(asked(tx)), lost)


def test_nobody_lets_us_ask_for_what_is_of_others(tx: Tx, bob: Account) -> None:
    """At the door nobody has proven who they are: each server is asked for its own things only."""
    carol = world.acquaint(tx, "carol@other.example")
    theirs = world.say(tx, carol)
    blocking.block_domain(tx, DOMAIN)
    turn_away(tx, "Delete", theirs.uri)
    turn_away(tx, "Delete", carol.uri)
    turn_away(tx, "Update", theirs.uri)
    turn_away(tx, "Announce", OURS, activity="https://other.example/boosts/1")

    blocking.unblock_domain(tx, DOMAIN)

    assert asked(tx) == []


def test_each_thing_is_asked_for_once_and_the_newest_of_many(
    tx: Tx, owner: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second after the other, in the order in which they came."""
    monkeypatch.setattr(lifting, "MOST", 3)
    blocking.block_domain(tx, DOMAIN)
    for number in range(5):
        world.later(tx, seconds=10)
        turn_away(tx, "Create", f"{NOTE}{number}")
    turn_away(tx, "Update", f"{NOTE}3")
    turn_away(tx, MANY, "", actor="https://far.example/", activity="", times=40)
    before = foreseen(tx)

    blocking.unblock_domain(tx, DOMAIN)
    blocking.unblock_domain(tx, DOMAIN)

    assert asked(tx) == [f"{NOTE}{number}" for number in (2, 3, 4)]
    dues = [moment(due) for (due,) in tx.all("SELECT due FROM fetches ORDER BY due")]
    assert dues == [tx.now + timedelta(seconds=number) for number in range(3)]
    assert before == (3, 42)


def test_what_was_refused_before_or_is_refused_still_is_not_asked_for(tx: Tx, owner: Account) -> None:
    turn_away(tx, "Create", f"{NOTE}/before")
    world.later(tx, seconds=10)
    blocking.block_domain(tx, DOMAIN)
    moderating.block(tx, "sub.far.example", Wish(severity=Severity.SUSPEND))
    turn_away(tx, "Create", "https://sub.far.example/1", actor="https://sub.far.example/users/eve")
    turn_away(tx, "Create", f"{NOTE}/rule", by="other.example")
    turn_away(tx, "Create", NOTE)
    before = foreseen(tx)

    blocking.unblock_domain(tx, DOMAIN)

    assert asked(tx) == [NOTE]
    assert before == (1, 0)


def _by_app(tx: Tx) -> None:
    moderating.lift(tx, moderating.blocked(tx, DOMAIN).id)


def _by_limit(tx: Tx) -> None:
    moderating.change(tx, moderating.blocked(tx, DOMAIN).id, Wish(severity=Severity.SILENCE))


@pytest.mark.parametrize("lift", [_by_app, _by_limit, lambda tx: moderating.allow(tx, "x.far.example")])
def test_however_it_is_lifted(tx: Tx, owner: Account, lift: object) -> None:
    blocking.block_domain(tx, DOMAIN)
    turn_away(tx, "Create", "https://x.far.example/1", actor="https://x.far.example/users/eve")

    lift(tx)  # type: ignore[operator]

    assert asked(tx) == ["https://x.far.example/1"]


@pytest.mark.parametrize("where", [DOMAIN, "*", None])
def test_lists_that_take_it_back(tx: Tx, owner: Account, where: str | None) -> None:
    """Also where what follows is left to later, since nobody there is known."""
    moderating.by_lists(tx, {DOMAIN: Wish(severity=Severity.SUSPEND)}, where)
    turn_away(tx, "Create", NOTE)

    moderating.by_lists(tx, {DOMAIN: None}, where)

    assert asked(tx) == [NOTE]


def test_a_house_that_opens(tx: Tx, owner: Account) -> None:
    moderating.close(tx, closed=True)
    turn_away(tx, "Create", NOTE, by="*")

    moderating.close(tx, closed=False)

    assert asked(tx) == [NOTE]


def test_what_is_written_down_after_the_lifting(tx: Tx, owner: Account) -> None:
    """The door writes some seconds later; while the block holds nothing is asked for."""
    came = Came(path=Path.DOOR, actor=ACTOR, host=DOMAIN, type="Create", object=NOTE, missed=True)
    blocking.block_domain(tx, DOMAIN)
    write_down(tx, [(structs.replace(came, object=f"{NOTE}/early"), judging.blocked(DOMAIN))])
    assert asked(tx) == []
    world.later(tx, seconds=5)
    blocking.unblock_domain(tx, DOMAIN)

    world.later(tx, seconds=5)
    write_down(tx, [(came, judging.blocked(DOMAIN))])

    assert asked(tx) == [f"{NOTE}/early", NOTE]


@pytest.mark.parametrize("lifted", [True, False])
def test_what_others_boosted_of_theirs(tx: Tx, owner: Account, carol: Account, lifted: bool) -> None:
    """It is asked for at the boost, by whom the owner follows, once nothing keeps away what is boosted."""
    world.befriend(tx, owner, carol)
    blocking.block_domain(tx, DOMAIN)
    announce = Announce(id=f"{carol.uri}/boosts/1", actor=carol.uri, object=NOTE)
    outcome = boosting.receive_boost(tx, announce)
    before = foreseen(tx)
    if not lifted:
        moderating.by_lists(tx, {DOMAIN: Wish(severity=Severity.SUSPEND)})

    blocking.unblock_domain(tx, DOMAIN)

    assert isinstance(outcome, Refused)
    assert before == (1, 0)
    assert asked(tx) == [f"{carol.uri}/boosts/1"] * lifted
    assert isinstance(boosting.receive_boost(tx, announce), Need if lifted else Refused)


@pytest.mark.parametrize("subject", ["@carol@other.example", "https://other.example/users/carol"])
def test_whom_lists_name_no_more(tx: Tx, owner: Account, carol: Account, incoming: Incoming, subject: str) -> None:
    """As long as they are named by another name, nothing is asked for."""
    uri = "https://other.example/users/carol/notes/1"
    post = incoming(carol, named=(owner,))
    reckoning.decide(tx, subject, Severity.SUSPEND)
    refused = judging.post(tx, post, carol)
    for name in (carol.uri, f"@{carol.handle}"):
        reckoning.decide(tx, name, Severity.SUSPEND)

    asked_for = []
    for name in (carol.uri, f"@{carol.handle}"):
        reckoning.decide(tx, name, None)
        asked_for.append(asked(tx))

    assert isinstance(refused, Refused)
    assert asked_for == [[], [uri]]
    assert isinstance(lifting.take(tx, post), Post)
    assert rebuffs.of_people(tx, [carol.uri]) == []


def test_whom_the_owner_blocks_no_longer(
    lively: Tx, owner: Account, bob: Account, carol: Account, incoming: Incoming
) -> None:
    """What would have been for the owner, and was sent: nothing of it is kept but that it came."""
    ours = world.say(lively, owner)
    blocking.block(lively, bob)
    sent = [
        receiving.receive(lively, post, Coming(fresh=fresh))
        for post, fresh in (
            (incoming(bob, uri=f"{NOTE}1", to=(owner.uri,)), True),
            (incoming(bob, uri=f"{NOTE}1", to=(owner.uri,)), True),
            (incoming(bob, uri=f"{NOTE}2", to=(owner.uri,)), False),
            (incoming(bob, uri=f"{NOTE}3"), True),
        )
    ]
    for number, post in enumerate((ours, world.say(lively, carol))):
        announce = Announce(id=f"{ACTOR}/boosts/{number}", actor=bob.uri, object=post.uri)
        sent.append(boosting.receive_boost(lively, announce))  # type: ignore[arg-type]
    lines = refusals.newest(lively, Which(), limit=9)
    foretold = lifting.foresee_person(lively, bob)

    blocking.unblock(lively, bob)
    blocking.unblock(lively, bob)

    assert all(isinstance(one, Refused) for one in sent)
    assert [(line.type, line.rule, line.kept, line.times) for line in lines] == [
        ("Announce", "block", False, 1),
        ("Note", "block", False, 2),
    ]
    assert asked(lively) == list(foretold.again) == [f"{NOTE}1", f"{ACTOR}/boosts/0"]
    assert isinstance(lifting.take(lively, incoming(bob, uri=f"{NOTE}1", named=(owner,))), Post)
    assert told(lively)[-1][:2] == ("mention", bob.id)
    assert lifting.foresee_person(lively, bob).again == [f"{ACTOR}/boosts/0"]


def test_who_is_kept_away_by_something_else_is_asked_for_nothing(
    tx: Tx, owner: Account, bob: Account, incoming: Incoming
) -> None:
    blocking.block(tx, bob)
    receiving.receive(tx, incoming(bob, to=(owner.uri,)), SENT)
    blocking.block_domain(tx, DOMAIN)

    blocking.unblock(tx, bob)

    assert asked(tx) == []


# What stands there ----------------------------------------------------------------------------------------------------
def _quiet(tx: Tx) -> list[bool]:
    return [event.quiet for event in tx.announced if isinstance(event, NotificationMade)]


def _released(tx: Tx) -> list[str]:
    return [line.type for line in refusals.newest(tx, Which(), limit=9) if line.released_at is not None]


@pytest.mark.parametrize(("days", "is_quiet"), [(0, False), (7, True)])
def test_a_message_stands_in_the_list_and_rings_when_it_is_young(
    lively: Tx, owner: Account, bob: Account, incoming: Incoming, days: int, is_quiet: bool
) -> None:
    at = lively.now - timedelta(days=days)
    post = incoming(bob, named=(owner,), to=(owner.uri,), cc=(), direct=True, published_at=at)
    turn_away(lively, "Create", post.uri)

    stored = lifting.take(lively, post)

    assert isinstance(stored, Post)
    assert (stored.visibility, stored.published_at) == (Visibility.DIRECT, at)
    assert told(lively) == [("mention", bob.id, stored.id)]
    assert _quiet(lively) == [is_quiet]
    assert _released(lively) == ["Create"]
    assert lifting.take(lively, post) == stored  # killed before it was settled, it is asked for again


@pytest.mark.parametrize(("age", "is_let_in"), [(timedelta(hours=23), True), (timedelta(hours=25), False)])
def test_an_edit_of_what_we_never_had(
    tx: Tx, owner: Account, bob: Account, incoming: Incoming, age: timedelta, is_let_in: bool
) -> None:
    """Stands for the post where it would have when it came, however long that is ago."""
    post = incoming(bob, to=(owner.uri,), published_at=tx.now - age)
    turn_away(tx, "Update", post.uri)
    world.later(tx, days=5)

    outcome = lifting.take(tx, post)

    assert isinstance(outcome, Post) is is_let_in
    assert _released(tx) == ["Update"] * is_let_in


def test_nothing_is_let_in_that_the_ledger_does_not_name(
    tx: Tx, owner: Account, bob: Account, incoming: Incoming
) -> None:
    assert isinstance(lifting.take(tx, incoming(bob, to=(owner.uri,))), Refused)


@pytest.mark.parametrize(
    ("visibility", "gone", "line", "relation", "is_deleted"),
    [
        (Visibility.PUBLIC, False, "Update", "", True),
        (Visibility.PRIVATE, True, "Update", "", True),
        (Visibility.PRIVATE, False, "Update", "follows", False),
        (Visibility.PRIVATE, False, "Delete", "follows", True),
        (Visibility.PRIVATE, False, "Delete", "", False),
        (Visibility.PRIVATE, False, "Delete", "blocked", False),
    ],
)
def test_what_is_not_there_any_more(
    tx: Tx,
    owner: Account,
    bob: Account,
    visibility: Visibility,
    gone: bool,
    line: str,
    relation: str,
    is_deleted: bool,
) -> None:
    """A 404 says that something was deleted only where the owner would be shown it."""
    post = world.say(tx, bob, visibility=visibility)
    if relation:
        world.befriend(tx, owner, bob)
    if relation == "blocked":
        blocks.put(tx, bob.id, owner.id, f"{bob.uri}#block")
    turn_away(tx, line, post.uri)

    lifting.absent(tx, post.uri, gone=gone)

    assert (posts.find_uri(tx, post.uri) is None) is is_deleted
    assert _released(tx) == [line] * is_deleted


@pytest.mark.parametrize(("days", "is_quiet"), [(0, False), (7, True)])
def test_a_boost_rings_when_it_is_young(lively: Tx, owner: Account, bob: Account, days: int, is_quiet: bool) -> None:
    ours = world.say(lively, owner)
    at = lively.now - timedelta(days=days)
    announce = Announce(id=f"{NOTE}/activity", actor=bob.uri, object=ours.uri, published_at=at)
    turn_away(lively, "Announce", ours.uri)

    assert isinstance(lifting.take_boost(lively, announce), Post)

    assert told(lively) == [("reblog", bob.id, ours.id)]
    assert _quiet(lively) == [is_quiet]
    assert _released(lively) == ["Announce"]
    assert rebuffs.by(lively, [DOMAIN], EPOCH) == []
