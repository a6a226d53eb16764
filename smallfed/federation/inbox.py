"""The inbox: verified, written down, and only then answered 202.

Spec: ActivityPub §7 (delivery), §7.1.2 (forwarding); PROTOCOL §§2.2–2.4, 4.1; SAFETY rules 1–5, 24, 27, 28, 38;
RULINGS 10, 17, 26.

Order: limits → envelope → cheap drop → signature → authority → one row → 202. What it means is found out later.
"""

from collections.abc import Sequence

from msgspec import structs

from smallfed.domain import uris
from smallfed.domain.rule import Action
from smallfed.errors import Malformed, SmallfedError, Unauthenticated
from smallfed.federation.accepting import Signed, accept
from smallfed.federation.barred import Barred
from smallfed.federation.budget import BURST, RATE, Budget
from smallfed.federation.callers import neighbourhood
from smallfed.federation.exchange import Reply, Request, Unsupported, read_body, refusal
from smallfed.federation.knocking import Elsewhere
from smallfed.federation.refusing import Refusing
from smallfed.federation.senders import Forgotten, Senders
from smallfed.federation.turned import Shut
from smallfed.policy.sites import site
from smallfed.protocol.envelope import Envelope, open_letter
from smallfed.protocol.signatures.kinds import Unsigned
from smallfed.protocol.signatures.message import Message
from smallfed.protocol.signatures.verifying import Claim
from smallfed.protocol.synchronising import NAME, Synchronization, read
from smallfed.protocol.vocabulary import IDLE
from smallfed.services import ending
from smallfed.store import accounts, posts, purges
from smallfed.store.tx import Tx
from smallfed.workers.parts import Parts

Letters = Sequence[tuple[Envelope, bytes]]

ACCEPTED = Reply(status=202, body=b"{}")
MEDIA_TYPES = frozenset({"application/activity+json", "application/ld+json", "application/json"})
SITES = 4  # hosts' worth of activities that all may send together which are below one registered domain
FAILURE_RATE, FAILURE_BURST = 5.0, 300.0  # signatures that did not hold, a second and address
HANDED_RATE, HANDED_BURST = 10.0, 600.0  # what a host hands over that others did, which may make us ask their servers


class Inbox:
    """Takes activities in. One for the shared inbox and the personal one alike."""

    def __init__(self, parts: Parts, barred: Barred, refusing: Refusing) -> None:
        self._parts, self._refusing = parts, refusing
        limited = parts.config.limits.rate
        self._budget = Budget(parts.clock, enabled=limited)
        self._failures = Budget(parts.clock, enabled=limited, rate=FAILURE_RATE, burst=FAILURE_BURST)
        self._sites = Budget(parts.clock, enabled=limited, rate=SITES * RATE, burst=SITES * BURST)
        self._handed = Budget(parts.clock, enabled=limited, rate=HANDED_RATE, burst=HANDED_BURST)
        self.senders = Senders(parts, barred)

    async def closed(self, request: Request) -> Reply:
        """Refuse to show what has arrived: an inbox is only written to."""
        return refusal(405, "an inbox takes POST only", ("allow", "POST"))

    async def shared(self, request: Request) -> Reply:
        """Answer a POST to the shared inbox, or to that of the instance actor."""
        return await self._receive(request, personal=False)

    async def personal(self, request: Request) -> Reply:
        """Answer a POST to the owner's own inbox."""
        return await self._receive(request, personal=True)

    async def _receive(self, request: Request, *, personal: bool) -> Reply:
        letters: Letters = ()
        try:
            _require_acceptable(request)
            body = await read_body(request)
            letters = [letter for letter in open_letter(body) if await self._matters(letter[0])]
            if letters:  # floods of Deletes of people we never met, or of Views, cost nothing more than this
                await self._hear(request, body, letters, personal=personal)
        except (Shut, Forgotten):  # stands in the ledger by what cuts them off, or nowhere
            raise
        except SmallfedError as error:
            self._refusing.knocked(error, request, letters[0][0].actor if letters else "")
            raise
        return ACCEPTED

    async def _hear(self, request: Request, body: bytes, letters: Letters, *, personal: bool) -> None:
        """Take what is proven to be of whom it says."""
        if not any(name in ("signature", "authorization") for name, _ in request.headers):
            raise Unsigned("The request is not signed: it has no Signature header.")
        message = request.signed(self._parts.identity.here.scheme, body)
        self._failures.require(neighbourhood(request.caller))
        try:
            signer, claim = await self.senders.proven(message)
            letters = [(_of(signer, envelope), letter) for envelope, letter in letters]
            for envelope, _ in letters:
                _require_one_host(envelope)
        except (Malformed, Unauthenticated):
            self._failures.count(neighbourhood(request.caller))
            raise
        except Shut as shut:
            await self._shut_out(shut, request, message, letters)
            if shut.verdict.action is Action.REJECT:
                raise
            return  # nobody is told
        letters = await self._without_relayed(signer, letters)
        said = _synchronization(message, claim)
        await self._take(letters, Signed(signer=signer, scheme=claim.scheme, personal=personal, said=said))

    async def _take(self, letters: Letters, sent: Signed) -> None:
        for envelope, _ in letters:
            self._spend(sent.signer, envelope)
        for envelope, letter in letters:
            if not await self._was_purged(envelope):
                await accept(self._parts, envelope, letter, sent)

    async def _shut_out(self, shut: Shut, request: Request, message: Message, letters: Letters) -> None:
        """Count what somebody sends who is cut off, but for what only ends things of theirs: that is taken.

        Whatever comes of it, they are answered the same, and nobody is asked for a key that we do not keep.
        """
        ends = [letter for letter in letters if await self._parts.db.read(_ends, letter[0])]
        proven = await self.senders.proven_here(message) if ends else None
        taken: Letters = ()
        if proven is not None:
            signer, claim = proven
            taken = [letter for letter in ends if _is_of(letter[0], signer)]
            await self._take(taken, Signed(signer=signer, scheme=claim.scheme))
        rest = [letter for letter in letters if letter not in taken and not await self._was_purged(letter[0])]
        if rest:
            missed = [envelope for envelope, body in rest if await self._may_be_missed(envelope, body)]
            self._refusing.shut_out(shut, request, [envelope for envelope, _ in rest], missed)

    async def _may_be_missed(self, envelope: Envelope, body: bytes) -> bool:
        """Whether something names us, or changes or deletes a post that we hold."""
        if self._parts.identity.here.domain.encode() in body:
            return True
        changes = envelope.type in ("Delete", "Update")
        return changes and await self._parts.db.read(posts.find_uri, envelope.order_key) is not None

    async def _without_relayed(self, signer: str, letters: Letters) -> Letters:
        """Leave to ``workers/relaying`` what a relay of the owner's brings; it has a queue and budgets of its own."""
        relaying = self._parts.relaying
        brought = [letter for letter in letters if relaying.brings(signer, letter[0])]
        wanted = [letter for letter in brought if not await self._was_purged(letter[0])]
        if wanted:
            await relaying.take(signer, wanted)
        return [letter for letter in letters if letter not in brought] if brought else letters

    async def _matters(self, envelope: Envelope) -> bool:
        """Whether it is worth a signature: what people we do not know do to themselves is not, nor what is idle."""
        if envelope.type in IDLE:
            return False
        return not envelope.is_of_actor or await self._parts.db.read(_matters, envelope)

    async def _was_purged(self, envelope: Envelope) -> bool:
        """Whether it is about what was purged: then it is not even written down.

        Only once it is proven who sends it: nobody else learns by the answer what was purged.
        """
        return await self._parts.db.read(_was_purged, envelope)

    def _spend(self, signer: str, envelope: Envelope) -> None:
        name = uris.host(signer) or signer
        self._sites.require(site(name))
        self._budget.spend(name)
        self._sites.count(site(name))
        if signer != envelope.actor:  # handed over: taken, but not believed by this (workers/believing)
            self._handed.spend(site(name))


def _of(signer: str, envelope: Envelope) -> Envelope:
    """Return the envelope in the name of ``signer`` where it bears none."""
    return envelope if envelope.actor else structs.replace(envelope, actor=signer)


def _require_one_host(envelope: Envelope) -> None:
    if envelope.id is not None and uris.host(envelope.id) != uris.host(envelope.actor):
        raise Elsewhere("The id of the activity is on another host than its actor.")


def _ends(tx: Tx, envelope: Envelope) -> bool:
    return ending.ends(tx, envelope.type, envelope.actor, envelope.object_id or "", envelope.order_key)


def _is_of(envelope: Envelope, signer: str) -> bool:
    """Whether an activity is the signer's own: others hand nothing over for whom is cut off."""
    return envelope.actor == signer and uris.host(envelope.id or signer) == uris.host(signer)


def _was_purged(tx: Tx, envelope: Envelope) -> bool:
    return purges.holds(tx, envelope.actor, envelope.id, envelope.order_key)


def _matters(tx: Tx, envelope: Envelope) -> bool:
    """Whether we know who changes or deletes itself. Who is gone may come back, but not go a second time."""
    known = accounts.find_uri(tx, envelope.actor)
    return known is not None and not (known.gone_at is not None and envelope.type == "Delete")


def _require_acceptable(request: Request) -> None:
    if request.header("content-encoding") not in (None, "", "identity"):
        raise Unsupported("send the body without Content-Encoding")
    media_type = (request.header("content-type") or "").partition(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        raise Unsupported("send application/activity+json")
    length = request.header("content-length")
    if length is not None and not (length.isascii() and length.isdigit() and len(length) < 20):
        raise Malformed("Content-Length is not a number")


def _synchronization(message: Message, claim: Claim) -> Synchronization | None:
    """Return what the sender says of its followers here, if the signature covers it."""
    value = message.field(NAME) if NAME in claim.covered else None
    return None if value is None else read(value)
