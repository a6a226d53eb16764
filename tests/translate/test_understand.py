"""Activities of others: what each says, in all the shapes it comes in."""

from typing import Any

import msgspec
import pytest

from smallfed.domain import incoming
from smallfed.domain.incoming import FollowReference, Incoming, NotUnderstood
from smallfed.domain.interaction import Interaction
from smallfed.domain.reaction import Reaction
from smallfed.errors import Malformed
from smallfed.protocol.jsonld import Document
from smallfed.protocol.vocabulary import PUBLIC
from smallfed.translate import inward

BEA = "https://masto.example/users/bea"
ALICE = "https://us.example/users/alice"
NOTE = f"{BEA}/statuses/1"
FOLLOW = "https://us.example/follows/7"
EVE = "https://evil.example/users/eve"


def understood(**activity: Any) -> Incoming:
    """Understand an activity of Bea's with the id urn:1."""
    return inward.understand(msgspec.json.encode({"id": "urn:1", "actor": BEA, **activity}))


FROM_BEA: dict[str, Any] = {"id": "urn:1", "actor": BEA}


@pytest.mark.parametrize(
    ("activity", "meaning"),
    [
        ({"type": "Follow", "object": ALICE}, incoming.Follow(**FROM_BEA, object=ALICE)),
        ({"type": ["Custom", "Follow"], "object": [{"id": ALICE}]}, incoming.Follow(**FROM_BEA, object=ALICE)),
        ({"type": "Accept", "object": FOLLOW}, incoming.Accept(**FROM_BEA, follow=FollowReference(id=FOLLOW))),
        (
            {"type": "Reject", "object": {"type": "Follow", "actor": ALICE, "object": BEA}},
            incoming.Reject(**FROM_BEA, follow=FollowReference(actor=ALICE, object=BEA)),
        ),
        (
            {"type": "Accept", "object": {"id": "altered", "object": {"id": BEA}}},
            incoming.Accept(**FROM_BEA, follow=FollowReference(id="altered", object=BEA)),
        ),
        ({"type": "Undo", "object": f"{BEA}#likes/1"}, incoming.Undo(**FROM_BEA, undone=f"{BEA}#likes/1")),
        (
            {"type": "Undo", "object": {"type": "EmojiReact", "actor": {"id": BEA}, "object": {"id": NOTE}}},
            incoming.Undo(**FROM_BEA, kind="Like", object=NOTE),
        ),
        ({"type": "Create", "object": NOTE}, incoming.Mentioned(**FROM_BEA, object=NOTE)),
        ({"type": "Update", "object": NOTE}, incoming.Mentioned(**FROM_BEA, object=NOTE, update=True)),
        ({"type": "Delete", "object": {"type": "Tombstone", "id": NOTE}}, incoming.Delete(**FROM_BEA, object=NOTE)),
        ({"type": "Delete", "object": BEA}, incoming.Delete(**FROM_BEA, object=BEA)),
        ({"type": "Like", "object": {"id": NOTE}}, incoming.Like(**FROM_BEA, object=NOTE)),
        ({"type": "Like", "object": NOTE, "content": "❤️"}, incoming.Like(**FROM_BEA, object=NOTE)),
        (
            {"type": "Like", "object": NOTE, "content": "🔥"},
            incoming.Like(**FROM_BEA, object=NOTE, reaction=Reaction(emoji="🔥")),
        ),
        ({"type": "Like", "object": NOTE, "content": "two words"}, incoming.Like(**FROM_BEA, object=NOTE)),
        ({"type": "Like", "object": NOTE, "content": "x" * 65}, incoming.Like(**FROM_BEA, object=NOTE)),
        (
            {"type": "Like", "object": NOTE, "_misskey_reaction": "pudding"},
            incoming.Like(**FROM_BEA, object=NOTE, reaction=Reaction(emoji="🍮")),
        ),
        (
            {"type": "EmojiReact", "object": NOTE, "content": ":blob:"},
            incoming.Like(**FROM_BEA, object=NOTE),
        ),
        ({"type": "Dislike", "object": NOTE}, incoming.Like(**FROM_BEA, object=NOTE, reaction=Reaction(emoji="👎"))),
        (
            {"type": "Undo", "object": {"type": "Dislike", "object": NOTE}},
            incoming.Undo(**FROM_BEA, kind="Like", object=NOTE, emoji="👎"),
        ),
        (
            {"type": "Announce", "object": NOTE, "to": "as:Public", "cc": ALICE},
            incoming.Announce(**FROM_BEA, object=NOTE, to=(PUBLIC,), cc=(ALICE,)),
        ),
        (
            {"type": "Announce", "object": {"id": NOTE, "type": "Note", "content": "not believed"}},
            incoming.Announce(**FROM_BEA, object=NOTE),
        ),
        (
            {"type": "Add", "object": NOTE, "target": f"{BEA}/featured"},
            incoming.Add(**FROM_BEA, object=NOTE, target=f"{BEA}/featured"),
        ),
        (
            {"type": "Remove", "object": {"type": "Note", "id": NOTE}, "target": {"id": f"{BEA}/featured"}},
            incoming.Remove(**FROM_BEA, object=NOTE, target=f"{BEA}/featured"),
        ),
        ({"type": "Block", "object": ALICE}, incoming.Block(**FROM_BEA, object=ALICE)),
        (
            {"type": "Block", "object": ALICE, "target": {"id": "https://l.example/c/x"}},
            incoming.Block(**FROM_BEA, object=ALICE, target="https://l.example/c/x"),
        ),
    ],
)
def test_meaning(activity: dict[str, Any], meaning: Incoming) -> None:
    """One meaning for every shape."""
    assert understood(**activity) == meaning


def test_a_request_that_names_no_actor_is_its_signers() -> None:
    """Mastodon's FeatureRequest; nothing else may leave the actor out."""
    body = msgspec.json.encode({"type": "FeatureRequest", "object": ALICE, "instrument": f"{BEA}/collections/23"})

    asked = inward.understand(body, signer=BEA)

    assert asked == incoming.Request(
        id=None, actor=BEA, kind=Interaction.FEATURE, object=ALICE, instrument=f"{BEA}/collections/23"
    )
    with pytest.raises(Malformed):
        inward.understand(body)
    with pytest.raises(Malformed):
        inward.understand(body.replace(b"FeatureRequest", b"QuoteRequest"), signer=BEA)


@pytest.mark.parametrize("actor", [{"id": BEA, "type": "Person"}, [BEA, ALICE], [{"id": BEA}]])
def test_actor_in_other_shapes(actor: Any) -> None:
    """The actor may be an object or the first of several; the activity may have no id."""
    body = msgspec.json.encode({"type": "Follow", "actor": actor, "object": ALICE})

    assert inward.understand(body) == incoming.Follow(id=None, actor=BEA, object=ALICE)


@pytest.mark.parametrize(
    ("activity", "type_", "reason"),
    [
        ({"type": "View", "object": NOTE}, "View", "View has no meaning here."),
        ({"type": "Follow"}, "Follow", "It names no object by an http(s) URL."),
        ({"type": "Follow", "object": "javascript:alert(1)"}, "Follow", "It names no object by an http(s) URL."),
        ({"type": "Accept", "object": {}}, "Accept", "It does not say what it answers."),
        (
            {"type": "Accept", "object": {"type": "Offer", "id": NOTE}},
            "Accept",
            "It answers Offer, which has no meaning here.",
        ),
        (
            {"type": "Undo", "object": {"type": "Like", "actor": EVE, "object": NOTE}},
            "Undo",
            "It takes back what somebody else has done.",
        ),
        ({"type": "Add", "object": NOTE}, "Add", "It names no collection by an http(s) URL."),
        (
            {"type": "Remove", "object": {"type": "Hashtag", "name": "two words"}, "target": BEA},
            "Remove",
            "It names no hashtag that could be one.",
        ),
        (
            {"type": "Add", "object": {"type": "Person", "id": EVE}, "target": BEA},
            "Add",
            "A Person in a collection has no meaning here.",
        ),
        ({"type": "Create", "object": [{}, {}]}, "Create", "It publishes several objects at once."),
        (
            {"type": "Create", "object": {"type": "Note"}},
            "Create",
            "The object has no id that is an http(s) URL.",
        ),
        (
            {"type": "Create", "object": {"type": "Tombstone", "id": NOTE}},
            "Create",
            "Tombstone is nothing that could be a post.",
        ),
        (
            {"type": "Create", "object": {"id": NOTE}},
            "Create",
            "An object without a type is nothing that could be a post.",
        ),
        (
            {"type": "Announce", "object": {"type": "Create", "id": NOTE, "object": {}}},
            "Announce",
            "Announced: The activity names no actor that is an http(s) URL.",
        ),
        (
            {"type": "Add", "target": f"{BEA}/context", "object": {"type": "Create", "id": NOTE, "object": {}}},
            "Add",
            "Added: The activity names no actor that is an http(s) URL.",
        ),
        (
            {
                "type": "Add",
                "target": "https://evil.example/c",
                "object": {"type": "Create", "actor": BEA, "object": NOTE},
            },
            "Add",
            "A Create in a collection has no meaning here.",
        ),
    ],
)
def test_not_understood(activity: dict[str, Any], type_: str, reason: str) -> None:
    """What has no meaning is kept, with the reason."""
    assert understood(**activity) == NotUnderstood(**FROM_BEA, type=type_, reason=reason)


@pytest.mark.parametrize(
    "body",
    [
        b"no json",
        b"[]",
        b'{"type": "Like", "object": "https://a.example/1"}',
        b'{"type": "Like", "actor": "mailto:a@b.example"}',
        b'{"actor": "https://a.example/1"}',
        b'{"actor": "https://a.example/1", "type": "Like", "x": {"@graph": []}}',
    ],
)
def test_malformed(body: bytes) -> None:
    """What is no activity at all is refused."""
    with pytest.raises(Malformed):
        inward.understand(body)


@pytest.mark.parametrize("update", [False, True])
@pytest.mark.parametrize(
    "thing",
    [
        {"id": "https://other.example/1", "attributedTo": BEA},
        {"id": "https://masto.example:8443/1", "attributedTo": BEA},
        {"id": "http://masto.example/1", "attributedTo": BEA},
        {"id": NOTE, "attributedTo": "https://masto.example/users/somebody-else"},
        {"id": NOTE, "attributedTo": EVE},
    ],
)
def test_objects_of_others_are_asked_of_their_origin(thing: dict[str, Any], update: bool) -> None:
    """What the actor cannot vouch for is only a hint where to look."""
    activity = {"type": "Update" if update else "Create", "object": {"type": "Note", "content": "lie", **thing}}

    assert understood(**activity) == incoming.Mentioned(**FROM_BEA, object=thing["id"], update=update)


@pytest.mark.parametrize(
    "attributed_to", [None, BEA, {"id": BEA}, [{"type": "Group", "id": "https://masto.example/g"}, BEA]]
)
@pytest.mark.parametrize("update", [False, True])
def test_author_of_an_embedded_post(attributed_to: Any, update: bool) -> None:
    """The actor is the author where the object says so, or nothing."""
    thing = {"type": "Note", "id": NOTE, "content": "x", "attributedTo": attributed_to}

    activity = understood(type="Update" if update else "Create", object=thing)

    assert isinstance(activity, incoming.UpdatePost if update else incoming.Create)
    assert activity.post.author == BEA


def test_a_post_of_unknown_kind_is_a_post() -> None:
    """Whatever somebody publishes is understood as far as possible."""
    thing = {"type": "Sonnet", "id": NOTE, "name": "On <herons>", "content": "<p>Shall I…</p>"}

    activity = understood(type="Create", object=thing)

    assert isinstance(activity, incoming.Create)
    assert (activity.post.kind, activity.post.title) == ("Sonnet", "On <herons>")
    link = f'<a href="{NOTE}" rel="nofollow noopener" target="_blank">{NOTE}</a>'
    assert activity.post.content == f"<h2>On &lt;herons&gt;</h2><p>Shall I…</p><p>{link}</p>"


PERSON = {"type": "Person", "id": BEA, "inbox": f"{BEA}/inbox", "preferredUsername": "bea"}


@pytest.mark.parametrize(
    "thing",
    [
        {**PERSON, "id": "https://masto.example/users/somebody-else"},
        {**PERSON, "id": EVE},
        {"type": "Person", "id": BEA, "name": "no inbox"},
    ],
)
def test_actors_that_cannot_be_taken_as_they_are(thing: dict[str, Any]) -> None:
    """An Update of somebody else, or of a part of an actor, only says where to look."""
    assert understood(type="Update", object=thing) == incoming.Mentioned(**FROM_BEA, object=thing["id"], update=True)


def test_update_of_an_actor() -> None:
    """Who updates themselves is understood at once."""
    activity = understood(type="Update", object=PERSON)

    assert isinstance(activity, incoming.UpdateAccount)
    assert (activity.account.uri, activity.account.username) == (BEA, "bea")


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ({"type": "Person"}, "account"),
        ({"type": ["Thing", "Service"]}, "account"),
        ({"type": "Note"}, "post"),
        ({"type": "Sonnet", "name": "x"}, "post"),
        ({"type": "Like"}, "activity"),
        ({"type": "Warn", "actor": BEA, "object": NOTE}, "activity"),
        ({"type": "OrderedCollectionPage"}, "collection"),
        ({"type": "Multikey"}, "key"),
        ({"publicKeyPem": "…"}, "key"),
        ({"type": "Tombstone"}, "tombstone"),
        ({"type": "Sonnet"}, "other"),
        ({"name": "no type"}, "other"),
        ({}, "other"),
    ],
)
def test_kind_of(document: dict[str, Any], kind: str) -> None:
    """What a fetched document is."""
    assert inward.kind_of(Document(document)) == kind
