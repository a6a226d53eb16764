"""The one dialer: nothing in the house opens a connection to another server but this.

Spec: RFC 8305 (happy eyeballs, the staggered part).
"""

import errno
from collections.abc import Collection
from itertools import chain, zip_longest

import trio

from smallfed.config import Proxy
from smallfed.errors import Unavailable
from smallfed.policy.addresses import Address, Allowed, Network, may_dial
from smallfed.runtime.no_answer import NoAnswer
from smallfed.runtime.resolver import Resolver
from smallfed.runtime.streams import Stream
from smallfed.runtime.tunnels import tunnel

Place = tuple[Address, int]

MAX_ADDRESSES = 8
OURS_TO_MEND = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Dialer:
    """Resolves a name, checks every address, and dials only addresses it has checked.

    There is no second look-up between check and connection, so a name cannot change its mind in between; TLS is
    verified against the name all the same. With a proxy it is the checked address that the proxy is given; only
    .onion names are left to it unresolved.
    """

    def __init__(
        self,
        resolver: Resolver,
        *,
        allow: Collection[Network] = (),
        loopback_only: bool = False,
        proxy: Proxy | None = None,
        deadline: float = 10.0,
        stagger: float = 0.25,
    ) -> None:
        self._resolver = resolver
        self._allow, self._loopback_only = allow, loopback_only
        self._proxy = proxy
        self._deadline, self._stagger = deadline, stagger

    async def connect(self, host: str, port: int) -> Stream:
        """Connect to ``host``; raise NoAnswer, or Unavailable when it is our own machine that is out of means."""
        if self._proxy is not None:
            # A proxy such as Tor takes its time: only the deadline of the whole exchange bounds it.
            return Stream(await self._through(self._proxy, host, port))
        if _is_onion(host):
            raise NoAnswer("dns", f"{host} is only reachable through Tor: set [network] proxy")
        places = await self._checked(host, port)
        with trio.move_on_after(self._deadline):
            return Stream(await self._race(host, places))
        raise NoAnswer("connect", f"{host} takes no connection within {self._deadline:g} seconds")

    async def _through(self, proxy: Proxy, host: str, port: int) -> trio.SocketStream:
        places = [(host, port)] if _is_onion(host) else await self._checked(host, port)
        if _is_onion(host) and self._loopback_only:
            raise NoAnswer("refused-address", f"{host} is not this machine, and in trial mode nothing else is dialled")
        for place in places[:-1]:
            try:
                return await self._tunnelled(proxy, *place)
            except NoAnswer as error:
                if error.kind != "connect":
                    raise
        return await self._tunnelled(proxy, *places[-1])

    async def _tunnelled(self, proxy: Proxy, destination: Address | str, port: int) -> trio.SocketStream:
        # The owner chose the proxy, so its address is judged in trial mode only.
        ask = self._checked if self._loopback_only else self._resolver.resolve
        try:
            stream = await self._race(proxy.host, await ask(proxy.host, proxy.port))
        except NoAnswer as error:
            raise NoAnswer("proxy", f"the proxy {proxy.url} takes no connection", detail=error.message) from error
        try:
            await tunnel(stream, proxy, destination, port)
        except BaseException:
            await trio.aclose_forcefully(stream)
            raise
        return stream

    async def _checked(self, host: str, port: int) -> list[Place]:
        allowed: list[Place] = []
        reasons: list[str] = []
        for address, its_port in await self._resolver.resolve(host, port):
            verdict = may_dial(address, allow=self._allow, loopback_only=self._loopback_only)
            if isinstance(verdict, Allowed):
                allowed.append((verdict.address, its_port))
            else:
                reasons.append(verdict.reason)
        if not allowed:
            raise NoAnswer("refused-address", f"{host} is not dialled: {'; '.join(reasons[:2])}")
        return _alternating(allowed)[:MAX_ADDRESSES]

    async def _race(self, host: str, places: list[Place]) -> trio.SocketStream:
        """Connect to the first place that takes us, starting the next when one fails or is slow."""
        winners: list[trio.SocketStream] = []
        failures: list[OSError] = []
        if len(places) == 1:  # the common case needs no nursery
            try:
                return await _dial(*places[0])
            except OSError as error:
                return _first(host, [], [error])

        async def attempt(place: Place, over: trio.Event) -> None:
            try:
                stream = await _dial(*place)
            except OSError as error:
                failures.append(error)
                over.set()
            else:
                winners.append(stream)
                nursery.cancel_scope.cancel()

        try:
            async with trio.open_nursery() as nursery:
                for place in places:
                    over = trio.Event()
                    nursery.start_soon(attempt, place, over)
                    with trio.move_on_after(self._stagger):
                        await over.wait()
        except BaseException:
            await _close(winners)
            raise
        await _close(winners[1:])
        return _first(host, winners, failures)


def _is_onion(host: str) -> bool:
    return host == "onion" or host.endswith(".onion")


async def _close(streams: list[trio.SocketStream]) -> None:
    with trio.CancelScope(shield=True):
        for stream in streams:
            await trio.aclose_forcefully(stream)


async def _dial(address: Address, port: int) -> trio.SocketStream:
    family = trio.socket.AF_INET if address.version == 4 else trio.socket.AF_INET6
    socket = trio.socket.socket(family, trio.socket.SOCK_STREAM)
    try:
        await socket.connect((str(address), port))
        return trio.SocketStream(socket)
    except BaseException:
        socket.close()
        raise


def _first(host: str, winners: list[trio.SocketStream], failures: list[OSError]) -> trio.SocketStream:
    if winners:
        return winners[0]
    if any(failure.errno in OURS_TO_MEND for failure in failures):
        raise Unavailable("This server is out of file descriptors or memory.", detail=str(failures[0]))
    raise NoAnswer("connect", f"{host} takes no connection", detail="; ".join(map(str, failures)))


def _alternating(places: list[Place]) -> list[Place]:
    """Put IPv6 and IPv4 in turn, beginning with the family the system prefers."""
    preferred = places[0][0].version
    these = [place for place in places if place[0].version == preferred]
    those = [place for place in places if place[0].version != preferred]
    return [place for place in chain.from_iterable(zip_longest(these, those)) if place is not None]
