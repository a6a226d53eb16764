"""What the owner's commands may call about relays."""

from collections.abc import Callable
from typing import Any

from msgspec import convert, structs, to_builtins

from smallfed.domain.relay import Direction, Filters, Relay, Style
from smallfed.services import billing, relaying
from smallfed.store import relays
from smallfed.store.tx import Tx

Json = Any


def add(tx: Tx, *, address: str, style: str | None = None, direction: str | None = None) -> Json:
    """Ask a relay; answers it as it stands."""
    kind = None if style is None else convert(style, Style)
    towards = None if direction is None else convert(direction, Direction)
    return _shown(tx, relaying.add(tx, address, style=kind, direction=towards))


def remove(tx: Tx, *, relay: str) -> Json:
    """Be done with a relay; answers what it was."""
    known = relaying.named(tx, relay)
    shown = _shown(tx, known)
    relaying.remove(tx, known)
    return shown


def pause(tx: Tx, *, relay: str, paused: bool) -> Json:
    """Take nothing from a relay for now, or go on; answers it."""
    known = relaying.named(tx, relay)
    relaying.pause(tx, known, paused=paused)
    return _shown(tx, relays.get(tx, known.id))


def filter_(tx: Tx, *, relay: str, filters: Json, anew: bool = False) -> Json:
    """Change which posts of a relay are wanted: what is named, or with ``anew`` all of it; answers it."""
    known = relaying.named(tx, relay)
    wish = (structs.asdict(Filters()) if anew else structs.asdict(known.filters)) | filters
    relaying.want(tx, known, filters=convert(to_builtins(wish), Filters))
    return _shown(tx, relays.get(tx, known.id))


def cap(tx: Tx, *, relay: str, caps: Json, direction: str | None = None) -> Json:
    """Change how much a relay may bring on a day, and what it is for; answers it."""
    known = relaying.named(tx, relay)
    towards = None if direction is None else convert(direction, Direction)
    changed = structs.replace(known.caps, **{name: convert(value, int) for name, value in caps.items()})
    relaying.want(tx, known, caps=changed, direction=towards)
    return _shown(tx, relays.get(tx, known.id))


def _shown(tx: Tx, relay: Relay) -> Json:
    return to_builtins(billing.bill(tx, relay).as_json())


CALLS: dict[str, Callable[..., Json]] = {
    "relays.add": add,
    "relays.remove": remove,
    "relays.pause": pause,
    "relays.filters": filter_,
    "relays.caps": cap,
}
