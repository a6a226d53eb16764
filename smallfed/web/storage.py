"""What takes the room there is, in a few lines of the owner's overview."""

from msgspec import Struct

from smallfed.policy.rooming import Level
from smallfed.runtime.room import Room
from smallfed.services import sizing
from smallfed.services.sizing import Arrival, Disk, Glance
from smallfed.store.tx import Tx
from smallfed.text.sizes import size

SHORT = {
    Level.SCARCE: "The disk is nearly full: pictures of others are shown, but not kept any more.",
    Level.SHORT: "The disk is nearly full: uploads are refused, and pictures of others are not kept any more.",
}


class Storage(Struct, frozen=True, kw_only=True):
    """Lines to be read, a warning or '', and the part of the budget that is used (None: there is none)."""

    lines: list[str]
    warning: str
    used: float | None


def look(tx: Tx, room: Room) -> Storage:
    """Say what takes how much room."""
    reserve, budget = room.reserve, room.budget
    disk = Disk(free=max(0, room.free), total=room.total, reserve=reserve, budget=budget)
    glance = sizing.glance(tx, disk, room.stock.own)
    return Storage(
        lines=[_media(glance), _disk(glance), *_arrived(glance.yesterday)],
        warning=SHORT.get(room.level, ""),
        used=None if not budget else min(1.0, glance.used / budget),
    )


def _media(glance: Glance) -> str:
    budget = glance.disk.budget
    whole = size(glance.used) if budget is None else f"{size(glance.used)} of {size(budget)}"
    return f"Pictures and films: {whole}, {size(glance.own)} of it yours. Database: {size(glance.database)}."


def _disk(glance: Glance) -> str:
    left = f"The disk has {size(glance.disk.free)} of {size(glance.disk.total)} left"
    days = glance.days_left
    if days is None:
        return f"{left}."
    return f"{left}; as it went lately, it is full in {days} {'day' if days == 1 else 'days'}."


def _arrived(yesterday: Arrival) -> list[str]:
    """Say what came yesterday, and who brought most of it, if anything came."""
    if not yesterday.all.bytes:
        return []
    said = f"Yesterday {size(yesterday.all.bytes)} came"
    if yesterday.noisy is None:
        return [f"{said}."]
    return [f"{said}, {yesterday.noisy.bytes / yesterday.all.bytes:.0%} of it from {yesterday.noisy.key}."]
