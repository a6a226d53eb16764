"""Knocking: under which name something stands in the ledger of which nobody knows who has sent it.

Anybody can say to be of a thousand servers. So what is registered once has a few lines a day, and an address a few
names (``BY_CALLER``); and of all lines of a day a half is for servers that were proven to be there at another time.
"""

from smallfed.domain.knock import OTHERS
from smallfed.policy.sites import site

BY_CALLER = 20  # names a day that whoever calls from one address may say
OF_DAY, OF_SITE = 300, 10  # lines a day: all, and those of names below one registered domain
OF_DAY_KNOWN, OF_SITE_KNOWN = 600, 50  # the same, for servers that we know


def name(host: str, *, lines: int, below: int, known: bool) -> str:
    """Return under which name a new line about ``host`` is written.

    ``lines`` are there of today, ``below`` of them about the same registered domain.
    """
    of_day, of_site = (OF_DAY_KNOWN, OF_SITE_KNOWN) if known else (OF_DAY, OF_SITE)
    if lines >= of_day:
        return OTHERS
    return host if below < of_site else f"*.{site(host)}"
