"""Who is looking: the account behind a signed GET, as far as it matters.

Spec: PROTOCOL §2.7; SAFETY rules 16–18, 20; RULINGS 22. A public object is given to everybody but the blocked, whom the
key's host betrays without fetching anything; what is not public needs a signature that holds.
"""

from collections.abc import Callable

from smallfed.domain import uris
from smallfed.errors import NotFound, SmallfedError
from smallfed.federation.exchange import Request
from smallfed.policy.domains import covered
from smallfed.protocol.signatures import verifying
from smallfed.protocol.signatures.message import Message
from smallfed.store import accounts
from smallfed.store.tx import Tx
from smallfed.workers.parts import Parts

SIGNED = frozenset({"signature", "signature-input", "authorization"})


class Viewers:
    """Tells who asks. ``blocked`` returns the domains the owner wants nothing to do with."""

    def __init__(self, parts: Parts, blocked: Callable[[], frozenset[str]]) -> None:
        self._parts, self._blocked = parts, blocked

    def refuse_blocked(self, request: Request) -> bool:
        """Whether the request is signed; NotFound, as if nothing was here, when its key is of a blocked host."""
        if not any(name in SIGNED for name, _ in request.headers):
            return False
        try:
            claims = verifying.parse(self._message(request))
        except SmallfedError:
            return True  # unreadable: a stranger
        for claim in claims:
            host = uris.host(claim.key_id)
            if host is not None and covered(host, self._blocked()):
                raise NotFound("not found")
        return bool(claims)

    async def verified(self, request: Request) -> int | None:
        """Return the id of the account whose signature holds, or None: a stranger, whatever the reason."""
        signer = await self.signer(request)
        return None if signer is None else await self._parts.db.read(_account, signer)

    async def signer(self, request: Request) -> str | None:
        """Return the id of the actor, known here or not, whose signature holds; None when there is none."""
        message = self._message(request)
        try:
            claim = verifying.admit(message, now=self._parts.clock.now(), hosts=self._parts.identity.here.names)[0]
            owner, key = await self._parts.fetcher.key(claim.key_id)
            if not verifying.check(claim, message, key):  # maybe they have a new one
                owner, key = await self._parts.fetcher.refreshed_key(claim.key_id)
                if not verifying.check(claim, message, key):
                    return None
        except SmallfedError:
            return None
        return owner

    def _message(self, request: Request) -> Message:
        return Message(
            method=request.method,
            authority=request.header("host") or "",
            target=request.target,
            headers=request.headers,
            scheme=self._parts.identity.here.scheme,
        )


def _account(tx: Tx, uri: str) -> int | None:
    found = accounts.find_uri(tx, uri)
    return None if found is None else found.id
