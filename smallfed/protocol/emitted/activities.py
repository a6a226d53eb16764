"""Activities.

Spec: ActivityPub §6.
"""

from msgspec import UNSET, UnsetType, field

from smallfed.protocol.emitted.actors import Actor
from smallfed.protocol.emitted.consent import Stamp
from smallfed.protocol.emitted.posts import Note, Tombstone, Vote
from smallfed.protocol.emitted.thing import Tag, Thing


class Activity(Thing, frozen=True, kw_only=True, rename="camel"):
    """Whatever the owner does, or the server itself. The object of a Flag is a list."""

    id: str
    type: str
    actor: str
    published: str | UnsetType = UNSET
    to: tuple[str, ...] | UnsetType = UNSET
    cc: tuple[str, ...] | UnsetType = UNSET
    audience: str | UnsetType = UNSET
    object: "str | tuple[str, ...] | Note | Vote | Actor | Tombstone | Stamp | Tag | Activity"
    target: str | UnsetType = UNSET
    content: str | UnsetType = UNSET
    misskey_reaction: str | UnsetType = field(default=UNSET, name="_misskey_reaction")
    tag: tuple[Thing, ...] | UnsetType = UNSET
    instrument: "str | Note | UnsetType" = UNSET
    result: str | UnsetType = UNSET
    approved_by: str | UnsetType = UNSET
    announce_authorization: str | UnsetType = UNSET
