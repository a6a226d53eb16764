"""What we write: whole documents, property by property."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from smallfed.domain.account import Emoji
from smallfed.domain.post import Attachment, Post, Visibility
from smallfed.protocol import contexts
from smallfed.protocol.emitted import Source
from smallfed.protocol.jsonld import Document
from smallfed.protocol.signatures.keys import generate_ed25519, generate_rsa
from smallfed.protocol.vocabulary import AS2, PUBLIC
from smallfed.translate import inward, outward
from tests.translate.samples import ALICE, BOB, DAY, HOUSE

ME = "https://social.example.org/users/alice"
URI = f"{ME}/notes/42"
POST = Post(
    id=42,
    uri=URI,
    url="https://social.example.org/@alice/42",
    account_id=1,
    local=True,
    visibility=Visibility.PUBLIC,
    content="<p>hi :blob:</p>",
    summary="cw",
    language="en",
    in_reply_to="https://peer.example/notes/9",
    context="tag:peer.example,2026:5",
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


def told(thing: Any) -> dict[str, Any]:
    """Read what we wrote."""
    document: dict[str, Any] = msgspec.json.decode(outward.body(thing))
    return document


def test_note() -> None:
    """Everything a post can have."""
    source = Source(content="hi :blob:", media_type="text/markdown")

    note = outward.note(
        HOUSE, POST, source=source, mentions=[BOB], hashtags=["cats"], attachments=[PICTURE], likes=3, boosts=1
    )

    assert told(note) == {
        "@context": list(contexts.NOTE),
        "id": URI,
        "type": "Note",
        "attributedTo": ME,
        "inReplyTo": "https://peer.example/notes/9",
        "conversation": "tag:peer.example,2026:5",
        "published": "2026-11-23T02:00:00Z",
        "url": "https://social.example.org/@alice/42",
        "to": [PUBLIC],
        "cc": [f"{ME}/followers", BOB.uri],
        "summary": "cw",
        "sensitive": True,
        "content": "<p>hi :blob:</p>",
        "contentMap": {"en": "<p>hi :blob:</p>"},
        "source": {"content": "hi :blob:", "mediaType": "text/markdown"},
        "interactionPolicy": {"canQuote": {"automaticApproval": [ME]}},
        "tag": [
            {"type": "Mention", "href": BOB.uri, "name": "@bob@peer.example"},
            {"type": "Hashtag", "href": "https://social.example.org/tags/cats", "name": "#cats"},
            {
                "id": "https://social.example.org/emojis/blob",
                "type": "Emoji",
                "name": ":blob:",
                "icon": {"type": "Image", "mediaType": "image/png", "url": "https://social.example.org/blob.png"},
            },
        ],
        "attachment": [
            {
                "type": "Document",
                "mediaType": "image/jpeg",
                "url": "https://social.example.org/1.jpg",
                "name": "alt",
                "summary": "alt",
                "blurhash": "UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH",
                "focalPoint": [0.0, 0.2],
                "width": 1200,
                "height": 800,
            }
        ],
        "replies": {
            "id": f"{URI}/replies",
            "type": "Collection",
            "first": {
                "type": "CollectionPage",
                "partOf": f"{URI}/replies",
                "next": f"{URI}/replies?only_other_accounts=true&page=true",
                "items": [],
            },
        },
        "likes": {"id": f"{URI}/likes", "type": "Collection", "totalItems": 3},
        "shares": {"id": f"{URI}/shares", "type": "Collection", "totalItems": 1},
    }


def test_direct_note_says_so() -> None:
    """A direct message goes to the people in it and carries litepub's mark; what is absent is not written."""
    post = msgspec.structs.replace(
        POST, visibility=Visibility.DIRECT, summary="", language=None, in_reply_to=None, context=None, emojis=()
    )

    note = told(outward.note(HOUSE, post, mentions=[BOB]))

    assert (note["to"], note["cc"], note["directMessage"], note["sensitive"]) == ([BOB.uri], [], True, False)
    assert {"summary", "contentMap", "inReplyTo", "context", "conversation", "updated"}.isdisjoint(note)


def test_context_of_a_conversation_that_is_a_url() -> None:
    """A conversation that can be asked for is given by both names."""
    post = msgspec.structs.replace(POST, context="https://peer.example/contexts/5")

    note = told(outward.note(HOUSE, post))

    assert (note["context"], note["conversation"]) == ("https://peer.example/contexts/5",) * 2


def test_our_note_is_understood_by_ourselves() -> None:
    """Out and in again: the same facts."""
    note = outward.note(HOUSE, POST, mentions=[BOB], hashtags=["cats"], attachments=[PICTURE])

    post = inward.post(Document(told(note)))

    assert (post.uri, post.author, post.summary, post.sensitive) == (URI, ME, "cw", True)
    assert (post.hashtags, [mention.href for mention in post.mentions]) == (("cats",), [BOB.uri])
    assert post.attachments == (msgspec.structs.replace(PICTURE, id=0),)


def test_create_embeds_without_a_second_context() -> None:
    """The activity is addressed like the note, and only the outermost object has a context."""
    note = outward.note(HOUSE, POST, mentions=[BOB])

    create = told(outward.create(HOUSE, note))

    inner = create.pop("object")
    assert create == {
        "@context": list(contexts.NOTE),
        "id": f"{URI}/activity",
        "type": "Create",
        "actor": ME,
        "published": "2026-11-23T02:00:00Z",
        "to": [PUBLIC],
        "cc": [f"{ME}/followers", BOB.uri],
    }
    assert "@context" not in inner
    assert inner["id"] == URI


def test_update_note() -> None:
    """Each version is an activity of its own."""
    edited = msgspec.structs.replace(POST, edited_at=DAY + timedelta(milliseconds=5))

    update = told(outward.update_note(HOUSE, outward.note(HOUSE, edited)))

    assert (update["id"], update["type"]) == (f"{URI}#updates/2026-11-23T02:00:00.005Z", "Update")
    assert update["published"] == update["object"]["updated"] == "2026-11-23T02:00:00.005Z"
    assert update["object"]["published"] == "2026-11-23T02:00:00Z"


def test_delete_note() -> None:
    """A Tombstone without anything else, to whom the post was addressed."""
    assert told(outward.delete_note(HOUSE, URI, addressed=[PUBLIC, f"{ME}/followers"])) == {
        "@context": AS2,
        "id": f"{URI}#delete",
        "type": "Delete",
        "actor": ME,
        "to": [PUBLIC],
        "cc": [f"{ME}/followers"],
        "object": {"id": URI, "type": "Tombstone"},
    }


def test_announce_and_its_undoing() -> None:
    """A boost names the post only; its Undo embeds it, to the same audience."""
    boost = msgspec.structs.replace(POST, id=7, uri=f"{ME}/boosts/7", kind="Announce", boost_of_id=9)
    audience = {"to": [PUBLIC], "cc": [f"{ME}/followers", BOB.uri]}

    announce = outward.announce(HOUSE, boost, post="https://peer.example/notes/9", author=BOB.uri)

    assert told(announce) == {
        "@context": AS2,
        "id": f"{ME}/boosts/7",
        "type": "Announce",
        "actor": ME,
        "published": "2026-11-23T02:00:00Z",
        **audience,
        "object": "https://peer.example/notes/9",
    }
    assert told(outward.undo(announce)) == {
        "@context": AS2,
        "id": f"{ME}/boosts/7#undo",
        "type": "Undo",
        "actor": ME,
        **audience,
        "object": {
            "id": f"{ME}/boosts/7",
            "type": "Announce",
            "actor": ME,
            "object": "https://peer.example/notes/9",
        },
    }


@pytest.mark.parametrize(
    ("activity", "object_"),
    [
        (outward.follow(HOUSE, uri="urn:1", target=BOB.uri), BOB.uri),
        (outward.block(HOUSE, uri="urn:1", target=BOB.uri), BOB.uri),
        (outward.like(HOUSE, uri="urn:1", post="https://peer.example/9", author=BOB.uri), "https://peer.example/9"),
        (
            outward.accept_follow(HOUSE, uri="urn:1", follow="theirs#7", follower=BOB.uri),
            {"id": "theirs#7", "type": "Follow", "actor": BOB.uri, "object": ME},
        ),
        (
            outward.reject_follow(HOUSE, uri="urn:1", follow="theirs#7", follower=BOB.uri),
            {"id": "theirs#7", "type": "Follow", "actor": BOB.uri, "object": ME},
        ),
    ],
    ids=lambda value: getattr(value, "type", ""),
)
def test_between_two_actors(activity: Any, object_: Any) -> None:
    """They are addressed to the other one, as an array."""
    assert told(activity) == {
        "@context": AS2,
        "id": "urn:1",
        "type": activity.type,
        "actor": ME,
        "to": [BOB.uri],
        "object": object_,
    }


@pytest.mark.parametrize(("make", "type_"), [(outward.add, "Add"), (outward.remove, "Remove")])
def test_pins(make: Any, type_: str) -> None:
    """They go to everybody and name the collection."""
    pin = make(HOUSE, uri="urn:1", object_=f"{ME}/notes/42")

    assert msgspec.json.decode(outward.body(pin)) == {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": "urn:1",
        "type": type_,
        "actor": ME,
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "cc": [f"{ME}/followers"],
        "object": f"{ME}/notes/42",
        "target": f"{ME}/collections/featured",
    }


def test_a_featured_hashtag() -> None:
    """As Mastodon tells of one: in the collection of pins."""
    add = outward.add(HOUSE, uri="urn:1", object_=outward.hashtag(HOUSE, "cats", title="Cats"))

    assert msgspec.json.decode(outward.body(add)) == {
        "@context": list(contexts.NOTE),
        "id": "urn:1",
        "type": "Add",
        "actor": ME,
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "cc": [f"{ME}/followers"],
        "object": {"type": "Hashtag", "href": "https://social.example.org/tags/cats", "name": "#Cats"},
        "target": f"{ME}/collections/featured",
    }


def test_actor() -> None:
    """Exactly the properties that PROTOCOL §1.4 asks for."""
    actor = outward.actor(HOUSE, ALICE, rsa_pem="PEM", ed25519_multibase="z6Mk")

    assert told(actor) == {
        "@context": list(contexts.ACTOR),
        "id": ME,
        "type": "Person",
        "preferredUsername": "alice",
        "webfinger": "alice@example.org",
        "name": "Alice",
        "summary": "<p>bio</p>",
        "url": "https://social.example.org/@alice",
        "published": "2026-11-23T02:00:00Z",
        "inbox": f"{ME}/inbox",
        "outbox": f"{ME}/outbox",
        "followers": f"{ME}/followers",
        "following": f"{ME}/following",
        "liked": f"{ME}/liked",
        "featured": f"{ME}/collections/featured",
        "featuredTags": f"{ME}/collections/tags",
        "endpoints": {"sharedInbox": "https://social.example.org/inbox"},
        "manuallyApprovesFollowers": False,
        "discoverable": True,
        "indexable": False,
        "alsoKnownAs": ["https://old.example/users/alice"],
        "attributionDomains": ["alice.example"],
        "showFeatured": True,
        "showMedia": False,
        "showRepliesInMedia": True,
        "interactionPolicy": {"canFeature": {"automaticApproval": [PUBLIC]}},
        "icon": {"type": "Image", "mediaType": "image/png", "url": "https://social.example.org/media/avatar.png"},
        "tag": [
            {
                "id": "https://social.example.org/emojis/blob",
                "type": "Emoji",
                "name": ":blob:",
                "icon": {"type": "Image", "mediaType": "image/png", "url": "https://social.example.org/blob.png"},
            }
        ],
        "attachment": [
            {"type": "PropertyValue", "name": "Site", "value": '<a href="https://alice.example">alice.example</a>'}
        ],
        "publicKey": {"id": f"{ME}#main-key", "owner": ME, "publicKeyPem": "PEM"},
        "assertionMethod": [
            {"id": f"{ME}#ed25519-key", "type": "Multikey", "controller": ME, "publicKeyMultibase": "z6Mk"}
        ],
        "generator": {
            "type": "Application",
            "implements": [
                {"href": "https://datatracker.ietf.org/doc/html/rfc9421", "name": "RFC-9421: HTTP Message Signatures"}
            ],
        },
    }


def test_files_are_told_of_where_media_live() -> None:
    """What others load; nothing else is there."""
    house = msgspec.structs.replace(HOUSE, media_host="media.example.org")
    film = Attachment(id=1, kind="video", media_type="video/mp4", url=f"{HOUSE.base}/media/files/f.mp4")
    film = msgspec.structs.replace(film, preview_url=f"{HOUSE.base}/media/files/f-small.jpg")

    actor = told(outward.actor(house, ALICE, rsa_pem="PEM", ed25519_multibase="z6Mk"))
    note = told(outward.note(house, POST, attachments=[film]))

    assert actor["icon"]["url"] == "https://media.example.org/media/avatar.png"
    assert actor["id"] == HOUSE.actor
    (attached,) = note["attachment"]
    assert (attached["url"], attached["icon"]["url"]) == (
        "https://media.example.org/media/files/f.mp4",
        "https://media.example.org/media/files/f-small.jpg",
    )


def test_our_actor_is_understood_by_ourselves() -> None:
    """Out and in again, with both keys."""
    rsa, ed25519 = generate_rsa().public, generate_ed25519().public

    account = inward.account(
        Document(told(outward.actor(HOUSE, ALICE, rsa_pem=rsa.pem(), ed25519_multibase=ed25519.multibase())))
    )

    assert (account.uri, account.username, account.claim) == (ME, "alice", "alice@example.org")
    assert [(key.key_id, key.der) for key in account.keys] == [
        (HOUSE.key_id, rsa.der),
        (HOUSE.ed25519_key_id, ed25519.der),
    ]


def test_instance_actor() -> None:
    """The server's own actor has what others need to check a signature, and no more."""
    assert told(outward.instance_actor(HOUSE, rsa_pem="PEM")) == {
        "@context": list(contexts.ACTOR),
        "id": "https://social.example.org/actor",
        "type": "Application",
        "preferredUsername": "social.example.org",
        "url": "https://social.example.org/about",
        "inbox": "https://social.example.org/actor/inbox",
        "outbox": "https://social.example.org/actor/outbox",
        "endpoints": {"sharedInbox": "https://social.example.org/inbox"},
        "manuallyApprovesFollowers": True,
        "publicKey": {
            "id": "https://social.example.org/actor#main-key",
            "owner": "https://social.example.org/actor",
            "publicKeyPem": "PEM",
        },
    }


def test_update_actor() -> None:
    """The whole actor, to everybody."""
    actor = outward.actor(HOUSE, ALICE, rsa_pem="PEM", ed25519_multibase="z6Mk")

    update = told(outward.update_actor(HOUSE, actor, at=DAY))

    assert update["@context"] == list(contexts.ACTOR)
    assert (update["id"], update["to"], update["cc"]) == (
        f"{ME}#updates/2026-11-23T02:00:00.000Z",
        [PUBLIC],
        [f"{ME}/followers"],
    )
    assert update["object"] == {name: value for name, value in told(actor).items() if name != "@context"}


def test_collections() -> None:
    """With items, with pages, or (hidden) with a number only; embedded notes bring their context."""
    note = outward.note(HOUSE, POST)

    assert told(outward.collection("urn:c", total=5)) == {
        "@context": AS2,
        "id": "urn:c",
        "type": "OrderedCollection",
        "totalItems": 5,
    }
    assert told(outward.collection("urn:c", total=0, items=(), ordered=False, owner=ME)) == {
        "@context": AS2,
        "id": "urn:c",
        "type": "Collection",
        "attributedTo": ME,
        "totalItems": 0,
        "items": [],
    }
    assert told(outward.collection("urn:c", total=1, first="urn:p"))["first"] == "urn:p"
    page = told(outward.collection_page("urn:p", part_of="urn:c", items=[note], next_page="urn:n"))
    assert (page["@context"], page["partOf"], page["next"]) == (list(contexts.NOTE), "urn:c", "urn:n")
    assert page["orderedItems"][0]["id"] == URI


def test_activity_streams_comes_first_in_every_context() -> None:
    """Mastodon drops what does not name it by exactly this IRI."""
    bodies = [outward.body(thing) for thing in (outward.tombstone(URI), outward.note(HOUSE, POST))]

    assert AS2 == "https://www.w3.org/ns/activitystreams"
    assert bodies[0].startswith(b'{"@context":"https://www.w3.org/ns/activitystreams","id"')
    assert bodies[1].startswith(b'{"@context":["https://www.w3.org/ns/activitystreams",{')
