"""Screening: which notifications of strangers are kept back, and whom the owner wants to hear after all.

Spec: CLIENT_API §7 (policy, requests); https://docs.joinmastodon.org/methods/notifications/#get-policy.
"""

from collections.abc import Iterable

from smallfed.domain.events import NotificationsMerged
from smallfed.domain.notification import FILTERABLE, Handling, Policy, Request
from smallfed.domain.post import Post, Visibility
from smallfed.policy.notifying import Sender, judge, stricter
from smallfed.services import collapsing, judging
from smallfed.store import (
    accounts,
    follows,
    houses,
    judgements,
    mentions,
    notification_requests,
    notifications,
    posts,
    standings,
    threads,
    wave_items,
)
from smallfed.store.tx import Tx


def handling(tx: Tx, type_: str, account: int, post: int | None) -> Handling:
    """Return what the owner's policy and rules make of a notification."""
    if type_ not in FILTERABLE:
        return Handling.ACCEPT
    sender, owner = accounts.get(tx, account), houses.owner_id(tx)
    follow = follows.find(tx, account, owner)
    known = Sender(
        since=sender.published_at or sender.created_at,
        following=follows.has(tx, owner, account),
        follower_since=follow.created_at if follow is not None and follow.accepted else None,
        permitted=notification_requests.permitted(tx, account),
        limited=standings.limits(tx, account),
        unasked=type_ == "mention" and post is not None and _is_unasked(tx, post, account, owner),
    )
    told = judge(notification_requests.policy(tx), type_, known, tx.now)
    return stricter(told, judging.notification(tx, sender, post))


def _is_unasked(tx: Tx, number: int, account: int, owner: int) -> bool:
    post = posts.get(tx, number)
    return post.visibility is Visibility.DIRECT and not threads.spoken_privately(tx, post, owner, account)


def keeps_back(tx: Tx, post: Post) -> bool:
    """Whether a post of somebody else is kept back from the owner, whom it names: it waits, or is not wanted."""
    owner = houses.owner_id(tx)
    if mentions.find(tx, post.id, owner) is not False or follows.has(tx, owner, post.account_id):
        return False
    return judgements.waits(tx, post.id) or notifications.keeps_back(tx, post.id, post.account_id)


def change(tx: Tx, policy: Policy) -> None:
    """Handle what comes from now on by ``policy``; what is stored stays as it is."""
    notification_requests.put_policy(tx, policy)


def accept(tx: Tx, requests: Iterable[Request]) -> None:
    """Let the owner hear of these people, of what was kept back and from now on."""
    for request in requests:
        account = request.account.id
        said = notifications.filtered_mentions(tx, account)
        notification_requests.permit(tx, account)
        notifications.unfilter(tx, account)
        wave_items.forget_account(tx, account, lift=True)
        notification_requests.sweep(tx, account)
        tx.announce(NotificationsMerged(account=account, mentions=tuple(said)))
    collapsing.say(tx)


def dismiss(tx: Tx, requests: Iterable[Request]) -> None:
    """Forget what was kept back of these people; what comes of them later is judged anew."""
    for request in requests:
        notifications.drop_filtered(tx, request.account.id)
        wave_items.forget_account(tx, request.account.id, lift=False)
    collapsing.say(tx)
