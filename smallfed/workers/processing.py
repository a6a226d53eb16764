"""Processing: what was uploaded is read, one file at a time, and files that nobody needs any more are deleted.

Rows say what is to be done, so a restart goes on where it was.

Spec: RULINGS 9, 31; SAFETY §2 (images). The files are read and written by a child process (``runtime/developing``).
"""

import logging
from math import inf
from pathlib import Path

import trio

from smallfed.domain.events import FilesDiscarded, MediumTaken
from smallfed.domain.medium import Medium
from smallfed.errors import Invalid
from smallfed.observe.logging import event
from smallfed.runtime import developing, files
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.clock import Dice
from smallfed.runtime.database import Database
from smallfed.runtime.developing import Job, Prints
from smallfed.runtime.files import Draft
from smallfed.runtime.hub import Hub
from smallfed.services import uploading
from smallfed.services.uploading import FILES, INCOMING, Print
from smallfed.store import discards, media

log = logging.getLogger(__name__)

MEDIA = "media"  # folder of all media below that of the data
CPU, SECONDS = 30, 90.0  # for one file: the largest picture without losses takes some ten seconds
UNREADABLE = "This file cannot be processed; the server's log says why."


class Processing:
    """Reads uploads and cleans up after them, below the folder ``data``."""

    def __init__(self, db: Database, aside: Aside, hub: Hub, data: Path) -> None:
        self._db, self._aside, self._folder, self._bell = db, aside, data / MEDIA, Bell()
        for kind in (MediumTaken, FilesDiscarded):
            hub.on(kind, self._bell)
        self._settled = trio.Event()
        self._swept = False

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Read and clean until cancelled."""
        if not self._swept:  # the doors are closed until we have started
            await self._aside.thread(_sweep, self._folder / INCOMING, await self._db.read(media.incoming))
            self._swept = True
        task_status.started()
        while True:
            while (medium := await self._db.read(media.next_busy)) is not None:
                await self._process(medium)
            await self._clean()
            await self._bell.listen(inf)

    async def finished(self, medium: int, seconds: float) -> Medium | None:
        """Return a medium as soon as all of it is read, or after ``seconds`` as far as it is; None when it is gone."""
        with trio.move_on_after(seconds):
            while True:
                settled = self._settled
                known = await self._db.read(media.find, medium)
                if known is None or not known.is_busy:
                    return known
                await settled.wait()
        return await self._db.read(media.find, medium)

    async def _process(self, medium: Medium) -> None:
        """Read what came first; what is wrong with it is its own trouble."""
        try:
            await self._read(medium)
        except Invalid as error:
            event(log, "upload.refused", medium=medium.id, error=error)
            await self._refuse(medium, error.message)
        except Exception:
            log.exception("reading the upload %d", medium.id)
            await self._refuse(medium, UNREADABLE)
        self._settled.set()
        self._settled = trio.Event()

    async def _read(self, medium: Medium) -> None:
        if medium.source is not None:
            made = _print(await self._develop("attachment", medium.source))
            await self._db.patient_write(uploading.finish, medium.id, medium.source, made)
        elif medium.thumbnail is not None:
            preview = (await self._develop("preview", medium.thumbnail)).preview
            if preview is None:
                raise Invalid(UNREADABLE, detail="no preview in the answer")
            await self._db.patient_write(uploading.illustrate, medium.id, medium.thumbnail, preview.name)

    async def _refuse(self, medium: Medium, reason: str) -> None:
        if medium.source is not None:
            await self._db.patient_write(uploading.fail, medium.id, medium.source, reason)
        elif medium.thumbnail is not None:
            await self._db.patient_write(uploading.spoil, medium.id, medium.thumbnail, reason)

    async def _develop(self, job: Job, source: str) -> Prints:
        target = self._folder / FILES
        order = developing.order(job, self._folder / INCOMING / source, target, source)
        answer = await self._aside.child(developing.ENTRY, order, cpu=CPU, seconds=SECONDS)
        return await self._aside.thread(developing.result, answer, target, source)

    async def _clean(self) -> None:
        while names := await self._db.read(discards.some):
            await self._aside.thread(_remove, self._folder, names)
            await self._db.patient_write(discards.forget, names)


def incoming(data: Path, dice: Dice, *, limit: int) -> Draft:
    """Return a file for an upload of at most ``limit`` bytes, under a name that nobody can guess."""
    return Draft(data / MEDIA / INCOMING, f"{dice(128):032x}", limit=limit)


def _print(made: Prints) -> Print:
    picture = made.picture
    if picture is None or made.blurhash is None:
        raise Invalid(UNREADABLE, detail="no picture in the answer")
    return Print(
        file=picture.name,
        preview=None if made.preview is None else made.preview.name,
        kind="image",  # what moves, too: apps play what is called gifv as a film, and we make none
        media_type=picture.media_type,
        size=picture.size,
        digest=picture.digest,
        width=picture.width,
        height=picture.height,
        blurhash=made.blurhash,
    )


def _remove(folder: Path, names: list[str]) -> None:
    for name in names:
        files.remove(folder / name)


def _sweep(folder: Path, wanted: set[str]) -> None:
    """Delete what had come, or had begun to come, before anything knew of it."""
    for path in folder.glob("*"):
        if path.name not in wanted:
            path.unlink(missing_ok=True)
