"""Domains: what holds for a server, by the rows about it and about the domains above it.

A row for ``example.org`` holds for it and everything below; one for ``*.example.org`` only for what is below; ``*`` is
everybody. An address, an IPv6 one in brackets, stands for itself. The strictest row holds, unless an allow overrides it
(``overrides``). The same in SQL is ``store/visibility.covered``.

Spec: PROTOCOL §9.2.
"""

from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct

from smallfed.domain.domain_block import Origin
from smallfed.domain.uris import bare

EVERYBODY = "*"


def chain(host: str) -> Iterator[str]:
    """Yield the names of rows that hold for ``host`` (lower case, perhaps with a port), the nearest first."""
    name = bare(host)
    yield name
    while "." in name and not name.startswith("["):
        _, _, name = name.partition(".")
        yield f"*.{name}"
        yield name
    yield EVERYBODY


def covered(host: str, domains: Collection[str]) -> bool:
    """Whether ``host`` (lower case, perhaps with a port) is one of ``domains`` or below one of them."""
    return bool(domains) and any(name in domains for name in chain(host))


def overrides(allow: int, block: int, origin: Origin, *, closed: bool) -> bool:
    """Whether an allow does away with a row; the numbers are their places in the chain, the nearest is 0.

    The nearer word counts. Otherwise an allow lets nobody in whom the owner blocks, nor whom a list blocks where only
    those are let in who are allowed (``closed``).
    """
    if allow < block or origin is Origin.MODE:
        return True
    return origin is Origin.LISTS and not closed


class Domains(Struct, frozen=True, kw_only=True):
    """Rows of one kind, by name with their origins, and what is allowed: for who asks often, and not the database."""

    rows: Mapping[str, tuple[Origin, ...]] = {}
    allows: frozenset[str] = frozenset()

    def hold(self, host: str) -> str | None:
        """Return the name of the nearest row that holds for ``host`` (lower case, perhaps with a port), or None."""
        if not self.rows:
            return None
        names = list(chain(host))
        found = {name: self.rows[name] for name in names if name in self.rows}
        if not found:
            return None
        allows = [name for name in names if name in self.allows]
        return holding(names, found, allows, closed=Origin.MODE in self.rows.get(EVERYBODY, ()))

    def __contains__(self, host: str) -> bool:
        """Whether any row holds for ``host``."""
        return self.hold(host) is not None


def holding(
    names: list[str], rows: Mapping[str, tuple[Origin, ...]], allows: Collection[str], *, closed: bool
) -> str | None:
    """Return which of ``rows`` holds, the nearest of those that no allow overrides.

    ``names`` is the chain of a host, ``rows`` and ``allows`` are what there is of it. ``closed``: see ``overrides``.
    """
    nearest = min(map(names.index, allows), default=None)
    for place, name in enumerate(names):
        for origin in rows.get(name, ()):
            if nearest is None or not overrides(nearest, place, origin, closed=closed):
                return name
    return None


def obfuscated(domain: str) -> str:
    """Return a domain as it is shown where its name is not to be read: of its middle only the dots are left."""
    visible = len(domain) // 4
    return "".join(
        "*" if visible < place < len(domain) - visible and letter != "." else letter
        for place, letter in enumerate(domain)
    )
