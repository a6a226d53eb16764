"""From a host name to the addresses it has now."""

import socket
from collections import OrderedDict
from collections.abc import Callable, Mapping
from ipaddress import ip_address

import trio

from smallfed.config import Endpoint
from smallfed.policy.addresses import Address
from smallfed.runtime.aside import Aside
from smallfed.runtime.no_answer import NoAnswer

Lookup = Callable[[str], list[str]]
"""Blocking: host name to addresses, the best first; raises OSError."""


def look_up(host: str) -> list[str]:
    """Ask the system (hosts file, DNS), in the order RFC 6724 prefers. Addresses, each once."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class Resolver:
    """Look-ups in threads under a limit of their own; what has no address is remembered for a minute.

    ``table`` comes first and names address and port; an IP address stands for itself. Nothing is judged here.
    """

    def __init__(
        self,
        aside: Aside,
        *,
        table: Mapping[str, Endpoint],
        lookup: Lookup = look_up,
        limit: int = 64,
        deadline: float = 10.0,
        remember: float = 60.0,
        remembered: int = 4096,
    ) -> None:
        self._aside, self._table, self._lookup = aside, table, lookup
        self._limiter = trio.CapacityLimiter(limit)
        self._deadline, self._remember, self._remembered = deadline, remember, remembered
        self._failures: OrderedDict[str, tuple[float, str]] = OrderedDict()  # until when, and why

    async def resolve(self, host: str, port: int) -> list[tuple[Address, int]]:
        """Return the addresses and ports of ``host``, never an empty list; raise NoAnswer("dns")."""
        fixed = self._table.get(host)
        if fixed is not None:
            return [(ip_address(fixed.host), fixed.port)]
        try:
            return [(ip_address(host), port)]
        except ValueError:
            return [(ip_address(address), port) for address in await self._ask(host)]

    async def _ask(self, host: str) -> list[str]:
        self._recall(host)
        detail = f"no answer within {self._deadline:g} seconds"
        with trio.move_on_after(self._deadline):
            try:
                addresses = await self._aside.thread(self._lookup, host, limiter=self._limiter, abandon=True)
            except (OSError, UnicodeError) as error:  # UnicodeError: a label that the system's codec refuses
                addresses, detail = [], str(error)
            if addresses:
                return addresses
        self._failures[host] = (trio.current_time() + self._remember, detail)
        if len(self._failures) > self._remembered:
            self._failures.popitem(last=False)
        raise _absent(host, detail)

    def _recall(self, host: str) -> None:
        until, detail = self._failures.pop(host, (0.0, ""))
        if trio.current_time() < until:
            self._failures[host] = (until, detail)
            raise _absent(host, detail)


def _absent(host: str, detail: str) -> NoAnswer:
    return NoAnswer("dns", f"{host} has no address", detail=detail)
