"""Hashtags as client apps see them.

Spec: CLIENT_API §14 (Tag).
"""

from collections.abc import Sequence
from hashlib import blake2b

from msgspec import UNSET

from smallfed.domain.house import House
from smallfed.mastodon import entities
from smallfed.policy.trending import DAYS
from smallfed.store import featured_tags, followed_tags, tag_days, trends
from smallfed.store.tx import Tx

SECONDS = 24 * 3600


def tags(tx: Tx, house: House, names: Sequence[str], viewer: int | None) -> list[entities.Tag]:
    """Return hashtags (NFKC, lower case), in their order; the owner is told of follows, the profile and uses.

    To strangers a week without uses is shown: who uses what, of those we hear from, is nobody's business.
    """
    followed = set() if viewer is None else followed_tags.among(tx, names)
    featured = set() if viewer is None else {tag.name for tag in featured_tags.of_account(tx, viewer)}
    weeks = tag_days.weeks(tx, () if viewer is None else names)
    silent = [(trends.day_of(tx.now) - back, 0, 0) for back in range(DAYS)]
    return [
        entities.Tag(
            id=_number(name),
            name=name,
            url=house.tag_page(name),
            history=[history(*day) for day in weeks.get(name, silent)],
            following=UNSET if viewer is None else name in followed,
            featuring=UNSET if viewer is None else name in featured,
        )
        for name in names
    ]


def history(day: int, accounts: int, uses: int) -> entities.History:
    """Return how something was used on a day (since 1970)."""
    return entities.History(day=str(day * SECONDS), accounts=str(accounts), uses=str(uses))


def _number(name: str) -> str:
    """Return the id of a hashtag, which has no row of its own: apps take it for a number, the same for ever."""
    return str(1 + (int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big") >> 1))
