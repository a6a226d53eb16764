"""Notifying: of which notifications the owner is told, and which of them stand together.

Spec: CLIENT_API §7; https://docs.joinmastodon.org/entities/NotificationPolicy/. The rules are those of Mastodon
(NotifyService, Notification::Groups).
"""

from datetime import datetime, timedelta

from msgspec import Struct

from smallfed.domain.notification import FILTERABLE, GROUPED, Handling, Policy

NEW_ACCOUNT, NEW_FOLLOWER = timedelta(days=30), timedelta(days=3)
SPAN = 12  # hours that a group may last, from the hour in which it began
_ORDER = (Handling.ACCEPT, Handling.FILTER, Handling.DROP)  # the strictest holds


class Sender(Struct, frozen=True, kw_only=True):
    """Who causes a notification, and what the owner has to do with them.

    ``permitted``: the owner has said to want to hear of them. ``follower_since``: when they began to follow the owner,
    None if they do not. ``unasked``: it is a private mention that answers no private word of the owner to them.
    """

    since: datetime
    following: bool = False
    follower_since: datetime | None = None
    permitted: bool = False
    limited: bool = False
    unasked: bool = False


def judge(policy: Policy, type_: str, sender: Sender, now: datetime) -> Handling:
    """Return what becomes of a notification. Whoever the owner follows is no stranger, however new or private."""
    if type_ not in FILTERABLE or sender.permitted:
        return Handling.ACCEPT
    stranger = not sender.following
    rules = (
        (stranger, policy.not_following),
        (sender.follower_since is None or sender.follower_since > now - NEW_FOLLOWER, policy.not_followers),
        (stranger and sender.since > now - NEW_ACCOUNT, policy.new_accounts),
        (stranger and sender.unasked, policy.private_mentions),
        (stranger and sender.limited, policy.limited_accounts),
    )
    return max((handling for holds, handling in rules if holds), key=_ORDER.index, default=Handling.ACCEPT)


def stricter(one: Handling, other: Handling) -> Handling:
    """Return the stricter of the two."""
    return max(one, other, key=_ORDER.index)


def group_keys(type_: str, post: int | None, now: datetime) -> list[str]:
    """Return the keys of groups that a notification made now may join, the youngest first; none for what stands alone.

    The first is that of a group that would begin with it.
    """
    if type_ not in GROUPED:
        return []
    about = type_ if post is None else f"{type_}-{post}"
    hour = int(now.timestamp()) // 3600
    return [f"{about}-{begun}" for begun in range(hour, hour - SPAN, -1)]
