"""Listeners: who has a stream open, what each has subscribed to, and what waits to be sent to them.

Spec: RULINGS 8; SAFETY rule 35 and §2 (WebSocket). Nothing here waits: who does not keep up is cut off, alone.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from enum import Enum

import trio
from msgspec import Struct, json, structs

from smallfed.errors import TooMany, Unavailable
from smallfed.mastodon.streaming.streams import Stream, Topic
from smallfed.store.appearing import Kind

QUEUE = 256  # messages a listener may be behind
MOST = 500  # listeners in all
MOST_OF_ONE = 100  # by one token
MOST_STREAMS = 100  # of one listener
REMEMBERED = 1000  # posts


class Told(Struct, frozen=True, kw_only=True):
    """An event, rendered: ``payload`` is JSON, or None where there is nothing to say beyond its name.

    It is about ``topics``, and about every topic of ``kinds``. ``new`` is the post that is told of for the first time.
    """

    event: str
    payload: str | None = None
    topics: Collection[Topic] = ()
    kinds: frozenset[Kind] = frozenset()
    new: int | None = None


class End(Enum):
    """Why a listener is let go: what it is told. Who has gone, or does not keep up, is just dropped."""

    GONE = "it has gone away"
    SLOW = "it does not keep up"
    BINARY = "only text is understood here"
    REVOKED = "the access token was revoked"
    CHANGED = "the password was changed; connect again"
    BEHIND = "events were lost; connect again"
    STOPPING = "the server is stopping"

    @property
    def code(self) -> int | None:
        """The closing code of RFC 6455, or None."""
        return _CODES.get(self)


_CODES = {End.BINARY: 1003, End.REVOKED: 1008, End.CHANGED: 1008, End.BEHIND: 1013, End.STOPPING: 1001}


Write = Callable[[Told, Sequence[str]], str]
"""Writes an event for who hears of it by the stream of this name."""


class Listener:
    """One connection: ``write`` makes messages for it, ``token`` is the id of the token that opened it.

    ``over`` is set when it is let go, ``why`` says why.
    """

    def __init__(self, token: int, write: Write) -> None:
        self.token, self.write = token, write
        self.streams: dict[tuple[str, str], Stream] = {}
        self.over, self.why = trio.Event(), End.GONE
        self._in, self._out = trio.open_memory_channel[str](QUEUE)

    @property
    def behind(self) -> int:
        """How many messages wait to be sent."""
        return self._in.statistics().current_buffer_used

    def put(self, message: str) -> None:
        """Let ``message`` be sent; who has no room for it is let go."""
        try:
            self._in.send_nowait(message)
        except trio.WouldBlock:
            self.end(End.SLOW)

    async def next(self) -> str:
        """Return the message that is to be sent next, when there is one."""
        return await self._out.receive()

    def end(self, why: End) -> None:
        """Let it go, now; the first reason stays."""
        if not self.over.is_set():
            self.why = why
            self.over.set()


class Lately:
    """Where new posts were told of lately: the same post comes by several ways, and is new only once."""

    def __init__(self) -> None:
        self._posts: dict[int, set[Topic]] = {}

    def first(self, told: Told) -> Told | None:
        """Return what of it is told for the first time, None when it is nothing."""
        if told.new is None:
            return told
        before = self._posts.setdefault(told.new, set())
        topics = [topic for topic in told.topics if topic not in before]
        before.update(topics)
        if len(self._posts) > REMEMBERED:
            del self._posts[next(iter(self._posts))]
        return structs.replace(told, topics=topics) if topics else None


class Audience:
    """All listeners, by what they hear of."""

    def __init__(self) -> None:
        self._listeners: dict[Listener, None] = {}
        self._streams: defaultdict[Topic, dict[tuple[Listener, tuple[str, str]], Stream]] = defaultdict(dict)

    def __len__(self) -> int:
        return len(self._listeners)

    @property
    def crowded(self) -> bool:
        """Whether somebody is so far behind that they must be given time, if they take it."""
        return any(listener.behind > QUEUE // 4 for listener in self._listeners)

    def require_room(self, token: int) -> None:
        """Refuse one more listener, with TooMany or Unavailable, where there are too many."""
        if sum(each.token == token for each in self._listeners) >= MOST_OF_ONE:
            raise TooMany(f"At most {MOST_OF_ONE} streams may be open with one token: close some", retry_after=60)
        if len(self._listeners) >= MOST:
            raise Unavailable(f"At most {MOST} streams may be open: close some, or try again later")

    def add(self, listener: Listener) -> None:
        """Let somebody in."""
        self._listeners[listener] = None

    def remove(self, listener: Listener) -> None:
        """Let somebody out."""
        for key in list(listener.streams):
            self.unsubscribe(listener, key)
        self._listeners.pop(listener, None)

    def subscribe(self, listener: Listener, stream: Stream) -> None:
        """Let a listener hear of a stream, once however often it asks; TooMany when it hears of too many."""
        if stream.key in listener.streams:
            return
        if len(listener.streams) >= MOST_STREAMS:
            raise TooMany(f"At most {MOST_STREAMS} streams may be subscribed to on one connection", retry_after=0)
        listener.streams[stream.key] = stream
        for topic in stream.topics:
            self._streams[topic][listener, stream.key] = stream

    def unsubscribe(self, listener: Listener, key: tuple[str, str]) -> None:
        """Let a listener hear no more of a stream, if it did."""
        stream = listener.streams.pop(key, None)
        for topic in stream.topics if stream is not None else ():
            there = self._streams[topic]
            there.pop((listener, key), None)
            if not there:
                del self._streams[topic]

    def heard(self, topics: Iterable[Topic]) -> list[Topic]:
        """Return those of ``topics`` that somebody hears of."""
        return [topic for topic in topics if topic in self._streams]

    def kinds(self, kinds: frozenset[Kind]) -> frozenset[Kind]:
        """Return those of ``kinds`` of which somebody hears any topic."""
        heard = {kind.partition(":")[0] for kind, _ in self._streams}
        return frozenset(kind for kind in kinds if kind in heard)

    def tell(self, told: Told) -> int:
        """Put an event before everybody who hears of it, once for each stream; return to how many."""
        topics = [topic for topic in self._streams if topic[0].partition(":")[0] in told.kinds]
        streams: dict[tuple[Listener, tuple[str, str]], Stream] = {}
        for topic in (*topics, *self.heard(told.topics)):
            streams |= self._streams[topic]
        written: dict[tuple[Write, tuple[str, ...]], str] = {}
        for (listener, _), stream in streams.items():
            form = (listener.write, stream.name)
            if form not in written:
                written[form] = listener.write(told, stream.name)
            listener.put(written[form])
        return len(streams)

    def end(self, why: End, *, tokens: Collection[int] | None = None) -> None:
        """Let everybody go, or those with ``tokens``."""
        for listener in list(self._listeners):
            if tokens is None or listener.token in tokens:
                listener.end(why)


def frame(told: Told, name: Sequence[str]) -> str:
    """Write an event as a message of a WebSocket: JSON, in which the payload is text."""
    body = {"stream": name, "event": told.event} | ({} if told.payload is None else {"payload": told.payload})
    return json.encode(body).decode()


def lines(told: Told, _name: Sequence[str]) -> str:
    """Write an event as lines of a stream of server-sent events."""
    return f"event: {told.event}\ndata: {'undefined' if told.payload is None else told.payload}\n\n"
