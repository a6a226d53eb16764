"""Others ask before they quote, answer, like, boost or feature: what the owner's policies answer."""

from typing import Any

import pytest

from smallfed.domain.account import Account
from smallfed.domain.incoming import Announce, IncomingQuote, Request
from smallfed.domain.interaction import Interaction, QuotePolicy, QuoteState
from smallfed.domain.need import Need
from smallfed.domain.post import Post, Visibility
from smallfed.domain.refused import Refused
from smallfed.errors import NotFound
from smallfed.services import blocking, consenting, posting, receiving
from smallfed.services.receiving import SENT
from smallfed.store import accounts, likes, posts, quotes, stamps
from smallfed.store.tx import Tx
from tests.conftest import Know
from tests.services.conftest import PUBLIC, Incoming, draft, last_body, queued, told
from tests.world import befriend

THEIRS = "https://far.example/users/bob/notes/1"
INBOX = "https://far.example/users/bob/inbox"
PERMITTED, DENIED = [("Accept", INBOX)], [("Reject", INBOX)]


def ask(tx: Tx, about: Post, bob: Account, kind: Interaction = Interaction.QUOTE, **fields: Any) -> object:
    """Let bob ask for something; return what comes of it."""
    values = {"id": f"{bob.uri}#asks/1", "actor": bob.uri, "object": about.uri, "instrument": THEIRS}
    return consenting.answer(tx, Request(kind=kind, **values | fields))


def publish(tx: Tx, **fields: Any) -> Post:
    """Publish a post of the owner, of which nobody hears."""
    post = posting.publish(tx, draft("Bread is good", **fields))
    queued(tx)
    return post


def quote_of(post: Post) -> IncomingQuote:
    return IncomingQuote(uri=post.uri)


RULES = [
    (QuotePolicy.PUBLIC, False, PERMITTED),
    (QuotePolicy.FOLLOWERS, False, DENIED),
    (QuotePolicy.FOLLOWERS, True, PERMITTED),
    (QuotePolicy.NOBODY, True, DENIED),
]


@pytest.mark.parametrize(("policy", "follows", "answer"), RULES)
def test_the_policy_of_the_post_answers(
    lively: Tx, owner: Account, bob: Account, incoming: Incoming, policy: QuotePolicy, follows: bool, answer: object
) -> None:
    post = publish(lively, quote_policy=policy)
    if follows:
        befriend(lively, bob, owner)

    assert ask(lively, post, bob, post=incoming(bob, quote=quote_of(post))) is None

    assert queued(lively) == answer


def test_a_stamp_is_given_once_and_named_each_time(lively: Tx, bob: Account, incoming: Incoming) -> None:
    post = publish(lively)

    for number in (1, 2):
        ask(lively, post, bob, id=f"{bob.uri}#asks/{number}", post=incoming(bob, quote=quote_of(post)))

    quoting = posts.find_uri(lively, THEIRS)
    assert quoting is not None
    quote = quotes.of_post(lively, quoting.id)
    stamp = stamps.given(lively, Interaction.QUOTE, THEIRS, post.uri)
    assert quote is not None
    assert stamp is not None
    assert (quote.state, quote.stamp) == (QuoteState.ACCEPTED, f"https://home.example/stamps/{stamp.id}")
    assert last_body(lively) == {
        "@context": last_body(lively)["@context"],
        "id": last_body(lively)["id"],
        "type": "Accept",
        "actor": "https://home.example/users/alice",
        "to": [bob.uri],
        "object": {
            "id": f"{bob.uri}#asks/2",
            "type": "QuoteRequest",
            "actor": bob.uri,
            "object": post.uri,
            "instrument": THEIRS,
        },
        "result": f"https://home.example/stamps/{stamp.id}",
    }
    assert told(lively) == [("quote", bob.id, quoting.id)]


def test_a_quote_that_did_not_come_along_is_asked_for(lively: Tx, bob: Account) -> None:
    assert ask(lively, publish(lively), bob) == Need(THEIRS)


def test_a_stranger_is_asked_who_they_are(lively: Tx, bob: Account) -> None:
    eve = "https://evil.example/users/eve"
    request = Request(
        id=f"{eve}#1", actor=eve, kind=Interaction.QUOTE, object=publish(lively).uri, instrument=f"{eve}/1"
    )

    assert consenting.answer(lively, request) == Need(eve)


def test_what_is_no_quote_of_the_post_gets_no_stamp(
    lively: Tx, bob: Account, carol: Account, incoming: Incoming
) -> None:
    """Neither a post that quotes something else, nor a neighbour's, nor one of another server."""
    post, other = publish(lively), publish(lively)
    by_carol = incoming(carol, quote=quote_of(post))

    outcomes = [
        ask(lively, post, bob, post=incoming(bob, quote=quote_of(other))),
        ask(lively, post, bob, instrument=by_carol.uri, post=by_carol),
    ]

    assert outcomes == [
        Refused("The post does not quote what it asks to quote."),
        Refused("What it asks for is not the asker's own."),
    ]
    assert (queued(lively), told(lively)) == ([], [])


@pytest.mark.parametrize("visibility", [Visibility.PRIVATE, Visibility.DIRECT])
def test_what_is_not_public_looks_absent(lively: Tx, owner: Account, bob: Account, visibility: Visibility) -> None:
    befriend(lively, bob, owner)
    secret, absent = (
        publish(lively, visibility=visibility),
        Refused("It is not about a post of the owner that everybody can see."),
    )

    assert ask(lively, secret, bob) == absent
    assert ask(lively, secret, bob, object="https://home.example/users/alice/notes/7") == absent
    assert queued(lively) == []


def test_a_block_refuses_and_revokes(lively: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    post = publish(lively)
    ask(lively, post, bob, post=incoming(bob, quote=quote_of(post)))
    queued(lively)

    blocking.block(lively, bob)

    assert queued(lively) == [("Delete", INBOX), ("Block", INBOX)]
    assert stamps.given(lively, Interaction.QUOTE, THEIRS, post.uri) is None
    ask(lively, post, bob, post=incoming(bob, quote=quote_of(post)))
    assert queued(lively) == DENIED


def test_what_was_revoked_is_not_given_again(lively: Tx, bob: Account, incoming: Incoming) -> None:
    post = publish(lively)
    ask(lively, post, bob, post=incoming(bob, quote=quote_of(post)))
    quoting = posts.find_uri(lively, THEIRS)
    assert quoting is not None
    stamp = stamps.given(lively, Interaction.QUOTE, THEIRS, post.uri)
    assert stamp is not None
    queued(lively)

    consenting.revoke_quote(lively, post, quoting.id)

    assert queued(lively) == [("Delete", "https://far.example/inbox")]
    assert last_body(lively)["object"] == {
        "id": f"https://home.example/stamps/{stamp.id}",
        "type": "QuoteAuthorization",
        "attributedTo": "https://home.example/users/alice",
        "interactingObject": THEIRS,
        "interactionTarget": post.uri,
    }
    ask(lively, post, bob, post=incoming(bob, quote=quote_of(post)))
    assert queued(lively) == DENIED


def test_only_quotes_of_the_post_are_revoked(lively: Tx, bob: Account, incoming: Incoming) -> None:
    post, other = publish(lively), publish(lively)
    ask(lively, post, bob, post=incoming(bob, quote=quote_of(post)))
    quoting = posts.find_uri(lively, THEIRS)
    assert quoting is not None

    for wrong in ((other, quoting.id), (post, other.id), (quoting, quoting.id)):
        with pytest.raises(NotFound):
            consenting.revoke_quote(lively, *wrong)


# Likes, replies and boosts: we limit none -----------------------------------------------------------------------------
def test_likes_replies_and_boosts_are_let_happen(lively: Tx, bob: Account, incoming: Incoming) -> None:
    post = publish(lively)
    reply = incoming(bob, number=2, in_reply_to=post.uri)
    boost = Announce(id=f"{bob.uri}#b/1", actor=bob.uri, object=post.uri, to=(PUBLIC,))

    for kind, fields in (
        (Interaction.LIKE, {"instrument": f"{bob.uri}#l/1"}),
        (Interaction.REPLY, {"instrument": reply.uri, "post": reply}),
        (Interaction.ANNOUNCE, {"instrument": boost.id, "announce": boost}),
    ):
        assert ask(lively, post, bob, kind, **fields) is None
        stamp = last_body(lively)["result"]
        assert stamp.startswith("https://home.example/stamps/")

    assert queued(lively) == PERMITTED * 3
    assert (likes.count(lively, post.id), likes.count_boosts(lively, post.id)) == (1, 1)
    assert [child.uri for child in posts.children(lively, post.id)] == [reply.uri]


def test_a_reply_to_another_post_is_refused(lively: Tx, bob: Account, incoming: Incoming) -> None:
    post, other = publish(lively), publish(lively)
    reply = incoming(bob, in_reply_to=other.uri)

    assert ask(lively, post, bob, Interaction.REPLY, post=reply) == Refused("It answers another post.")


# Being featured (FEP-7aa9) --------------------------------------------------------------------------------------------
COLLECTION = "https://far.example/users/bob/featured/1"


def feature(tx: Tx, bob: Account, owner: Account) -> Need | Refused | None:
    """Let bob ask to feature the owner."""
    values = {"id": f"{bob.uri}#features/1", "actor": bob.uri, "object": owner.uri, "instrument": COLLECTION}
    return consenting.answer(tx, Request(kind=Interaction.FEATURE, **values))


@pytest.mark.parametrize(
    ("discoverable", "locked", "follows", "answer"),
    [
        (True, False, False, PERMITTED),
        (True, True, False, DENIED),
        (True, True, True, PERMITTED),
        (False, False, True, DENIED),
    ],
)
def test_who_may_feature_the_owner(
    lively: Tx, owner: Account, bob: Account, discoverable: bool, locked: bool, follows: bool, answer: object
) -> None:
    accounts.change(lively, owner.id, discoverable=discoverable, locked=locked)
    if follows:
        befriend(lively, bob, owner)

    assert feature(lively, bob, owner) is None

    assert queued(lively) == answer


@pytest.mark.parametrize("gone", [COLLECTION, "https://far.example/users/bob#features/1"])
def test_whoever_takes_it_back_is_forgotten(
    lively: Tx, owner: Account, bob: Account, carol: Account, gone: str
) -> None:
    accounts.change(lively, owner.id, discoverable=True)
    feature(lively, bob, owner)

    assert consenting.forget(lively, carol.uri, gone) is False
    assert consenting.forget(lively, bob.uri, gone) is True
    assert stamps.of_kind(lively, Interaction.FEATURE) == []


def test_every_consent_can_be_taken_back_at_once(lively: Tx, owner: Account, bob: Account) -> None:
    accounts.change(lively, owner.id, discoverable=True)
    feature(lively, bob, owner)
    queued(lively)

    consenting.unfeature(lively)

    assert queued(lively) == [("Delete", "https://far.example/inbox")]
    assert stamps.of_kind(lively, Interaction.FEATURE) == []


def test_a_stranger_s_quote_of_the_owner_is_kept(lively: Tx, bob: Account, incoming: Incoming) -> None:
    """Without a request it waits: the owner's policy is no consent."""
    post = publish(lively)

    came = receiving.receive(lively, incoming(bob, quote=quote_of(post)), SENT)

    assert isinstance(came, Post)
    quote = quotes.of_post(lively, came.id)
    assert quote is not None
    assert (quote.quoted_id, quote.state) == (post.id, QuoteState.PENDING)


@pytest.fixture
def bob(know: Know, owner: Account) -> Account:
    """Return @bob@far.example."""
    return know("bob@far.example")
