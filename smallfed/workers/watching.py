"""Watching the house: states that the owner should know of are announced in the apps, and taken back when over."""

import shutil
from pathlib import Path

from smallfed.services import announcing
from smallfed.store import houses
from smallfed.store.tx import Tx
from smallfed.workers.parts import Parts

LITTLE = 1 << 30  # bytes of free disk below which the owner is told
PART = 0.05  # and the part of the disk, where that is less

DISK, COPY = "disk", "copy"


async def watch(parts: Parts) -> None:
    """Look at what can go wrong by itself."""
    usage = await parts.aside.thread(shutil.disk_usage, parts.data)
    copies = sorted(parts.data.glob("smallfed-v*.db"))
    await parts.db.patient_write(_judge, usage.free, usage.total, copies)


def _judge(tx: Tx, free: int, total: int, copies: list[Path]) -> None:
    if houses.find(tx) is None:
        return
    if free < min(LITTLE, total * PART):
        announcing.tell_of(tx, DISK, _full(free))
    else:
        announcing.is_over(tx, DISK)
    if copies:
        announcing.tell_of(tx, COPY, _copies(copies))
    else:
        announcing.is_over(tx, COPY)


def _full(free: int) -> str:
    left = next(size for size in (900, 500, 250, 100, 50, 0) if free >> 20 >= size)  # said anew when it gets worse
    return (
        f"**The disk of your server is nearly full**: about {left} MB are left. When nothing is left, nothing more can"
        " be stored; what others send waits on their servers, and comes when there is room again."
    )


def _copies(copies: list[Path]) -> str:
    names = ", ".join(f"`{copy.name}`" for copy in copies)
    return (
        f"Your server was brought up to date. How the database was before is kept beside it ({names}): when all is"
        " well, delete that, it takes as much room as the database."
    )
