"""What other servers need of everything that we write, each by the numbers that FEDERATION.md gives to quirks."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from smallfed.domain.account import Emoji
from smallfed.domain.poll import Option, Poll
from smallfed.domain.post import Attachment, Post, Visibility
from smallfed.domain.reaction import Reaction
from smallfed.protocol.emitted import Activity, Source
from smallfed.protocol.signatures.keys import generate_rsa
from smallfed.protocol.signatures.signing import sign
from smallfed.protocol.vocabulary import AS2, PUBLIC
from smallfed.translate import outward
from tests.translate.samples import ALICE, BOB, DAY, HOUSE

ME, THEIRS = HOUSE.actor, "https://peer.example/notes/9"
POST = Post(
    id=42,
    uri=HOUSE.note(42),
    url=HOUSE.note_page(42),
    account_id=1,
    local=True,
    visibility=Visibility.PUBLIC,
    content="<p>hi :blob:</p>",
    summary="cw",
    language="en",
    in_reply_to=THEIRS,
    context="https://peer.example/contexts/5",
    emojis=(Emoji(shortcode="blob", url="https://social.example.org/blob.png"),),
    published_at=DAY,
    received_at=DAY,
)
PICTURE = Attachment(
    id=7,
    kind="image",
    media_type="image/jpeg",
    url="https://social.example.org/1.jpg",
    description="alt",
    blurhash="UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH",
    width=1200,
    height=800,
    focus=(0.0, 0.2),
)
BOOST = msgspec.structs.replace(POST, id=7, uri=HOUSE.boost(7), kind="Announce", boost_of_id=9)


def activities() -> Iterator[Activity]:
    """Everything that the owner can do, with everything that a post can hold."""
    everything = {"mentions": [BOB], "hashtags": ["cats"], "attachments": [PICTURE], "own_replies": [HOUSE.note(43)]}
    note = outward.note(HOUSE, POST, source=Source(content="hi", media_type="text/markdown"), **everything)
    poll = Poll(post_id=42, options=(Option(name="tea", title="tea"), Option(name="no", title="no")), ends_at=DAY)
    question = outward.note(HOUSE, POST, mentions=[BOB], poll=poll)
    actor = outward.actor(HOUSE, ALICE, rsa_pem="PEM", ed25519_multibase="z6Mk")
    blob = outward.emoji(Emoji(shortcode="blob", url="https://social.example.org/blob.png"), HOUSE)
    like = outward.like(
        HOUSE, uri=HOUSE.thing("likes", 1), post=THEIRS, author=BOB.uri, reaction=Reaction(emoji=":blob:"), emoji=blob
    )
    follow = outward.follow(HOUSE, uri=HOUSE.thing("follows", 1), target=BOB.uri)
    block = outward.block(HOUSE, uri=HOUSE.thing("blocks", 1), target=BOB.uri)
    boost = outward.announce(HOUSE, BOOST, post=THEIRS, author=BOB.uri)
    yield from (outward.create(HOUSE, note), outward.update_note(HOUSE, note), outward.create(HOUSE, question))
    yield outward.update_tally(HOUSE, question, at=DAY)
    yield outward.vote(HOUSE, uri=HOUSE.thing("votes", 1), question=THEIRS, author=BOB.uri, name="tea", at=DAY)
    yield outward.delete_note(HOUSE, POST.uri, addressed=[PUBLIC, HOUSE.followers])
    for activity in (follow, block, like, boost):
        yield from (activity, outward.undo(activity))
    for answer, cluster in ((outward.accept_follow, "accepts"), (outward.reject_follow, "rejects")):
        yield answer(HOUSE, uri=HOUSE.thing(cluster, 1), follow=f"{BOB.uri}#follows/7", follower=BOB.uri)
    for feature, cluster in ((outward.add, "adds"), (outward.remove, "removes")):
        yield feature(HOUSE, uri=HOUSE.thing(cluster, 1), object_=POST.uri)
        yield feature(HOUSE, uri=HOUSE.thing(cluster, 2), object_=outward.hashtag(HOUSE, "cats", title="Cats"))
    yield from (outward.update_actor(HOUSE, actor, at=DAY), outward.move(HOUSE, departure=1, target=BOB.uri))
    yield outward.delete_actor(HOUSE)


EVERYTHING = list(activities())


def told(activity: Activity, *, proven: bool = False, sealed: bool = False) -> dict[str, Any]:
    """Read what we wrote."""
    document: dict[str, Any] = msgspec.json.decode(outward.body(activity, proven=proven, sealed=sealed))
    return document


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Return all objects in a document but those in its context."""
    if isinstance(value, dict):
        yield value
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, child in children:
        if name != "@context":
            yield from nodes(child)


def depth(value: Any) -> int:
    """Return how many objects and arrays are in each other."""
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if children is None else 1 + max(map(depth, children), default=0)


@pytest.fixture(params=EVERYTHING, ids=lambda activity: f"{activity.type}{EVERYTHING.index(activity)}")
def activity(request: pytest.FixtureRequest) -> Activity:
    """Each of them in turn."""
    assert isinstance(request.param, Activity)
    return request.param


def test_contexts_are_what_mastodon_compares(activity: Activity) -> None:
    """Numbers 2 and 3: ActivityStreams first and literally, schema.org as Mastodon has it, whatever is added."""
    context = told(activity, proven=True, sealed=True)["@context"]

    assert context[0] == AS2 == "https://www.w3.org/ns/activitystreams"
    terms = {name: value for part in context if isinstance(part, dict) for name, value in part.items()}
    assert terms.get("schema", "http://schema.org#") == "http://schema.org#"


def test_every_activity_has_an_id_on_our_host(activity: Activity) -> None:
    """Numbers 37, 41 and 58: Misskey and Pixelfed compare it with the host of the key."""
    document = told(activity)

    assert {urlsplit(uri).netloc for uri in (document["id"], document["actor"], HOUSE.key_id)} == {HOUSE.domain}
    assert document["actor"] == ME


def test_addresses_are_arrays(activity: Activity) -> None:
    """Numbers 22 and 52: lists, also of one, and nobody is addressed unseen."""
    addressed = [node[name] for node in nodes(told(activity)) for name in ("to", "cc") if name in node]

    assert addressed
    assert all(isinstance(each, list) and all(isinstance(uri, str) for uri in each) for each in addressed)
    assert not any({"bto", "bcc"} & node.keys() for node in nodes(told(activity)))


@pytest.mark.parametrize("undone", [each for each in EVERYTHING if each.type == "Undo"], ids=lambda undo: undo.id)
def test_an_undo_holds_what_is_undone(undone: Activity) -> None:
    """Numbers 7 and 48: Mastodon and Threads want its id, type, actor and object."""
    document = told(undone)

    (done,) = (each for each in EVERYTHING if each.id == document["object"]["id"] and each.type != "Undo")
    original = told(done)
    names = ("id", "type", "actor", "object")
    assert {name: document["object"][name] for name in names} == {name: original[name] for name in names}
    assert (document.get("to"), document.get("cc")) == (original.get("to"), original.get("cc"))


@pytest.mark.parametrize("type_", ["Accept", "Reject"])
def test_a_follow_is_given_back_as_it_came(type_: str) -> None:
    """Number 37: Misskey and others look for the very id, and see who follows whom."""
    (answer,) = (told(each) for each in EVERYTHING if each.type == type_)

    assert answer["object"] == {"id": f"{BOB.uri}#follows/7", "type": "Follow", "actor": BOB.uri, "object": ME}
    assert answer["to"] == [BOB.uri]


def test_everything_in_a_note_of_ours_is_on_its_host() -> None:
    """Numbers 17, 36, 45 and 46: the page, the collections and the author are where the note is."""
    note = told(EVERYTHING[0])["object"]

    collections = [note[name]["id"] for name in ("replies", "likes", "shares")]
    uris = [note["id"], note["url"], note["attributedTo"], note["replies"]["first"]["partOf"], *collections]
    assert {urlsplit(uri).netloc for uri in uris} == {HOUSE.domain}
    assert not any("#" in uri or uri.endswith("/") for uri in uris)


def test_followers_are_where_pleroma_looks() -> None:
    """Number 30: an address that ends so is one of followers, and those of others are in no audience of ours."""
    lists = [node[name] for each in EVERYTHING for node in nodes(told(each)) for name in ("to", "cc") if name in node]

    assert HOUSE.followers == f"{ME}/followers"
    assert {uri for each in lists for uri in each if uri.endswith("/followers")} == {HOUSE.followers}


def test_our_documents_are_shallow(activity: Activity) -> None:
    """Number 58: Pixelfed reads eight levels; a signature and a proof take two."""
    assert depth(told(activity, proven=True, sealed=True)) <= 7


@pytest.mark.parametrize("scheme", ["cavage", "rfc9421"])
def test_deliveries_state_their_type(scheme: Any) -> None:
    """Number 24: GoToSocial takes no other."""
    headers = sign(
        "POST", "https://peer.example/inbox", b"{}", key_id=HOUSE.key_id, key=generate_rsa(), now=DAY, scheme=scheme
    )

    assert [value for name, value in headers if name.lower() == "content-type"] == ["application/activity+json"]


def test_what_people_call_the_house_is_no_part_of_ids() -> None:
    """Number 1: the handle has its own domain, which only WebFinger knows."""
    assert not any("//example.org" in node.get("id", "") for each in EVERYTHING for node in nodes(told(each)))
