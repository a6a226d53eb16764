"""Looking up what the owner means: by handle or address, and whatever else is missing while the owner waits.

Spec: PROTOCOL §§1.1, 1.6; RULINGS 15, 18.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Concatenate, ParamSpec, TypeVar

import trio

from smallfed.domain.account import Account
from smallfed.domain.need import Need
from smallfed.domain.post import Post
from smallfed.domain.speaker import Speaker
from smallfed.domain.uris import spelt
from smallfed.errors import (
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    SmallfedError,
    TooLarge,
    TooMany,
    Unavailable,
    Unreachable,
)
from smallfed.policy.budgets import Errand, Purpose
from smallfed.protocol import limits, webfinger
from smallfed.runtime.database import Database
from smallfed.runtime.no_answer import NoAnswer
from smallfed.store import accounts
from smallfed.store.tx import Tx
from smallfed.text import addresses
from smallfed.text.addresses import Address, Named
from smallfed.workers import storing, ways
from smallfed.workers.fetching import Fetcher
from smallfed.workers.needs import Unmet, satisfied

JSON = "application/json, application/jrd+json"
PATIENCE = 5.0  # seconds that somebody who looks on is kept waiting

T = TypeVar("T")
P = ParamSpec("P")


class Finder:
    """Fetches for the owner, who waits."""

    def __init__(self, db: Database, fetcher: Fetcher) -> None:
        self._db, self._fetcher = db, fetcher

    async def handle(self, text: str, errand: Errand | None = None) -> Account:
        """Return the account with this handle (``@user@host``), asking WebFinger unless it was asked for within a day.

        It is asked on behalf of the owner unless an ``errand`` says of whom. Malformed when it is no handle; else as
        ``actor``.
        """
        handle = webfinger.handle(text)
        known = await self._db.read(accounts.find_handle, handle.username, handle.host)
        errand = errand or self._fetcher.documents.errand(Purpose.OWNER)
        if known is not None and known.gone_at is None and not self._fetcher.is_stale(known):
            return known
        try:
            uri = (await self._fetcher.discovery.find(handle, errand)).actor
        except (Unreachable, TooMany, NotFound, Gone, Invalid, TooLarge):
            if known is None or known.gone_at is not None:
                raise
            uri = known.uri
        return await self._fetcher.actor(uri, errand)

    async def resolve(self, text: str) -> Account | Post | None:
        """Return what the owner means by a handle or an address, fetched if need be; None when there is nothing.

        What is at an address is asked for in the owner's name, who may be shown more than the server.
        """
        try:
            match addresses.read(text):
                case Named(handle):
                    return await self.handle(handle)
                case Address(url):
                    return await self._at(spelt(url))
                case None:
                    return None
        except Unavailable:
            raise
        except SmallfedError:
            return None

    async def _at(self, url: str) -> Account | Post | None:
        known = await self._db.read(storing.find, url)
        if known is not None:
            return known
        errand = self._fetcher.documents.errand(Purpose.OWNER, speaker=Speaker.OWNER)
        try:
            return await self._fetcher.keep(await self._fetcher.documents.get(url, errand, pasted=True), errand)
        except (NoAnswer, Unavailable, Forbidden):
            raise
        except SmallfedError as error:
            return await self._elsewise(url, errand, error)

    async def _elsewise(self, url: str, errand: Errand, error: SmallfedError) -> Account | Post:
        """Return what the server of an address names when it is asked otherwise; ``error`` when it names nothing."""
        for question in ways.questions(url):
            try:
                answer = await self._fetcher.documents.fetch(question, errand, accept=JSON, limit=limits.DISCOVERY)
                uri = ways.answer(answer.body) if answer.status == HTTPStatus.OK else None
                if uri is not None and uri != url:
                    return await self._fetcher.obtain(uri, errand)
            except (NoAnswer, Unavailable):
                raise
            except SmallfedError:  # there may be another way
                continue
        raise error

    async def settle(self, f: Callable[Concatenate[Tx, P], T | Need], *args: P.args, **kwargs: P.kwargs) -> T:
        """Write ``f``, fetching for the owner what it needs; patience is ``PATIENCE`` seconds.

        Raises what ``f`` raises, the reason why something cannot be had, and Unavailable when time is up.
        """
        errand = self._fetcher.documents.errand(Purpose.OWNER)
        with trio.move_on_after(PATIENCE):
            try:
                return await satisfied(
                    lambda: self._db.write(f, *args, **kwargs),
                    lambda need: self._fetcher.obtain(need.uri, errand, fresh=need.fresh),
                )
            except Unmet as error:
                raise error.cause from error
        raise Unavailable("Another server takes too long to answer; try again in a moment.", retry_after=5)
