"""Senders: who has sent a request to the inbox, by its signature, and whether the house wants to hear of them.

Spec: PROTOCOL §§2.2–2.4; SAFETY rules 1–5, 20, 24.
"""

from collections.abc import Sequence

from smallfed.domain import uris
from smallfed.errors import Forbidden
from smallfed.federation.barred import Barred
from smallfed.federation.turned import SHUT, Shut
from smallfed.protocol.signatures import verifying
from smallfed.protocol.signatures.keys import PublicKey
from smallfed.protocol.signatures.kinds import Forged
from smallfed.protocol.signatures.message import Message
from smallfed.protocol.signatures.verifying import Claim
from smallfed.services import dealing
from smallfed.store import accounts, domain_blocks, purges
from smallfed.workers.keys import NoKey
from smallfed.workers.parts import Parts

FORGED = "The signature is not that of the key it names."


class Forgotten(Forged):
    """Whoever is said to sign was purged: their key is not kept, and nobody is asked for it."""


class Senders:
    """Tells who truly sent a message, and the signature that proves it."""

    def __init__(self, parts: Parts, barred: Barred) -> None:
        self._parts, self._barred = parts, barred

    async def proven(self, message: Message) -> tuple[str, Claim]:
        """Return whose key it is, which is asked for where it is unknown.

        Unauthenticated or Unavailable otherwise; Shut for whom the house has cut off, before anything is asked where
        the host of the key tells.
        """
        claims, host = self._claims(message)
        cut_by = await self._barred.by(host)
        if cut_by is not None:
            raise Shut(host, cut_by)
        key_id, fetcher = claims[0].key_id, self._parts.fetcher
        if await self._parts.db.read(purges.holds, key_id, key_id.partition("#")[0]):
            raise Forgotten(FORGED)
        try:
            owner, key = await fetcher.key(key_id)
        except Forbidden as error:  # nobody there is known, and a rule lets nothing be asked
            verdict = await self._parts.db.read(dealing.keeps_out, host)
            if verdict is None:
                raise Forbidden(SHUT, detail=error.message) from None
            raise Shut(host, verdict=verdict) from None
        claim = _made_by(key, claims, message)
        if claim is None:
            owner, key = await fetcher.refreshed_key(key_id)
            claim = _made_by(key, claims, message)
            if claim is None:
                raise Forged(FORGED, detail=f"key {key_id!r}")
        cut_by = await self._parts.db.read(domain_blocks.cutting, owner) if await self._barred.anybody() else None
        if cut_by is not None:  # by the host of their handle
            raise Shut(host, cut_by)
        return owner, claim

    async def proven_here(self, message: Message) -> tuple[str, Claim] | None:
        """Return whose key it is if we keep it and it holds; nobody is asked anything."""
        claims, _ = self._claims(message)
        stored = await self._parts.db.read(accounts.find_key, claims[0].key_id)
        claim = None if stored is None else _made_by(PublicKey.from_der(stored.der), claims, message)
        return None if stored is None or claim is None else (stored.owner, claim)

    def _claims(self, message: Message) -> tuple[list[Claim], str]:
        """Return the claims by one key, and its host."""
        claims = verifying.admit(message, now=self._parts.clock.now(), hosts=self._parts.identity.here.names)
        key_id = claims[0].key_id  # one request has one sender: other keys are not even looked for
        host = uris.host(key_id)
        if host is None:
            raise NoKey(f"The keyid {key_id[:200]!r} is not the address of a key.")
        return [claim for claim in claims if claim.key_id == key_id], host


def _made_by(key: PublicKey, claims: Sequence[Claim], message: Message) -> Claim | None:
    """Return the first of ``claims`` that ``key`` made."""
    return next((claim for claim in claims if verifying.check(claim, message, key)), None)
