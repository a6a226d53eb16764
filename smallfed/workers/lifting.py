"""Lifting: what the block of a server turned away is asked for at its origin, now that the block is lifted.

It is asked in the owner's name: only to whom they are addressed are direct messages shown. A post that we hold and
that is for everybody is asked for as always: who blocks the owner does not show it to the owner, and did not delete it.
Whatever comes of it, each thing is asked for once; what cannot be had now is tried again as every errand is.

Spec: SAFETY rules 7, 9, 25; PROTOCOL §4.7.
"""

from collections.abc import Awaitable, Callable
from functools import partial

from smallfed.domain.incoming import Announce, IncomingPost
from smallfed.domain.need import Need
from smallfed.domain.post import Post
from smallfed.domain.refused import Refused
from smallfed.domain.speaker import Speaker
from smallfed.domain.uris import same_origin
from smallfed.errors import Gone, Invalid, NotFound
from smallfed.policy.budgets import DEPTH, Errand, Purpose
from smallfed.protocol.jsonld import Document
from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from smallfed.services import lifting
from smallfed.store import accounts, posts
from smallfed.store.fetches import Fetch
from smallfed.store.tx import Tx
from smallfed.translate import inward
from smallfed.workers import storing
from smallfed.workers.fetching import Fetcher, stated
from smallfed.workers.hearing import Steps
from smallfed.workers.needs import Unmet, satisfied

_CREATES = frozenset({"Create"})
Outcome = Post | Refused


class Lifting:
    """Reads what was turned away, one thing after the other, with a second between two requests to one server."""

    def __init__(self, db: Database, fetcher: Fetcher, clock: Clock) -> None:
        self._db, self._fetcher = db, fetcher
        self._steps = Steps(clock)

    async def read(self, fetch: Fetch) -> None:
        """Ask for one thing, and let it have the effect that it would have had; SmallfedError when it cannot be had."""
        known = await self._db.read(posts.find_uri, fetch.uri)
        speaker = Speaker.SERVER if known is not None and known.visibility.is_open else Speaker.OWNER
        errand = self._fetcher.documents.errand(Purpose.OWNER, speaker=speaker)
        await self._steps.step(fetch.uri)
        if await self._db.read(accounts.find_uri, fetch.uri) is not None:
            await self._fetcher.actor(fetch.uri, errand, refresh=True)
            await self._db.patient_write(lifting.renewed, fetch.uri)
            return
        try:
            document = await self._document(fetch.uri, errand)
        except (NotFound, Gone) as error:
            await self._db.patient_write(lifting.absent, fetch.uri, gone=isinstance(error, Gone))
            raise
        await self._take(document, errand)

    async def _document(self, uri: str, errand: Errand) -> Document:
        """Return what stands there: of a post that is named by its Create the post."""
        document = await self._fetcher.documents.get(uri, errand)
        if document.type_in(_CREATES):
            document = await self._fetcher.documents.get(document.uri("object") or "", errand)
        if inward.kind_of(document) == "tombstone":
            raise Gone(f"{uri} was deleted.")
        return document

    async def _take(self, document: Document, errand: Errand) -> None:
        """Let in what was read; NotFound says why it is not kept."""
        if inward.kind_of(document) == "post":
            post = stated(document)
            outcome = await self._settled(partial(self._db.patient_write, _take_post, post), errand)
        else:
            boost = _boost(document)
            outcome = await self._settled(partial(self._db.patient_write, lifting.take_boost, boost), errand)
        if isinstance(outcome, Refused):
            raise NotFound(outcome.reason)

    async def _settled(self, ask: Callable[[], Awaitable[Outcome | Need]], errand: Errand) -> Outcome:
        async def bring(need: Need) -> None:
            await self._steps.step(need.uri)
            await self._fetcher.obtain(need.uri, errand, depth=DEPTH, fresh=need.fresh)

        try:
            outcome: Outcome = await satisfied(ask, bring)
        except Unmet as error:
            raise error.cause from error
        return outcome


def _take_post(tx: Tx, post: IncomingPost) -> Outcome | Need:
    outcome = lifting.take(tx, post)
    if isinstance(outcome, Post):
        storing.wake(tx, post.uri)
    return outcome


def _boost(document: Document) -> Announce:
    """Return the boost that a document is; Invalid for anything else, or where it is not on its actor's server."""
    said = inward.meaning(document)
    if not isinstance(said, Announce) or said.id != document.id or not same_origin(said.id, said.actor):
        raise Invalid(f"{document.id} is neither a post nor a boost by somebody there.")
    return said
