"""Pictures of the owner, kept as files of our own; ``federation/files`` serves them.

Spec: CLIENT_API §3 (update_credentials); SAFETY rule 21. Pillow works in a child process.
"""

import re
from pathlib import Path
from typing import Literal

from smallfed.imaging import entry, naming
from smallfed.imaging.entry import Job
from smallfed.imaging.naming import file_name
from smallfed.runtime import files
from smallfed.runtime.files import Draft
from smallfed.workers.parts import Parts

Place = Literal["avatars", "headers"]

LARGEST = 8 << 20

_NAME = re.compile(r"[0-9a-f]{32}(?:-moves|-still)?\.[a-z]+")


async def keep(house_parts: Parts, place: Place, upload: Draft) -> str:
    """Scale and strip an uploaded picture, keep it, and return its address. Invalid when it is no picture we read.

    One that moves is kept in motion and still; the address is that in motion, which ``naming.still`` leads on from.
    """
    job: Job = "avatar" if place == "avatars" else "header"
    picture = entry.result(await house_parts.aside.child(entry.ENTRY, entry.request(job, upload.path)))
    folder = house_parts.data / "media" / place
    name = file_name(picture)
    if picture.moves:
        name, still = naming.pair(picture)
        await house_parts.aside.thread(files.keep, folder / still, picture.data)
    await house_parts.aside.thread(files.keep, folder / name, picture.moves or picture.data)
    return house_parts.identity.here.page(f"/media/{place}/{name}")


async def forget_others(house_parts: Parts, place: Place, url: str | None) -> None:
    """Delete the owner's earlier pictures of this kind; ``url`` is the one that stays, if any."""
    stays = {each.rpartition("/")[2] for each in (url or "", naming.still(url or ""))}
    await house_parts.aside.thread(_forget, house_parts.data / "media" / place, stays)


def _forget(folder: Path, stays: set[str]) -> None:
    for path in folder.glob("*"):
        if path.name not in stays and _NAME.fullmatch(path.name):
            path.unlink(missing_ok=True)
