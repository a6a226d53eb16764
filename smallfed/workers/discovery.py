"""Discovery: from handles to actors, and whether an actor's handle is truly its own.

Spec: PROTOCOL §1.1 (handle verification, as Mastodon does it); RFC 7033; RFC 6415; FEP-2c59.
"""

from http import HTTPStatus
from urllib.parse import quote

from msgspec import Struct

from smallfed.domain.incoming import IncomingAccount
from smallfed.domain.uris import host
from smallfed.errors import Gone, Invalid, NotFound, TooLarge, Unreachable
from smallfed.policy.budgets import Errand
from smallfed.protocol import hostmeta, limits, webfinger
from smallfed.protocol.webfinger import Found, Handle
from smallfed.runtime.client import Answer
from smallfed.runtime.clock import Clock
from smallfed.runtime.identity import Identity
from smallfed.workers.documents import Documents, successful
from smallfed.workers.memory import Memory

ACCEPT = "application/jrd+json, application/json"
MINUTE = 60.0


class Confirmed(Struct, frozen=True):
    """The handle of an account; ``sure``: WebFinger says so, and not only nobody the contrary."""

    handle: Handle
    sure: bool


class Discovery:
    """Asks WebFinger."""

    def __init__(self, documents: Documents, clock: Clock, identity: Identity) -> None:
        self._documents, self._clock, self._identity = documents, clock, identity
        self._found = Memory[tuple[str, str], Found](most=500, seconds=MINUTE)

    async def find(self, handle: Handle, errand: Errand) -> Found:
        """Return what the host of ``handle`` says about it; where it knows nothing, host-meta says whom else to ask.

        Raises NotFound, Gone, Invalid (no usable answer), Unreachable, and as ``Documents.fetch``.
        """
        now = self._clock.monotonic()
        known = self._found.find(handle.key, now)
        if known is not None:
            return known
        found = webfinger.read_jrd((await self._answer(handle, errand)).body)
        self._found.put(handle.key, found, now)
        return found

    async def _answer(self, handle: Handle, errand: Errand) -> Answer:
        base = f"{self._identity.here.scheme}://{handle.host}"
        answer = await self._fetch(base + webfinger.query(handle.acct), errand)
        if answer.status == HTTPStatus.NOT_FOUND:
            meta = await self._fetch(base + hostmeta.PATH, errand)
            if meta.status == HTTPStatus.OK:
                url = hostmeta.read_template(meta.body).replace("{uri}", quote(handle.acct, safe=""))
                answer = await self._fetch(url, errand)
        return successful(answer, now=self._clock.now())

    async def _fetch(self, url: str, errand: Errand) -> Answer:
        return await self._documents.fetch(url, errand, accept=ACCEPT, limit=limits.DISCOVERY)

    async def confirmed(self, account: IncomingAccount, errand: Errand) -> Confirmed:
        """Return the handle of an account, as WebFinger confirms it.

        Where nobody answers, it is its name at the host of its id. Invalid when WebFinger says that the handle is
        somebody else's: then whoever claims it is not shown at all.
        """
        own = Handle(account.username, str(host(account.uri)))
        claimed = webfinger.handle(account.claim) if account.claim else own
        try:
            found = await self.find(claimed, errand)
            if found.subject.key != claimed.key:
                claimed = found.subject
                found = await self.find(claimed, errand)
        except (NotFound, Gone, Invalid, Unreachable, TooLarge):
            return Confirmed(own, sure=False)
        if found.subject.key != claimed.key or found.actor != account.uri:
            raise Invalid(f"{account.uri} is not {claimed}: WebFinger says that {found.subject} is {found.actor}.")
        return Confirmed(found.subject, sure=True)
