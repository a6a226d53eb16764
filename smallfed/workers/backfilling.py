"""Backfilling one conversation: what it answers, then the collection of the whole, or else reply after reply.

Spec: PROTOCOL §§4.7, 4.12; FEP-7888; FEP-f228 (reading collections); SAFETY rules 8, 9, 23, 25, 26; RULINGS 18.

``policy/conversations`` decides what belongs, ``agenda`` knows what is still to be read.
"""

from collections import Counter
from collections.abc import Callable

from msgspec import structs

from smallfed.domain.incoming import IncomingPost
from smallfed.domain.post import Post
from smallfed.domain.uris import same_origin
from smallfed.errors import NotFound, SmallfedError
from smallfed.policy import conversations as policy
from smallfed.policy.budgets import DEPTH, Purpose
from smallfed.policy.conversations import Belongs, Walk
from smallfed.protocol import jsonld, limits
from smallfed.protocol.jsonld import Document
from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from smallfed.store import conversations, documents, threads
from smallfed.store.conversations import Start
from smallfed.translate import conversations as documents_of
from smallfed.translate.conversations import Items, Replies
from smallfed.workers.agenda import Agenda, Bring, Keep, Read, Step
from smallfed.workers.fetching import Fetcher, stated
from smallfed.workers.leafing import turn
from smallfed.workers.rounds import Grudges


class Backfill:
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
        self._account, self._found, self._grudges = account, found, grudges
        self._errand = fetcher.documents.errand(purpose, fetches=fetches, account=self._count)
        opened = purpose is Purpose.OWNER
        self._high = policy.HIGH if opened else policy.HIGH_ASIDE
        self._walk = Walk(deep=policy.DEEP if opened else policy.DEEP_ASIDE)
        self._agenda = Agenda(db, clock, self._errand, grudges, ours, self._do)
        self.began = clock.now()
        self._top: Post
        self._climbed, self._listed = set[str](), set[str]()  # what was asked for above; collections that named posts
        self._descending = False
        self.asked = Counter[str]()  # requests by host

    @property
    def ended(self) -> str | None:
        """Why there may be more, None when there is not."""
        return self._agenda.ended

    async def gather(self, start: Start) -> Post:
        """Bring what is missing; return the topmost post that we hold then."""
        self._top = start.top
        self._agenda.leave_alone(start.resting)
        for post, depth in start.held:
            self._admit(post, depth)
        await self._read_contexts(start.post)
        await self._climb()
        if not await self._read_contexts(self._top):
            await self._descend()
        return self._top

    # The three ways -------------------------------------------------------------------------------------------------
    async def _read_contexts(self, post: Post) -> bool:
        """Read the collections that a post says its whole conversation is in; return whether one of them has it.

        The post at the beginning may say so. What others say helps to find it, but cannot hide what it has.
        """
        document = await self._document(post)
        named = () if document is None else documents_of.contexts(document)
        for uri in named:
            if self._listed.isdisjoint(named) and self._walk.name([uri]) and self._agenda.is_worth_asking(uri):
                self._agenda.put(Read(uri=uri, origin=uri, context=uri))
                await self._agenda.run()
        return not self._listed.isdisjoint(named)

    async def _climb(self) -> None:
        """Bring what the topmost post answers, and what that answers."""
        self._top = await self._db.read(threads.top, self._top)
        self._look_above(0)
        await self._agenda.run()

    async def _descend(self) -> None:
        """Read the replies to every post there is, and to those that come by that."""
        self._descending = True
        held = await self._db.read(threads.below, self._top.id)
        read_at = await self._db.read(conversations.read_at, [post.id for post, _ in held])
        for post, depth in held:
            self._admit(post, depth)
            if policy.is_due(read_at.get(post.id), post.published_at, self._clock.now()):
                await self._look_below(post)
        await self._agenda.run()

    def _look_above(self, depth: int) -> None:
        top = self._top
        if top.in_reply_to is None or top.in_reply_to_id is not None:
            return
        if -depth >= self._high:
            self._agenda.end(f"more than {self._high} posts above")
        elif top.in_reply_to not in self._climbed and self._agenda.is_worth_asking(top.in_reply_to):
            self._climbed.add(top.in_reply_to)
            self._agenda.put(Bring(uri=top.in_reply_to, above=depth - 1))

    async def _look_below(self, post: Post) -> None:
        if post.local or not post.visibility.is_open:
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
            await self._agenda.note_read(post.id)
        elif same_origin(place, post.uri):
            self._agenda.put(Read(uri=place, origin=post.uri, of=post.id))

    async def _document(self, post: Post) -> Document | None:
        body = None if post.local else await self._db.read(documents.find, post.id)
        return None if body is None else jsonld.read(body)

    def _count(self, name: str) -> None:
        self._account(name)
        self.asked[name] += 1

    # What comes -----------------------------------------------------------------------------------------------------
    async def _do(self, step: Step) -> None:
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
        elif self._walk.name([uri]) and self._agenda.is_worth_asking(uri):
            self._agenda.put(Bring(uri=uri, of=step.of, context=step.context), first=True)

    def _consider(
        self, incoming: IncomingPost, *, of: int | None = None, context: str | None = None, above: int | None = None
    ) -> None:
        """Take a post whose origin says what it answers, or leave it."""
        if above is not None:
            self._agenda.put(Keep(incoming=incoming, depth=above, above=True), first=True)
            return
        judged = self._walk.judge(incoming, context=context)
        if isinstance(judged, Belongs):
            self._agenda.put(Keep(incoming=incoming, depth=judged.depth, of=of), first=True)

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
        for waiting in self._walk.admit(post.uri, post.url, depth, answers=post.in_reply_to):
            self._consider(waiting)

    async def _read(self, step: Read) -> None:
        documents = self._fetcher.documents
        leaf = await turn(documents, step.uri, self._errand, origin=step.origin, most=limits.LINKS)
        if step.context is not None and leaf.items:
            self._listed.add(step.context)
        await self._take_in(leaf.items, origin=step.origin, of=step.of, context=step.context)
        following = self._walk.name([leaf.next]) if leaf.next is not None else []
        if following and step.page < policy.PAGES:
            self._agenda.put(structs.replace(step, uri=following[0], page=step.page + 1))

    async def _take_in(self, items: Items, *, origin: str, of: int | None, context: str | None = None) -> None:
        """Take what a collection on the server of ``origin`` names: embedded things count only if they live there."""
        named = documents_of.posts_in(items)
        new = self._walk.name(named)
        held, deleted = await self._db.read(conversations.known, new)
        unknown: list[str] = []
        for uri in new:
            thing = named[uri]
            if uri in held:
                await self._recognise(held[uri])
            elif uri in deleted or not self._agenda.is_worth_asking(uri):
                continue
            elif thing is None or not same_origin(uri, origin) or not documents_of.is_whole(thing):
                unknown.append(uri)
            else:
                self._consider_embedded(uri, thing, of=of, context=context)
        for uri in reversed(unknown):  # what is new comes before what may have something new
            self._agenda.put(Bring(uri=uri, of=of, context=context), first=True)

    def _consider_embedded(self, uri: str, thing: Document, *, of: int | None, context: str | None) -> None:
        """Take a post that its own server has put into the collection."""
        try:
            self._consider(stated(thing), of=of, context=context)
        except SmallfedError as error:
            self._grudges.bear(uri, error.message)

    async def _recognise(self, post: Post) -> None:
        """Go on from a post that we hold, if it answers one that belongs."""
        above = None if post.in_reply_to is None else self._walk.depth(post.in_reply_to)
        if above is None:
            return
        self._admit(post, above + 1)
        if self._descending:
            await self._look_below(post)
