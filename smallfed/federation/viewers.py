"""Who is looking: the account behind a signed GET, as far as it matters.

Spec: PROTOCOL §2.7; SAFETY rules 16–18, 20; RULINGS 22. A public object is given to everybody but the blocked, whom the
key's host betrays without fetching anything; what is not public needs a signature that holds, of somebody who may see
it or of the server they live on.
"""

from smallfed.domain import uris
from smallfed.errors import NotFound, SmallfedError
from smallfed.federation.barred import Barred
from smallfed.federation.exchange import Request
from smallfed.policy.budgets import Purpose
from smallfed.policy.visibility import speaks_for_server
from smallfed.protocol.signatures import verifying
from smallfed.protocol.signatures.kinds import Forged
from smallfed.store import accounts
from smallfed.workers.memory import Memory
from smallfed.workers.parts import Parts

HOUR = 3600.0
SIGNED = frozenset({"signature", "signature-input", "authorization"})


class Viewers:
    """Tells who asks."""

    def __init__(self, parts: Parts, barred: Barred) -> None:
        self._parts, self._barred = parts, barred
        self._servers = Memory[str, bool](most=2000, seconds=HOUR)

    async def refuse_blocked(self, request: Request) -> bool:
        """Whether the request is signed; NotFound, as if nothing was here, when its key is of a blocked host."""
        if not any(name in SIGNED for name, _ in request.headers):
            return False
        try:
            claims = verifying.parse(request.signed(self._parts.identity.here.scheme))
        except SmallfedError:
            return True  # unreadable: a stranger
        for claim in claims:
            host = uris.host(claim.key_id)
            if host is not None and await self._barred.by(host) is not None:
                raise NotFound("not found")
        return bool(claims)

    async def is_server(self, signer: str) -> bool:
        """Whether an actor whose signature holds asks for its whole server. Who is unknown here is asked, seldom."""
        now = self._parts.clock.monotonic()
        known = await self._parts.db.read(accounts.find_uri, signer)
        if known is not None:
            return speaks_for_server(known.kind, known.username, uris.host(signer) or "")
        answer = self._servers.find(signer, now)
        if answer is None:
            answer = await self._read_kind(signer)
            self._servers.put(signer, answer, now)
        return answer

    async def _read_kind(self, signer: str) -> bool:
        fetcher = self._parts.fetcher
        try:
            actor = await fetcher.read_actor(signer, fetcher.documents.errand(Purpose.KEY))
        except SmallfedError:
            return False
        return actor.uri == signer and speaks_for_server(actor.kind, actor.username, uris.host(signer) or "")

    async def signer(self, request: Request) -> str | None:
        """Return the id of the actor, known here or not, whose signature holds; None when there is none."""
        try:
            return await self.proven(request)
        except SmallfedError:
            return None

    async def proven(self, request: Request) -> str:
        """Do as ``signer``, but raise why there is none: Forged where it is not of the key it names, or what else."""
        message = request.signed(self._parts.identity.here.scheme)
        claim = verifying.admit(message, now=self._parts.clock.now(), hosts=self._parts.identity.here.names)[0]
        owner, key = await self._parts.fetcher.key(claim.key_id)
        if not verifying.check(claim, message, key):  # maybe they have a new one
            owner, key = await self._parts.fetcher.refreshed_key(claim.key_id)
            if not verifying.check(claim, message, key):
                raise Forged("The signature is not that of the key it names.")
        return owner
