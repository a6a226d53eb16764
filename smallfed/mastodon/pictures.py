"""Pictures of the owner, kept as files of our own; ``federation/files`` serves them.

Spec: CLIENT_API §3 (update_credentials); SAFETY rule 21. Pillow works in a child process.
"""

import re
from pathlib import Path
from typing import Literal

from smallfed.imaging import entry
from smallfed.imaging.entry import Job
from smallfed.imaging.naming import file_name
from smallfed.runtime import files
from smallfed.runtime.files import Draft
from smallfed.workers.parts import Parts

Place = Literal["avatars", "headers"]

LARGEST = 8 << 20

_NAME = re.compile(r"[0-9a-f]{32}\.[a-z]+")


async def keep(house_parts: Parts, place: Place, upload: Draft) -> str:
    """Scale and strip an uploaded picture, keep it, and return its address. Invalid when it is no picture we read."""
    job: Job = "avatar" if place == "avatars" else "header"
    picture = entry.result(await house_parts.aside.child(entry.ENTRY, entry.request(job, upload.path)))
    name = file_name(picture)
    await house_parts.aside.thread(files.keep, house_parts.data / "media" / place / name, picture.data)
    return house_parts.identity.here.page(f"/media/{place}/{name}")


async def forget_others(house_parts: Parts, place: Place, url: str | None) -> None:
    """Delete the owner's earlier pictures of this kind; ``url`` is the one that stays, if any."""
    await house_parts.aside.thread(_forget, house_parts.data / "media" / place, (url or "").rpartition("/")[2])


def _forget(folder: Path, stays: str) -> None:
    for path in folder.glob("*"):
        if path.name != stays and _NAME.fullmatch(path.name):
            path.unlink(missing_ok=True)
