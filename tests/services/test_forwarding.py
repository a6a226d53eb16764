"""Answers to our posts go on to our followers: which, once, to whom, and not without bound."""

from typing import Any

import msgspec
import pytest
from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.events import PostReceived
from smallfed.domain.incoming import Create, Delete, IncomingQuote, Request, UpdatePost
from smallfed.domain.interaction import Interaction, QuotePolicy
from smallfed.domain.post import Post, Visibility
from smallfed.policy.forwarding import LONGEST, PER_DAY, PER_THREAD, Spent, affordable
from smallfed.protocol.envelope import is_vouched
from smallfed.services import boosting, consenting, forwarding, posting, receiving, removing, revising
from smallfed.services.forwarding import Came
from smallfed.services.receiving import FETCHED, SENT
from smallfed.store import forwards, posts, quotes
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know
from tests.services.conftest import PUBLIC, Incoming, draft, queued

SIGNED = b'{"type":"Create","signature":{"type":"RsaSignature2017"}}'
FOLLOWERS = "https://home.example/users/alice/followers"


@pytest.fixture
def followed(lively: Tx, owner: Account, bob: Account, carol: Account, know: Know) -> Tx:
    """Return a house whose owner is followed by bob, by carol, and by dora and erin on two more servers."""
    for follower in (bob, carol, know("dora@third.example"), know("erin@fourth.example")):
        world.befriend(lively, follower, owner)
    return lively


def pass_on(
    tx: Tx, incoming: Create | UpdatePost | Delete | Request, body: bytes = SIGNED, number: int = 1
) -> list[str]:
    """Forward what has just happened; return the inboxes that get it."""
    came = Came(
        activity=f"{incoming.actor}#{number}", type=type(incoming).__name__, actor=incoming.actor, body=lambda: body
    )
    forwarding.pass_on(tx, came, incoming)
    tx.announced.clear()
    return [inbox for _, inbox in queued(tx)]


def answer(tx: Tx, bob: Account, incoming: Incoming, parent: Post | None, **fields: Any) -> Create:
    """Let bob's answer arrive, and return the activity."""
    reply = incoming(bob, in_reply_to=None if parent is None else parent.uri, **fields)
    tx.announced.clear()
    receiving.receive(tx, reply, SENT)
    queued(tx)
    return Create(id=f"{bob.uri}#1", actor=bob.uri, post=reply)


def test_an_answer_goes_to_followers_on_other_servers(
    followed: Tx, owner: Account, bob: Account, carol: Account, incoming: Incoming
) -> None:
    """Not to bob's server, and not to carol's, whom he addresses himself."""
    create = answer(followed, bob, incoming, world.say(followed, owner), named=(owner, carol))

    assert pass_on(followed, create) == ["https://fourth.example/inbox", "https://third.example/inbox"]
    (body,) = followed.one("SELECT body FROM bodies ORDER BY id DESC")
    assert body == SIGNED


@pytest.mark.parametrize(
    ("ours", "theirs", "fields", "goes"),
    [
        ("public", "public", {}, True),
        ("unlisted", "unlisted", {"to": (FOLLOWERS,), "cc": (PUBLIC,)}, True),
        ("private", "public", {}, False),
        ("public", "private", {"to": ("https://far.example/users/bob/followers",), "cc": ()}, False),
        ("public", "direct", {"to": ("https://home.example/users/alice",), "cc": ()}, False),
        (None, "public", {"named": True}, False),
        (None, "public", {"named": True, "cc": (FOLLOWERS,)}, True),
    ],
)
def test_what_is_passed_on(
    followed: Tx,
    owner: Account,
    bob: Account,
    incoming: Incoming,
    ours: str | None,
    theirs: str,
    fields: Any,
    goes: bool,
) -> None:
    """Public answers to public posts; and what names the owner only when it is addressed to the followers as well."""
    parent = None if ours is None else world.say(followed, owner, visibility=Visibility(ours))
    named = (owner,) if fields.pop("named", False) else ()
    followed.announced.clear()

    create = answer(followed, bob, incoming, parent, named=named, **fields)

    assert bool(pass_on(followed, create)) is goes


@pytest.mark.parametrize(
    ("body", "vouched"),
    [
        (SIGNED, True),
        (b'{"proof":{"type":"DataIntegrityProof"}}', True),
        (b'{"proof":[{"type":"DataIntegrityProof"}]}', True),
        (b'{"object":{"proof":{}}}', False),
        (b'{"proof":null,"signature":"x"}', False),
        (b"{}", False),
        (b"[]", False),
        (b"\xff", False),
    ],
)
def test_only_what_others_could_believe(
    followed: Tx, owner: Account, bob: Account, incoming: Incoming, body: bytes, vouched: bool
) -> None:
    create = answer(followed, bob, incoming, world.say(followed, owner))

    assert is_vouched(body) is vouched
    assert bool(pass_on(followed, create, body)) is vouched


@pytest.mark.parametrize(("more", "goes"), [(0, True), (1, False)])
def test_nobody_makes_us_send_megabytes(
    followed: Tx, owner: Account, bob: Account, incoming: Incoming, more: int, goes: bool
) -> None:
    create = answer(followed, bob, incoming, world.say(followed, owner))

    assert bool(pass_on(followed, create, SIGNED.ljust(LONGEST + more))) is goes


def test_once(followed: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    """Neither the same activity again, nor another of the same post that changes nothing."""
    parent = world.say(followed, owner)

    assert pass_on(followed, answer(followed, bob, incoming, parent)) != []
    assert pass_on(followed, answer(followed, bob, incoming, parent), number=2) == []


def test_edits_and_ends_go_the_same_way(followed: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    tx = followed
    create = answer(tx, bob, incoming, world.say(tx, owner))
    later = structs.replace(create.post, content="<p>other</p>", updated_at=tx.now.replace(hour=13))
    tx.announced.clear()

    revising.revise(tx, later)
    edited = pass_on(tx, UpdatePost(id=None, actor=bob.uri, post=later), number=2)
    removing.remove(tx, later.uri, bob.uri)
    deleted = pass_on(tx, Delete(id=None, actor=bob.uri, object=later.uri), number=3)

    assert (
        edited
        == deleted
        == ["https://fourth.example/inbox", "https://other.example/inbox", "https://third.example/inbox"]
    )


@pytest.mark.parametrize("boosted", [True, False])
def test_the_end_of_what_the_owner_boosted(followed: Tx, owner: Account, bob: Account, boosted: bool) -> None:
    """Followers have it by way of us; of anything else they have nothing from here."""
    tx = followed
    theirs = world.say(tx, bob)
    if boosted:
        boosting.boost(tx, theirs)
    tx.announced.clear()
    queued(tx)

    removing.remove(tx, theirs.uri, bob.uri)

    assert bool(pass_on(tx, Delete(id=None, actor=bob.uri, object=theirs.uri))) is boosted


@pytest.mark.parametrize(("policy", "goes"), [(QuotePolicy.PUBLIC, True), (QuotePolicy.NOBODY, False)])
def test_a_quote_goes_on_once_it_is_agreed_to(
    followed: Tx, owner: Account, bob: Account, incoming: Incoming, policy: QuotePolicy, goes: bool
) -> None:
    """Its author asks, makes it, names the consent, and deletes it; nobody hears of the question."""
    tx = followed
    ours = posting.publish(tx, draft(quote_policy=policy))
    queued(tx)
    quote = incoming(bob, quote=IncomingQuote(uri=ours.uri), links=(ours.uri,))
    ask: dict[str, Any] = {"actor": bob.uri, "object": ours.uri, "instrument": quote.uri, "post": quote}
    request = Request(id=f"{bob.uri}#asks/1", kind=Interaction.QUOTE, **ask)

    consenting.answer(tx, request)
    queued(tx)
    asked = pass_on(tx, request, number=1)
    receiving.receive(tx, quote, SENT)
    made = pass_on(tx, Create(id=None, actor=bob.uri, post=quote), number=2)
    known = quotes.of_posts(tx, [post.id for post in posts.newest_of(tx, bob.id, 1)]).values()
    stamp = next((one.stamp for one in known), None)
    named = structs.replace(quote, quote=IncomingQuote(uri=ours.uri, stamp=stamp))
    revising.revise(tx, quote)
    unchanged = pass_on(tx, UpdatePost(id=None, actor=bob.uri, post=quote), number=3)
    revising.revise(tx, named)
    stamped = pass_on(tx, UpdatePost(id=None, actor=bob.uri, post=named), number=4)
    removing.remove(tx, quote.uri, bob.uri)
    deleted = pass_on(tx, Delete(id=None, actor=bob.uri, object=quote.uri), number=5)

    assert (asked, unchanged) == ([], [])
    assert [bool(hosts) for hosts in (made, stamped, deleted)] == [goes, goes, goes]


@pytest.mark.parametrize(("ours", "goes"), [("public", True), ("private", False)])
def test_what_names_a_post_of_ours_in_a_tag_goes_on(
    followed: Tx, owner: Account, bob: Account, incoming: Incoming, ours: str, goes: bool
) -> None:
    """FEP-e232; and its end."""
    tx = followed
    named = world.say(tx, owner, visibility=Visibility(ours))
    link = {"type": "Link", "mediaType": "application/activity+json", "href": named.uri}
    raw = msgspec.json.encode({"id": f"{bob.uri}/notes/1", "type": "Note", "tag": [link]})
    post = incoming(bob, links=(named.uri,), raw=raw)
    tx.announced.clear()

    receiving.receive(tx, post, FETCHED)
    tx.announce(PostReceived(post=posts.newest_of(tx, bob.id, 1)[0].id, fresh=True))
    made = pass_on(tx, Create(id=None, actor=bob.uri, post=post))
    removing.remove(tx, post.uri, bob.uri)
    deleted = pass_on(tx, Delete(id=None, actor=bob.uri, object=post.uri), number=2)

    assert (bool(made), bool(deleted)) == (goes, goes)


def test_a_day_and_a_thread_have_their_measure(followed: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    tx = followed
    parent, other = world.say(tx, owner), world.say(tx, owner)
    for number in range(PER_THREAD):
        forwards.put(tx, f"#{number}", actor=bob.uri, thread=parent.id)

    assert pass_on(tx, answer(tx, bob, incoming, parent, uri=f"{bob.uri}/notes/a"), number=1001) == []
    assert pass_on(tx, answer(tx, bob, incoming, other, uri=f"{bob.uri}/notes/b"), number=1002) != []
    world.later(tx, days=1, seconds=1)
    assert pass_on(tx, answer(tx, bob, incoming, parent, uri=f"{bob.uri}/notes/c"), number=1003) != []


def test_what_is_affordable() -> None:
    assert affordable(Spent(day=PER_DAY - 1, thread=PER_THREAD - 1))
    assert not affordable(Spent(day=PER_DAY, thread=0))
    assert not affordable(Spent(day=PER_THREAD, thread=PER_THREAD))
