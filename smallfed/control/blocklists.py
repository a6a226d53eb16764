"""What the owner's commands may ask about lists of others: calls, of (tx, …), and errands, of (parts, …)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import convert, to_builtins

from smallfed.domain.blocklist import Blocklist, Entry, Reading, State
from smallfed.errors import Invalid, NotFound
from smallfed.services import comparing, foreseeing, reckoning, trusting
from smallfed.services.trusting import Trust
from smallfed.store import blocklists, findings
from smallfed.store.tx import Tx
from smallfed.workers.parts import Parts

if TYPE_CHECKING:
    from smallfed.services.foreseeing import Forecast

Json = Any


def subscribe(tx: Tx, *, url: str | None, trust: Json) -> Json:
    """Subscribe to a list, or note one from a file; answers it."""
    return to_builtins(trusting.subscribe(tx, url, convert(trust, Trust)))


def change(tx: Tx, *, name: str, trust: Json) -> Json:
    """Trust a list otherwise; answers it."""
    return to_builtins(trusting.change(tx, name, convert(trust, Trust)))


def unsubscribe(tx: Tx, *, name: str) -> Json:
    """Want a list no more; answers what it was."""
    return to_builtins(trusting.unsubscribe(tx, name))


def take_back(tx: Tx, *, name: str) -> Json:
    """Let nothing count that a list says, until it is read again; answers what it was."""
    return to_builtins(trusting.take_back(tx, name))


def take(tx: Tx, *, name: str, entries: Json) -> Json:
    """Note some of what a list from a file says."""
    trusting.take(tx, _from_file(tx, name).id, convert(entries, list[Entry]))
    return {}


def retract(tx: Tx, *, name: str, subjects: Json) -> Json:
    """Note some of what a list from a file does not say any more."""
    trusting.retract(tx, _from_file(tx, name).id, convert(subjects, list[str]))
    return {}


def finish(tx: Tx, *, name: str, size: int, dropped: int, people: bool) -> Json:
    """Note that all of a file was taken; answers the list."""
    known = _from_file(tx, name)
    fields = {"size": size, "dropped": dropped, "people": people, "read_at": tx.now, "changed_at": tx.now}
    trusting.finish(tx, known, None, state=State.FINE, **fields)
    return to_builtins(blocklists.get(tx, str(known.id)))


def _from_file(tx: Tx, name: str) -> Blocklist:
    known = blocklists.get(tx, name)
    if known.url is not None:
        raise Invalid(f"{known.name} is read from {known.url}: `smallfed lists refresh` reads it now")
    return known


def agree(tx: Tx, *, subjects: Json = None) -> Json:
    """Agree to what waits; answers to how much, and how much goes on waiting. ``more``: ask again, for the rest."""
    named = None if subjects is None else [_found(tx, text) for text in convert(subjects, list[str])]
    agreed = reckoning.agree(tx, named)
    return {"agreed": agreed, "waiting": findings.count_waiting(tx), "more": agreed > 0 and named is None}


def _found(tx: Tx, text: str) -> str:
    """Return the subject that is meant, of which lists come to something; NotFound."""
    who = trusting.subject(tx, text)
    if findings.find(tx, who) is None:
        raise NotFound(f"nothing comes of what lists say of {who}: `smallfed lists preview` shows what waits")
    return who


def decide(tx: Tx, *, about: str, choice: str) -> Json:
    """Say what holds for a server or for somebody whatever lists say; answers what is found of them then."""
    who = trusting.subject(tx, about)
    reckoning.choose(tx, who, choice)
    found = findings.find(tx, who)
    return {"subject": who, "found": None if found is None else to_builtins(found)}


def reckon(tx: Tx) -> Json:
    """Let a slice of what was said hold, or hold no more; answers whether there may be more."""
    return {"more": reckoning.go_on(tx)}


CALLS: dict[str, Callable[..., Json]] = {
    "lists.subscribe": subscribe,
    "lists.change": change,
    "lists.unsubscribe": unsubscribe,
    "lists.take_back": take_back,
    "lists.take": take,
    "lists.retract": retract,
    "lists.finish": finish,
    "lists.agree": agree,
    "lists.decide": decide,
    "lists.reckon": reckon,
}


# Errands --------------------------------------------------------------------------------------------------------------
async def refresh(parts: Parts, *, name: str, believe: bool = False) -> Json:
    """Read a list now, and reckon; answers how it went. ``believe``: even if nearly nothing is left of it."""
    known = await parts.db.read(blocklists.get, name)
    if known.url is None:
        raise Invalid(f"{known.name} comes from a file: `smallfed lists add FILE --name …` brings a newer one")
    outcome = await parts.trusting.refresh(known, believe=believe)
    await parts.trusting.reckon()
    return to_builtins(outcome)


async def preview(parts: Parts, *, url: str, trust: Json) -> Json:
    """Read the list at an address, and answer what would come of it."""
    wish, known = convert(trust, Trust), await parts.db.read(blocklists.find, url)
    reading = await parts.list_sources.read(url)
    return foreseen(reading, await parts.db.long_read(foreseeing.with_list, reading.entries, wish, known))


async def diff(parts: Parts, *, name: str) -> Json:
    """Read a list, and answer how it differs from what it said before; nothing comes of it."""
    known = await parts.db.read(blocklists.get, name)
    if known.url is None:
        raise NotFound(f"{known.name} comes from a file; there is nothing newer to compare it with")
    reading = await parts.list_sources.read(known.url, known.format)
    changes = await parts.db.long_read(comparing.compare, known.id, reading.entries)
    return {"before": changes.before, "after": changes.after, "doubtful": changes.doubtful} | {
        "new": to_builtins(changes.new),
        "gone": sorted(changes.gone),
    }


def foreseen(reading: Reading | None, forecast: "Forecast") -> Json:
    """Return what a list is (None: it is about all that waits), and what would come of it."""
    names = ("following", "followers", "posts", "relays", "lists")
    sums = {name: getattr(forecast, name) for name in names}
    about: dict[str, Json] = {}
    if reading is not None:
        about = {"format": reading.format, "people": reading.people, "entries": len(reading.entries)}
        about["dropped"] = to_builtins(reading.dropped)
    return about | to_builtins(forecast) | sums


ERRANDS: Mapping[str, Callable[..., Awaitable[Json]]] = {
    "lists.refresh": refresh,
    "lists.preview": preview,
    "lists.diff": diff,
}
