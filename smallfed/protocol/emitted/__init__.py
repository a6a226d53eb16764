"""The documents that we emit, exactly: strict Structs, in the order in which their properties are written.

Absent properties are UNSET.

Spec: ActivityPub §3, https://docs.joinmastodon.org/spec/activitypub/
"""

from smallfed.protocol.emitted.activities import Activity
from smallfed.protocol.emitted.actors import (
    Actor,
    Endpoints,
    Generator,
    Implemented,
    Multikey,
    PropertyValue,
    PublicKey,
)
from smallfed.protocol.emitted.collections import Collection
from smallfed.protocol.emitted.consent import InteractionPolicy, Stamp, SubPolicy
from smallfed.protocol.emitted.posts import AttachedLink, Document, Note, Option, Preview, Source, Tombstone, Vote
from smallfed.protocol.emitted.thing import EmojiTag, Image, ObjectLink, Tag, Thing

__all__ = [
    "Activity",
    "Actor",
    "AttachedLink",
    "Collection",
    "Document",
    "EmojiTag",
    "Endpoints",
    "Generator",
    "Image",
    "Implemented",
    "InteractionPolicy",
    "Multikey",
    "Note",
    "ObjectLink",
    "Option",
    "Preview",
    "PropertyValue",
    "PublicKey",
    "Source",
    "Stamp",
    "SubPolicy",
    "Tag",
    "Thing",
    "Tombstone",
    "Vote",
]
