"""The door's cheap look sees what the whole reading sees."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.errors import Malformed
from smallfed.protocol import jsonld, limits
from smallfed.protocol.envelope import Envelope, open_envelope, open_letter
from tests.protocol.test_jsonld import ANY_JSON

BEA = "https://masto.example/users/bea"
NOTE = f"{BEA}/statuses/1"


def opened(**activity: Any) -> Envelope:
    """Open an activity of Bea's."""
    return open_envelope(msgspec.json.encode({"actor": BEA, **activity}))


@pytest.mark.parametrize(
    ("object_", "object_id", "order_key"),
    [
        (NOTE, NOTE, NOTE),
        ({"id": NOTE, "type": "Note", "content": "x" * 100}, NOTE, NOTE),
        ({"id": "like", "type": "Like", "actor": BEA, "object": NOTE}, "like", NOTE),
        ({"id": "create", "object": {"id": "like", "object": {"id": NOTE}}}, "create", NOTE),
        ({"type": "Follow", "actor": BEA, "object": NOTE}, None, NOTE),
        ([None, {"no": "id"}, {"id": NOTE}, "other"], NOTE, NOTE),
        ({"type": "Link", "href": NOTE}, NOTE, NOTE),
        (None, None, "act"),
        (3, None, "act"),
        ({}, None, "act"),
    ],
)
def test_object_and_order_key(object_: Any, object_id: str | None, order_key: str) -> None:
    """The order key is the innermost object's id; without any it is the activity's."""
    expected = Envelope(id="act", type="Like", actor=BEA, object_id=object_id, order_key=order_key)

    assert opened(id="act", type="Like", object=object_) == expected


def test_without_any_id_the_actor_orders() -> None:
    """Misskey's activities without ids are handled one after the other, for each actor."""
    assert opened(type="Undo").order_key == BEA


@pytest.mark.parametrize(
    ("type_", "chosen"), [("Like", "Like"), (["Thing", "as:Like"], "Like"), (["Thing", "Other"], "Thing")]
)
def test_type(type_: Any, chosen: str) -> None:
    """Of several types it is the first that we know."""
    assert opened(type=type_, id="act").type == chosen


@pytest.mark.parametrize(
    ("type_", "object_", "itself"),
    [
        ("Delete", BEA, True),
        ("Delete", {"id": BEA, "type": "Person"}, True),
        ("Delete", {"id": NOTE, "type": "Tombstone"}, False),
        ("Update", {"id": BEA, "type": "Person"}, True),
        ("Update", {"id": NOTE, "type": "Note"}, False),
        ("Follow", BEA, False),
    ],
)
def test_change_of_actor(type_: str, object_: Any, itself: bool) -> None:
    """An account that deletes or changes itself is told apart from a post."""
    assert opened(type=type_, object=object_).is_of_actor is itself


ACTIVITY = {"id": f"{BEA}#1", "type": "Like", "actor": BEA, "object": NOTE}


@pytest.mark.parametrize(
    ("wrapper", "count"),
    [
        ({"type": "Collection", "items": [ACTIVITY]}, 1),
        ({"type": "OrderedCollection", "orderedItems": [ACTIVITY, ACTIVITY | {"id": f"{BEA}#2"}]}, 2),
        ({"type": ["OrderedCollection"], "orderedItems": [ACTIVITY] * limits.WRAPPED}, limits.WRAPPED),
    ],
)
def test_a_collection_of_activities(wrapper: dict[str, Any], count: int) -> None:
    """Each is taken by itself, with its own bytes."""
    letters = open_letter(msgspec.json.encode(wrapper))

    assert len(letters) == count
    assert letters[0] == (open_envelope(msgspec.json.encode(ACTIVITY)), msgspec.json.encode(ACTIVITY))


def test_an_activity_is_itself() -> None:
    body = msgspec.json.encode(ACTIVITY | {"items": [ACTIVITY]})

    assert open_letter(body) == [(open_envelope(body), body)]


@pytest.mark.parametrize(
    "body",
    [
        {"type": "Collection", "items": [ACTIVITY] * (limits.WRAPPED + 1)},
        {"type": "Collection", "items": [f"{BEA}#1"]},
        {"type": "Collection", "items": [{"type": "Collection", "items": [ACTIVITY]}]},
        {"type": "Collection", "items": []},
        {"type": "Collection"},
        {"type": "Note", "items": [ACTIVITY]},
    ],
)
def test_collections_of_anything_else(body: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        open_letter(msgspec.json.encode(body))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"type": "Like"}',
        b'{"actor": "https://a.example"}',
        b'{"actor": {"name": "nobody"}, "type": "Like"}',
        b'{"actor": "\xff", "type": "Like"}',
        b'{"actor": "a", "type": "Like", "object": ' + b"[" * 100_000,
        b'{"actor": "a", "type": "Like", "object": ' + b'{"object":' * 100_000,
    ],
    ids=range(8),
)
def test_malformed(body: bytes) -> None:
    """What names no actor or no type, or is no JSON object, is refused."""
    with pytest.raises(Malformed):
        open_envelope(body)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            name: ANY_JSON | st.just(BEA) | st.just({"id": BEA}) | st.just([{"href": BEA}, NOTE])
            for name in ("id", "@id", "type", "@type", "actor", "object")
        },
    )
)
def test_door_and_reader_agree(activity: dict[str, Any]) -> None:
    """Whoever signs is compared with the actor that the handlers see later: the two must be one."""
    body = msgspec.json.encode(activity)
    document = jsonld.read(body)

    try:
        envelope = open_envelope(body)
    except Malformed:
        assert document.uri("actor") is None or not document.types
        return

    assert (envelope.actor, envelope.id, envelope.object_id) == (
        document.uri("actor"),
        document.id,
        document.uri("object"),
    )
    assert envelope.type in document.types
