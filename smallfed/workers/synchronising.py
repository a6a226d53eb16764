"""Synchronising: telling other servers which followers they have here, and settling what they tell us.

Spec: FEP-8fcf; PROTOCOL §6.4; SAFETY rules 18, 25.
"""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress

from smallfed.domain.events import AccountGone, Event, FollowAccepted, FollowerLost, FollowRefused
from smallfed.errors import Unavailable
from smallfed.policy.budgets import Errand, Purpose
from smallfed.protocol.synchronising import HEADER, NOBODY, Synchronization, digest
from smallfed.runtime.database import Database
from smallfed.runtime.hub import Hub
from smallfed.runtime.identity import Identity
from smallfed.services import synchronising
from smallfed.store import accounts, follows, houses, synchronizations
from smallfed.store.fetches import Fetch
from smallfed.store.tx import Tx
from smallfed.workers.documents import Documents
from smallfed.workers.leafing import turn

PAGES = 10
ITEMS = 5000  # on a page: as many as a document of a megabyte may name

CHANGES: tuple[type[Event], ...] = (FollowAccepted, FollowerLost, FollowRefused, AccountGone)
"""After these, somebody's followers here may be others."""


class Digests:
    """The digest of the owner's followers on each server. All are made together, when the first is needed."""

    def __init__(self, db: Database, hub: Hub, identity: Identity) -> None:
        self._db, self._identity = db, identity
        self._made: Mapping[str, str] | None = None
        self._generation = 0
        for kind in CHANGES:
            hub.on(kind, self)

    def ring(self) -> None:
        """Forget the digests: followers have changed."""
        self._made = None
        self._generation += 1

    async def ready(self) -> None:
        """Make the digests if there are none. Where nothing can be read now, deliveries go without."""
        if self._made is not None:
            return
        generation = self._generation
        with suppress(Unavailable):
            made = await self._db.long_read(_digests)
            if generation == self._generation:
                self._made = made

    def headers(self, inbox: str) -> tuple[tuple[str, str], ...]:
        """Return the header for what goes to ``inbox``; none while the followers change under our hands."""
        if self._made is None:
            return ()
        house = self._identity.here
        said = Synchronization(
            collection=house.followers, url=house.followers_here, digest=self._made.get(_base(inbox), NOBODY)
        )
        return ((HEADER, said.write()),)


def _digests(tx: Tx) -> dict[str, str]:
    """Return the digests by scheme://authority. This is a walk over all followers."""
    by_base: defaultdict[str, list[str]] = defaultdict(list)
    for uri in follows.standing(tx, houses.owner_id(tx)):
        by_base[_base(uri)].append(uri)
    return {base: digest(uris) for base, uris in by_base.items()}


def _base(uri: str) -> str:
    return "/".join(uri.split("/", 3)[:3]).lower()


async def settle(db: Database, documents: Documents, fetch: Fetch) -> None:
    """Read which followers of an account are ours, by its server's word, and make that true here."""
    account = await db.read(accounts.find_uri, fetch.uri)
    said = None if account is None else await db.read(synchronizations.find, account.id)
    if account is None or said is None:
        return
    listed = await _listed(documents, said.url, account.uri, documents.errand(Purpose.STRANGER))
    await db.patient_write(synchronising.settle, account.id, listed)


async def _listed(documents: Documents, url: str, origin: str, errand: Errand) -> list[str]:
    """Return the ids on the list at ``url``, of ``PAGES`` pages at most. Raises as ``leafing.turn``."""
    listed: dict[str, None] = {}
    place: str | None = url
    for _ in range(PAGES):
        if place is None:
            break
        leaf = await turn(documents, place, errand, origin=origin, most=ITEMS)
        listed |= dict.fromkeys(leaf.items)
        place = leaf.next
    return list(listed)
