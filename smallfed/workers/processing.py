"""Processing: what was uploaded is read, one file at a time, and files that nobody needs any more are deleted.

Films and sounds, which may take minutes, go beside the pictures. Rows say what is to be done, so a restart goes on
where it was.

Spec: RULINGS 9, 31; SAFETY §2 (images). The files are read and written by a child process (``runtime/developing``).
"""

import logging
import shutil
from math import inf
from pathlib import Path

import trio

from smallfed.domain.events import FilesDiscarded, MediumTaken
from smallfed.domain.medium import Medium
from smallfed.errors import Invalid
from smallfed.filming.formats import Means
from smallfed.observe.logging import event
from smallfed.runtime import developing, files
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.clock import Dice
from smallfed.runtime.database import Database
from smallfed.runtime.developing import Job, Prints
from smallfed.runtime.files import Draft, Limit
from smallfed.runtime.hub import Hub
from smallfed.services import placing, uploading
from smallfed.services.uploading import FILES, INCOMING, Print, Small
from smallfed.store import discards, media
from smallfed.store.tx import Tx

log = logging.getLogger(__name__)

MEDIA = "media"  # folder of all media below that of the data
CPU, SECONDS = 30, 90.0  # for one file: the largest picture without losses takes some ten seconds
LONG_CPU, LONG_SECONDS = 1800, 3600.0  # for a film that is written anew
MEMORY, LONG_MEMORY = 1 << 30, 2 << 30  # address space, of which ffmpeg needs much and uses little
NOTHING = Means()  # with which films are kept as they are
UNREADABLE = "This file cannot be processed; the server's log says why."


class Processing:
    """Reads uploads and cleans up after them, below the folder ``data``."""

    def __init__(self, db: Database, aside: Aside, hub: Hub, data: Path, means: Means = NOTHING) -> None:
        self._db, self._aside, self._folder = db, aside, data / MEDIA
        self.means = means
        self._bells = {long: Bell() for long in (False, True)}
        for bell in self._bells.values():
            hub.on(MediumTaken, bell)
        hub.on(FilesDiscarded, self._bells[False])
        self._settled = trio.Event()
        self._swept = False

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Read and clean until cancelled."""
        if not self._swept:  # the doors are closed until we have started
            await self._aside.thread(_sweep, self._folder / INCOMING, await self._db.read(media.incoming))
            self._swept = True
        async with trio.open_nursery() as both:
            both.start_soon(self._go_on, True)
            task_status.started()
            await self._go_on(False)

    async def _go_on(self, long: bool) -> None:
        """Read what takes long, or what does not; the latter cleans, too."""
        while True:
            while (medium := await self._db.read(media.next_busy, long=long)) is not None:
                await self._process(medium)
                if long and medium.thumbnail is not None:
                    self._bells[False].ring()
            if not long:
                await self._clean()
            await self._bells[long].listen(inf)

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
            made = _print(await self._develop("attachment", medium.source, long=medium.is_long))
            await self._db.patient_write(uploading.finish, medium.id, medium.source, made)
        elif medium.thumbnail is not None:
            small = _small(await self._develop("preview", medium.thumbnail, long=False))
            if small is None:
                raise Invalid(UNREADABLE, detail="no preview in the answer")
            await self._db.patient_write(uploading.illustrate, medium.id, medium.thumbnail, small)

    async def _refuse(self, medium: Medium, reason: str) -> None:
        if medium.source is not None:
            await self._db.patient_write(uploading.fail, medium.id, medium.source, reason)
        elif medium.thumbnail is not None:
            await self._db.patient_write(uploading.spoil, medium.id, medium.thumbnail, reason)

    async def _develop(self, job: Job, source: str, *, long: bool) -> Prints:
        came, target = self._folder / INCOMING / source, self._folder / FILES
        order = developing.order(job, came, target, source, self.means)
        memory, cpu, seconds = (LONG_MEMORY, LONG_CPU, LONG_SECONDS) if long else (MEMORY, CPU, SECONDS)
        try:
            answer = await self._aside.child(
                developing.ENTRY, order, memory=memory, cpu=cpu, seconds=seconds, long=long
            )
        finally:
            with trio.CancelScope(shield=True):
                await self._aside.thread(developing.clear, came)
        return await self._aside.thread(developing.result, answer, target, source)

    async def _clean(self) -> None:
        while names := await self._db.read(discards.some):
            await self._aside.thread(_remove, self._folder, names)
            await self._db.patient_write(_forget, names)


def incoming(data: Path, dice: Dice, *, limit: Limit) -> Draft:
    """Return a file for an upload, under a name that nobody can guess; ``limit`` as of a ``Draft``."""
    return Draft(data / MEDIA / INCOMING, f"{dice(128):032x}", limit=limit)


def _print(made: Prints) -> Print:
    whole = made.whole
    if whole is None:
        raise Invalid(UNREADABLE, detail="nothing in the answer")
    return Print(
        file=whole.name,
        preview=_small(made),
        kind=made.kind,
        media_type=whole.media_type,
        size=whole.size,
        digest=whole.digest,
        width=whole.width,
        height=whole.height,
        duration=whole.duration,
        frame_rate=whole.frame_rate,
        bit_rate=whole.bit_rate,
        blurhash=made.blurhash,
    )


def _small(made: Prints) -> Small | None:
    small = made.preview
    if small is None:
        return None
    return Small(
        file=small.name, size=small.size, width=small.width or 0, height=small.height or 0, blurhash=made.blurhash
    )


def _forget(tx: Tx, names: list[str]) -> None:
    """Forget files that are gone from the disk; from the bucket they go after that."""
    discards.forget(tx, names)
    placing.leave(tx, names)


def _remove(folder: Path, names: list[str]) -> None:
    for name in names:
        files.remove(folder / name)


def _sweep(folder: Path, wanted: set[str]) -> None:
    """Delete what had come, or had begun to come, before anything knew of it."""
    for path in folder.glob("*"):
        if path.is_dir():  # in which something was made
            shutil.rmtree(path, ignore_errors=True)
        elif path.name not in wanted:
            path.unlink(missing_ok=True)
