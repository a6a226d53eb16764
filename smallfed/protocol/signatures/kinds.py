"""Why a signature does not count, in finer kinds than those of ``errors``: for a door that tells its owner."""

from smallfed.errors import Unauthenticated


class Unsigned(Unauthenticated):
    """There is none."""


class Forged(Unauthenticated):
    """It was not made by the key that it names."""


class Untimely(Unauthenticated):
    """It was made long ago, is yet to come, or has expired."""


class Misdirected(Unauthenticated):
    """It was made for another server."""


class Altered(Unauthenticated):
    """What came is not what was signed."""
