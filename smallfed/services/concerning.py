"""Concerning: whether what somebody says could be meant for the owner at all, before anybody is asked about it.

Spec: PROTOCOL §4.4 step 4; SAFETY rules 24, 25. The full rule, which needs the author, is ``policy/relevance``.
"""

from smallfed.domain.incoming import (
    Add,
    Announce,
    Create,
    Delete,
    Incoming,
    IncomingPost,
    Like,
    Mentioned,
    Remove,
    Undo,
    UpdateAccount,
    UpdatePost,
    Votes,
)
from smallfed.domain.uris import same_origin
from smallfed.store import accounts, follows, houses, posts, quotes
from smallfed.store.tx import Tx


def could_concern(tx: Tx, post: IncomingPost, *, personal: bool) -> bool:
    """Whether it is worth asking who a stranger is who has written ``post``."""
    owner = accounts.owner(tx)
    if personal or post.is_to(owner) or post.names(owner) or quotes_owner(tx, post):
        return True
    return post.in_reply_to is not None and posts.find_url(tx, post.in_reply_to) is not None


def is_in_conversation(tx: Tx, post: IncomingPost, owner: str | None) -> bool:
    """Whether ``post`` answers one that we hold, in a conversation on the server of the actor ``owner``."""
    parent = None if post.in_reply_to is None else posts.find_url(tx, post.in_reply_to)
    return parent is not None and same_origin(parent.context, owner)


def could_be_added(tx: Tx, add: Add) -> bool:
    """Whether what somebody puts into a collection may be a post in a conversation of theirs that is worth a question.

    Only of people we know, and not into the collections that we know them to have.
    """
    account = accounts.find_uri(tx, add.actor)
    if account is None or account.local or add.hashtag or not same_origin(add.target, add.actor):
        return False
    theirs = (account.featured, account.featured_tags, account.followers, account.following, account.moderators)
    known = posts.find_uri(tx, add.object) is not None or houses.get(tx).is_ours(add.object)
    return add.target not in theirs and not known


def quotes_owner(tx: Tx, post: IncomingPost) -> bool:
    """Whether ``post`` quotes one of the owner."""
    uri = None if post.quote is None else post.quote.uri
    if uri is None or not houses.get(tx).is_ours(uri):
        return False
    quoted = posts.find_url(tx, uri)
    return quoted is not None and quoted.local


def idle(tx: Tx, activity: Incoming) -> str | None:
    """Return why it would change nothing here if ``activity``, which somebody else hands over, were true; else None."""
    match activity:
        case Votes(posts=(vote, *_)) | Create(post=IncomingPost(vote=True) as vote):
            return None if _is_ours(tx, vote.in_reply_to or "") else "It is a vote, but in no poll of ours."
        case Create(post=post):
            if posts.find_uri(tx, post.uri) is not None:
                return "The post is known already."
            return None if _wanted(tx, post) else "It has nothing to do with the owner."
        case UpdatePost(post=post):
            known = posts.find_uri(tx, post.uri) is not None
            return None if known or _wanted(tx, post) else "It changes a post that we do not have."
        case Mentioned(object=uri, update=False) if posts.find_uri(tx, uri) is not None:
            return "The post is known already."
        case Delete(object=uri):
            return None if _is_here(tx, uri) or quotes.by_stamp(tx, uri) else "It deletes what we do not have."
        case Like(object=uri, actor=actor) | Announce(object=uri, actor=actor):
            counts = _is_ours(tx, uri) or (_is_met(tx, actor) and posts.find_url(tx, uri) is not None)
            boost = isinstance(activity, Announce) and _is_followed(tx, actor)
            return None if counts or boost else "It is about a post that we do not have."
        case UpdateAccount() | Undo() | Add() | Remove():
            return None if _is_met(tx, activity.actor) else "We do not know its actor."
        case _:
            return None


def _wanted(tx: Tx, post: IncomingPost) -> bool:
    return could_concern(tx, post, personal=False) or _is_followed(tx, post.author)


def _is_followed(tx: Tx, uri: str) -> bool:
    account = accounts.find_uri(tx, uri)
    return account is not None and follows.has(tx, accounts.owner(tx).id, account.id)


def _is_met(tx: Tx, uri: str) -> bool:
    account = accounts.find_uri(tx, uri)
    return account is not None and account.gone_at is None


def _is_here(tx: Tx, uri: str) -> bool:
    return posts.find_uri(tx, uri) is not None or _is_met(tx, uri)


def _is_ours(tx: Tx, uri: str) -> bool:
    post = posts.find_url(tx, uri)
    return post is not None and post.local
