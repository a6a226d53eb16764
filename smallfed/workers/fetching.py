"""Fetching: whatever the house lacks, brought from its origin and stored.

Spec: RULINGS 15, 16, 18; PROTOCOL §§1.1, 4.7, 4.11, 4.13; SAFETY rules 6–9, 22–25.

``documents`` asks and believes, ``keys`` and ``discovery`` know their own questions, ``errands`` does what can wait,
``storing`` holds the transactions.
"""

import logging
from datetime import timedelta
from typing import ParamSpec, TypeVar

from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.incoming import IncomingAccount, IncomingPost
from smallfed.domain.need import Need
from smallfed.domain.post import Post
from smallfed.domain.refused import Refused
from smallfed.errors import Gone, Invalid, NotFound, TooMany, Unreachable
from smallfed.policy.authority import at_home
from smallfed.policy.budgets import Budgets, Errand, Purpose
from smallfed.protocol import jsonld
from smallfed.protocol.jsonld import Document
from smallfed.protocol.signatures.keys import PublicKey
from smallfed.runtime.client import Http
from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from smallfed.runtime.identity import Identity
from smallfed.services import meeting
from smallfed.store import accounts, posts
from smallfed.translate import inward
from smallfed.workers import storing
from smallfed.workers.discovery import Discovery
from smallfed.workers.documents import Documents
from smallfed.workers.flights import Flights
from smallfed.workers.keys import Keys
from smallfed.workers.memory import Memory
from smallfed.workers.needs import satisfied

log = logging.getLogger(__name__)

STALE = timedelta(days=1)
HEAVIEST = 32 << 10  # bytes of a document that is remembered for the one who needs it next

T = TypeVar("T")
P = ParamSpec("P")
_CREATES = frozenset({"Create"})


class Fetcher:
    """Brings accounts, posts and keys. One for the house."""

    def __init__(
        self,
        db: Database,
        http: Http,
        clock: Clock,
        identity: Identity,
        *,
        limited: bool = True,
    ) -> None:
        self._db, self._clock = db, clock
        self.documents = Documents(db, http, clock, identity, Budgets(enabled=limited))
        self.discovery = Discovery(self.documents, clock, identity)
        self._keys = Keys(db, clock, self.documents, seen=self._remember, gone=self._forget)
        self._recent = Memory[str, bytes](most=2000, seconds=600)
        self._actors = Flights[str, Account]()

    # For the inbox door
    async def key(self, key_id: str) -> tuple[str, PublicKey]:
        """Return (owner's actor id, key): see ``Keys.find``."""
        owned = await self._keys.find(key_id)
        return owned.owner, owned.key

    async def refreshed_key(self, key_id: str) -> tuple[str, PublicKey]:
        """Return the key as its owner shows it now: see ``Keys.refresh``."""
        owned = await self._keys.refresh(key_id)
        return owned.owner, owned.key

    async def proving_key(self, key_id: str, actor: str, *, refresh: bool = False) -> PublicKey:
        """Return the key that ``actor`` makes proofs with: see ``Keys.proving``."""
        return await self._keys.proving(key_id, actor, refresh=refresh)

    def forget_keys(self, owner: str) -> None:
        """Look up the keys of an actor in the database again: they may have changed there."""
        self._keys.forget(owner)

    async def _remember(self, document: Document) -> None:
        """Keep an actor document that the door had to fetch: the activity will ask for its author in a moment."""
        body = document.encode()
        if inward.kind_of(document) == "account" and document.has("inbox") and len(body) <= HEAVIEST:
            self._recent.put(str(document.id), body, self._clock.monotonic())

    async def _forget(self, uri: str) -> None:
        await self._db.patient_write(meeting.forget, uri)

    # Accounts
    async def actor(self, uri: str, errand: Errand | None = None, *, refresh: bool = False) -> Account:
        """Return the account, fetched when it is unknown or older than a day; with ``refresh`` in any case.

        A stale one is better than none: it is returned when its server cannot be asked. Raises as ``Documents.get``,
        Invalid when ``uri`` is no actor or its handle is somebody else's.
        """
        known = await self._db.read(accounts.find_uri, uri)
        if known is not None and known.gone_at is not None and not refresh:
            raise Gone(f"{uri} is gone.")
        if known is not None and (known.local or not (refresh or self.is_stale(known))):
            return known
        errand = errand or self.documents.errand(Purpose.STRANGER)
        try:
            return await self._actors.join(uri, lambda: self._fetch_actor(uri, errand, refresh=refresh))
        except (Unreachable, TooMany, NotFound):
            if known is None or refresh:
                raise
            return known

    def is_stale(self, account: Account) -> bool:
        """Whether the account of another server is older than a day."""
        return not account.local and (account.fetched_at is None or self._clock.now() - account.fetched_at > STALE)

    async def _fetch_actor(self, uri: str, errand: Errand, *, refresh: bool) -> Account:
        body = None if refresh else self._recent.find(uri, self._clock.monotonic())
        if body is not None:
            return await self._meet(jsonld.read(body), errand)
        try:
            document = await self.documents.get(uri, errand)
        except Gone:
            await self._forget(uri)
            raise
        return await self._meet(document, errand)

    async def _meet(self, document: Document, errand: Errand) -> Account:
        incoming = inward.account(document)
        found = await self.discovery.confirmed(incoming, errand)
        incoming = structs.replace(incoming, username=found.handle.username)
        account = await self._db.patient_write(storing.meet, incoming, found.handle.host, sure=found.sure)
        self._keys.forget(account.uri)
        return account

    # Posts
    async def post(self, uri: str, errand: Errand | None = None) -> Post:
        """Return the post, fetched with its author when it is unknown. Raises as ``actor``; Invalid when it is none."""
        found = await self.obtain(uri, errand)
        if not isinstance(found, Post):
            raise Invalid(f"{uri} is no post.")
        return found

    async def read_post(self, uri: str, errand: Errand) -> IncomingPost:
        """Return what stands at ``uri`` now, attributed to whoever may have put it there; nothing is stored.

        Where its Create stands there, which relays may announce (FEP-ae0c), that says where it is itself. A post that
        we hold and that the public may no longer find there is deleted here too.
        """
        try:
            document = await self.documents.get(uri, errand)
            if document.type_in(_CREATES):
                document = await self.documents.get(document.uri("object") or "", errand)
            if inward.kind_of(document) == "tombstone":
                raise Gone(f"{uri} was deleted.")
        except (NotFound, Gone) as error:
            await self._db.patient_write(storing.vanished, uri, gone=isinstance(error, Gone))
            raise
        return stated(document)

    async def obtain(
        self, uri: str, errand: Errand | None = None, *, depth: int = 0, fresh: bool = False
    ) -> Account | Post:
        """Return the account or post ``uri``, fetched when a post is unknown, and in any case when it is an account.

        Posts fetched so are context: they notify nobody. ``depth`` is how many answers below a post we care for it is;
        what it answers is fetched later, while there are less than ``DEPTH``. With ``fresh`` it must be an account, and
        nothing that was read before will do.
        """
        if fresh:
            return await self.actor(uri, errand, refresh=True)
        known = await self._db.read(posts.find_uri, uri)
        if known is not None:
            return known
        errand = errand or self.documents.errand(Purpose.STRANGER)
        if await self._db.read(accounts.find_uri, uri) is not None:
            return await self.actor(uri, errand, refresh=True)
        if self._recent.find(uri, self._clock.monotonic()) is not None:
            return await self.actor(uri, errand)
        return await self.keep(await self.documents.get(uri, errand), errand, depth)

    async def keep(self, document: Document, errand: Errand, depth: int = 0) -> Account | Post:
        """Store the account or post that a document states which was read at its origin; raises as ``obtain``."""
        match inward.kind_of(document):
            case "account":
                return await self._actors.join(str(document.id), lambda: self._meet(document, errand))
            case "post":
                return await self.receive(stated(document), errand, depth)
            case "tombstone":
                raise Gone(f"{document.id} was deleted.")
            case kind:
                raise Invalid(f"{document.id} is neither an account nor a post, but: {kind}.")

    async def receive(self, incoming: IncomingPost, errand: Errand, depth: int, *, home: bool = True) -> Post:
        """Store a post that was read at its origin, with its author; NotFound says why it is not kept.

        ``depth`` as for ``obtain``; without ``home`` it stays out of the home timeline.
        """
        await self.actor(incoming.author, errand)

        async def ask() -> Post | Refused | Need:
            return await self._db.patient_write(storing.receive, incoming, depth, home=home)

        result: Post | Refused = await satisfied(ask, lambda need: self.obtain(need.uri, errand, fresh=need.fresh))
        if isinstance(result, Refused):
            raise NotFound(result.reason)
        return result

    async def read_actor(self, uri: str, errand: Errand) -> IncomingAccount:
        """Return what the actor's document says now; nothing is stored."""
        return inward.account(await self.documents.get(uri, errand))


def stated(document: Document) -> IncomingPost:
    """Return the post that a document states which was read at its origin; Invalid for whatever else it is."""
    if inward.kind_of(document) != "post":
        raise Invalid(f"{document.id} is no post.")
    incoming = inward.post(document)
    if not at_home(incoming):
        raise Invalid(f"{incoming.uri} names an author on another server.")
    return incoming
