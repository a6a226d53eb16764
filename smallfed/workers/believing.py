"""Believing: finding out whether what the sender's word is not enough for is true.

What somebody hands over is true when it carries a proof of its actor, which costs nobody a request; else its origin is
asked. Either way it then counts as if its actor had sent it. A forward and a group's Announce differ in nothing here.

Spec: PROTOCOL §§2.3, 3.2, 4.7, 4.11; FEP-8b32, FEP-fe34; SAFETY rules 9, 13, 25; RULINGS 16, 18.
"""

import logging
from collections.abc import Awaitable, Callable
from functools import partial

from msgspec import structs

from smallfed.domain.incoming import (
    Arrival,
    Create,
    Delete,
    Handed,
    Incoming,
    IncomingPost,
    UpdateAccount,
    UpdatePost,
)
from smallfed.domain.post import Post
from smallfed.errors import Gone, Invalid, NotFound
from smallfed.inbox.outcome import Elsewhere
from smallfed.observe.logging import event
from smallfed.policy.authority import Ask
from smallfed.policy.budgets import Errand
from smallfed.runtime.database import Database
from smallfed.store import accounts, posts
from smallfed.store.tx import Tx
from smallfed.translate import inward
from smallfed.workers import moderators
from smallfed.workers.fetching import Fetcher
from smallfed.workers.proving import Proving
from smallfed.workers.searches import Searches

log = logging.getLogger(__name__)

Believed = tuple[Incoming, Arrival]


class Believing:
    """Finds the truth about an activity, within the budget of its errand."""

    def __init__(self, db: Database, fetcher: Fetcher, searches: Searches, proving: Proving) -> None:
        self._db, self._fetcher, self._searches, self._proving = db, fetcher, searches, proving

    async def find_out(self, place: Elsewhere, incoming: Incoming, arrival: Arrival, errand: Errand) -> Believed:
        """Return what is true of ``incoming``, as from whoever said it.

        Where it depends on who moderates a group, that is asked and stored. Raises Invalid when it is not true,
        NotFound or Gone when nobody knows of it, and what fetching raises.
        """
        if place.ask is Ask.MODERATORS:
            await self._searches.read(partial(moderators.read, self._db, self._fetcher.documents, place.uri, errand))
            return incoming, arrival
        if isinstance(incoming, Handed):
            if not _asks_for_now(incoming, place) and await self._proving.is_proven(incoming):
                return _as_from(incoming.activity, arrival)
            event(log, "origin asked", level=logging.DEBUG, about=place.uri, ask=place.ask.name)
        return _as_from(await self._searches.read(partial(self._stated, place, incoming, errand)), arrival)

    # The word of its origin ------------------------------------------------------------------------------------------
    async def _stated(self, place: Elsewhere, incoming: Incoming, errand: Errand) -> Incoming:
        ask: dict[Ask, Callable[[str, Errand], Awaitable[Incoming]]] = {
            Ask.POST: self._post,
            Ask.VERSION: self._version,
            Ask.PROFILE: self._profile,
            Ask.ABSENCE: self._absence,
        }
        if place.ask is Ask.ACTIVITY:
            return await self._activity(place.uri, incoming, errand)
        return await ask[place.ask](place.uri, errand)

    async def _post(self, uri: str, errand: Errand) -> Incoming:
        post: IncomingPost = await self._fetcher.read_post(uri, errand)
        return Create(id=None, actor=post.author, post=post)

    async def _version(self, uri: str, errand: Errand) -> Incoming:
        post = await self._fetcher.read_post(uri, errand)
        return UpdatePost(id=None, actor=post.author, post=post)

    async def _profile(self, uri: str, errand: Errand) -> Incoming:
        account = await self._fetcher.read_actor(uri, errand)
        return UpdateAccount(id=None, actor=account.uri, account=account)

    async def _absence(self, uri: str, errand: Errand) -> Incoming:
        """Return the Delete of what is gone. 404 may hide what is not public, and says nothing about an actor."""
        post = await self._db.read(posts.find_uri, uri)
        try:
            document = await self._fetcher.documents.get(uri, errand)
        except Gone:
            pass
        except NotFound:
            if post is None or not post.visibility.is_open:
                raise
        else:
            if inward.kind_of(document) != "tombstone":
                raise Invalid(f"{uri} is to be deleted, and still there.")
        author = uri if post is None else await self._db.read(_author, post)
        return Delete(id=None, actor=author, object=uri)

    async def _activity(self, uri: str, incoming: Incoming, errand: Errand) -> Incoming:
        """Return the activity that somebody hands over as it stands at its own id."""
        claimed = incoming.activity if isinstance(incoming, Handed) else incoming
        if not uri or "#" in uri:
            raise Invalid("Somebody else hands it over, and it has no id at which its origin could be asked.")
        document = await self._fetcher.documents.get(uri, errand)
        found = inward.understand(document.encode())
        if (found.id, found.actor, type(found)) != (claimed.id, claimed.actor, type(claimed)):
            raise Invalid(f"Something else stands at {uri}.")
        return found


def _asks_for_now(handed: Handed, place: Elsewhere) -> bool:
    """Whether only what stands at the origin now can count, since an old version, shown around, would be as good.

    So it is with profiles, where it could bring an old key back, and with posts that do not say when they were changed.
    """
    if isinstance(handed.activity, UpdatePost):
        return handed.activity.post.updated_at is None
    return place.ask is Ask.PROFILE


def _as_from(incoming: Incoming, arrival: Arrival) -> Believed:
    """Let what is true count as its actor's. Whoever hands it over does not address it to the owner in their name."""
    if incoming.actor == arrival.actor:
        return incoming, arrival
    return incoming, structs.replace(arrival, actor=incoming.actor, personal=False, handed_by=arrival.actor)


def _author(tx: Tx, post: Post) -> str:
    return accounts.get(tx, post.account_id).uri
