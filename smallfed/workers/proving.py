"""Proving: whether what somebody hands over carries a fresh proof of its actor, which spares the request to the origin.

Spec: PROTOCOL §3.2; FEP-8b32; SAFETY rule 13.
"""

import logging
from datetime import datetime, timedelta
from functools import partial

from smallfed.domain.incoming import Handed
from smallfed.domain.uris import same_origin
from smallfed.errors import SmallfedError, Unauthenticated
from smallfed.observe.logging import event
from smallfed.protocol.signatures import proofs
from smallfed.protocol.signatures.keys import PublicKey
from smallfed.protocol.signatures.proofs import Proof
from smallfed.runtime.aside import Aside
from smallfed.runtime.clock import Clock
from smallfed.workers.fetching import Fetcher

FRESH = timedelta(days=2)
"""How long a proof spares the request: what was said can be shown around by anybody, also when it was taken back."""

SMALL = 16 << 10  # bytes that are canonicalised without a thread

log = logging.getLogger(__name__)


class Proving:
    """Looks at proofs, with the keys that their actors show. One for the house."""

    def __init__(self, fetcher: Fetcher, clock: Clock, aside: Aside) -> None:
        self._fetcher, self._clock, self._aside = fetcher, clock, aside

    async def is_proven(self, handed: Handed) -> bool:
        """Whether the document carries a fresh proof by the actor of its activity. For an old one nobody is asked.

        What has no id cannot be told from what came before, and was taken back: its proof does not count.
        """
        actor = handed.activity.actor
        if handed.activity.id is None:
            return False
        try:
            method = await self._claimed(handed.document, actor)
            key = await self._fetcher.proving_key(method, actor)
            if not await self._made_by(method, key, handed.document):
                key = await self._fetcher.proving_key(method, actor, refresh=True)
                return await self._made_by(method, key, handed.document)
        except SmallfedError as why:
            event(log, "not proven", level=logging.DEBUG, actor=actor, why=why.message)
            return False
        return True

    async def _claimed(self, document: bytes, actor: str) -> str:
        find = partial(_claimed, document, actor, self._clock.now())
        return find() if len(document) <= SMALL else await self._aside.thread(find)

    async def _made_by(self, method: str, key: PublicKey, document: bytes) -> bool:
        check = partial(_fresh, document, {method: key}, self._clock.now())
        return check() if len(document) <= SMALL else await self._aside.thread(check)


def _claimed(document: bytes, actor: str, now: datetime) -> str:
    """Return the key with which ``actor`` claims to have proven ``document`` lately; SmallfedError without one."""
    for claim in proofs.claims(document):
        if same_origin(claim.verification_method, actor) and _is_fresh(claim, now):
            return claim.verification_method
    raise Unauthenticated("It carries no fresh proof of its actor.")


def _is_fresh(proof: Proof, now: datetime) -> bool:
    return proof.created is not None and now - proof.created <= FRESH


def _fresh(document: bytes, keys: dict[str, PublicKey], now: datetime) -> bool:
    """Whether one of ``keys`` made a fresh proof of ``document``; False when none made any."""
    try:
        return _is_fresh(proofs.verify(document, keys=keys, now=now), now)
    except Unauthenticated:
        return False
