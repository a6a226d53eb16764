"""Relays as the owner asks them and as they answer, and what is looked at of what they bring."""

from typing import Any

import pytest

from smallfed.domain.account import Account
from smallfed.domain.incoming import Accept, Announce, Create, Delete, Follow, FollowReference, IncomingPost, Like
from smallfed.domain.refused import Refused
from smallfed.domain.relay import Direction, Filters, Relay, State, Style
from smallfed.errors import Conflict, Forbidden, Invalid, NotFound
from smallfed.services import billing, blocking, following, relaying, winnowing
from smallfed.services.winnowing import Wanted
from smallfed.store import fetches, relay_days, relayed, relays
from smallfed.store.relayed import Coming
from smallfed.store.tx import Tx
from tests.conftest import Know

RELAY = "https://relay.example"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
CAROL = "https://far.example/users/carol"


def accepted(tx: Tx, address: str = f"{RELAY}/inbox", **wanted: Any) -> Relay:
    """Return a relay that has accepted."""
    relay = relaying.add(tx, address, style=Style.MASTODON, **wanted)
    answer = Accept(id=None, actor=f"{RELAY}/actor", follow=FollowReference(id=relay.follow))
    assert relaying.answered(tx, answer)
    return relays.get(tx, relay.id)


def bodies(tx: Tx) -> list[tuple[str, str]]:
    return list(tx.all("SELECT b.type, d.inbox FROM bodies b JOIN deliveries d ON d.body_id = b.id ORDER BY b.id"))


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("relay.example", Invalid),
        ("http://relay.example/inbox", Invalid),
        ("https://home.example/inbox", Invalid),
        ("https://blocked.example/inbox", Forbidden),
    ],
)
def test_what_can_be_no_relay(tx: Tx, owner: Account, address: str, error: type[Exception]) -> None:
    blocking.block_domain(tx, "blocked.example")

    with pytest.raises(error):
        relaying.add(tx, address)


def test_a_relay_is_asked_once(lively: Tx, owner: Account) -> None:
    """One whose kind is said is asked at once, any other is looked at first; one that refused may be asked again."""
    known = relaying.add(lively, f"{RELAY}/inbox", style=Style.MASTODON)
    looked_at = relaying.add(lively, "https://other.example/actor")
    with pytest.raises(Conflict):
        relaying.add(lively, f"{RELAY}/inbox")
    refused = Accept(id=None, actor="https://liar.example/actor", follow=FollowReference(id=known.follow))

    assert (known.state, looked_at.state) == (State.PENDING, State.NEW)
    assert bodies(lively) == [("Follow", f"{RELAY}/inbox")]
    assert [(each.uri, each.kind) for each in fetches.claim(lively, limit=9)] == [
        ("https://other.example/actor", "relay")
    ]
    assert not relaying.answered(lively, refused)


def test_what_was_found(lively: Tx, owner: Account) -> None:
    """An actor is followed by our relay actor; where there is neither actor nor inbox, nobody is asked."""
    litepub, absent = "https://one.example/actor", "https://two.example/actor"
    relaying.add(lively, litepub)
    relaying.add(lively, absent)

    relaying.found(lively, litepub, actor=litepub, inbox="https://one.example/inbox")
    relaying.lost(lively, absent, "It is not there.")

    asked, gone = relays.every(lively)
    assert (asked.style, asked.state, asked.actor) == (Style.LITEPUB, State.PENDING, litepub)
    assert (gone.state, gone.reason) == (State.LOST, "It is not there.")
    assert bodies(lively) == [("Follow", "https://one.example/inbox")]
    assert lively.one("SELECT by_relay, by_server FROM bodies") == (1, 0)


def test_who_may_follow_the_servers_actors(lively: Tx, owner: Account) -> None:
    """A relay of the owner's may, and is accepted in the name that it follows; nobody else."""
    relay = accepted(lively)
    theirs = Follow(id=f"{RELAY}/f/1", actor=f"{RELAY}/actor", object="https://home.example/relay")
    strangers = Follow(id="https://liar.example/f", actor="https://liar.example/actor", object=theirs.object)

    assert relaying.followed(lively, theirs)
    assert not relaying.followed(lively, strangers)
    assert relays.get(lively, relay.id).their_follow == theirs.id
    assert relays.count_followers(lively) == (0, 0)  # it is of the Mastodon kind, and no member of the relay actor's
    assert [kind for kind, _ in bodies(lively)] == ["Follow", "Accept"]


def test_named_by_address_or_host(lively: Tx, owner: Account) -> None:
    relay = accepted(lively)
    accepted(lively, f"{RELAY}/tag/cats/inbox")

    assert relaying.named(lively, relay.address).id == relay.id
    with pytest.raises(Invalid, match=r"which of them: .*/inbox or .*/tag/cats"):
        relaying.named(lively, "relay.example")
    with pytest.raises(NotFound):
        relaying.named(lively, "other.example")


@pytest.mark.parametrize(
    "filters",
    [
        Filters(tags=("##",)),
        Filters(tags=("",)),
        Filters(without_tags=("cats dogs",)),
        Filters(languages=("english",)),
        Filters(languages=("",)),
    ],
)
def test_filters_that_nothing_could_pass(tx: Tx, owner: Account, filters: Filters) -> None:
    relay = accepted(tx)

    with pytest.raises(Invalid):
        relaying.want(tx, relay, filters=filters)


def test_one_that_was_never_reached_hears_no_undo(lively: Tx, owner: Account) -> None:
    relay = relaying.add(lively, f"{RELAY}/inbox", style=Style.MASTODON)

    relaying.remove(lively, relay)

    rows = lively.all("SELECT b.type, d.state FROM bodies b JOIN deliveries d ON d.body_id = b.id ORDER BY b.id")
    assert rows == [("Follow", "dropped")]
    assert relays.every(lively) == []


def post(uri: str = "https://far.example/notes/1", **fields: Any) -> IncomingPost:
    return IncomingPost(**({"uri": uri, "author": CAROL, "kind": "Note", "to": (PUBLIC,)} | fields))


def created(stated: IncomingPost) -> Create:
    return Create(id=f"{stated.uri}/activity", actor=stated.author, post=stated)


@pytest.mark.parametrize(
    ("stated", "outcome"),
    [
        (post(), Wanted(uri="https://far.example/notes/1", host="far.example")),
        (post(to=(CAROL,), cc=(PUBLIC,)), Refused("is not for everybody")),
        (post("https://home.example/users/alice/notes/1"), Refused("is the owner's own")),
        (post("https://blocked.example/notes/1"), Refused("is from a blocked server")),
        (post(in_reply_to="https://far.example/notes/0"), Refused("filter: answers somebody")),
        (post(vote=True), Refused("is a vote")),
        (
            post(author="https://far.example/users/bob"),
            Refused("is by somebody whom the owner follows, who sends it anyway"),
        ),
    ],
)
def test_at_a_glance(tx: Tx, owner: Account, know: Know, stated: IncomingPost, outcome: object) -> None:
    """What is seen of a post at once decides whether its origin is asked."""
    relay = accepted(tx)
    blocking.block_domain(tx, "blocked.example")
    bob = know("bob@far.example")
    following.follow(tx, bob)
    following.let_in(tx, bob)

    assert winnowing.winnow(tx, relay, created(stated), b"{}") == outcome


def test_announced_and_other_things(tx: Tx, owner: Account) -> None:
    """The relay's own Announce is about a post; other people's boosts and likes are not taken."""
    relay = accepted(tx)
    uri = "https://far.example/notes/1"
    wanted = winnowing.winnow(tx, relay, Announce(id=None, actor=f"{RELAY}/actor", object=uri), b"{}")

    assert wanted == Wanted(uri=uri, host="far.example")
    assert winnowing.winnow(tx, relay, Announce(id=None, actor=CAROL, object=uri), b"{}") == winnowing.NOT_TAKEN
    assert winnowing.winnow(tx, relay, Like(id=None, actor=CAROL, object=uri), b"{}") == winnowing.NOT_TAKEN
    assert winnowing.winnow(tx, relay, Delete(id=None, actor=CAROL, object=uri), b"{}") == Refused(
        "changes nothing here"
    )


def test_the_oldest_makes_room(tx: Tx, owner: Account) -> None:
    relay = accepted(tx)

    for number in range(5):
        relayed.put(tx, relay.id, [Coming(host="far.example", body=b"%d" % number, urgent=number == 3)])

    assert (relayed.trim(tx, relay.id, most=3), relayed.trim(tx, relay.id, most=3)) == (2, 0)
    assert [row.body for row in relayed.fresh(tx, limit=9, enough=9)] == [b"3", b"2", b"4"]
    assert [row.body for row in relayed.fresh(tx, limit=9, enough=0)] == [b"3"]


def test_nobody_fills_the_bill_with_reasons(tx: Tx, owner: Account) -> None:
    """Of a rule about mentions or words there are as many reasons as senders like; those that are known go on."""
    relay = relaying.add(tx, f"{RELAY}/inbox", style=Style.MASTODON)
    relay_days.refuse(tx, relay.id, {"filter: is by a machine": 1})

    relay_days.refuse(tx, relay.id, {f"rule: It has {number} mentions.": 1 for number in range(300)})
    relay_days.refuse(tx, relay.id, {"filter: is by a machine": 5, "is not understood": 2})

    found = relay_days.refused_since(tx, relay.id, 0)
    assert len(found) == relay_days.REASONS + 1
    assert (found["filter: is by a machine"], found[relay_days.OTHER]) == (6, 300 + 1 - relay_days.REASONS + 2)


def test_bills(tx: Tx, owner: Account) -> None:
    """They add up, by day and by reason, and nothing is written for a relay that is gone."""
    relay = accepted(tx, direction=Direction.RECEIVE)
    relaying.want(tx, relay, filters=Filters(tags=("cats",)))
    relay_days.add(tx, relay.id, heard=3, bytes=10)
    relay_days.add(tx, relay.id, heard=1, posts=1)
    relay_days.refuse(tx, relay.id, {"is covered": 2})
    relay_days.add(tx, 1, heard=1)
    relay_days.refuse(tx, 1, {"is covered": 2})

    (bill,) = billing.bills(tx)
    (day,) = billing.by_day(tx, relay, days=1)

    assert (bill.total.heard, bill.total.bytes, bill.total.posts) == (4, 10, 1)
    assert (bill.refused, bill.standing) == ({"is covered": 2}, "accepted, receive only")
    assert (day.heard, day.refused, bill.relay.filters) == (4, {"is covered": 2}, Filters(tags=("cats",)))
