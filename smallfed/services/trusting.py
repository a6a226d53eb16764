"""Trusting: lists of others to which the owner subscribes, how far they are trusted, and what they say.

Spec: PROTOCOL §9.3.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct, structs

from smallfed.domain.blocklist import Blocklist, Entry, Format, State, address, digest, label
from smallfed.domain.domain_block import Severity
from smallfed.domain.events import ListsChanged
from smallfed.domain.uris import host, web
from smallfed.errors import Conflict, Invalid
from smallfed.policy import targets
from smallfed.policy.domains import EVERYBODY, chain
from smallfed.policy.quorum import Terms
from smallfed.policy.targets import Refused
from smallfed.services import blocking
from smallfed.store import blocklist_entries, blocklists, houses, ids, unreckoned
from smallfed.store.tx import Tx

LONGEST_NAME = 100
MOST_WEIGHT = 255
LONGEST_PAUSE = 24 * 90  # hours
AT_ONCE = timedelta(seconds=30)  # in which whoever subscribes may have it read, and see what comes of it


class Trust(Struct, frozen=True, kw_only=True):
    """How far a list is trusted, as it is said; None leaves it as it is, or as it usually is."""

    name: str | None = None
    format: Format | None = None
    weight: int | None = None
    ceiling: Severity | None = None
    labels: tuple[str, ...] | None = None
    automatic: bool | None = None
    paused: bool | None = None
    every_hours: int | None = None

    @property
    def said(self) -> dict[str, Any]:
        """What is said, by field; Invalid where that cannot be."""
        said = {name: value for name, value in structs.asdict(self).items() if value is not None}
        if "name" in said:
            said["name"] = _name(said["name"])
        if not 1 <= said.get("weight", 1) <= MOST_WEIGHT:
            raise Invalid(f"a weight is a number from 1 to {MOST_WEIGHT}")
        if not 1 <= said.get("every_hours", 24) <= LONGEST_PAUSE:
            raise Invalid(f"a list can be read every 1 to {LONGEST_PAUSE} hours")
        if "labels" in said:
            said["labels"] = tuple(dict.fromkeys(map(label, said["labels"])))
        return said


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable() or name.isdigit():
        raise Invalid(f"the name of a list has 1 to {LONGEST_NAME} characters, and is no number")
    return name


def subscribe(tx: Tx, url: str | None, trust: Trust) -> Blocklist:
    """Subscribe to the list at an address, or (None) note one that comes from a file. Invalid, Conflict.

    Nothing it says holds before it was read, and nothing that cuts somebody off without the owner's word.
    """
    if url is not None:
        url = address(url)
        _require_readable(tx, url)
    said = trust.said
    if "name" not in said:
        said["name"] = _named_after(tx, url)
    known = None if url is None else blocklists.find(tx, url)
    if known is not None:
        raise Conflict(f"you subscribe to that already: `smallfed lists refresh {known.name}` reads it now")
    if blocklists.find(tx, said["name"]):
        raise Conflict(f"there is a list {said['name']} already; give another name with --name")
    due = tx.now + AT_ONCE if url is not None else None
    made = Blocklist(id=ids.fresh(tx, "blocklists"), url=url, due=due, created_at=tx.now, **said)
    blocklists.put(tx, made)
    tx.announce(ListsChanged())
    return made


def _require_readable(tx: Tx, url: str) -> None:
    target = targets.read(url, allow_http=houses.get(tx).trial)
    if isinstance(target, Refused) or web(url) is None:
        why = f": it {target.reason}" if isinstance(target, Refused) else ""
        raise Invalid(f"{url[:200]!r} is no address of a list{why}; give one that begins with https://")


def _named_after(tx: Tx, url: str | None) -> str:
    if url is None:
        raise Invalid("a list from a file needs a name: --name NAME")
    parts = urlsplit(url)
    last = parts.path.rstrip("/").rpartition("/")[2].partition(".")[0].strip("_")
    server = (parts.hostname or "").removeprefix("www.")
    name = _name((f"{server}/{last}" if last else server)[: LONGEST_NAME - 10])
    names = (name if number == 1 else f"{name} {number}" for number in count(1))
    return next(one for one in names if blocklists.find(tx, one) is None)


def subject(tx: Tx, text: str) -> str:
    """Return the subject that is meant: a domain, ``@user@host``, an id. Invalid when it is none, or where we live."""
    from smallfed.translate.blocklists import names  # most houses subscribe to none

    if names.is_handle(text) or (("://" in text) and text.partition("://")[2].strip("/").partition("/")[2]):
        try:
            who = names.person(text)
        except names.Unusable as why:
            raise Invalid(f"{text!r} is nobody: {why.reason}") from why
        if (host(who) or who.rpartition("@")[2]) in houses.get(tx).names:
            raise Invalid(f"{text!r} is you, or nobody: nobody else lives here.")
        return who
    return blocking.foreign(tx, text, blocking.clean_domain)


def change(tx: Tx, name: str, trust: Trust) -> Blocklist:
    """Trust a list otherwise than before; NotFound, Invalid, Conflict."""
    known, said = blocklists.get(tx, name), trust.said
    namesake = blocklists.find(tx, said["name"]) if "name" in said else None
    if namesake is not None and namesake.id != known.id:
        raise Conflict(f"there is a list {namesake.name} already")
    if "paused" in said:
        said["due"] = tx.now if known.url is not None and not said["paused"] else None
    if said:
        blocklists.change(tx, known.id, **said)
        unreckoned.mark_list(tx, known.id)
        tx.announce(ListsChanged())
    return blocklists.get(tx, str(known.id))


def hasten(tx: Tx, name: str) -> None:
    """Have a list read as soon as that can be; nothing happens to one that is paused or comes from a file. NotFound."""
    known = blocklists.get(tx, name)
    if known.url is not None and not known.paused:
        blocklists.change(tx, known.id, due=tx.now)
        tx.announce(ListsChanged())


def unsubscribe(tx: Tx, name: str) -> Blocklist:
    """Want a list no more: what only it held ends. NotFound."""
    known = blocklists.get(tx, name)
    unreckoned.mark_list(tx, known.id)
    blocklists.change(tx, known.id, state=State.GONE, due=None, name=f"{known.id} gone", url=None)
    tx.announce(ListsChanged())
    return known


def take_back(tx: Tx, name: str) -> Blocklist:
    """Let nothing count any more that a list says, until it is read again; it is paused. NotFound."""
    known = blocklists.get(tx, name)
    unreckoned.mark_list(tx, known.id)
    said = {"size": 0, "etag": None, "modified": None, "checksum": None, "onward": None}
    blocklists.change(tx, known.id, state=State.BACK, reason="", paused=True, due=None, **said)
    tx.announce(ListsChanged())
    return known


def agree_on(tx: Tx, terms: Terms) -> None:
    """Take over how much has to come together, as the configuration says."""
    if blocklists.terms(tx) != terms:
        blocklists.agree(tx, terms)
        unreckoned.mark_all(tx)


# What they say --------------------------------------------------------------------------------------------------------
def take(tx: Tx, number: int, entries: Collection[Entry]) -> None:
    """Note some of what a list says now, unless the owner wants it no more."""
    if blocklists.find(tx, str(number)) is None:
        return
    blocklist_entries.put(tx, number, entries)
    unreckoned.mark(tx, [entry.subject for entry in entries])
    tx.announce(ListsChanged())


def retract(tx: Tx, number: int, subjects: Collection[str]) -> None:
    """Note some of what a list does not say any more."""
    blocklist_entries.retract(tx, number, subjects)
    unreckoned.mark(tx, subjects)
    tx.announce(ListsChanged())


def reveal(tx: Tx, found: Mapping[str, str]) -> None:
    """Put names in the place of their digests, by digest."""
    for hidden, name in found.items():
        blocklist_entries.reveal(tx, hidden, name)
    unreckoned.mark(tx, found.values())
    tx.announce(ListsChanged())


def recognise(tx: Tx, hosts: Collection[str]) -> list[str]:
    """Put the names of servers that are met in the place of their digests; return which stand in a list.

    A whole top-level domain is no such name, as where it can be read.
    """
    if not blocklist_entries.hides(tx):
        return []
    from smallfed.translate.blocklists.names import can_be_named  # most houses read no lists

    above = {name for host in hosts for name in chain(host) if not name.startswith(EVERYBODY)}
    digests = {digest(name): name for name in above if can_be_named(name)}
    found = {subject: digests[subject] for subject in blocklist_entries.hidden_among(tx, digests)}
    if found:
        reveal(tx, found)
    return list(found.values())


def finish(tx: Tx, known: Blocklist, after: timedelta | None, /, **fields: Any) -> None:
    """Note how reading a list went, and when it is read next: ``after`` so long, None: when the owner says so.

    Nothing is noted of a list that the owner has come to want no more meanwhile, or has taken back.
    """
    now = blocklists.find(tx, str(known.id))
    if now is None or (now.state is State.BACK and known.state is not State.BACK):
        return
    if now.state is State.BACK and fields.get("state") is State.FINE:
        unreckoned.mark_list(tx, now.id)  # what it still says, and had said before it was taken back
        tx.announce(ListsChanged())
    blocklists.change(tx, now.id, due=None if after is None or now.paused else tx.now + after, **fields)
