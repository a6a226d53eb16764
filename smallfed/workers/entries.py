"""Entries of outboxes: each is stored as its account's word, once what it shows is here.

In the outbox of a group it is what others have posted there, which is theirs by a proof, by the word of the server they
share with the group, or as it stands at its origin.

Spec: PROTOCOL §§4.8, 4.14; SAFETY rules 8, 9; FEP-1b12, FEP-fe34.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TypeVar

import trio
from msgspec import Struct

from smallfed.domain.account import Account
from smallfed.domain.incoming import Announce, Arrival, Create, Handed, Incoming, IncomingPost, Mentioned, Shown
from smallfed.domain.need import Need
from smallfed.domain.post import Post
from smallfed.domain.refused import Refused
from smallfed.domain.uris import same_origin
from smallfed.errors import SmallfedError, TooMany
from smallfed.observe.logging import event
from smallfed.policy.authority import Elsewhere, speaks_for, weigh
from smallfed.policy.budgets import DEPTH, Errand
from smallfed.protocol.jsonld import Document
from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from smallfed.services import grouping
from smallfed.store import posts
from smallfed.store.tx import Tx
from smallfed.translate import outboxes
from smallfed.translate.outboxes import Said
from smallfed.workers.fetching import Fetcher
from smallfed.workers.needs import Unmet, satisfied
from smallfed.workers.proving import Proving

AT_ONCE = 4  # entries of a page that are fetched side by side
SHORTLY = 1.5  # seconds that are worth waiting until a host may be asked again

log = logging.getLogger(__name__)

T = TypeVar("T")
Take = Callable[[Tx, int, Said], bool | Need | Refused]
"""Stores what an account said; True when it is new."""
Lend = Callable[[Tx, int, int], None]
"""Notes that a post is here only because an account shows it."""
Step = Callable[[str], Awaitable[None]]
"""Waits until the server of a URI may be asked again."""


class Taken(Struct, frozen=True, kw_only=True):
    """What came of an entry: when it was published, by its word, and whether it is a post that is new here."""

    at: datetime | None = None
    new: bool = False


class Entries:
    """Takes what stands on a page of an outbox. What cannot be had, or believed, is left out."""

    def __init__(
        self,
        db: Database,
        fetcher: Fetcher,
        proving: Proving,
        clock: Clock,
        *,
        take: Take,
        lend: Lend | None = None,
        step: Step | None = None,
    ) -> None:
        self._db, self._fetcher, self._proving, self._clock = db, fetcher, proving, clock
        self._take, self._lend, self._step = take, lend, step

    async def take_all(
        self, account: Account, items: Mapping[str, Document | None], errand: Errand
    ) -> tuple[list[datetime], int]:
        """Store ``items``, several at once; return when each was published, in their order, and how many were new.

        TooMany when budgets do not allow to read what the page only names: then it has to be read again.
        """
        taken: dict[str, Taken] = {}
        limiter, short = trio.CapacityLimiter(AT_ONCE), list[TooMany]()

        async def one(place: str, thing: Document | None) -> None:
            async with limiter:
                try:
                    said = await self.said(account, place, thing, errand)
                    taken[place] = await self.take(account, said, errand)
                except TooMany as error:
                    short.append(error)
                except SmallfedError as error:
                    event(log, "outbox.skipped", level=logging.DEBUG, place=place, error=error)

        async with trio.open_nursery() as nursery:
            for place, thing in items.items():
                nursery.start_soon(one, place, thing)
        if short:
            raise short[0]
        now = self._clock.now()
        found = [taken[place] for place in items if place in taken]
        return [min(one.at, now) for one in found if one.at is not None], sum(one.new for one in found)

    async def take(self, account: Account, said: Said | Post | None, errand: Errand) -> Taken:
        """Store what an entry says; Unmet when what it shows cannot be had, TooMany when budgets forbid it now."""
        if isinstance(said, Post):
            return Taken(at=said.published_at)
        if said is None:
            return Taken()
        try:
            outcome = await satisfied(
                lambda: self._db.patient_write(self._take, account.id, said),
                lambda need: self._show(account, need.uri, errand),
            )
        except Unmet as error:
            if isinstance(error.cause, TooMany):
                raise error.cause from error
            raise
        return Taken(at=outboxes.published(said), new=outcome is True)

    async def said(self, account: Account, place: str, thing: Document | None, errand: Errand) -> Said | Post | None:
        """Return what an entry says, read at its origin where the page does not say it.

        The post where it names one that is here; None for what is nothing of theirs.
        """
        if thing is None:
            known = await self._db.read(posts.find_uri, place)
            if known is not None or not same_origin(place, account.uri):
                return known
            thing = await self._patiently(place, lambda: self._fetcher.documents.get(place, errand))
        stated = outboxes.read(thing, account)
        if isinstance(stated, Handed):
            return await self._shown(account, stated, errand)
        said = self._believed(stated, account)
        if not isinstance(said, Elsewhere):
            return said
        known = await self._db.read(posts.find_uri, said.uri)
        if known is not None or not same_origin(said.uri, account.uri):
            return known
        post = await self._patiently(said.uri, lambda: self._fetcher.read_post(said.uri, errand))
        return Create(id=None, actor=account.uri, post=post) if speaks_for(account.uri, post) else None

    def _believed(self, stated: Incoming | None, account: Account) -> Create | Announce | Elsewhere | None:
        """Return what an entry proves, served by its actor's own server: as much as if they had sent it."""
        if not isinstance(stated, Create | Announce | Mentioned):
            return None
        weighed = weigh(stated, Arrival(actor=account.uri, personal=False, received_at=self._clock.now()))
        return weighed if isinstance(weighed, Create | Announce | Elsewhere) else None

    async def _shown(self, group: Account, handed: Handed, errand: Errand) -> Said | None:
        """Return what a group shows that somebody has posted in it; None for answers, and for what is no post."""
        match handed.activity:
            case Create(post=post):
                uri, is_answer = post.uri, post.vote or post.in_reply_to is not None
            case Mentioned(object=uri, update=False):
                is_answer = False
            case _:
                return None
        known = await self._db.read(posts.find_uri, uri)
        if known is not None:
            return grouping.announcement(group, known)
        if is_answer:
            return None
        post = await self._as_written(group, handed, uri, errand)
        return Shown(post=post) if post.in_reply_to is None else None

    async def _as_written(self, group: Account, handed: Handed, uri: str, errand: Errand) -> IncomingPost:
        """Return the post that a group shows as its author wrote it, read at its origin unless that is sure already."""
        match handed.activity:
            case Create(actor=author, post=post) if speaks_for(author, post):
                if same_origin(uri, group.uri) or await self._proving.is_proven(handed):
                    return post
        return await self._patiently(uri, lambda: self._fetcher.read_post(uri, errand))

    async def _show(self, account: Account, uri: str, errand: Errand) -> None:
        """Bring a post that the account boosts, or the author of one that it shows."""
        found = await self._patiently(uri, lambda: self._fetcher.obtain(uri, errand, depth=DEPTH))
        if isinstance(found, Post) and self._lend is not None:
            await self._db.patient_write(self._lend, account.id, found.id)

    async def _patiently(self, uri: str, get: Callable[[], Awaitable[T]]) -> T:
        """Ask as soon as budgets allow, if that is in a moment."""
        if self._step is not None:
            await self._step(uri)
        while True:
            try:
                return await get()
            except TooMany as error:
                if error.retry_after > SHORTLY:
                    raise
                await self._clock.sleep(error.retry_after)
