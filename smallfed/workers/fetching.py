"""Fetching: whatever the house lacks, brought from its origin and stored.

Spec: RULINGS 15, 16, 18; PROTOCOL §§1.1, 4.7, 4.11, 4.13; SAFETY rules 6–9, 22–25.

``documents`` asks and believes, ``keys`` and ``discovery`` know their own questions, ``errands`` does what can wait,
``storing`` holds the transactions.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Concatenate, ParamSpec, TypeVar

import trio
from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.incoming import IncomingAccount, IncomingPost
from smallfed.domain.need import Need
from smallfed.domain.post import Post
from smallfed.domain.refused import Refused
from smallfed.errors import Gone, Invalid, NotFound, SmallfedError, TooMany, Unavailable, Unreachable
from smallfed.observe.logging import event
from smallfed.policy.authority import at_home
from smallfed.policy.budgets import Budgets, Errand, Purpose
from smallfed.protocol import jsonld, webfinger
from smallfed.protocol.jsonld import Document
from smallfed.protocol.signatures.keys import PublicKey
from smallfed.runtime.client import Http
from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from smallfed.runtime.identity import Identity
from smallfed.services import meeting
from smallfed.store import accounts, posts
from smallfed.store.fetches import Kind
from smallfed.store.tx import Tx
from smallfed.translate import inward
from smallfed.workers import counting, featuring, quotations, storing
from smallfed.workers.discovery import Discovery
from smallfed.workers.documents import Documents
from smallfed.workers.errands import Work
from smallfed.workers.flights import Flights
from smallfed.workers.keys import Keys
from smallfed.workers.memory import Memory
from smallfed.workers.needs import Unmet, satisfied

log = logging.getLogger(__name__)

STALE = timedelta(days=1)
PATIENCE = 5.0  # seconds that somebody who looks on is kept waiting
HEAVIEST = 32 << 10  # bytes of a document that is remembered for the one who needs it next

T = TypeVar("T")
P = ParamSpec("P")


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
        self._discovery = Discovery(self.documents, clock, identity)
        self._keys = Keys(db, clock, self.documents, seen=self._remember, gone=self._forget)
        self._recent = Memory[str, bytes](most=2000, seconds=600)
        self._actors = Flights[str, Account]()

    @property
    def works(self) -> dict[Kind, Work]:
        """How the errands are done that fetch accounts and posts."""

        def stranger() -> Errand:
            return self.documents.errand(Purpose.STRANGER)

        return {
            "object": lambda fetch: self.obtain(fetch.uri, stranger(), depth=fetch.depth),
            "counts": lambda fetch: self.count(fetch.uri, stranger()),
            "featured": lambda fetch: self.feature(fetch.uri, stranger()),
            "tags": lambda fetch: self.tag(fetch.uri, stranger()),
            "poll": lambda fetch: self.tally(fetch.uri, stranger()),
            "quote": lambda fetch: quotations.look(self._db, self.documents, fetch.uri, stranger(), obtain=self.obtain),
        }

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
        if known is not None and (known.local or not (refresh or self._stale(known))):
            return known
        errand = errand or self.documents.errand(Purpose.STRANGER)
        try:
            return await self._actors.join(uri, lambda: self._fetch_actor(uri, errand, refresh=refresh))
        except (Unreachable, TooMany, NotFound):
            if known is None or refresh:
                raise
            return known

    def _stale(self, account: Account) -> bool:
        return account.fetched_at is None or self._clock.now() - account.fetched_at > STALE

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
        handle = await self._discovery.confirmed(incoming, errand)
        incoming = structs.replace(incoming, username=handle.username)
        account = await self._db.patient_write(storing.meet, incoming, handle.host)
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

        A post that we hold and that the public may no longer find there is deleted here too.
        """
        try:
            document = await self.documents.get(uri, errand)
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
        return await self._keep(await self.documents.get(uri, errand), errand, depth)

    async def _keep(self, document: Document, errand: Errand, depth: int = 0) -> Account | Post:
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

    async def count(self, uri: str, errand: Errand) -> None:
        """Ask how many followers, follows and posts an account has."""
        await counting.count(self._db, self.documents, uri, errand)

    async def feature(self, uri: str, errand: Errand) -> None:
        """Ask which posts an account has pinned."""
        await featuring.feature(self._db, self.documents, uri, errand, obtain=self.obtain, keep=self._keep)

    async def tag(self, uri: str, errand: Errand) -> None:
        """Ask which hashtags an account features."""
        await featuring.tag(self._db, self.documents, uri, errand)

    async def tally(self, uri: str, errand: Errand) -> None:
        """Ask how the poll of a post that we hold stands now."""
        await self._db.patient_write(storing.revise, await self.read_post(uri, errand))

    # For people
    async def look_at_poll(self, uri: str) -> None:
        """Ask how a poll stands for somebody who looks on; when that takes too long or fails, what is known must do."""
        with trio.move_on_after(PATIENCE):
            try:
                await self.tally(uri, self.documents.errand(Purpose.OWNER))
            except SmallfedError as error:
                event(log, "poll.unknown", level=logging.DEBUG, uri=uri, error=error)

    async def handle(self, text: str) -> Account:
        """Return the account with this handle (``@user@host``), asking WebFinger when it is unknown.

        Malformed when it is no handle; else as ``actor``.
        """
        handle = webfinger.handle(text)
        known = await self._db.read(accounts.find_handle, handle.username, handle.host)
        if known is not None and known.gone_at is None:
            return await self.actor(known.uri, self.documents.errand(Purpose.OWNER))
        errand = self.documents.errand(Purpose.OWNER)
        found = await self._discovery.find(handle, errand)
        return await self.actor(found.actor, errand)

    async def resolve(self, text: str) -> Account | Post | None:
        """Return what the owner means by a handle or an address, fetched if need be; None when there is nothing."""
        text = text.strip()
        try:
            if not text.startswith(("https://", "http://")):
                return await self.handle(text)
            known = await self._db.read(storing.find, text)
            if known is not None:
                return known
            errand = self.documents.errand(Purpose.OWNER)
            return await self._keep(await self.documents.get(text, errand, pasted=True), errand)
        except Unavailable:
            raise
        except SmallfedError:
            return None

    async def settle(self, f: Callable[Concatenate[Tx, P], T | Need], *args: P.args, **kwargs: P.kwargs) -> T:
        """Write ``f``, fetching for the owner what it needs; patience is ``PATIENCE`` seconds.

        Raises what ``f`` raises, the reason why something cannot be had, and Unavailable when time is up.
        """
        errand = self.documents.errand(Purpose.OWNER)
        with trio.move_on_after(PATIENCE):
            try:
                return await satisfied(
                    lambda: self._db.write(f, *args, **kwargs),
                    lambda need: self.obtain(need.uri, errand, fresh=need.fresh),
                )
            except Unmet as error:
                raise error.cause from error
        raise Unavailable("Another server takes too long to answer; try again in a moment.", retry_after=5)


def stated(document: Document) -> IncomingPost:
    """Return the post that a document states which was read at its origin; Invalid for whatever else it is."""
    if inward.kind_of(document) != "post":
        raise Invalid(f"{document.id} is no post.")
    incoming = inward.post(document)
    if not at_home(incoming):
        raise Invalid(f"{incoming.uri} names an author on another server.")
    return incoming
