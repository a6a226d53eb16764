"""Pictures of people and custom emoji, kept as files of our own; and those for who has none.

Spec: CLIENT_API §13 items 8, 18; SAFETY rules 21, 33. Pillow works in a child process.
"""

import re
from pathlib import Path
from typing import Literal

from quart import Response, current_app
from quart_trio import QuartTrio

from smallfed.errors import Invalid, NotFound, SmallfedError
from smallfed.imaging import entry
from smallfed.imaging.entry import Job
from smallfed.imaging.naming import TYPES, file_name
from smallfed.mastodon import failures
from smallfed.mastodon.replying import response
from smallfed.pages.quart import parts
from smallfed.runtime import files
from smallfed.workers.parts import Parts

Place = Literal["avatars", "headers"]

LARGEST = 8 << 20
FOREVER, WEEK = 365 * 86400, 7 * 86400

_JOBS: dict[tuple[str, str], Job] = {
    ("avatars", "default.png"): "default_avatar",
    ("headers", "default.png"): "default_header",
    ("avatars", "missing.png"): "missing_avatar",
    ("headers", "missing.png"): "default_header",
}
_NAME = re.compile(r"[0-9a-f]{32}\.([a-z]+)")


async def keep(house_parts: Parts, place: Place, upload: bytes) -> str:
    """Scale and strip an uploaded picture, keep it, and return its address. Invalid when it is no picture we read."""
    if len(upload) > LARGEST:
        raise Invalid(f"Validation failed: a picture may have at most {LARGEST >> 20} MB")
    job: Job = "avatar" if place == "avatars" else "header"
    picture = entry.result(await house_parts.aside.child(entry.ENTRY, entry.request(job, upload)))
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


async def show(place: str, name: str) -> Response:
    """Answer with a picture."""
    try:
        data = await _find(parts(), place, name)
    except SmallfedError as error:
        return response(failures.reply(error))
    age = WEEK if (place, name) in _JOBS else FOREVER
    headers = {
        "Content-Type": TYPES[name.rpartition(".")[2]],
        "Cache-Control": f"public, max-age={age}, immutable",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Access-Control-Allow-Origin": "*",
    }
    made: Response = current_app.response_class(data, 200, headers)
    return made


async def _find(house_parts: Parts, place: str, name: str) -> bytes:
    job = _JOBS.get((place, name))
    match = _NAME.fullmatch(name)
    if place not in ("avatars", "headers", "emojis") or (job is None and (match is None or match[1] not in TYPES)):
        raise NotFound("Not found")
    path = house_parts.data / "media" / place / name
    data = await house_parts.aside.thread(files.read, path)
    if data is None and job is not None:
        data = await _draw(house_parts, job, name)
        await house_parts.aside.thread(files.keep, path, data)
    if data is None:
        raise NotFound("Not found")
    return data


async def _draw(house_parts: Parts, job: Job, name: str) -> bytes:
    here = house_parts.identity.here
    handle = here.handle if name == "default.png" else here.account_domain
    return entry.result(await house_parts.aside.child(entry.ENTRY, entry.request(job, handle.encode()))).data


def register(app: QuartTrio) -> None:
    """Hang the addresses of pictures into ``app``."""
    app.add_url_rule("/media/<place>/<name>", "pictures of people", show, methods=["GET"])
