"""Broadcasting: one loop reads what has been committed, and the same text goes to everybody who hears of it.

While nobody listens it is not subscribed to anything, and costs nothing.

Spec: RULINGS 8; CLIENT_API §11; SAFETY rule 35.
"""

import logging
from collections.abc import Sequence

import trio

from smallfed.domain.events import Event, OwnerLeft, PasswordChanged, TokensRevoked
from smallfed.errors import Unavailable
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.streaming import occasions, telling
from smallfed.mastodon.streaming.listeners import Audience, End, Lately, Listener, Told
from smallfed.mastodon.streaming.occasions import Occasion, Shown, Thing, Withdrawn, Word
from smallfed.mastodon.streaming.streams import POSTS
from smallfed.observe.logging import event as note
from smallfed.runtime.hub import Subscription
from smallfed.store import houses
from smallfed.store.tx import Tx
from smallfed.workers.parts import Parts

log = logging.getLogger(__name__)

TOGETHER = 32  # events that are looked at in one read
TURNS = 4  # of everybody, after each event while queues are filling: a message takes about three to be sent
BACKLOG = 20_000  # events that may wait to be looked at
KINDS: frozenset[type[Event]] = frozenset({*occasions.TABLE, TokensRevoked, OwnerLeft, PasswordChanged})


class Broadcaster:
    """Tells ``audience`` what happens.

    Since somebody listens ``rendered`` events were rendered, and told to ``told`` in all.
    """

    def __init__(self, parts: Parts) -> None:
        self.audience = Audience()
        self.rendered = self.told = 0
        self._db, self._hub, self._identity = parts.db, parts.hub, parts.identity
        self._lately = Lately()
        self._feed: Subscription | None = None
        self._called = trio.Event()
        self._stopped = False

    def join(self, listener: Listener) -> None:
        """Let somebody in, who misses nothing from now on; TooMany or Unavailable when there is no room."""
        if self._stopped:
            raise Unavailable("the server is stopping", retry_after=5)
        self.audience.require_room(listener.token)
        self.audience.add(listener)
        if self._feed is None:
            self._feed = self._hub.begin(BACKLOG, KINDS)
            self._called.set()

    def leave(self, listener: Listener) -> None:
        """Let somebody out."""
        self.audience.remove(listener)
        if not self.audience and self._feed is not None:
            self._rest(self._feed)
            note(log, "streams.silent", rendered=self.rendered, told=self.told)
            self.rendered = self.told = 0

    def stop(self) -> None:
        """Let everybody go, and nobody in any more."""
        self._stopped = True
        self.audience.end(End.STOPPING)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Tell until cancelled."""
        task_status.started()
        while True:
            feed = self._feed
            if feed is None:
                self._called = trio.Event()
                await self._called.wait()
                continue
            batch = await feed.some(TOGETHER)
            if batch:
                await self._take(batch)
            elif feed is self._feed:  # it ended by itself: there was no room for more
                self._rest(feed)
                self._lose()

    def _lose(self) -> None:
        """Let everybody go, since they miss something from now on; apps that connect again read what they missed."""
        self.audience.end(End.BEHIND)

    def _rest(self, feed: Subscription) -> None:
        self._hub.end(feed)
        self._feed = None

    async def _take(self, batch: Sequence[Event]) -> None:
        for event in batch:
            match event:
                case TokensRevoked():
                    self.audience.end(End.REVOKED, tokens=event.tokens)
                case OwnerLeft():
                    self.audience.end(End.REVOKED)
                case PasswordChanged():
                    self.audience.end(End.CHANGED)
        wanted = [one for event in batch for one in occasions.of(event) if self._concerns_somebody(one)]
        try:
            rendered = await self._rendered(wanted) if wanted else []
        except Unavailable:
            self._lose()
            return
        for told in filter(None, map(self._lately.first, rendered)):
            self.rendered += told.payload is not None
            self.told += self.audience.tell(told)
            for _ in range(TURNS if self.audience.crowded else 0):
                await trio.lowlevel.checkpoint()

    def _concerns_somebody(self, one: Occasion) -> bool:
        match one:
            case Shown() | Withdrawn():
                return bool(self.audience.kinds(POSTS))
            case Thing():
                return bool(self.audience.heard(one.topics))
            case Word():
                return bool(self.audience.heard(one.topics)) or bool(self.audience.kinds(one.kinds))

    async def _rendered(self, wanted: Sequence[Occasion]) -> list[Told]:
        """Render all together; when that fails each by itself, so that one that cannot be told keeps none back."""
        try:
            return await self._db.read(self._render, wanted)
        except Unavailable:
            raise
        except Exception:
            if len(wanted) == 1:
                log.exception("%r cannot be told", wanted[0])
                return []
        return [told for one in wanted for told in await self._rendered([one])]

    def _render(self, tx: Tx, wanted: Sequence[Occasion]) -> list[Told]:
        show = Presenter(tx, self._identity.here, houses.owner_id(tx))
        return telling.render(show, wanted, self.audience.heard, self.audience.kinds(POSTS))
