"""The gate: where the owner wants that (``[federation] authorized_fetch``), only whoever signs reads our objects.

So blocks hold for reading, too. The server's own actor, WebFinger, NodeInfo and host-meta stay open: with two servers
that both want it each could otherwise never read the other's key. Pages for people stay open as well.

Spec: PROTOCOL §2.7; SAFETY rules 18, 20, 24.
"""

from typing import NoReturn

from smallfed.errors import NotFound, SmallfedError, Unauthenticated
from smallfed.federation.budget import Budget
from smallfed.federation.callers import neighbourhood
from smallfed.federation.exchange import Reply, Request
from smallfed.federation.front import Handler
from smallfed.federation.knocking import KeptOut
from smallfed.federation.objects import wants_object
from smallfed.federation.refusing import Refusing
from smallfed.federation.viewers import Viewers
from smallfed.protocol.signatures.kinds import Unsigned
from smallfed.store import accounts, blocks, domain_blocks, findings, houses, purges
from smallfed.store.tx import Tx
from smallfed.workers.parts import Parts

UNSIGNED = (
    "This server gives its objects only to those who sign their requests (authorized fetch): sign this GET with the"
    " key of your server's actor, or look at the page for people."
)
UNPROVEN = (
    "The signature of this request does not hold, or its key cannot be read; authorized fetch needs one that holds."
)
FAILURE_RATE, FAILURE_BURST = 5.0, 300.0  # signatures that did not hold, a second and address
DEPENDS = frozenset({"cache-control", "etag", "vary", "access-control-allow-origin"})
PERSONAL = (("cache-control", "private, no-store"), ("vary", "Accept, Signature, Signature-Input"))


class Gate:
    """Stands before everything that describes the owner, or what the owner has said."""

    def __init__(self, parts: Parts, viewers: Viewers, refusing: Refusing) -> None:
        self._parts, self._viewers, self._refusing = parts, viewers, refusing
        self._closed = parts.config.federation.authorized_fetch
        limited = parts.config.limits.rate
        self._failures = Budget(parts.clock, enabled=limited, rate=FAILURE_RATE, burst=FAILURE_BURST)

    def before(self, handler: Handler, *, leads_on: bool = False) -> Handler:
        """Return ``handler`` behind the gate; ``leads_on``: it sends on whoever wants a page."""
        if not self._closed:
            return handler

        async def guarded(request: Request) -> Reply:
            if leads_on and not wants_object(request):
                return await handler(request)
            await self._admit(request)
            return _personal(await handler(request))

        return guarded

    async def _admit(self, request: Request) -> None:
        """Unauthenticated where nobody signs; NotFound for whom the owner blocks: they see nothing at all."""
        if not await self._is_signed(request):
            unsigned = Unsigned(UNSIGNED)
            self._refusing.knocked(unsigned, request)
            raise unsigned
        self._failures.require(neighbourhood(request.caller))
        try:
            signer = await self._viewers.proven(request)
        except SmallfedError as error:
            self._failures.count(neighbourhood(request.caller))
            self._refusing.knocked(error, request)
            raise Unauthenticated(UNPROVEN, detail=error.message) from error
        if await self._parts.db.read(is_kept_out, signer):
            self._keep_out(request)

    async def _is_signed(self, request: Request) -> bool:
        try:
            return await self._viewers.refuse_blocked(request)
        except NotFound:
            self._keep_out(request)

    def _keep_out(self, request: Request) -> NoReturn:
        """Count a reader who sees nothing; NotFound."""
        kept_out = KeptOut("not found")
        self._refusing.knocked(kept_out, request)
        raise kept_out


def is_kept_out(tx: Tx, signer: str) -> bool:
    """Whether the owner blocks an actor, or its server by either name, or has purged it, or lists keep it away."""
    account = accounts.find_uri(tx, signer)
    if account is not None and (
        blocks.has(tx, houses.owner_id(tx), account.id) or domain_blocks.covers_account(tx, account.id)
    ):
        return True
    if domain_blocks.cutting(tx, signer) is not None or purges.holds(tx, signer):
        return True
    return findings.names_people(tx) and findings.shunning(tx, [signer]) is not None


def _personal(reply: Reply) -> Reply:
    """Return a reply that nobody keeps for others."""
    kept = tuple((name, value) for name, value in reply.headers if name not in DEPENDS)
    return Reply(status=reply.status, body=reply.body, content_type=reply.content_type, headers=(*kept, *PERSONAL))
