"""Uploads for posts: they come, are read, are described, and can be taken back until a post has them.

Spec: CLIENT_API §5 (media), §13 item 20; https://docs.joinmastodon.org/methods/media/.
"""

from smallfed.domain.medium import Medium, MediumState
from smallfed.errors import Invalid, NotFound, Unavailable
from smallfed.filming.formats import kind_of, refusal
from smallfed.imaging.pictures import head_of, media_type_of
from smallfed.imaging.sniffing import sniff
from smallfed.mastodon import enclosures, uploads
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.params import identifier
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.presenting.media import upload
from smallfed.mastodon.replying import Reply
from smallfed.runtime.files import Draft
from smallfed.services import uploading
from smallfed.services.uploading import Upload
from smallfed.store import media

WRITE = "write:media"
PATIENCE = 8.0  # seconds in which most pictures are read; who asks in the newer way is told of those that are not
LONG_PATIENCE = 180.0  # for who asks in the older way, which knows no waiting


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.post("/api/v2/media", owner(WRITE), create)
    door.post("/api/v1/media", owner(WRITE), create_at_once)
    door.get("/api/v1/media/<number>", owner(WRITE), show)
    door.put("/api/v1/media/<number>", owner(WRITE), change)
    door.delete("/api/v1/media/<number>", owner(WRITE), remove)


async def create(ask: Ask) -> Reply:
    """Take an upload: 200 when it has been read, 202 while that takes longer."""
    medium = await _created(ask, PATIENCE)
    return Reply(body=upload(ask.house, medium), status=202 if medium.state is MediumState.WAITING else 200)


async def create_at_once(ask: Ask) -> Reply:
    """Take an upload, and answer when it has been read."""
    medium = await _created(ask, LONG_PATIENCE)
    if medium.state is MediumState.WAITING:
        raise Unavailable("There are many files to be read before this one; it will be ready later.")
    return Reply(body=upload(ask.house, medium))


async def _created(ask: Ask, patience: float) -> Medium:
    file, thumbnail = await uploads.draft("file"), await uploads.draft("thumbnail")
    if file is None:
        raise Invalid("Validation failed: File can't be blank")
    description, focus = enclosures.description(ask.params) or "", enclosures.focus(ask.params.text("focus"))
    media_type = await _type(ask, file)
    if (reason := refusal(media_type, ask.parts.processing.means)) is not None:
        raise Invalid(f"Validation failed: {reason}")
    await _keep(ask, file)
    if thumbnail is not None:
        await _keep_picture(ask, thumbnail)
    taken = await ask.parts.db.write(
        uploading.take,
        Upload(
            source=file.name,
            digest=file.digest,
            kind=kind_of(media_type or ""),
            thumbnail=None if thumbnail is None else thumbnail.name,
            description=description,
            focus=focus,
        ),
    )
    for draft in (file, thumbnail):
        if draft is not None:
            draft.hand_over()
    return await _finished(ask, taken.id, patience, fresh=True)


async def _type(ask: Ask, draft: Draft) -> str | None:
    return sniff(await ask.parts.aside.thread(head_of, draft.path))


async def _keep_picture(ask: Ask, draft: Draft) -> None:
    """Bring a picture to the disk for good, if it looks like one that we read."""
    await ask.parts.aside.thread(media_type_of, draft.path)
    await _keep(ask, draft)


async def _keep(ask: Ask, draft: Draft) -> None:
    """Bring a file to the disk for good."""
    await ask.parts.aside.thread(draft.keep)


async def _finished(ask: Ask, medium: int, patience: float, *, fresh: bool = False) -> Medium:
    """Return a medium once all of it is read, or as it is by then; Invalid when it cannot be read.

    A ``fresh`` one that cannot is forgotten: nobody knows its id.
    """
    known = await ask.parts.processing.finished(medium, patience)
    if known is None:
        raise NotFound("Record not found")
    if known.reason:
        if fresh:
            await ask.parts.db.write(uploading.withdraw, medium)
        raise Invalid(f"Validation failed: {known.reason}")
    return known


async def show(ask: Ask, number: str) -> Reply:
    """Answer an upload: 200 when it has been read, 206 while that takes longer, 422 when it cannot be read."""
    return await ask.read(_show, identifier(number))


def _show(show: Presenter, number: int) -> Reply:
    medium = media.get(show.tx, number)
    if medium.state is MediumState.FAILED:
        raise Invalid(f"Validation failed: {medium.reason}")
    return Reply(body=upload(show.house, medium), status=206 if medium.state is MediumState.WAITING else 200)


async def change(ask: Ask, number: str) -> Reply:
    """Change what is said about an upload, or the picture that stands for it."""
    retouch = enclosures.retouch(identifier(number), ask.params)
    thumbnail = await uploads.draft("thumbnail")
    if thumbnail is None:
        await ask.parts.db.write(uploading.retouch, retouch)
        return await show(ask, number)
    await ask.read(lambda show: media.get(show.tx, retouch.id))
    await _keep_picture(ask, thumbnail)
    await ask.parts.db.write(uploading.retouch, retouch, thumbnail=thumbnail.name)
    thumbnail.hand_over()
    medium = await _finished(ask, retouch.id, LONG_PATIENCE)
    return Reply(body=upload(ask.house, medium), status=206 if medium.state is MediumState.WAITING else 200)


async def remove(ask: Ask, number: str) -> object:
    """Remove an upload that no post has."""
    await ask.parts.db.write(uploading.withdraw, identifier(number))
    return {}
