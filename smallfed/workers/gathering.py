"""Gathering one conversation: what it answers, then the collection of the whole, or else reply after reply.

Spec: PROTOCOL §§4.7, 4.12; FEP-7888; FEP-f228 (reading collections); SAFETY rules 8, 9, 23, 25, 26; RULINGS 18.

``policy/conversations`` decides what belongs, ``policy/lanes`` whom to ask next; here is the asking.
"""

import logging
from collections import Counter
from collections.abc import Callable

import trio
from msgspec import Struct

from smallfed.domain.incoming import IncomingPost
from smallfed.domain.post import Post, Visibility
from smallfed.domain.refused import Refused
from smallfed.domain.uris import host, same_origin
from smallfed.errors import Invalid, NotFound, SmallfedError, TooMany, Unreachable
from smallfed.policy import conversations as policy
from smallfed.policy.budgets import DEPTH, Purpose
from smallfed.policy.conversations import Belongs, Walk
from smallfed.policy.lanes import Lanes, Turn
from smallfed.protocol import jsonld, limits
from smallfed.protocol.jsonld import Document
from smallfed.runtime.bell import Bell
from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from smallfed.runtime.no_answer import NoAnswer
from smallfed.store import conversations, posts, threads
from smallfed.store.conversations import Start
from smallfed.translate import conversations as documents_of
from smallfed.translate.conversations import Items, Replies
from smallfed.workers.documents import Unusable
from smallfed.workers.fetching import Fetcher, stated
from smallfed.workers.leafing import turn
from smallfed.workers.memory import Memory

log = logging.getLogger(__name__)

STRIKES = 2  # silences in a row after which a host is left alone


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


class Read(Struct, frozen=True, kw_only=True):
    """A page of a collection is to be read: of the replies to the post ``of``, or of the conversation ``context``."""

    uri: str
    origin: str  # a URI on the server that must answer for it
    of: int | None = None
    context: str | None = None
    page: int = 1


Step = Bring | Keep | Read


class Grudges:
    """What need not be asked again for a while: addresses that held nothing for us, and hosts that do not answer."""

    def __init__(self) -> None:
        self.barren = Memory[str, str](most=10_000, seconds=3600)
        self.silent = Memory[str, str](most=2000, seconds=600)


class Gathering:
    """One conversation that is being gathered.

    ``account(host)`` is told of each request and may refuse it with TooMany, ``found()`` of each post that was new.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        fetcher: Fetcher,
        *,
        purpose: Purpose,
        fetches: int,
        account: Callable[[str], None],
        found: Callable[[], None],
        ours: frozenset[str],
        grudges: Grudges,
    ) -> None:
        self._db, self._clock, self._fetcher = db, clock, fetcher
        self._account, self._found, self._ours, self._grudges = account, found, ours, grudges
        self._resting: set[str] = set()
        self._errand = fetcher.documents.errand(purpose, fetches=fetches, account=self._count)
        self._budget = fetches
        opened = purpose is Purpose.OWNER
        self._high = policy.HIGH if opened else policy.HIGH_ASIDE
        self._walk = Walk(deep=policy.DEEP if opened else policy.DEEP_ASIDE)
        self._lanes, self._bell = Lanes[Step](), Bell()
        self._strikes, self._again = Counter[str](), set[Step]()
        self._open = Counter[int]()  # what is still to be done of the replies to each post
        self._ended: dict[str, None] = {}  # reasons, each once, in their order
        self.began = clock.now()
        self._top: Post
        self._listed = self._descending = False
        self.asked = Counter[str]()  # requests by host

    @property
    def ended(self) -> str | None:
        """Why there may be more, None when there is not."""
        return "; ".join(self._ended) or None

    async def gather(self, start: Start) -> Post:
        """Bring what is missing; return the topmost post that we hold then."""
        self._top, self._resting = start.top, start.resting
        for post, depth in start.held:
            self._walk.admit(post.uri, post.url, depth)
        for post in (start.post, start.top):
            await self._read_contexts(post)
        await self._climb()
        await self._read_contexts(self._top)
        if not self._listed:
            await self._descend()
        return self._top

    # The three ways -------------------------------------------------------------------------------------------------
    async def _read_contexts(self, post: Post) -> None:
        """Read the collection that a post says its whole conversation is in, if one was not read already."""
        document = await self._document(post)
        for uri in () if document is None else self._walk.name(documents_of.contexts(document)):
            if not self._listed and self._worth_asking(uri):
                self._put(Read(uri=uri, origin=uri, context=uri))
                await self._run()

    async def _climb(self) -> None:
        """Bring what the topmost post answers, and what that answers."""
        self._look_above(0)
        await self._run()

    async def _descend(self) -> None:
        """Read the replies to every post there is, and to those that come by that."""
        self._descending = True
        held = await self._db.read(threads.below, self._top.id)
        read_at = await self._db.read(conversations.read_at, [post.id for post, _ in held])
        for post, depth in held:
            self._walk.admit(post.uri, post.url, depth)
            if policy.is_due(read_at.get(post.id), post.published_at, self._clock.now()):
                await self._look_below(post)
        await self._run()

    def _look_above(self, depth: int) -> None:
        top = self._top
        if top.in_reply_to is None or top.in_reply_to_id is not None:
            return
        if -depth >= self._high:
            self._ended[f"more than {self._high} posts above"] = None
        elif self._walk.name([top.in_reply_to]) and self._worth_asking(top.in_reply_to):
            self._put(Bring(uri=top.in_reply_to, above=depth - 1))

    async def _look_below(self, post: Post) -> None:
        if post.local or post.visibility not in (Visibility.PUBLIC, Visibility.UNLISTED):
            return
        document = await self._document(post)
        replies = None if document is None else documents_of.replies(document)
        if replies is None:
            return
        is_new = post.received_at >= self.began
        if is_new:
            await self._take_in(replies.here, origin=post.uri, of=post.id)
        await self._go_on(post, replies, is_new=is_new)

    async def _go_on(self, post: Post, replies: Replies, *, is_new: bool) -> None:
        """Read the replies that are not in the post's own document; an old one may lack some that were there."""
        place = replies.further if is_new else replies.whole or replies.further
        if place is None:
            await self._note_read(post.id)
        elif same_origin(place, post.uri):
            self._put(Read(uri=place, origin=post.uri, of=post.id))

    async def _document(self, post: Post) -> Document | None:
        body = None if post.local else await self._db.read(posts.document, post.id)
        return None if body is None else jsonld.read(body)

    # Asking ---------------------------------------------------------------------------------------------------------
    def _worth_asking(self, uri: str) -> bool:
        name = host(uri)
        return (
            name is not None
            and name not in self._ours
            and self._grudges.barren.find(uri, self._clock.monotonic()) is None
        )

    def _put(self, step: Step, *, first: bool = False) -> None:
        uri = step.incoming.uri if isinstance(step, Keep) else step.uri
        name = host(uri) or ""
        if name in self._resting or self._grudges.silent.find(name, self._clock.monotonic()) is not None:
            self._leave(name, f"{name} does not answer")
        if self._lanes.put(name, step, first=first) and step.of is not None:
            self._open[step.of] += 1

    async def _run(self) -> None:
        """Do what there is to do, and what comes of it, until nothing is left or the budget is."""
        async with trio.open_nursery() as nursery:
            while not self._lanes.idle:
                now = self._clock.monotonic()
                if self._errand.over(now):
                    self._give_up()
                while (chosen := self._lanes.take(now)) is not None:
                    nursery.start_soon(self._do, chosen)
                await self._bell.listen(self._lanes.wait(now))

    def _give_up(self) -> None:
        if self._lanes.leave_all():
            spent = self._errand.left <= 0
            self._ended[f"{self._budget} requests" if spent else "no more time"] = None

    async def _do(self, chosen: Turn[Step]) -> None:
        trouble: Exception | None = NoAnswer("timeout", f"{chosen.host} takes too long.")
        with trio.move_on_after(policy.PATIENCE):
            try:
                await self._done(chosen.thing)
                trouble = None
            except SmallfedError as error:
                trouble = error
            except Exception:  # a bug about one post is that post's trouble
                log.exception("gathering a conversation: %r", chosen.thing)
                trouble = Invalid("There is a bug about it.")
        self._lanes.done(chosen)
        if self._weigh(chosen, trouble) and chosen.thing.of is not None:
            self._open[chosen.thing.of] -= 1
            await self._note_read(chosen.thing.of)
        self._bell.ring()

    async def _note_read(self, post: int) -> None:
        """Note that the replies to a post were read, if all of them were brought; a restart forgets none."""
        if not self._open[post]:
            await self._db.patient_write(conversations.note_read, post)

    def _weigh(self, chosen: Turn[Step], trouble: Exception | None) -> bool:
        """Decide what the end of a step means for the rest of its lane; return whether it is settled for good."""
        now = self._clock.monotonic()
        match trouble:
            case None:
                self._strikes.pop(chosen.host, None)
                return True
            case TooMany(retry_after=wait):
                self._put_off(chosen, trouble.message, until=now + wait)
                return False
            case Unreachable() if not isinstance(trouble, Unusable):
                return self._strike(chosen, trouble)
            case _:
                self._forget(chosen.thing, str(trouble))
                return True

    def _put_off(self, chosen: Turn[Step], why: str, *, until: float) -> None:
        """Do it later, if there is a later: what the budget forbids is given up with everything else."""
        if until >= self._errand.until and not self._errand.over(self._clock.monotonic()):
            self._leave(chosen.host, why)
        else:
            self._lanes.pause(chosen.host, until)
            self._lanes.put(chosen.host, chosen.thing, first=True)

    def _strike(self, chosen: Turn[Step], trouble: Unreachable) -> bool:
        """Try once more what was not answered; leave a host alone that does not answer at all."""
        self._strikes[chosen.host] += 1
        if self._strikes[chosen.host] >= STRIKES:
            self._grudges.silent.put(chosen.host, trouble.message, self._clock.monotonic())
            self._leave(chosen.host, f"{chosen.host} does not answer")
            return False
        if chosen.thing in self._again:
            self._forget(chosen.thing, trouble.message)
            return True
        self._again.add(chosen.thing)
        self._lanes.put(chosen.host, chosen.thing)
        return False

    def _leave(self, name: str, why: str) -> None:
        self._lanes.leave(name)
        self._ended[why] = None

    def _forget(self, step: Step, why: str) -> None:
        uri = step.incoming.uri if isinstance(step, Keep) else step.uri
        self._grudges.barren.put(uri, why, self._clock.monotonic())

    def _count(self, name: str) -> None:
        self._account(name)
        self.asked[name] += 1

    # What comes -----------------------------------------------------------------------------------------------------
    async def _done(self, step: Step) -> None:
        match step:
            case Bring():
                await self._bring(step)
            case Keep():
                await self._keep(step)
            case Read():
                await self._read(step)

    async def _bring(self, step: Bring) -> None:
        document = await self._fetcher.documents.get(step.uri, self._errand)
        about = documents_of.post_in(document)
        if about is None:
            raise NotFound(f"{step.uri} is about no post.")
        uri, thing = about
        if thing is document:
            self._consider(stated(document), of=step.of, context=step.context, above=step.above)
        elif self._walk.name([uri]) and self._worth_asking(uri):
            self._put(Bring(uri=uri, of=step.of, context=step.context), first=True)

    def _consider(
        self, incoming: IncomingPost, *, of: int | None = None, context: str | None = None, above: int | None = None
    ) -> None:
        """Take a post whose origin says what it answers, or leave it."""
        if above is not None:
            self._put(Keep(incoming=incoming, depth=above, above=True), first=True)
            return
        match self._walk.judge(incoming, context=context):
            case Belongs(depth=depth):
                self._put(Keep(incoming=incoming, depth=depth, of=of), first=True)
            case Refused(reason=why):
                self._grudges.barren.put(incoming.uri, why, self._clock.monotonic())

    async def _keep(self, step: Keep) -> None:
        post = await self._fetcher.receive(step.incoming, self._errand, DEPTH, home=False)
        if post.received_at >= self.began:
            self._found()
        self._admit(post, step.depth)
        if step.above:
            self._top = await self._db.read(threads.top, post)
            self._look_above(step.depth)
        elif self._descending:
            await self._look_below(post)

    def _admit(self, post: Post, depth: int) -> None:
        for waiting in self._walk.admit(post.uri, post.url, depth):
            self._consider(waiting)

    async def _read(self, step: Read) -> None:
        documents = self._fetcher.documents
        leaf = await turn(documents, step.uri, self._errand, origin=step.origin, most=limits.LINKS)
        self._listed = self._listed or (step.context is not None and bool(leaf.items))
        await self._take_in(leaf.items, origin=step.origin, of=step.of, context=step.context)
        following = self._walk.name([leaf.next]) if leaf.next is not None else []
        if following and step.page < policy.PAGES:
            self._put(Read(uri=following[0], origin=step.origin, of=step.of, context=step.context, page=step.page + 1))

    async def _take_in(self, items: Items, *, origin: str, of: int | None, context: str | None = None) -> None:
        """Take what a collection on the server of ``origin`` names: embedded things count only if they live there."""
        named = documents_of.posts_in(items)
        new = self._walk.name(named)
        held, deleted = await self._db.read(conversations.known, new)
        for uri in new:
            thing = named[uri]
            if uri in held:
                await self._recognise(held[uri])
            elif uri in deleted or not self._worth_asking(uri):
                continue
            elif thing is None or not same_origin(uri, origin) or not documents_of.is_whole(thing):
                self._put(Bring(uri=uri, of=of, context=context))
            else:
                self._consider_embedded(uri, thing, of=of, context=context)

    def _consider_embedded(self, uri: str, thing: Document, *, of: int | None, context: str | None) -> None:
        """Take a post that its own server has put into the collection."""
        try:
            self._consider(stated(thing), of=of, context=context)
        except SmallfedError as error:
            self._grudges.barren.put(uri, error.message, self._clock.monotonic())

    async def _recognise(self, post: Post) -> None:
        """Go on from a post that we hold, if it answers one that belongs."""
        above = None if post.in_reply_to is None else self._walk.depth(post.in_reply_to)
        if above is None:
            return
        self._admit(post, above + 1)
        if self._descending:
            await self._look_below(post)
