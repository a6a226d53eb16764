"""Facts → wire: every document that leaves the house is made here, from the parts beside.

Activities are Structs without a context; ``body`` adds it and renders the bytes that are stored, signed and served.

Spec: ActivityPub §6 and §7, https://docs.joinmastodon.org/spec/activitypub/
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import UNSET, UnsetType, json, structs

from smallfed.domain.house import House
from smallfed.domain.post import Post
from smallfed.domain.reaction import FAVOURITE, Reaction
from smallfed.protocol.contexts import context_of
from smallfed.protocol.emitted import Activity, Actor, Collection, EmojiTag, Note, Tag, Thing, Tombstone, Vote
from smallfed.protocol.vocabulary import PUBLIC
from smallfed.translate import audience
from smallfed.translate.moments import milliseconds, seconds
from smallfed.translate.notes import emoji, hashtag, note
from smallfed.translate.profiles import actor, instance_actor

__all__ = [
    "accept_follow",
    "actor",
    "add",
    "announce",
    "block",
    "body",
    "collection",
    "collection_page",
    "create",
    "delete_actor",
    "delete_note",
    "emoji",
    "follow",
    "hashtag",
    "instance_actor",
    "like",
    "move",
    "note",
    "reject_follow",
    "remove",
    "tallies",
    "tombstone",
    "undo",
    "update_actor",
    "update_note",
    "update_tally",
    "vote",
]


def body(thing: Thing, *, proven: bool = False, sealed: bool = False) -> bytes:
    """Return the JSON of a document of ours, with the context that it needs.

    With ``proven`` and ``sealed`` it is ready for a proof inside and for a linked-data signature.
    """
    return json.encode(structs.replace(thing, context=context_of(thing, proven=proven, sealed=sealed)))


# Posts ----------------------------------------------------------------------------------------------------------------
def create(house: House, note: Note) -> Activity:
    """Return the Create of ``note``, addressed like it."""
    return Activity(
        id=f"{note.id}/activity",
        type="Create",
        actor=house.actor,
        published=note.published,
        to=note.to,
        cc=note.cc,
        audience=note.audience,
        object=note,
    )


def update_note(house: House, note: Note, *, at: datetime | None = None) -> Activity:
    """Return the Update of a ``note``; each version has its own id.

    ``at`` is when something about it has changed that makes no new version (say, who may quote it).
    """
    edited = note.published if isinstance(note.updated, UnsetType) else note.updated
    at_text = edited if at is None else milliseconds(at)
    return Activity(
        id=f"{note.id}#updates/{at_text}",
        type="Update",
        actor=house.actor,
        published=at_text,
        to=note.to,
        cc=note.cc,
        audience=note.audience,
        object=note,
    )


def update_tally(house: House, note: Note, *, at: datetime) -> Activity:
    """Return the Update that tells how the poll of ``note`` stands; the note is no newer for it."""
    return Activity(
        id=f"{tallies(str(note.id))}{milliseconds(at)}",
        type="Update",
        actor=house.actor,
        published=milliseconds(at),
        to=note.to,
        cc=note.cc,
        audience=note.audience,
        object=note,
    )


def tallies(uri: str) -> str:
    """Return how the ids of all Updates begin that only tell how the poll of the post ``uri`` stands."""
    return f"{uri}#tallies/"


def vote(house: House, *, uri: str, question: str, author: str, name: str, at: datetime) -> Activity:
    """Return the Create of the vote ``uri`` for the option ``name`` of ``question``, for the eyes of its ``author``."""
    ballot = Vote(
        id=uri, attributed_to=house.actor, to=(author,), in_reply_to=question, name=name, published=seconds(at)
    )
    return Activity(
        id=f"{uri}/activity",
        type="Create",
        actor=house.actor,
        published=ballot.published,
        to=ballot.to,
        object=ballot,
    )


def tombstone(uri: str) -> Tombstone:
    """Return what is left of the post ``uri``."""
    return Tombstone(id=uri)


def delete_note(house: House, uri: str, *, addressed: Sequence[str]) -> Activity:
    """Return the Delete of the post ``uri``; ``addressed`` is everybody whom the post was addressed to."""
    to_whom = audience.split(addressed)
    return Activity(
        id=f"{uri}#delete", type="Delete", actor=house.actor, to=to_whom.to, cc=to_whom.cc, object=tombstone(uri)
    )


def announce(
    house: House, boost: Post, *, post: str, author: str, group: str | None = None, approved_by: str | None = None
) -> Activity:
    """Return the Announce of ``post`` by ``author``, made in ``group`` (all ids); ``boost`` is our row of it.

    ``approved_by`` proves that the author has agreed to it.
    """
    to_whom = audience.of(house, boost.visibility, [author] if group is None else [author, group])
    return Activity(
        id=boost.uri,
        type="Announce",
        actor=house.actor,
        published=seconds(boost.published_at),
        to=to_whom.to,
        cc=to_whom.cc,
        object=post,
        approved_by=approved_by or UNSET,
        announce_authorization=approved_by or UNSET,
    )


def like(
    house: House,
    *,
    uri: str,
    post: str,
    author: str,
    group: str | None = None,
    reaction: Reaction = FAVOURITE,
    emoji: EmojiTag | None = None,
) -> Activity:
    """Return the Like ``uri`` of ``post`` by ``author``; ``emoji`` is the custom one of a ``reaction``.

    ``group`` is told as well, if the post was made in one: it is the group that tells all others.

    One form for all: Mastodon sees a favourite, the Misskey family, Pleroma's and others the emoji.
    """
    content = emoji.name if emoji else reaction.emoji or UNSET
    return Activity(
        id=uri,
        type="Like",
        actor=house.actor,
        to=(author,) if group is None else (author, group),
        audience=group or UNSET,
        object=post,
        content=content,
        misskey_reaction=content,
        tag=(emoji,) if emoji else UNSET,
    )


def add(house: House, *, uri: str, object_: str | Tag) -> Activity:
    """Return the Add ``uri`` by which the profile shows a post (its id) first, or a hashtag."""
    return _featured("Add", house, uri, object_)


def remove(house: House, *, uri: str, object_: str | Tag) -> Activity:
    """Return the Remove ``uri`` by which the profile shows a post (its id) first, or a hashtag, no longer."""
    return _featured("Remove", house, uri, object_)


def _featured(kind: str, house: House, uri: str, object_: str | Tag) -> Activity:
    """Mastodon goes by the type of the object: hashtags are told of as of the same collection as posts."""
    return Activity(
        id=uri,
        type=kind,
        actor=house.actor,
        to=(PUBLIC,),
        cc=(house.followers,),
        object=object_,
        target=house.featured,
    )


# Follows and distance -------------------------------------------------------------------------------------------------
def follow(house: House, *, uri: str, target: str) -> Activity:
    """Return the Follow ``uri`` of ``target``."""
    return Activity(id=uri, type="Follow", actor=house.actor, to=(target,), object=target)


def accept_follow(house: House, *, uri: str, follow: str, follower: str) -> Activity:
    """Return the Accept ``uri`` of the Follow that ``follower`` sent; its id ``follow`` is given back byte for byte."""
    return _answer("Accept", house, uri, follow, follower)


def reject_follow(house: House, *, uri: str, follow: str, follower: str) -> Activity:
    """Return the Reject ``uri`` of the Follow that ``follower`` sent, also some time after it was accepted."""
    return _answer("Reject", house, uri, follow, follower)


def reject_server_follow(house: House, *, uri: str, follow: str, follower: str) -> Activity:
    """Return the Reject ``uri``, by the server's own actor, of a Follow of it."""
    server = house.instance_actor
    asked = Activity(id=follow, type="Follow", actor=follower, object=server)
    return Activity(id=uri, type="Reject", actor=server, to=(follower,), object=asked)


def flag(house: House, *, uri: str, account: str, posts: Sequence[str], comment: str) -> Activity:
    """Return the Flag ``uri``: the server's own actor reports ``account`` for ``posts``, and says nothing of the owner.

    The object is a list, the account first: Pleroma and GoToSocial want it so.
    """
    return Activity(
        id=uri, type="Flag", actor=house.instance_actor, to=(account,), object=(account, *posts), content=comment
    )


def _answer(kind: str, house: House, uri: str, follow: str, follower: str) -> Activity:
    asked = Activity(id=follow, type="Follow", actor=follower, object=house.actor)
    return Activity(id=uri, type=kind, actor=house.actor, to=(follower,), object=asked)


def block(house: House, *, uri: str, target: str) -> Activity:
    """Return the Block ``uri`` of ``target``."""
    return Activity(id=uri, type="Block", actor=house.actor, to=(target,), object=target)


def undo(activity: Activity) -> Activity:
    """Return the Undo of an activity of ours, embedded with what everybody needs to find it, to the same audience."""
    undone = structs.replace(activity, published=UNSET, to=UNSET, cc=UNSET)
    return Activity(
        id=f"{activity.id}#undo",
        type="Undo",
        actor=activity.actor,
        to=activity.to,
        cc=activity.cc,
        audience=activity.audience,
        object=undone,
    )


# The owner ------------------------------------------------------------------------------------------------------------
def update_actor(house: House, actor: Actor, *, at: datetime) -> Activity:
    """Return the Update of the owner's own ``actor``, changed ``at``."""
    return Activity(
        id=f"{house.actor}#updates/{milliseconds(at)}",
        type="Update",
        actor=house.actor,
        published=milliseconds(at),
        to=(PUBLIC,),
        cc=(house.followers,),
        object=actor,
    )


def delete_actor(house: House) -> Activity:
    """Return the Delete with which the owner leaves."""
    return Activity(id=f"{house.actor}#delete", type="Delete", actor=house.actor, to=(PUBLIC,), object=house.actor)


def move(house: House, *, departure: int, target: str) -> Activity:
    """Return the Move of the owner to the actor ``target``."""
    return Activity(
        id=house.departure(departure),
        type="Move",
        actor=house.actor,
        to=(house.followers,),
        object=house.actor,
        target=target,
    )


# Collections ----------------------------------------------------------------------------------------------------------
def collection(
    uri: str,
    *,
    total: int,
    first: str | None = None,
    items: Sequence[str | Thing] | None = None,
    ordered: bool = True,
    owner: str | None = None,
) -> Collection:
    """Return a collection, with its ``items`` or with the address of its ``first`` page, or (hidden) with neither."""
    contents = UNSET if items is None else tuple(items)
    return Collection(
        id=uri,
        type="OrderedCollection" if ordered else "Collection",
        attributed_to=owner or UNSET,
        total_items=total,
        first=first or UNSET,
        items=UNSET if ordered else contents,
        ordered_items=contents if ordered else UNSET,
    )


def collection_page(
    uri: str,
    *,
    part_of: str,
    items: Sequence[str | Thing],
    next_page: str | None = None,
    previous_page: str | None = None,
    ordered: bool = True,
) -> Collection:
    """Return one page of the collection ``part_of``."""
    contents = tuple(items)
    return Collection(
        id=uri,
        type="OrderedCollectionPage" if ordered else "CollectionPage",
        part_of=part_of,
        next=next_page or UNSET,
        prev=previous_page or UNSET,
        items=UNSET if ordered else contents,
        ordered_items=contents if ordered else UNSET,
    )
