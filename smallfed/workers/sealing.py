"""Sealing: linked-data signatures, added to bodies that want one when they are taken up for the first time.

Canonicalisation takes milliseconds and loads a library, so it happens in a thread; what comes of it is stored before
anything is sent, and every delivery and redelivery is the same to the last bit.

Spec: PROTOCOL §3.1; RULINGS 4; SAFETY rule 38.
"""

import logging

from msgspec import structs

from smallfed.errors import SmallfedError, Unavailable
from smallfed.observe.logging import event
from smallfed.runtime.aside import Aside
from smallfed.runtime.database import Database
from smallfed.runtime.identity import Identity
from smallfed.store import bodies
from smallfed.store.deliveries import Claim

log = logging.getLogger(__name__)


class Sealer:
    """Adds the signatures. One for the loop that sends."""

    def __init__(self, db: Database, identity: Identity, aside: Aside) -> None:
        self._db, self._identity, self._aside = db, identity, aside

    async def sealed(self, claim: Claim) -> Claim:
        """Return ``claim`` with its bodies as they may leave. Unavailable when they cannot be stored now."""
        if not claim.unsealed:
            return claim
        done = {number: await self._seal(number, claim.bodies[number]) for number in claim.unsealed}
        return structs.replace(claim, bodies=claim.bodies | done, unsealed=())

    async def _seal(self, number: int, body: bytes) -> bytes:
        try:
            body = await self._aside.thread(self._identity.seal, body)
        except Unavailable:
            raise
        except SmallfedError as why:  # too large, say: whoever gets it from us believes us all the same
            event(log, "delivery.unsealed", level=logging.WARNING, body=number, why=why.message)
        except Exception:  # a bug with one body must not stop the others
            log.exception("sealing body %d", number)
        await self._db.patient_write(bodies.seal, number, body)
        return body
