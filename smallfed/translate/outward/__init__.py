"""Facts → wire: every document that leaves the house is made here, from the parts beside.

Activities are Structs without a context; ``body`` adds it and renders the bytes that are stored, signed and served.

Spec: ActivityPub §6 and §7, https://docs.joinmastodon.org/spec/activitypub/
"""

from smallfed.translate.notes import emoji, hashtag, note
from smallfed.translate.outward.collections import collection, collection_page
from smallfed.translate.outward.featuring import add, remove
from smallfed.translate.outward.flagging import flag
from smallfed.translate.outward.following import accept_follow, block, follow, reject_follow, reject_server_follow
from smallfed.translate.outward.owner import delete_actor, move, update_actor
from smallfed.translate.outward.publishing import (
    create,
    delete_note,
    tallies,
    tombstone,
    update_note,
    update_tally,
    vote,
)
from smallfed.translate.outward.reacting import announce, like
from smallfed.translate.outward.relaying import accept_relay, announce_to_relays, follow_relay
from smallfed.translate.outward.rendering import body
from smallfed.translate.outward.undoing import undo
from smallfed.translate.profiles import actor, instance_actor, relay_actor

__all__ = [
    "accept_follow",
    "accept_relay",
    "actor",
    "add",
    "announce",
    "announce_to_relays",
    "block",
    "body",
    "collection",
    "collection_page",
    "create",
    "delete_actor",
    "delete_note",
    "emoji",
    "flag",
    "follow",
    "follow_relay",
    "hashtag",
    "instance_actor",
    "like",
    "move",
    "note",
    "reject_follow",
    "reject_server_follow",
    "relay_actor",
    "remove",
    "tallies",
    "tombstone",
    "undo",
    "update_actor",
    "update_note",
    "update_tally",
    "vote",
]
