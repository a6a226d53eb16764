"""Corresponding: direct posts are kept together by thread and people, as Mastodon's apps show them.

Spec: https://docs.joinmastodon.org/methods/conversations/; CLIENT_API §6.
"""

from smallfed.domain.correspondence import Correspondence
from smallfed.domain.events import CorrespondenceChanged
from smallfed.domain.notification import Handling
from smallfed.domain.post import Post, Visibility
from smallfed.services import screening
from smallfed.store import blocks, correspondences, domain_blocks, houses, mentions, mutes, posts, standings
from smallfed.store.rows import listed
from smallfed.store.tx import Tx


def file(tx: Tx, post: Post, *, fresh: bool = True) -> None:
    """Put a direct post into its correspondence: the owner's own mark it as read, others that are ``fresh`` as unread.

    Other posts, those that are in one, and those the owner does not want to hear of are left out; what the policy
    keeps back, until the owner wants to hear of its author.
    """
    if post.visibility is not Visibility.DIRECT or post.boost_of_id is not None:
        return
    if correspondences.find_of(tx, post.id) is not None or _is_unheard(tx, post):
        return
    _put(tx, post, unread=fresh)


def _put(tx: Tx, post: Post, *, unread: bool) -> None:
    above = correspondences.find_of(tx, post.in_reply_to_id)
    thread = mutes.root(tx, post.id) if above is None else above.thread
    number = correspondences.begin(tx, thread, _people(tx, post))
    correspondences.put_post(tx, number, post.id)
    own = post.account_id == houses.owner_id(tx)
    if own or unread:
        correspondences.mark(tx, number, unread=not own)
    for answer in posts.children(tx, post.id):  # they came before what they answer
        later = correspondences.find_of(tx, answer.id)
        if later is not None and later.thread == answer.id:
            correspondences.join(tx, answer.id, thread)
    tx.announce(CorrespondenceChanged(correspondence=number))


def _people(tx: Tx, post: Post) -> set[int]:
    return {post.account_id, *(account.id for account in mentions.of_post(tx, post.id))} - {houses.owner_id(tx)}


def _is_unheard(tx: Tx, post: Post) -> bool:
    """Whether the owner would not be told of it: of what is blocked or muted, by person or by thread."""
    owner = houses.owner_id(tx)
    if post.account_id == owner:
        return False
    mute = mutes.find(tx, post.account_id)
    return (
        (mute is not None and mute.notifications)
        or blocks.either(tx, owner, post.account_id)
        or domain_blocks.covers_account(tx, post.account_id)
        or standings.mutes(tx, post.account_id)
        or bool(mutes.quiet(tx, listed([post.id])))
        or screening.handling(tx, "mention", post.account_id, post.id) is not Handling.ACCEPT
    )


def regroup(tx: Tx, post: int) -> None:
    """Put a post into another correspondence where it turned out to name others than we knew."""
    known = correspondences.find_of(tx, post)
    if known is None:
        return
    stored = posts.get(tx, post)
    if set(known.people) != _people(tx, stored):
        correspondences.drop_post(tx, post)
        _put(tx, stored, unread=known.unread)


# What the owner does --------------------------------------------------------------------------------------------------
def mark(tx: Tx, correspondence: int, *, unread: bool) -> Correspondence:
    """Note whether the owner has read a correspondence and return it; NotFound."""
    known = correspondences.get(tx, correspondence)
    if correspondences.mark(tx, known.id, unread=unread):
        tx.announce(CorrespondenceChanged(correspondence=known.id))
    return correspondences.get(tx, correspondence)


def forget(tx: Tx, correspondence: int) -> None:
    """Show a correspondence no longer, until somebody writes again; NotFound. The posts stay."""
    correspondences.drop(tx, correspondences.get(tx, correspondence).id)
