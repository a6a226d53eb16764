"""What the owner may only do when another agrees: quotes, and what others' policies limit."""

from typing import Any

import pytest

from smallfed.domain.account import Account
from smallfed.domain.incoming import Accept, FollowReference, Reject
from smallfed.domain.interaction import Policy, QuotePolicy, QuoteState, SubPolicy
from smallfed.domain.post import Post, Visibility
from smallfed.domain.refused import Refused
from smallfed.errors import Invalid, NotFound
from smallfed.services import asking, boosting, liking, posting
from smallfed.store import approvals, likes, policies, posts, quotes
from smallfed.store.tx import Tx
from tests.services.conftest import PUBLIC, draft, last_body, queued
from tests.world import befriend, say

INBOX, SHARED = "https://far.example/users/bob/inbox", "https://far.example/inbox"
FANS = "https://other.example/inbox"
EVERYBODY, NOBODY = SubPolicy(automatic=(PUBLIC,)), SubPolicy(automatic=("https://far.example/users/bob",))
ASKED = SubPolicy(manual=(PUBLIC,))
STAMP = "https://far.example/stamps/1"


def limited(tx: Tx, bob: Account, **said: SubPolicy) -> Post:
    """Store a post of bob's that limits something."""
    post = say(tx, bob)
    policies.put(tx, post.id, Policy(**said))
    return post


def accept(bob: Account, uri: str, **fields: Any) -> Accept:
    return Accept(id=f"{bob.uri}#accepts/1", actor=bob.uri, follow=FollowReference(id=uri), **fields)


def reject(bob: Account, uri: str, **fields: Any) -> Reject:
    return Reject(id=f"{bob.uri}#rejects/1", actor=bob.uri, follow=FollowReference(id=uri), **fields)


@pytest.fixture(autouse=True)
def fan(owner: Account, carol: Account, lively: Tx) -> None:
    """Let carol follow the owner: she hears what everybody hears."""
    befriend(lively, carol, owner)


# Quotes ---------------------------------------------------------------------------------------------------------------
def test_a_quote_is_published_and_asked_for(lively: Tx, bob: Account) -> None:
    quoted = limited(lively, bob, quote=EVERYBODY)

    post = posting.publish(lively, draft("So true", quoted_id=quoted.id))

    assert queued(lively) == [("Create", SHARED), ("Create", FANS), ("QuoteRequest", INBOX)]
    quote = quotes.of_post(lively, post.id)
    assert quote is not None
    request = last_body(lively)
    note = request["instrument"]
    assert {name: request[name] for name in ("id", "type", "actor", "to", "object")} == {
        "id": f"https://home.example/quote_requests/{quote.id}",
        "type": "QuoteRequest",
        "actor": "https://home.example/users/alice",
        "to": [bob.uri],
        "object": quoted.uri,
    }
    forms = ("quote", "quoteUrl", "quoteUri", "_misskey_quote")
    assert {name: note[name] for name in forms} == dict.fromkeys(forms, quoted.uri)
    assert note["tag"] == [
        {
            "type": "Link",
            "mediaType": 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
            "rel": "https://misskey-hub.net/ns#_misskey_quote",
            "href": quoted.uri,
        }
    ]
    assert "quoteAuthorization" not in note


@pytest.mark.parametrize("by", ["id", "instrument"])
def test_the_answer_brings_the_stamp_to_everybody(lively: Tx, bob: Account, by: str) -> None:
    post = posting.publish(lively, draft("So true", quoted_id=limited(lively, bob, quote=EVERYBODY).id))
    quote = quotes.of_post(lively, post.id)
    assert quote is not None
    queued(lively)
    if by == "id":
        answer = accept(bob, quote.request or "", result=STAMP)
    else:
        answer = accept(bob, "altered", kind="QuoteRequest", instrument=post.uri, result=STAMP)

    assert asking.granted(lively, bob, answer) is None

    assert queued(lively) == [("Update", SHARED), ("Update", FANS)]
    note = last_body(lively)["object"]
    assert note["quoteAuthorization"] == STAMP
    assert "updated" not in note  # nobody takes it for another text


def test_one_stamp_is_enough(lively: Tx, bob: Account) -> None:
    """Whoever sends another each time does not make us write to all followers each time."""
    post = posting.publish(lively, draft("So true", quoted_id=limited(lively, bob, quote=EVERYBODY).id))
    quote = quotes.of_post(lively, post.id)
    assert quote is not None
    asking.granted(lively, bob, accept(bob, quote.request or "", result=STAMP))
    queued(lively)

    again = [asking.granted(lively, bob, accept(bob, quote.request or "", result=f"{STAMP}{n}")) for n in range(3)]

    known = quotes.of_post(lively, post.id)
    assert (again, queued(lively)) == ([None] * 3, [])
    assert known is not None
    assert known.stamp == STAMP


def test_only_the_quoted_author_answers_with_a_stamp_of_their_own(lively: Tx, bob: Account, carol: Account) -> None:
    post = posting.publish(lively, draft("So true", quoted_id=limited(lively, bob, quote=EVERYBODY).id))
    quote = quotes.of_post(lively, post.id)
    assert quote is not None
    request = quote.request or ""

    outcomes = [
        asking.granted(lively, carol, accept(carol, request, result="https://other.example/stamps/1")),
        asking.granted(lively, bob, accept(bob, request, result="https://evil.example/stamps/1")),
        asking.granted(lively, bob, accept(bob, request)),
        asking.denied(lively, carol, reject(carol, request)),
    ]

    not_asked = Refused("The owner has not asked that of its sender.")
    no_stamp = Refused("It comes without a stamp of its sender's own.")
    assert outcomes == [not_asked, no_stamp, no_stamp, not_asked]
    assert quotes.of_post(lively, post.id) == quote


@pytest.mark.parametrize(("before", "state"), [(False, QuoteState.REJECTED), (True, QuoteState.REVOKED)])
def test_a_reject_ends_it(lively: Tx, bob: Account, before: bool, state: QuoteState) -> None:
    post = posting.publish(lively, draft("So true", quoted_id=limited(lively, bob, quote=EVERYBODY).id))
    quote = quotes.of_post(lively, post.id)
    assert quote is not None
    if before:
        asking.granted(lively, bob, accept(bob, quote.request or "", result=STAMP))

    assert asking.denied(lively, bob, reject(bob, quote.request or "")) is None

    ended = quotes.of_post(lively, post.id)
    assert ended is not None
    assert (ended.state, ended.stamp) == (state, None)


@pytest.mark.parametrize(
    ("said", "fields", "reason"),
    [
        ({"quote": NOBODY}, {}, "This post cannot be quoted: its author does not let you"),
        ({}, {}, "This post cannot be quoted: its author does not let you"),
        (
            {"quote": EVERYBODY},
            {"visibility": Visibility.DIRECT},
            "Who is quoted in a private mention has to be mentioned, too",
        ),
    ],
)
def test_what_cannot_be_quoted(
    lively: Tx, bob: Account, said: dict[str, SubPolicy], fields: dict[str, Any], reason: str
) -> None:
    quoted = limited(lively, bob, **said)

    with pytest.raises(Invalid) as refused:
        posting.publish(lively, draft("So true", quoted_id=quoted.id, **fields))

    assert refused.value.message == f"Validation failed: {reason}"


def test_private_posts_are_for_their_author_to_quote(lively: Tx, owner: Account, bob: Account) -> None:
    befriend(lively, owner, bob)
    theirs = say(lively, bob, visibility=Visibility.PRIVATE)
    policies.put(lively, theirs.id, Policy(quote=EVERYBODY))
    ours = posting.publish(lively, draft("Between us", visibility=Visibility.PRIVATE))

    with pytest.raises(Invalid):
        posting.publish(lively, draft("Look", quoted_id=theirs.id))
    with pytest.raises(Invalid):
        posting.publish(lively, draft("Look", quoted_id=ours.id))
    quoting = posting.publish(lively, draft("Look", quoted_id=ours.id, visibility=Visibility.PRIVATE))

    quote = quotes.of_post(lively, quoting.id)
    assert quote is not None
    assert (quote.state, quote.request) == (QuoteState.ACCEPTED, None)


def test_what_the_owner_cannot_see_is_absent(lively: Tx, bob: Account) -> None:
    secret = say(lively, bob, visibility=Visibility.DIRECT)

    with pytest.raises(NotFound):
        posting.publish(lively, draft("Look", quoted_id=secret.id))


@pytest.mark.parametrize(
    ("visibility", "policy", "said"),
    [
        (Visibility.PUBLIC, None, (PUBLIC,)),
        (Visibility.UNLISTED, QuotePolicy.FOLLOWERS, ("https://home.example/users/alice/followers",)),
        (Visibility.PUBLIC, QuotePolicy.NOBODY, ("https://home.example/users/alice",)),
        (Visibility.PRIVATE, QuotePolicy.PUBLIC, ("https://home.example/users/alice",)),
        (Visibility.DIRECT, None, ("https://home.example/users/alice",)),
    ],
)
def test_every_post_says_who_may_quote_it(
    lively: Tx, visibility: Visibility, policy: QuotePolicy | None, said: tuple[str, ...]
) -> None:
    post = posting.publish(lively, draft(visibility=visibility, quote_policy=policy))

    assert policies.find(lively, post.id) == Policy(quote=SubPolicy(automatic=said))


# What others' policies limit ------------------------------------------------------------------------------------------
def test_what_is_forbidden_is_refused(lively: Tx, bob: Account) -> None:
    post = limited(lively, bob, reply=NOBODY, like=NOBODY, announce=NOBODY)

    for word, do in (
        ("answer", lambda: posting.publish(lively, draft(in_reply_to_id=post.id))),
        ("favourite", lambda: liking.like(lively, post)),
        ("boost", lambda: boosting.boost(lively, post)),
    ):
        with pytest.raises(Invalid) as refused:
            do()
        assert refused.value.message == f"Validation failed: Its author does not let you {word} this post"

    assert queued(lively) == []


def test_a_reply_that_needs_approval_goes_to_the_author_alone_until_it_comes(lively: Tx, bob: Account) -> None:
    post = limited(lively, bob, reply=ASKED)

    reply = posting.publish(lively, draft("May I?", in_reply_to_id=post.id))
    assert queued(lively) == [("Create", SHARED)]
    posting.edit(lively, reply.id, draft("May I, please?"))
    assert queued(lively) == [("Update", SHARED)]

    assert asking.granted(lively, bob, accept(bob, reply.uri, result=STAMP)) is None

    assert queued(lively) == [("Create", SHARED), ("Create", FANS)]
    note = last_body(lively)["object"]
    assert (note["approvedBy"], note["replyAuthorization"]) == (STAMP, STAMP)


def test_a_boost_that_needs_approval_is_shown_around_once_it_comes(lively: Tx, bob: Account) -> None:
    post = limited(lively, bob, announce=ASKED)

    boost = boosting.boost(lively, post)
    assert queued(lively) == [("Announce", SHARED)]

    asking.granted(lively, bob, accept(bob, boost.uri))

    assert queued(lively) == [("Announce", SHARED), ("Announce", FANS)]
    assert last_body(lively)["approvedBy"] == f"{bob.uri}#accepts/1"  # GoToSocial up to 0.20: the Accept proves it


def test_nobody_else_approves(lively: Tx, bob: Account, carol: Account) -> None:
    reply = posting.publish(lively, draft(in_reply_to_id=limited(lively, bob, reply=ASKED).id))
    queued(lively)

    refused = asking.granted(lively, carol, accept(carol, reply.uri, result="https://other.example/stamps/1"))

    assert refused == Refused("The owner has not asked that of its sender.")
    assert queued(lively) == []


def test_a_rejected_reply_is_kept_for_the_owner(lively: Tx, owner: Account, bob: Account, carol: Account) -> None:
    """Whoever has it is told to delete it; a later edit goes nowhere."""
    reply = posting.publish(lively, draft("Well", in_reply_to_id=limited(lively, bob, reply=EVERYBODY).id))
    lively.run("UPDATE deliveries SET state = 'delivered'")

    assert asking.denied(lively, bob, reject(bob, reply.uri)) is None

    lively.run("DELETE FROM deliveries WHERE state = 'delivered'")
    assert queued(lively) == [("Delete", SHARED), ("Delete", FANS)]
    assert posts.find_visible(lively, reply.id, carol.id) is None
    assert posts.find_visible(lively, reply.id, owner.id) is not None
    posting.edit(lively, reply.id, draft("Well, well"))
    assert queued(lively) == []


def test_a_reply_that_was_never_let_through_is_not_deleted_anywhere(lively: Tx, bob: Account) -> None:
    reply = posting.publish(lively, draft("May I?", in_reply_to_id=limited(lively, bob, reply=ASKED).id))
    queued(lively)

    asking.denied(lively, bob, reject(bob, reply.uri))

    known = approvals.find(lively, reply.id)
    assert known is not None
    assert (known.state, queued(lively)) == (QuoteState.REJECTED, [])


def test_a_rejected_boost_and_like_are_taken_back(lively: Tx, owner: Account, bob: Account) -> None:
    post = limited(lively, bob, like=ASKED, announce=ASKED)
    boost = boosting.boost(lively, post)
    liking.like(lively, post)
    (liked,) = likes.all_of(lively, owner.id, post.id)

    outcomes = [asking.denied(lively, bob, reject(bob, uri)) for uri in (boost.uri, liked.uri or "")]

    assert outcomes == [None, None]
    assert (posts.find_boost(lively, post.id, owner.id), likes.all_of(lively, owner.id, post.id)) == (None, [])


def test_strangers_reject_nothing(lively: Tx, owner: Account, bob: Account, carol: Account) -> None:
    post = limited(lively, bob, reply=EVERYBODY)
    reply = posting.publish(lively, draft(in_reply_to_id=post.id))
    liking.like(lively, post)
    (liked,) = likes.all_of(lively, owner.id, post.id)

    outcomes = [asking.denied(lively, carol, reject(carol, uri)) for uri in (reply.uri, liked.uri or "", post.uri)]

    assert outcomes == [Refused("It is about nothing that the owner did with a post of its sender.")] * 3
    assert posts.get(lively, reply.id).visibility is Visibility.PUBLIC


def test_whoever_owns_the_video_judges_all_comments_on_it(lively: Tx, bob: Account, know: Any) -> None:
    """PeerTube: also those that answer somebody else's comment there."""
    video = limited(lively, bob, reply=ASKED)
    eve = know("eve@far.example")
    comment = say(lively, eve, in_reply_to=video.uri, in_reply_to_id=video.id, in_reply_to_account_id=bob.id)
    reply = posting.publish(lively, draft("Yes", in_reply_to_id=comment.id))

    assert asking.denied(lively, bob, reject(bob, reply.uri, kind="Note")) is None
    assert posts.get(lively, reply.id).visibility is Visibility.DIRECT
