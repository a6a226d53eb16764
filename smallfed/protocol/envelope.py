"""The envelope of an activity: the little that the inbox door must know before it stores the bytes.

It reads four properties and skips the rest, so it costs a few microseconds whatever the size; ``translate.inward``
reads the whole. Both must see the same actor, which a property test holds.

Spec: ActivityPub §7; RULINGS 10 (the order key).
"""

from typing import Any

import msgspec
from msgspec import Raw, Struct, field

from smallfed.errors import Malformed
from smallfed.protocol import limits, quirks
from smallfed.protocol.jsonld import first_id, identifier, names
from smallfed.protocol.vocabulary import COLLECTIONS, known_first

_DEEPEST = 8  # Announce{Undo{Like{…}}} has three levels
_ABSENT = Raw()


class Envelope(Struct, frozen=True, kw_only=True):
    """Who says what about what, as the body claims.

    ``id`` and ``object_id`` are None where there is none. ``order_key`` is the id of the innermost object: whatever is
    done to one thing has one key. ``type`` is the first one we know, else the first. ``actor`` is "" where it may be
    left out: then it is whoever signs.
    """

    id: str | None
    type: str
    actor: str
    object_id: str | None
    order_key: str

    @property
    def is_about_actor(self) -> bool:
        """Whether it is the actor itself that is created, changed or deleted."""
        return self.object_id == self.actor

    @property
    def is_of_actor(self) -> bool:
        """Whether an account says that it is gone, or has changed."""
        return self.type in ("Delete", "Update") and self.is_about_actor


class _Collection(Struct):
    type: Raw = _ABSENT
    items: Raw = _ABSENT
    ordered_items: Raw = field(default=_ABSENT, name="orderedItems")


class _Vouched(Struct):
    proof: Raw = _ABSENT
    signature: Raw = _ABSENT


class _Node(Struct):
    """The properties of interest, unread. ``Raw`` needs a default: ``Raw | None`` would not take an object."""

    id: Raw = _ABSENT
    at_id: Raw = field(default=_ABSENT, name="@id")
    href: Raw = _ABSENT
    type: Raw = _ABSENT
    at_type: Raw = field(default=_ABSENT, name="@type")
    actor: Raw = _ABSENT
    object: Raw = _ABSENT


_node = msgspec.json.Decoder(_Node)
_any = msgspec.json.Decoder()
_collection = msgspec.json.Decoder(_Collection)
_list = msgspec.json.Decoder(list[Raw])
_vouched = msgspec.json.Decoder(_Vouched)


def open_envelope(body: bytes) -> Envelope:
    """Return the envelope of ``body``; Malformed when it is no JSON object or names no actor or no type.

    What lies deeper is not looked at: the body may still turn out to be malformed.
    """
    try:
        node = _node.decode(body)
        id_ = first_id(_value(node.id), _value(node.at_id))
        types = names(_value(node.type)) or names(_value(node.at_type))
        actor = identifier(_value(node.actor))
        object_id, innermost = _object(node.object)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as why:
        raise Malformed("This is not an activity in JSON.", detail=str(why)) from why
    if not types:
        raise Malformed("The activity has no type." if actor else "The activity names no actor.")
    if actor is None:
        if not quirks.mastodon_request_without_actor(types):
            raise Malformed("The activity names no actor.")
        actor = ""
    return Envelope(
        id=id_,
        type=known_first(types),
        actor=actor,
        object_id=object_id,
        order_key=innermost or id_ or actor,
    )


def is_vouched(body: bytes) -> bool:
    """Whether ``body`` carries a proof or a linked-data signature, by which others could believe it; good or not."""
    try:
        node = _vouched.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return any(_start(raw) in (b"{", b"[") for raw in (node.proof, node.signature))


def open_letter(body: bytes) -> list[tuple[Envelope, bytes]]:
    """Return the envelope and the bytes of each activity in ``body``: of itself, or of those in the collection it is.

    Malformed as ``open_envelope``, and when a collection holds more than ``limits.WRAPPED`` or anything else.
    """
    try:
        return [(open_envelope(body), body)]
    except Malformed:
        wrapped = _wrapped(body)
        if not wrapped:
            raise
    return [(open_envelope(each), each) for each in wrapped]


def _wrapped(body: bytes) -> list[bytes]:
    """Return what a collection holds; nothing for what is none."""
    try:
        node = _collection.decode(body)
        if COLLECTIONS.isdisjoint(names(_value(node.type))):
            return []
        raw = node.ordered_items if node.items is _ABSENT else node.items
        items = [] if raw is _ABSENT else _list.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return []
    if len(items) > limits.WRAPPED:
        raise Malformed(f"A collection may hold at most {limits.WRAPPED} activities.")
    return [bytes(item) for item in items]


def _value(raw: Raw) -> Any:
    return None if raw is _ABSENT else _any.decode(raw)


def _start(raw: Raw) -> bytes:
    """Return the first byte, which tells the kind of a JSON value, without copying the rest."""
    return bytes(memoryview(raw)[:1])


def _object(raw: Raw, levels: int = _DEEPEST) -> tuple[str | None, str | None]:
    """Return the id of the object and that of the innermost one in it; of several objects the first counts."""
    start = _start(raw)
    if start == b'"':
        id_ = first_id(_any.decode(raw))
        return id_, id_
    if start == b"[":
        id_ = identifier(_any.decode(raw))
        return id_, id_
    if start != b"{":
        return None, None
    node = _node.decode(raw)
    id_ = first_id(_value(node.id), _value(node.at_id), _value(node.href))
    innermost = _object(node.object, levels - 1)[1] if levels else None
    return id_, innermost or id_
