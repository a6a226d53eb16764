"""Notifying: what the owner is told, and what the owner has read.

Spec: CLIENT_API §7, pitfall 27; https://docs.joinmastodon.org/methods/notifications/, …/markers/.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from smallfed.domain.events import NotificationFiltered, NotificationMade
from smallfed.domain.notification import Handling
from smallfed.domain.post import Post
from smallfed.errors import Conflict, Invalid
from smallfed.policy.notifying import group_keys
from smallfed.services import screening, sifting
from smallfed.store import (
    blocks,
    domain_blocks,
    houses,
    ids,
    markers,
    mutes,
    notification_groups,
    notification_requests,
    notifications,
    standings,
)
from smallfed.store.markers import Marker
from smallfed.store.rows import listed
from smallfed.store.tx import Tx

TIMELINES = ("home", "notifications")
OLD = timedelta(days=1)
_ANEW = frozenset({"update", "quoted_update"})  # told again each time; only the last time stays


# Telling --------------------------------------------------------------------------------------------------------------
def tell(tx: Tx, type_: str, account: int, post: int | None = None, *, quiet: bool = False) -> None:
    """Tell the owner what ``account`` did, once; never of the owner's own doing, nor of what was muted or blocked.

    Whom the owner's policy keeps back is not told of, but stored, and so is what is doubtful; or not even that.
    ``quiet``: no phone rings for it.
    """
    if _hushed(tx, account) or (post is not None and mutes.quiet(tx, listed([post]))):
        return
    handling = screening.handling(tx, type_, account, post)
    if handling is not Handling.DROP:
        handling = sifting.sift(tx, type_, account, post, handling)
    if handling is Handling.DROP:
        return
    if type_ in _ANEW:
        notifications.drop_of(tx, account, type_, post)
    _put(tx, type_, account, post, filtered=handling is Handling.FILTER, quiet=quiet)


def is_old(tx: Tx, moment: datetime) -> bool:
    """Whether what was said then, and comes only now, makes no phone ring any more."""
    return moment < tx.now - OLD


def tell_end(tx: Tx, post: Post) -> None:
    """Tell the owner that the poll of a post has ended, the owner's own or one in which the owner voted."""
    if post.account_id != houses.owner_id(tx):
        tell(tx, "poll", post.account_id, post.id)
    elif not mutes.quiet(tx, listed([post.id])):
        _put(tx, "poll", post.account_id, post.id)


def tell_report(tx: Tx, server: int | None, report: int) -> None:
    """Tell the owner, who runs the house, that somebody has reported something: ``report`` is the row of it.

    ``server`` is the actor of the server it came from, if that one said it. Who else did is not told.
    """
    if server is None or not _hushed(tx, server):
        _put(tx, "admin.report", server or houses.owner_id(tx), subject=report)


def tell_severance(tx: Tx, severance: int) -> None:
    """Tell the owner that a block of a domain has ended follows."""
    _put(tx, "severed_relationships", houses.owner_id(tx), subject=severance)


def _hushed(tx: Tx, account: int) -> bool:
    owner = houses.owner_id(tx)
    if account == owner or blocks.either(tx, owner, account) or domain_blocks.covers_account(tx, account):
        return True
    if standings.mutes(tx, account):
        return True
    mute = mutes.find(tx, account)
    return mute is not None and mute.notifications


def _put(
    tx: Tx,
    type_: str,
    account: int,
    post: int | None = None,
    *,
    subject: int | None = None,
    filtered: bool = False,
    quiet: bool = False,
) -> None:
    keys = [] if filtered else group_keys(type_, post, tx.now)
    made = notifications.put(tx, type_, account, post, subject, keys=keys, filtered=filtered)
    if made is None:
        return
    if filtered:
        notification_requests.note(tx, type_, account)
        tx.announce(NotificationFiltered(notification=made.id))
    else:
        tx.announce(NotificationMade(notification=made.id, quiet=quiet))


# Forgetting -----------------------------------------------------------------------------------------------------------
def dismiss(tx: Tx, notification: int) -> None:
    """Forget a notification; NotFound when there is none."""
    notifications.drop(tx, notifications.get(tx, notification).id)


def dismiss_group(tx: Tx, key: str) -> None:
    """Forget a group of notifications; nothing happens when there is none."""
    notification_groups.drop(tx, key)


def clear(tx: Tx) -> None:
    """Forget all notifications."""
    notifications.clear(tx)


# Reading --------------------------------------------------------------------------------------------------------------
def mark(tx: Tx, read: Mapping[str, int], *, versions: Mapping[str, int] | None = None) -> dict[str, Marker]:
    """Note up to which id the owner has read each timeline, and return the markers.

    A notification older than the house is none: Tuba cuts ids to 32 bits, and would make everything unread again.
    ``versions`` are those of the markers that an app knows, as far as it says so. Invalid for unknown timelines;
    Conflict, and nothing is noted, when there is another version of a marker.
    """
    unknown = read.keys() - set(TIMELINES)
    if unknown:
        raise Invalid(f"Markers are kept for home and notifications, not for {', '.join(sorted(unknown))}")
    known = markers.several(tx, read)
    for timeline, version in (versions or {}).items():
        if version != (known[timeline].version if timeline in known else 0):
            raise Conflict("Conflict during update, please try again")
    first = ids.least_short(houses.get(tx).created_at)
    meant = {timeline: read_id for timeline, read_id in read.items() if timeline == "home" or read_id >= first}
    return known | {timeline: markers.put(tx, timeline, read_id) for timeline, read_id in meant.items()}
