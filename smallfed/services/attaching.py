"""Attaching: posts of the owner show media in an order, and let them go again.

What an earlier version of a post has shown stays with the post: its history shows it.

Spec: CLIENT_API §5 (POST, PUT and DELETE of statuses); Mastodon's PostStatusService and UpdateStatusService.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import structs

from smallfed.domain.medium import Medium, MediumState, Retouch
from smallfed.domain.post import Attachment
from smallfed.errors import Invalid
from smallfed.services import uploading
from smallfed.store import attachments, houses, media
from smallfed.store.tx import Tx

ALONE = frozenset({"video", "audio"})  # as with Mastodon; what was a GIF is a picture among others


def choose(
    tx: Tx, wanted: Sequence[int], changes: Sequence[Retouch] = (), *, post: int | None = None
) -> tuple[Medium, ...]:
    """Return the media ``wanted`` as ``changes`` make them, for a new post or for ``post``.

    Invalid when there is one that another post has, that is not ready, or that is not there; or a film or sound that
    would not be alone.
    """
    known = media.several(tx, wanted)
    absent = [str(one) for one in wanted if one not in known or known[one].post_id not in (None, post)]
    if absent:
        raise Invalid(f"Validation failed: Media {', '.join(absent)} not found or already attached to another post")
    chosen = [known[one] for one in dict.fromkeys(wanted)]
    if any(medium.state is MediumState.FAILED for medium in chosen):
        raise Invalid("Validation failed: Cannot attach files that could not be read. Upload them again.")
    if any(medium.state is MediumState.WAITING for medium in chosen):
        raise Invalid(
            "Validation failed: Cannot attach files that have not finished processing. Try again in a moment!"
        )
    if len(chosen) > 1 and any(medium.kind in ALONE for medium in chosen):
        raise Invalid("Validation failed: Cannot attach a video or a sound to a post that has other files, too")
    said = {change.id: uploading.said(change) for change in changes}
    return tuple(structs.replace(medium, **said.get(medium.id, {})) for medium in chosen)


def shown(tx: Tx, chosen: Sequence[Medium]) -> tuple[Attachment, ...]:
    """Return what a post with these media shows."""
    if not chosen:
        return ()
    house = houses.get(tx)
    return tuple(medium.shown(house) for medium in chosen)


def attach(tx: Tx, post: int, chosen: Sequence[Medium]) -> None:
    """Let ``post`` show these, which ``choose`` has returned, instead of what it showed."""
    for medium in chosen:
        media.change(
            tx,
            medium.id,
            post_id=post,
            description=medium.description,
            focus_x=medium.focus_x,
            focus_y=medium.focus_y,
        )
    attachments.replace(tx, post, shown(tx, chosen))


def reserve(tx: Tx, wanted: Sequence[int], until: datetime) -> None:
    """Keep media that no post has yet until then, and a day longer."""
    media.keep(tx, wanted, until + uploading.UNUSED)


def release(tx: Tx, post: int, *, remove: bool = False) -> None:
    """Let go what a post has that is about to be deleted: a day remains to use it anew, unless it is to be removed."""
    if remove:
        uploading.remove(tx, media.of_post(tx, post))
    else:
        media.release(tx, post, until=tx.now + uploading.UNUSED)
