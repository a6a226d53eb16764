"""Boosting: the owner shows others' posts around, and others theirs and ours.

Spec: PROTOCOL §4.2 (Announce, Undo), §4.6; SAFETY rules 14 and 15.
"""

from smallfed.domain.account import Account
from smallfed.domain.events import BoostUndone, PostBoosted
from smallfed.domain.incoming import Announce
from smallfed.domain.interaction import Interaction
from smallfed.domain.need import Need
from smallfed.domain.post import Post, Visibility
from smallfed.domain.purge import PURGED
from smallfed.domain.refused import Refused
from smallfed.errors import Invalid, NotFound
from smallfed.policy import authority, visibility
from smallfed.services import departing, judging, permitting, sorting
from smallfed.services.arriving import published
from smallfed.store import (
    accounts,
    approvals,
    blocks,
    domain_blocks,
    follows,
    houses,
    ids,
    notifications,
    pasts,
    posts,
    purges,
    tombstones,
)
from smallfed.store.tx import Tx


def original(tx: Tx, post: Post) -> Post:
    """Return what ``post`` wraps when it is a boost, else itself."""
    return post if post.boost_of_id is None else posts.get(tx, post.boost_of_id)


def boost(tx: Tx, post: Post, visibility: Visibility | None = None) -> Post:
    """Boost a post (or what it wraps) and return the wrapper, an older one if there is one.

    NotFound when the owner may not see the post, Invalid when it cannot be shown around, Forbidden to who has moved.
    """
    house, owner = houses.get(tx), houses.owner(tx)
    post = posts.get_visible(tx, original(tx, post).id, owner.account_id)
    refused = authority.may_boost(owner.account_id, post)
    if refused is not None:
        raise Invalid(f"This post cannot be boosted. {refused.reason}")
    known = posts.find_boost(tx, post.id, owner.account_id)
    if known is not None:
        return known
    departing.require_here(tx)
    number, waits = ids.fresh(tx, "posts"), permitting.must_ask(tx, post, Interaction.ANNOUNCE)
    wrapper = Post(
        id=number,
        uri=house.boost(number),
        account_id=owner.account_id,
        local=True,
        kind="Announce",
        boost_of_id=post.id,
        visibility=_shown_to(post, visibility or owner.visibility),
        in_home=True,
        published_at=tx.now,
        received_at=tx.now,
    )
    posts.put(tx, wrapper)
    if waits:
        approvals.put(tx, number, post.account_id)
    tx.announce(PostBoosted(boost=number, account=owner.account_id, post=post.id, local=True))
    return wrapper


def _shown_to(post: Post, wanted: Visibility) -> Visibility:
    """A boost never goes further than its original, and never to single people."""
    if Visibility.PRIVATE in (post.visibility, wanted) or wanted is Visibility.DIRECT:
        return Visibility.PRIVATE
    return wanted


def unboost(tx: Tx, post: Post) -> Post:
    """Take the owner's boost of ``post`` (or of what it wraps) back, if there is one; return the original."""
    post = original(tx, post)
    known = posts.find_boost(tx, post.id, houses.owner_id(tx))
    if known is not None:
        take_back(tx, known)
    return post


def receive_boost(tx: Tx, announce: Announce, *, fresh: bool = True, dated: bool = False) -> Post | Need | Refused:
    """Store a boost by somebody else, at most one of a post by each.

    ``fresh``: it was sent to us, so it must be of what we have, or by whom the owner follows. ``dated``: it was read in
    an outbox, so it is sorted by when it was published; unless it is fresh nobody is told.
    """
    account = accounts.find_uri(tx, announce.actor)
    if account is None or account.gone_at is not None:
        return Need(announce.actor)
    refused = _unwelcome(tx, account) or _undone(tx, announce)
    if refused is not None:
        if fresh and blocks.has(tx, houses.owner_id(tx), account.id) and _is_ours(tx, announce):
            judging.shunned(tx, account, announce)
        return refused
    post = posts.find_uri(tx, announce.object)
    if purges.holds(tx, announce.object, announce.id):
        return Refused(PURGED)
    if post is None:
        return _wanted(tx, account, announce, fresh=fresh)
    refused = _admissible(tx, account, post)
    return refused or _store(tx, account, post, announce, fresh=fresh, dated=dated)


def _is_ours(tx: Tx, announce: Announce) -> bool:
    post = posts.find_uri(tx, announce.object)
    return post is not None and post.local


def _wanted(tx: Tx, account: Account, announce: Announce, *, fresh: bool) -> Need | Refused:
    """Ask for a post that we do not have only when it is shown to the owner, and not where the owner asks nothing."""
    if fresh and not follows.has(tx, houses.owner_id(tx), account.id):
        return Refused("The owner does not follow who boosts, and we do not have the post.")
    if houses.get(tx).note_id(announce.object) is not None:
        return Refused("There is no such post of ours.")
    kept_away = judging.boosted(tx, announce) if fresh else None
    return kept_away or Need(announce.object)


def _unwelcome(tx: Tx, account: Account) -> Refused | None:
    if account.local:
        return Refused("The owner does not boost by way of others.")
    if blocks.has(tx, houses.owner_id(tx), account.id):
        return Refused(f"The owner blocks {account.handle}.")
    if domain_blocks.covers_account(tx, account.id):
        return Refused(f"{account.handle} is on a blocked domain.")
    return None


def _undone(tx: Tx, announce: Announce) -> Refused | None:
    if announce.id is not None and tombstones.has(tx, announce.id, announce.actor):
        return Refused("It was deleted already.")
    if tombstones.swallow(tx, announce.actor, announce.id):
        return Refused("It was undone before it came.")
    return None


def _admissible(tx: Tx, account: Account, post: Post) -> Refused | None:
    refused = authority.may_boost(account.id, post) or _returned(account, post)
    if refused is not None:
        return refused
    author = accounts.get(tx, post.account_id)
    return None if author.local else _unwelcome(tx, author)


def _returned(account: Account, post: Post) -> Refused | None:
    """A group shows its members what is posted in it: that of the owner is nothing new, and what is removed is none."""
    if post.local and post.audience == account.uri:
        return Refused("The group shows its members what the owner has posted in it.")
    return Refused("The moderators of its group have removed it.") if post.removed else None


def _store(tx: Tx, account: Account, post: Post, announce: Announce, *, fresh: bool, dated: bool) -> Post | Refused:
    known = posts.find_boost(tx, post.id, account.id)
    if known is not None:
        if not (fresh and pasts.keep(tx, known.id)):
            return known
        return _arrived(tx, known, post.id)
    uri = announce.id or f"{account.uri}#boosts/{post.id}"
    if posts.find_uri(tx, uri) is not None:
        return Refused("Its id is that of another post.")
    moment = published(tx, announce.published_at)
    seen_by = visibility.of(announce.to, announce.cc, followers=account.followers)
    wrapper = Post(
        id=posts.dated_id(tx, moment) if dated else posts.arrival_id(tx, moment),
        uri=uri,
        account_id=account.id,
        local=False,
        kind="Announce",
        boost_of_id=post.id,
        visibility=Visibility.PRIVATE if seen_by is Visibility.DIRECT else _shown_to(post, seen_by),
        published_at=moment,
        received_at=tx.now,
    )
    posts.put(tx, wrapper)
    if not fresh:
        return wrapper
    accounts.reckon(tx, account.id, "posts", 1)
    return _arrived(tx, wrapper, post.id)


def _arrived(tx: Tx, wrapper: Post, post: int) -> Post:
    sorting.sort(tx, wrapper)
    tx.announce(PostBoosted(boost=wrapper.id, account=wrapper.account_id, post=post, local=False))
    return posts.get(tx, wrapper.id)


def undo_boost(tx: Tx, account: Account, *, uri: str | None, object: str | None) -> bool:  # noqa: A002
    """Take a boost by ``account`` back, found by its ``uri``, else by the post that it is of; False: there is none."""
    known = None if uri is None else posts.find_uri(tx, uri)
    if known is None and object is not None:
        post = posts.find_uri(tx, object)
        known = None if post is None else posts.find_boost(tx, post.id, account.id)
    if known is None or known.boost_of_id is None or known.account_id != account.id:
        return False
    take_back(tx, known)
    return True


def take_back(tx: Tx, wrapper: Post) -> None:
    """Remove a boost, whoever made it."""
    if wrapper.boost_of_id is None:
        raise NotFound("Record not found")
    posts.drop(tx, wrapper.id)
    accounts.reckon(tx, wrapper.account_id, "posts", -1)
    notifications.drop_of(tx, wrapper.account_id, "reblog", wrapper.boost_of_id)
    tx.announce(
        BoostUndone(
            boost=wrapper.id,
            uri=wrapper.uri,
            account=wrapper.account_id,
            post=wrapper.boost_of_id,
            local=wrapper.local,
            visibility=wrapper.visibility,
        )
    )
