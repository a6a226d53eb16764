"""How long nobody may try a password after failures.

Spec: RULINGS 26: five failures, then a growing pause, per account and per address.
"""

from datetime import timedelta
from ipaddress import IPv6Address, ip_address

FREE = 5
FIRST = timedelta(seconds=15)
ACCOUNT, ADDRESS = timedelta(minutes=5), timedelta(hours=1)
"""The longest pauses. A stranger who fails on purpose must not keep the owner out for long: the account's is short."""
FORGET_AFTER = timedelta(days=1)


def pause(failures: int, longest: timedelta) -> timedelta:
    """Return the pause after so many failures in a row: none at first, then doubling up to ``longest``."""
    if failures < FREE:
        return timedelta(0)
    doublings = min(failures - FREE, 20)
    return min(longest, FIRST * (1 << doublings))


def address_key(caller: str) -> str:
    """Return the name under which failures of an address are counted; an IPv6 network of one customer counts as one."""
    try:
        address = ip_address(caller)
    except ValueError:
        return f"address:{caller}"
    if isinstance(address, IPv6Address):
        return f"address:{IPv6Address(int(address) >> 64 << 64)}/64"
    return f"address:{address}"
