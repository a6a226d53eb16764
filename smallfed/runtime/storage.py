"""Storage: where the files of the media folder are, and reading them, wherever that is.

A *name* is the path of a file below the media folder, ``files/ab12….jpg``.
"""

from pathlib import Path

from smallfed.runtime.aside import Aside
from smallfed.runtime.content import Content, Opening
from smallfed.runtime.database import Database


class Storage:
    """The files below ``folder``."""

    def __init__(self, db: Database, aside: Aside, folder: Path) -> None:
        self.folder, self._db, self._opening = folder, db, Opening(aside)

    async def open(self, name: str) -> Content | None:
        """Return what is in a file, or None when there is none."""
        return await self._opening.open(f"{self.folder}/{name}")
