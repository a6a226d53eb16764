"""Activities about the posts of the owner."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import UnsetType

from smallfed.domain.house import House
from smallfed.protocol.emitted import Activity, Note, Tombstone, Vote
from smallfed.translate import audience
from smallfed.translate.moments import milliseconds, seconds


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
