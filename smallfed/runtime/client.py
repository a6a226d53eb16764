"""The one HTTP client of the house: everything it says to another server goes through :class:`Client`.

Spec: RFC 9110 and RFC 9112; SAFETY rules 22 to 26.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import trio
from msgspec import Struct, structs

from smallfed.config import Endpoint, Proxy
from smallfed.policy import targets
from smallfed.policy.addresses import Network
from smallfed.policy.targets import Target
from smallfed.runtime.aside import Aside
from smallfed.runtime.dialer import Dialer
from smallfed.runtime.exchange import Exchange, Reply, Sink
from smallfed.runtime.headers import outgoing, without_secrets
from smallfed.runtime.no_answer import NoAnswer
from smallfed.runtime.places import Places
from smallfed.runtime.pool import Pool
from smallfed.runtime.resolver import Lookup, Resolver, look_up
from smallfed.runtime.streams import tls_context

__all__ = ["Answer", "Client", "Http", "NoAnswer", "Onward", "Sign", "Sink"]

Headers = Sequence[tuple[str, str]]
Sign = Callable[[str, str, bytes | None], list[tuple[str, str]]]
"""(method, URL as the other server sees it, body) → headers to add; called for every hop, when its turn has come."""
Onward = Callable[[str], Awaitable[object]]
"""Called with where a redirect leads, before anything is sent there; whatever it raises ends the trail."""

REDIRECTS = (301, 302, 303, 307, 308)
FOLLOWED = 5  # redirects of one request
DOWNLOADS, DOWNLOADS_PER_HOST = 48, 6  # as many at a time from one host as browsers make


class Answer(Struct, frozen=True):
    """What another server answered. ``url`` was asked last; header names are lower-case.

    ``body`` is empty, too, where it was not taken: see :meth:`Http.request`.
    """

    status: int
    url: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first header of this (lower-case) name."""
        return next((value for key, value in self.headers if key == name), None)


class Http(Protocol):
    """What the rest of the house knows about the network; tests put fakes here."""

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Headers = (),
        body: bytes | None = None,
        sign: Sign | None = None,
        limit: int = 1 << 20,
        deadline: float = 30.0,
        onward: Onward | None = None,
    ) -> Answer:
        """Ask ``url`` and return the answer, whatever its status.

        ``deadline`` is for the whole exchange, redirects included, from the moment it gets its place among the
        requests in flight; whoever cannot wait for a place sets a deadline of his own. Redirects of GET and HEAD are
        followed where ``onward`` lets them lead; without it, and for all other methods, they are returned as they are.

        A successful answer to GET is taken whole or not at all: TooLarge beyond ``limit`` bytes, NoAnswer("encoding")
        when it is compressed all the same. With every other answer the status is what counts, and a body that
        cannot be taken is left out. A request may be sent twice when a kept connection turns out to be closed.

        Raises NoAnswer, TooLarge, Invalid (headers that cannot be sent), Unavailable (out of file descriptors).
        """
        ...

    async def download(
        self, url: str, sink: Sink, *, headers: Headers = (), deadline: float = 30.0, onward: Onward | None = None
    ) -> Answer:
        """GET ``url`` and let ``sink`` have the body of a successful answer; return the answer without it.

        As ``request`` otherwise, but for the places: downloads take none from those who talk, and have some per host
        of their own. What the sink raises is raised.
        """
        ...


class Client:
    """HTTP/1.1 over connections that :class:`Dialer` makes, as many at a time as :class:`Places` gives.

    Nothing is taken from the environment: no proxies, no netrc.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        aside: Aside,
        allow: Collection[Network] = (),
        loopback_only: bool = False,
        allow_http: bool = False,
        ca_file: Path | None = None,
        resolve: Mapping[str, Endpoint] = MappingProxyType({}),
        proxy: Proxy | None = None,
        places: Places | None = None,
        lookup: Lookup = look_up,
        idle: float = 10.0,
        most_idle: int = 512,
    ) -> None:
        self._user_agent, self._allow_http, self._idle = user_agent, allow_http, idle
        self.places = places or Places()
        self._downloads = Places(per_host=DOWNLOADS_PER_HOST, working=DOWNLOADS, waiting=DOWNLOADS)
        self.pool = Pool(idle=idle, most=most_idle)
        resolver = Resolver(aside, table=resolve, lookup=lookup)
        dialer = Dialer(resolver, allow=allow, loopback_only=loopback_only, proxy=proxy)
        tls = cache(partial(tls_context, ca_file))  # the system's authorities are a megabyte and 30 ms
        if ca_file is not None:
            tls()  # so that the owner hears at once of a file that cannot be read
        self._exchange = Exchange(dialer, self.pool, tls)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Close connections that nobody uses any more, for ever; on the way out close them all."""
        task_status.started()
        try:
            while True:
                await self.pool.filled()
                await trio.sleep(self._idle)
                await self.pool.sweep()
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        """Close the connections that are idle."""
        await self.pool.aclose()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Headers = (),
        body: bytes | None = None,
        sign: Sign | None = None,
        limit: int = 1 << 20,
        deadline: float = 30.0,
        onward: Onward | None = None,
    ) -> Answer:
        """See :meth:`Http.request`."""
        return await self._follow(url, _Hop(method, headers, body, sign, limit, None, self.places), deadline, onward)

    async def download(
        self, url: str, sink: Sink, *, headers: Headers = (), deadline: float = 30.0, onward: Onward | None = None
    ) -> Answer:
        """See :meth:`Http.download`."""
        hop = _Hop("GET", headers, None, None, 1 << 16, sink, self._downloads)
        return await self._follow(url, hop, deadline, onward)

    async def _follow(self, url: str, hop: "_Hop", deadline: float, onward: Onward | None) -> Answer:
        first = target = _checked(url, targets.read(url, allow_http=self._allow_http))
        trail = [target.wire]
        left = deadline
        while True:
            try:
                reply, spent = await self._ask(target, hop, left)
            except NoAnswer as error:
                error.elsewhere = target.authority != first.authority
                raise
            left -= spent
            answer = Answer(reply.status, target.url, reply.headers, reply.body)
            location = _location(hop.method, answer)
            if location is None or onward is None:
                return answer
            if len(trail) > FOLLOWED:
                raise NoAnswer("redirects", f"{url} was redirected more than {FOLLOWED} times")
            further = targets.follow(target, location, allow_http=self._allow_http)
            further = _checked(location, further, kind="redirects")
            if further.wire in trail:
                raise NoAnswer("redirects", f"{url} is redirected in a circle")
            await onward(further.wire)
            trail.append(further.wire)
            if further.authority != target.authority:
                hop = structs.replace(hop, headers=without_secrets(hop.headers))
            target = further

    async def _ask(self, target: Target, hop: "_Hop", left: float) -> tuple[Reply, float]:
        ticket = await hop.places.take(target.authority)
        if hop.sink is not None:
            hop.sink.turn()
        try:
            with trio.move_on_after(max(0.0, left)):  # the hop before may have used up a little more than it had
                signed = hop.sign(hop.method, target.wire, hop.body) if hop.sign is not None else []
                lines = outgoing(hop.method, target, [*hop.headers, *signed], hop.body, self._user_agent)
                reply = await self._exchange.run(hop.method, target, lines, hop.body, hop.limit, hop.sink)
                return reply, trio.current_time() - ticket.since
        finally:
            hop.places.leave(ticket)
        raise NoAnswer("timeout", f"{target.authority} did not finish in time")


class _Hop(Struct, frozen=True):
    """What is asked at each address of a trail, and among whose places."""

    method: str
    headers: Headers
    body: bytes | None
    sign: Sign | None
    limit: int
    sink: Sink | None
    places: Places


def _location(method: str, answer: Answer) -> str | None:
    if method in ("GET", "HEAD") and answer.status in REDIRECTS:
        return answer.header("location")
    return None


def _checked(url: str, target: Target | targets.Refused, *, kind: str = "url") -> Target:
    if isinstance(target, Target):
        return target
    raise NoAnswer("redirects" if kind == "redirects" else "url", f"{url[:200]!r} {target.reason}")
