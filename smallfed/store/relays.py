"""Relays: whom the owner has asked to pass posts on, and how far that has come."""

from typing import Any

from msgspec import json

from smallfed.domain.relay import Caps, Direction, Filters, Relay, State, Style
from smallfed.domain.uris import host
from smallfed.errors import NotFound
from smallfed.store.moments import moment, ms
from smallfed.store.tx import Tx

_NAMES = Relay.__struct_fields__
_SELECT = f"SELECT {', '.join(_NAMES)} FROM relays"
NEWEST = 100  # things that were sent, among which the last one for a relay is looked for
_SENDS = "state = 'accepted' AND NOT paused AND direction <> 'receive'"
_MOMENTS = ("created_at", "answered_at", "heard_at", "advised_at")
_filters, _caps = json.Decoder(Filters), json.Decoder(Caps)


def every(tx: Tx) -> list[Relay]:
    """Return all relays, the oldest first."""
    return [_read(row) for row in tx.all(f"{_SELECT} ORDER BY id")]


def find(tx: Tx, relay: int) -> Relay | None:
    """Return the relay with this id, or None."""
    row = tx.one(f"{_SELECT} WHERE id = ?", relay)
    return None if row is None else _read(row)


def get(tx: Tx, relay: int) -> Relay:
    """Return the relay with this id; NotFound."""
    found = find(tx, relay)
    if found is None:
        raise NotFound("there is no such relay any more")
    return found


def find_address(tx: Tx, address: str) -> Relay | None:
    """Return the relay that the owner gave this address of, or None."""
    row = tx.one(f"{_SELECT} WHERE address = ?", address)
    return None if row is None else _read(row)


def find_follow(tx: Tx, follow: str) -> Relay | None:
    """Return the relay that our Follow of this id was sent to, or None."""
    row = tx.one(f"{_SELECT} WHERE follow = ?", follow)
    return None if row is None else _read(row)


def of_actor(tx: Tx, actor: str) -> list[Relay]:
    """Return the relays whose actor this is: mostly none."""
    return [_read(row) for row in tx.all(f"{_SELECT} WHERE actor = ? ORDER BY id", actor)]


def put(tx: Tx, relay: Relay) -> None:
    """Store a new relay; sqlite3.IntegrityError when its address is there already."""
    marks = ", ".join("?" * len(_NAMES))
    values = [_column(getattr(relay, name)) for name in _NAMES]
    tx.run(f"INSERT INTO relays ({', '.join(_NAMES)}) VALUES ({marks})", *values)


def change(tx: Tx, relay: int, **fields: Any) -> None:
    """Change some fields; the values are those of the Struct."""
    sets = ", ".join(f"{name} = ?" for name in fields if name in _NAMES)
    tx.run(f"UPDATE relays SET {sets} WHERE id = ?", *map(_column, fields.values()), relay)


def heard(tx: Tx, relay: int) -> None:
    """Note that a relay brings something: whoever does is not gone, whatever its inbox has answered."""
    tx.run("UPDATE relays SET heard_at = ? WHERE id = ?", ms(tx.now), relay)
    tx.run("DELETE FROM gone_inboxes WHERE inbox = (SELECT inbox FROM relays WHERE id = ?)", relay)


def drop(tx: Tx, relay: int) -> None:
    """Forget a relay with its ledger and what waits of it."""
    tx.run("DELETE FROM relays WHERE id = ?", relay)


def inboxes(tx: Tx, style: Style | None = None) -> list[str]:
    """Return the inboxes of the relays, of this kind or of both, that are sent what is public."""
    rows = tx.all(f"SELECT DISTINCT inbox FROM relays WHERE {_SENDS} AND style = ifnull(?, style) ORDER BY 1", style)
    return [inbox for (inbox,) in rows]


def wants_signatures(tx: Tx) -> bool:
    """Whether some relay passes on what the owner publishes, as it is."""
    return tx.one(f"SELECT 1 FROM relays WHERE {_SENDS} AND style = 'mastodon' LIMIT 1") is not None


def asked_in_vain(tx: Tx, relay: Relay) -> str | None:
    """Return why a relay that has not answered was not reached when it was asked; None while that may still be."""
    if relay.state is not State.PENDING:
        return None
    row = tx.one(
        "SELECT d.answer FROM deliveries d CROSS JOIN bodies b ON b.id = d.body_id WHERE d.state <> 'waiting'"
        " AND d.state <> 'delivered' AND d.answered_at >= ? AND b.activity = ? LIMIT 1",
        ms(relay.created_at),
        relay.follow,
    )
    return None if row is None else str(row[0])


def trouble(tx: Tx, relay: Relay) -> str | None:
    """Return why a relay is not reached now, or was not when it was asked; None when all is well."""
    unasked = asked_in_vain(tx, relay)
    if unasked is not None:
        return f"It could not be asked: {unasked}"
    name = host(relay.inbox) or relay.host
    row = tx.one("SELECT last_error FROM hosts WHERE host = ? AND failures > 0", name)
    if row is not None:
        return f"It does not answer: {row[0]}"
    refusal = refusing(tx, relay)
    return None if refusal is None else f"It refused what it was sent last: {refusal}"


def refusing(tx: Tx, relay: Relay) -> str | None:
    """Return what a relay answered that refuses what the owner publishes; None of one that takes it, or is not sent."""
    is_told = relay.state is State.ACCEPTED and not relay.paused and relay.direction is not Direction.RECEIVE
    return _refusal(tx, relay.inbox) if is_told else None


def _refusal(tx: Tx, inbox: str | None) -> str | None:
    """Return what the last of the newest things was answered that were sent there, if it was not taken."""
    row = tx.one(
        """SELECT d.state, d.answer FROM (SELECT id FROM bodies ORDER BY id DESC LIMIT ?) b
            CROSS JOIN deliveries d ON d.body_id = b.id AND d.inbox = ?
            WHERE d.state IN ('delivered', 'failed') ORDER BY d.body_id DESC LIMIT 1""",
        NEWEST,
        inbox,
    )
    return str(row[1]) if row is not None and row[0] == "failed" else None


def count_followers(tx: Tx) -> tuple[int, int]:
    """Return how many relays follow our relay actor, and how many it follows."""
    row = tx.one(
        "SELECT count(their_follow), count(*) FROM relays WHERE style = 'litepub' AND state IN ('pending', 'accepted')"
    )
    return int(row[0]), int(row[1])


def _read(row: Any) -> Relay:
    values = dict(zip(_NAMES, row, strict=True))
    values |= {name: moment(values[name]) for name in _MOMENTS}
    values["style"] = None if values["style"] is None else Style(values["style"])
    values["direction"], values["state"] = Direction(values["direction"]), State(values["state"])
    values["paused"] = bool(values["paused"])
    values["filters"], values["caps"] = _filters.decode(values["filters"]), _caps.decode(values["caps"])
    return Relay(**values)


def _column(value: Any) -> Any:
    if isinstance(value, Filters | Caps):
        return json.encode(value).decode()
    return ms(value) if hasattr(value, "tzinfo") else value
