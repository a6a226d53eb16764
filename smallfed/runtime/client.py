"""The one HTTP client of the house: everything it says to another server goes through :class:`Client`.

Spec: RFC 9110 and RFC 9112; SAFETY rules 22 to 26.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import trio
from msgspec import Struct

from smallfed.config import Endpoint, Proxy
from smallfed.policy import targets
from smallfed.policy.addresses import Network
from smallfed.policy.targets import Target
from smallfed.runtime.aside import Aside
from smallfed.runtime.dialer import Dialer
from smallfed.runtime.exchange import Exchange, Reply
from smallfed.runtime.headers import outgoing, without_secrets
from smallfed.runtime.no_answer import NoAnswer
from smallfed.runtime.places import Places
from smallfed.runtime.pool import Pool
from smallfed.runtime.resolver import Lookup, Resolver, look_up
from smallfed.runtime.streams import tls_context

__all__ = ["Answer", "Client", "Http", "NoAnswer", "Sign"]

Headers = Sequence[tuple[str, str]]
Sign = Callable[[str, str, bytes | None], list[tuple[str, str]]]
"""(method, URL as the other server sees it, body) → headers to add; called for every hop, when its turn has come."""

REDIRECTS = (301, 302, 303, 307, 308)


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
        redirects: int = 5,
    ) -> Answer:
        """Ask ``url`` and return the answer, whatever its status.

        ``deadline`` is for the whole exchange, redirects included, from the moment it gets its place among the
        requests in flight; whoever cannot wait for a place sets a deadline of his own. Redirects are followed for
        GET and HEAD; with ``redirects=0``, and for all other methods, they are returned as they are.

        A successful answer to GET is taken whole or not at all: TooLarge beyond ``limit`` bytes, NoAnswer("encoding")
        when it is compressed all the same. With every other answer the status is what counts, and a body that
        cannot be taken is left out. A request may be sent twice when a kept connection turns out to be closed.

        Raises NoAnswer, TooLarge, Invalid (headers that cannot be sent), Unavailable (out of file descriptors).
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
        redirects: int = 5,
    ) -> Answer:
        """See :meth:`Http.request`."""
        first = target = _checked(url, targets.read(url, allow_http=self._allow_http))
        trail = [target.wire]
        left = deadline
        while True:
            try:
                reply, spent = await self._hop(method, target, headers, body, sign, limit, left)
            except NoAnswer as error:
                error.elsewhere = target.authority != first.authority
                raise
            left -= spent
            answer = Answer(reply.status, target.url, reply.headers, reply.body)
            location = _onward(method, answer)
            if location is None or redirects == 0:
                return answer
            if len(trail) > redirects:
                raise NoAnswer("redirects", f"{url} was redirected more than {redirects} times")
            onward = _checked(location, targets.follow(target, location, allow_http=self._allow_http), kind="redirects")
            if onward.wire in trail:
                raise NoAnswer("redirects", f"{url} is redirected in a circle")
            trail.append(onward.wire)
            headers = headers if onward.authority == target.authority else without_secrets(headers)
            target = onward

    async def _hop(
        self,
        method: str,
        target: Target,
        headers: Headers,
        body: bytes | None,
        sign: Sign | None,
        limit: int,
        left: float,
    ) -> tuple[Reply, float]:
        ticket = await self.places.take(target.authority)
        try:
            with trio.move_on_after(max(0.0, left)):  # the hop before may have used up a little more than it had
                signed = sign(method, target.wire, body) if sign is not None else []
                lines = outgoing(method, target, [*headers, *signed], body, self._user_agent)
                reply = await self._exchange.run(method, target, lines, body, limit)
                return reply, trio.current_time() - ticket.since
        finally:
            self.places.leave(ticket)
        raise NoAnswer("timeout", f"{target.authority} did not finish in time")


def _onward(method: str, answer: Answer) -> str | None:
    if method in ("GET", "HEAD") and answer.status in REDIRECTS:
        return answer.header("location")
    return None


def _checked(url: str, target: Target | targets.Refused, *, kind: str = "url") -> Target:
    if isinstance(target, Target):
        return target
    raise NoAnswer("redirects" if kind == "redirects" else "url", f"{url[:200]!r} {target.reason}")
