"""Watching the house: states that the owner should know of are announced in the apps, and taken back when over."""

from pathlib import Path

from smallfed.policy.rooming import Level
from smallfed.services import announcing
from smallfed.store import houses
from smallfed.store.tx import Tx
from smallfed.workers.parts import Parts

LITTLE = 1 << 30  # bytes of free disk below which the owner is told
PART = 0.05  # and the part of the disk, where that is less

DISK, COPY = "disk", "copy"


async def watch(parts: Parts) -> None:
    """Look at what can go wrong by itself."""
    level = await parts.room.look()
    copies = sorted(parts.data.glob("smallfed-v*.db"))
    await parts.db.patient_write(tell_of_disk, level, parts.room.free, parts.room.total)
    await parts.db.patient_write(_tell_of_copies, copies)


def tell_of_disk(tx: Tx, level: Level, free: int, total: int) -> None:
    """Say what is not done any more because the disk is nearly full; or only that it is; or take back what was said."""
    if houses.find(tx) is None:
        return
    if level is not Level.AMPLE or free < min(LITTLE, total * PART):
        announcing.tell_of(tx, DISK, f"{_full(free)} {CONSEQUENCES[level]}")
    else:
        announcing.is_over(tx, DISK)


def _tell_of_copies(tx: Tx, copies: list[Path]) -> None:
    if houses.find(tx) is None:
        return
    if copies:
        announcing.tell_of(tx, COPY, _copies(copies))
    else:
        announcing.is_over(tx, COPY)


def _full(free: int) -> str:
    sizes = (900, 500, 250, 100, 50)
    left = next((size for size in sizes if free >> 20 >= size), 0)  # said anew when it gets worse
    return f"**The disk of your server is nearly full**: about {left} MB are left."


CONSEQUENCES = {
    Level.AMPLE: "When nothing is left, nothing more can be stored; what others send waits on their servers, and comes"
    " when there is room again.",
    Level.SCARCE: "Pictures of others are shown, but not kept any more, until there is room again.",
    Level.SHORT: "Uploads are refused, and pictures of others are shown but not kept, until there is room again. Text"
    " is still taken in; when nothing is left, what others send waits on their servers.",
}


def _copies(copies: list[Path]) -> str:
    names = ", ".join(f"`{copy.name}`" for copy in copies)
    return (
        f"Your server was brought up to date. How the database was before is kept beside it ({names}): when all is"
        " well, delete that, it takes as much room as the database."
    )
