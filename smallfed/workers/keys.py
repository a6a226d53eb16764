"""Public keys for the door: whose key it is that a request was signed with.

Spec: PROTOCOL §§2.3, 2.8; FEP-fe34 (reciprocal claims), FEP-521a; SAFETY rules 6, 24 and §2 (amplification).

Nothing here is believed because of the request: a key counts when the document of its owner, fetched from the owner's
own address, lists it. An unverified request costs at most one fetch, plus the owner where the answer names one.
"""

from collections.abc import Awaitable, Callable
from functools import partial

from msgspec import Struct

from smallfed.domain.incoming import IncomingKey
from smallfed.domain.uris import host, same_origin
from smallfed.errors import (
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    SmallfedError,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    Unreachable,
)
from smallfed.policy.budgets import Errand, Purpose
from smallfed.protocol import quirks
from smallfed.protocol.jsonld import Document
from smallfed.protocol.signatures.keys import PublicKey
from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from smallfed.runtime.no_answer import NoAnswer
from smallfed.services import meeting
from smallfed.store import accounts
from smallfed.translate import inward
from smallfed.workers.documents import Documents, Unusable
from smallfed.workers.flights import Flights
from smallfed.workers.memory import Memory

MINUTE = 60.0
HOUR = 60 * MINUTE
HOST_TROUBLE = frozenset({"dns", "refused-address", "connect", "tls", "timeout"})
"""What another URL of the same host would meet as well."""


class NoKey(Unauthenticated):
    """There is no such key, or not of that owner."""


class KeyUnreachable(Unavailable):
    """The server of the key does not answer now."""


class Owned(Struct, frozen=True):
    """The owner's actor id, and the key; ``proves``: they may make proofs with it."""

    owner: str
    key: PublicKey
    proves: bool


class Keys:
    """Finds keys: in memory, in the database, at their owner's address.

    ``seen`` is told every actor document that was fetched on the way, so that nobody fetches it again; ``gone`` is told
    an actor id whose document answers 410.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        documents: Documents,
        *,
        seen: Callable[[Document], Awaitable[None]],
        gone: Callable[[str], Awaitable[None]],
    ) -> None:
        self._db, self._clock, self._documents, self._seen, self._gone = db, clock, documents, seen, gone
        self._known = Memory[str, Owned](most=10_000, seconds=HOUR)
        self._failed = Memory[str, Callable[[], SmallfedError]](most=10_000, seconds=10 * MINUTE)
        self._broken = Memory[str, str](most=5_000, seconds=5 * MINUTE)
        self._asked = Memory[str, bool](most=10_000, seconds=10 * MINUTE)
        self._flights = Flights[str, Owned]()

    async def find(self, key_id: str) -> Owned:
        """Return the key and whose it is.

        Unauthenticated when there is no such key, Unavailable when its server cannot be asked now.
        """
        now = self._clock.monotonic()
        known = self._known.find(key_id, now)
        if known is not None:
            return known
        stored = await self._db.read(accounts.find_key, key_id)
        if stored is not None:
            owned = Owned(stored.owner, PublicKey.from_der(stored.der), stored.proves)
            self._known.put(key_id, owned, now)
            return owned
        if (failure := self._failed.find(key_id, now)) is not None:
            raise failure()
        return await self._flights.join(key_id, lambda: self._fetch(key_id))

    async def refresh(self, key_id: str) -> Owned:
        """Return the key as its owner shows it now, asking at most once in ten minutes; as ``find`` in between."""
        if key_id in self._flights or self._asked.find(key_id, self._clock.monotonic()):
            return await self.find(key_id)
        return await self._flights.join(key_id, lambda: self._fetch(key_id))

    async def proving(self, key_id: str, actor: str, *, refresh: bool = False) -> PublicKey:
        """Return the key that ``actor`` lists for proofs under ``key_id``; with ``refresh`` as it shows it now.

        Unauthenticated when it lists none; else as ``find``.
        """
        if not same_origin(key_id, actor):
            raise Unauthenticated("The key of the proof is on another server than its actor.")
        owned = await (self.refresh(key_id) if refresh else self.find(key_id))
        if not owned.proves and not refresh:
            owned = await self.refresh(key_id)
        if owned.owner != actor or not owned.proves:
            raise Unauthenticated(f"{actor} lists no key {key_id[:200]!r} for proofs.")
        return owned.key

    def forget(self, owner: str) -> None:
        """Forget the keys of an actor whose stored keys have changed."""
        self._known.drop_if(lambda owned: owned.owner == owner)

    async def _fetch(self, key_id: str) -> Owned:
        name, now = host(key_id), self._clock.monotonic()
        if name is None:
            raise NoKey("The keyid of the signature is no http(s) URL.")
        if (trouble := self._broken.find(name, now)) is not None:
            raise _later(trouble)
        self._asked.put(key_id, True, now)
        try:
            owned = await self._at_its_owner(key_id, self._documents.errand(Purpose.KEY))
        except SmallfedError as error:
            raise self._failure(key_id, name, error, now) from error
        self._known.put(key_id, owned, now)
        key = IncomingKey(key_id=key_id, algorithm=owned.key.algorithm, der=owned.key.der, proves=owned.proves)
        await self._db.write(meeting.keep_key, owned.owner, key)
        return owned

    def _failure(self, key_id: str, name: str, error: SmallfedError, now: float) -> SmallfedError:
        """Return what to tell the sender, and remember it for as long as asking again would be no use.

        Not the error itself is remembered: it holds on to all that was in hand when it was raised, whole requests too.
        """
        match error:
            case NoAnswer(kind=kind, elsewhere=False) if kind in HOST_TROUBLE:
                self._broken.put(name, error.message, now)
                return _later(error.message)
            case Unusable() | Invalid() | NotFound() | Gone() | TooLarge() | NoAnswer(kind="url"):
                self._known.drop(key_id)
                failure: Callable[[], SmallfedError] = partial(NoKey, f"The key cannot be used: {error.message}")
            case Unreachable():
                failure = partial(_later, error.message)
            case TooMany(retry_after=wait):
                return _later(error.message, wait)
            case Forbidden():  # by which block or rule is not for them to read
                return Forbidden("This server does not talk to yours.", detail=error.message)
            case _:
                return error
        self._failed.put(key_id, failure, now)
        return failure()

    async def _at_its_owner(self, key_id: str, errand: Errand) -> Owned:
        try:
            document = await self._documents.get(key_id, errand)
        except Gone:
            await self._gone(key_id.partition("#")[0])
            raise
        if inward.kind_of(document) == "key":
            owner, _ = inward.bare_key(document)
            if not same_origin(owner, key_id):
                raise Invalid(f"The key {key_id} names an owner on another server.")
            document = await self._documents.get(owner, errand)
        await self._seen(document)
        key = _listed(document, key_id)
        return Owned(str(document.id), PublicKey.from_der(key.der), key.proves)


def _listed(document: Document, key_id: str) -> IncomingKey:
    """Return the key that its owner's document lists under ``key_id``; the only one there is, under the owner's id."""
    if not same_origin(document.id, key_id):
        raise Invalid(f"The key {key_id} belongs to somebody on another server.")
    keys = inward.keys(document)
    for key in keys:
        if key.key_id == key_id:
            return key
    if len(keys) == 1 and quirks.hubzilla_key_id(document, key_id):
        return keys[0]
    raise Invalid(f"{document.id} does not list the key {key_id}.")


def _later(trouble: str, wait: float = 5 * MINUTE) -> KeyUnreachable:
    return KeyUnreachable(f"The key cannot be asked for now: {trouble}", retry_after=wait)
