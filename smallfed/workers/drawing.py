"""Drawing: pictures for who has none are made when somebody first asks for them.

Spec: CLIENT_API §13 item 8: apps want a picture of everybody. Pillow works in a child process.
"""

from collections.abc import Mapping

import trio

from smallfed.imaging import entry
from smallfed.imaging.entry import Job
from smallfed.runtime import files
from smallfed.workers.parts import Parts

DRAWN: Mapping[tuple[str, str], Job] = {
    ("avatars", "default.png"): "default_avatar",
    ("headers", "default.png"): "default_header",
    ("avatars", "missing.png"): "missing_avatar",
    ("headers", "missing.png"): "default_header",
}
"""(folder, name) below the folder of media → what is drawn."""


class Drawing:
    """Draws into the folder of media."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._one = trio.Lock()

    async def ensure(self, place: str, name: str) -> None:
        """Draw one of ``DRAWN`` unless it is there; once, however many ask for it meanwhile."""
        path = self._parts.data / "media" / place / name
        async with self._one:
            if await self._parts.aside.thread(path.is_file):
                return
            here = self._parts.identity.here
            handle = here.handle if name == "default.png" else here.account_domain
            answer = await self._parts.aside.child(entry.ENTRY, entry.request(DRAWN[place, name], handle.encode()))
            await self._parts.aside.thread(files.keep, path, entry.result(answer).data)
