"""The agenda of a conversation that is brought: what is still to be read, and of whose replies all was.

Spec: PROTOCOL §4.12; RULINGS 18. Who is asked next is ``rounds``' affair, what comes of it ``backfilling``'s.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection

from msgspec import Struct

from smallfed.domain.incoming import IncomingPost
from smallfed.domain.uris import host
from smallfed.policy.budgets import Errand
from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from smallfed.store import conversations
from smallfed.workers.rounds import Grudges, Rounds

LONGEST = 2000  # characters about what ended it: every host that was named may be silent


class Bring(Struct, frozen=True, kw_only=True):
    """A post is to be read that was named: in ``context``, among the replies to ``of``, or as what is above."""

    uri: str
    of: int | None = None
    context: str | None = None
    above: int | None = None  # its generation, for what a post that belongs answers


class Keep(Struct, frozen=True, kw_only=True):
    """A post that was read, and belongs, is to be stored with its author; ``of`` as for ``Bring``."""

    incoming: IncomingPost
    depth: int
    of: int | None = None
    above: bool = False

    @property
    def uri(self) -> str:
        """The id of the post."""
        return self.incoming.uri


class Read(Struct, frozen=True, kw_only=True):
    """A page of a collection is to be read: of the replies to the post ``of``, or of the conversation ``context``."""

    uri: str
    origin: str  # a URI on the server that must answer for it
    of: int | None = None
    context: str | None = None
    page: int = 1


Step = Bring | Keep | Read


class Agenda:
    """Steps that wait, each of which is done by ``do``; none asks where we live, or where there was nothing lately."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        errand: Errand,
        grudges: Grudges,
        ours: frozenset[str],
        do: Callable[[Step], Awaitable[None]],
    ) -> None:
        self._db, self._grudges, self._ours = db, grudges, ours
        self._rounds = Rounds[Step](clock, errand, grudges, do=do, settle=self._settle)
        self._open = Counter[int]()  # what is still to be done of the replies to each post

    @property
    def ended(self) -> str | None:
        """Why there may be more, None when there is not."""
        return "; ".join(self._rounds.ended)[:LONGEST] or None

    def end(self, why: str) -> None:
        """Note a limit that was met."""
        self._rounds.ended[why] = None

    def leave_alone(self, hosts: Collection[str]) -> None:
        """Ask nothing of these hosts."""
        self._rounds.resting = hosts

    def is_worth_asking(self, uri: str) -> bool:
        """Whether there may be something for us at an address."""
        name = host(uri)
        return name is not None and name not in self._ours and not self._grudges.has(uri)

    def put(self, step: Step, *, first: bool = False) -> None:
        """Let a step wait for its turn, before others with ``first``."""
        if step.of is not None:
            self._open[step.of] += 1  # for good, where its host is left alone
        self._rounds.put(step, first=first)

    async def run(self) -> None:
        """Do what there is to do, and what comes of it."""
        await self._rounds.run()

    async def note_read(self, post: int) -> None:
        """Note that the replies to a post were read, if all of them were brought; a restart forgets none."""
        if not self._open[post]:
            await self._db.patient_write(conversations.note_read, post)

    async def _settle(self, step: Step) -> None:
        if step.of is not None:
            self._open[step.of] -= 1
            await self.note_read(step.of)
