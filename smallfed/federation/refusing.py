"""Refusing: what the door does not take gets into the ledger, once for all of some seconds; no answer waits for it.

A crash loses what was not written down yet; whoever ends the server in order loses nothing.
"""

import logging
from collections.abc import Collection, Iterable

import trio

from smallfed.domain.knock import Knock
from smallfed.domain.rule import Verdict
from smallfed.errors import SmallfedError, Unavailable
from smallfed.federation import turned
from smallfed.federation.callers import Names
from smallfed.federation.exchange import Request
from smallfed.federation.knocking import Knocking
from smallfed.federation.turned import Shut, Turned
from smallfed.observe.logging import event
from smallfed.protocol.envelope import Envelope
from smallfed.runtime.bell import Bell
from smallfed.store import knocks
from smallfed.store.refusals import Came
from smallfed.store.tx import Tx
from smallfed.workers.parts import Parts

log = logging.getLogger(__name__)

PERIOD = 10.0  # seconds from the first refusal until what came is written down


class Refusing:
    """Hears of everything that the door refuses."""

    def __init__(self, parts: Parts) -> None:
        self._db = parts.db
        self._turned, self._knocking, self._bell = Turned(), Knocking(parts.clock), Bell()
        self._names = Names(parts.clock)

    def shut_out(
        self, shut: Shut, request: Request, envelopes: Iterable[Envelope], missed: Collection[Envelope]
    ) -> None:
        """Count what somebody sent who is cut off, and which of it may be ``missed``.

        Anybody can say to be of any server that is: of more names than some, only how often that was.
        """
        if not self._names.admit(request.caller, shut.site):
            self.knocked(shut, request)
        elif self._turned.note(shut, envelopes, missed):
            self._bell.ring()

    def knocked(self, error: SmallfedError, request: Request, said: str = "") -> None:
        """Count a request of whoever was not believed or not understood; ``said``: the actor that its body names."""
        if self._knocking.note(error, request, said):
            self._bell.ring()

    def turned_away(self, error: SmallfedError, method: str) -> None:
        """Count a request that is of a form that no honest client gives it: nobody looks at whose it is."""
        if self._knocking.note_unread(error, method):
            self._bell.ring()

    async def run(self) -> None:
        """Write down what was refused, a while after the first of it, and at the end what is left."""
        try:
            while True:
                if await self._bell.listen(3600):
                    await trio.sleep(PERIOD)
                    await self.write_down()
        finally:
            with trio.CancelScope(shield=True):
                await self.write_down()

    async def write_down(self) -> None:
        """Write down what was refused lately; what cannot be written now is lost, and the log says how much."""
        lines, counted = self._turned.take(), self._knocking.take()
        if not lines and not counted:
            return
        try:
            await self._db.patient_write(_write_down, lines, counted)
        except Unavailable as error:  # the disk is full, or the database has ended first
            times = sum(came.times for came, _ in lines) + sum(knock.times for knock in counted)
            event(log, "refused.unwritten", level=logging.WARNING, times=times, reason=error.message)


def _write_down(tx: Tx, lines: Iterable[tuple[Came, Verdict]], counted: Iterable[Knock]) -> None:
    turned.write_down(tx, lines)
    knocks.put(tx, counted)
