"""Receiving: posts of others come, change and go.

Spec: PROTOCOL §§4.4–4.6, 5.6; RULINGS 12.
"""

from datetime import datetime, timedelta

from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.events import OwnerNamed, PostDeleted, PostEdited, PostReceived
from smallfed.domain.incoming import IncomingPost
from smallfed.domain.need import Need
from smallfed.domain.post import Post, Visibility
from smallfed.domain.refused import Refused
from smallfed.domain.uris import same_origin
from smallfed.policy import authority, relevance, visibility
from smallfed.policy.emojis import renewed
from smallfed.policy.relevance import Concern
from smallfed.services import boosting, forwarding, grouping, polling, quoting, sorting
from smallfed.services.arriving import published, put_parts
from smallfed.services.concerning import quotes_owner
from smallfed.store import (
    accounts,
    attachments,
    blocks,
    domain_blocks,
    edits,
    follows,
    mentions,
    pasts,
    posts,
    tombstones,
)
from smallfed.store.tx import Tx

LATE = timedelta(days=1)  # an edit of an unknown post younger than this is as good as the post


def receive(
    tx: Tx,
    post: IncomingPost,
    *,
    fresh: bool,
    personal: bool = False,
    home: bool = True,
    dated: bool = False,
    group: Account | None = None,
) -> Post | Need | Refused:
    """Store a post of somebody else, or return the one stored already.

    ``fresh``: it was sent to us, so it must concern the owner; else we asked for it. ``personal``: it came to the
    owner's own inbox, which addresses the owner if it is not public. ``home``: it may enter the home timeline.
    ``dated``: it is sorted by when it was published, however early it comes. ``group``: one that the owner follows
    shows it. That ``post.author`` really said this is *not* checked here.
    """
    author = accounts.find_uri(tx, post.author)
    if author is None or author.gone_at is not None:
        return Need(post.author)
    refused = _unacceptable(tx, post, author)
    if refused is not None:
        return refused
    known = posts.find_uri(tx, post.uri)
    if known is not None:
        return _extend(tx, known, post, author, fresh=fresh, personal=personal)
    parent = None if post.in_reply_to is None else posts.find_url(tx, post.in_reply_to)
    seen_by = visibility.of(post.to, post.cc, followers=author.followers, direct=post.direct)
    concern = _concern(tx, post, author, parent, seen_by, fresh=fresh, personal=personal)
    in_group = group is not None and grouping.belongs(post, parent, group)
    refused = relevance.judge(structs.replace(concern, in_group=in_group))
    return refused or _store(
        tx, post, author, parent, seen_by, fresh=fresh, personal=personal, home=home, dated=dated, group=group
    )


def _unacceptable(tx: Tx, post: IncomingPost, author: Account) -> Refused | None:
    """Judge by who the author is, and by what was deleted."""
    if post.vote:
        return Refused("It is a vote in a poll, which is no post.")
    if blocks.has(tx, accounts.owner(tx).id, author.id):
        return Refused("The owner blocks its author.")
    if domain_blocks.covers_account(tx, author.id):
        return Refused("Its author is on a blocked domain.")
    if tombstones.has(tx, post.uri, author.uri):
        return Refused("It was deleted already.")
    return authority.may_write(author, post.uri)


def _concern(
    tx: Tx,
    post: IncomingPost,
    author: Account,
    parent: Post | None,
    seen_by: Visibility,
    *,
    fresh: bool,
    personal: bool,
) -> Concern:
    owner = accounts.owner(tx)
    named = any(mention.href in (owner.uri, owner.url) for mention in post.mentions)
    secretly = personal and seen_by in (Visibility.PRIVATE, Visibility.DIRECT)  # by bto or bcc
    return Concern(
        visibility=seen_by,
        fetched=not fresh,
        followed=follows.has(tx, owner.id, author.id),
        addressed=secretly or named or owner.uri in post.to or owner.uri in post.cc,
        answers_owner=parent is not None and parent.account_id == owner.id,
        answers_followed=parent is not None and follows.has(tx, owner.id, parent.account_id),
        quotes_owner=quotes_owner(tx, post),
    )


def _store(
    tx: Tx,
    post: IncomingPost,
    author: Account,
    parent: Post | None,
    seen_by: Visibility,
    *,
    fresh: bool,
    personal: bool,
    home: bool,
    dated: bool,
    group: Account | None,
) -> Post:
    moment = published(tx, post.published_at)
    stored = Post(
        id=posts.dated_id(tx, moment) if dated else posts.arrival_id(tx, moment),
        uri=post.uri,
        url=post.url,
        account_id=author.id,
        local=False,
        kind=post.kind,
        visibility=seen_by,
        content=post.content,
        summary=post.summary,
        title=post.title,
        sensitive=post.sensitive,
        language=post.language,
        in_reply_to=post.in_reply_to,
        in_reply_to_id=None if parent is None else parent.id,
        in_reply_to_account_id=None if parent is None else parent.account_id,
        context=post.context,
        audience=grouping.group_of(post, parent, group),
        removed=grouping.was_removed(tx, post, parent),
        emojis=post.emojis,
        published_at=moment,
        received_at=tx.now,
        edited_at=_edited(post, moment),
        likes_claimed=post.likes_claimed,
        boosts_claimed=post.boosts_claimed,
        replies_claimed=post.replies_claimed,
    )
    posts.put(tx, stored)
    put_parts(tx, stored, post, personal=personal)
    polling.receive(tx, stored, post.poll)
    quoting.receive(tx, stored, post, fresh=fresh)
    if home:
        sorting.sort(tx, stored)
    sorting.adopt(tx, stored)
    if author.last_post_at is None or author.last_post_at < moment:
        accounts.change(tx, author.id, last_post_at=moment)
    tx.announce(PostReceived(post=stored.id, fresh=fresh))
    return posts.get(tx, stored.id)


def _edited(post: IncomingPost, moment: datetime) -> datetime | None:
    """Many servers set ``updated`` from the beginning: only a later one is an edit."""
    return post.updated_at if post.updated_at is not None and post.updated_at > moment else None


def _extend(tx: Tx, known: Post, post: IncomingPost, author: Account, *, fresh: bool, personal: bool) -> Post | Refused:
    """Let a post that came again reach whom it reaches now as well, and change nothing else."""
    refused = authority.may_change(known, accounts.find(tx, known.account_id), author.uri)
    if refused is not None:
        return refused
    owner = accounts.owner(tx)
    for_owner = personal or owner.uri in post.to or owner.uri in post.cc
    if for_owner and known.visibility in (Visibility.PRIVATE, Visibility.DIRECT):
        mentions.put(tx, known.id, owner.id, silent=True)
        sorting.sort(tx, known)
    elif fresh:  # it may have been here as context only
        sorting.sort(tx, known)
    if fresh and pasts.keep(tx, known.id):
        tx.announce(PostReceived(post=known.id, fresh=True))
    elif fresh and mentions.find(tx, known.id, owner.id) is False:
        tx.announce(OwnerNamed(post=known.id))
    return known


def revise(tx: Tx, post: IncomingPost) -> Post | Need | Refused:
    """Store a new version of a post; older ones, and those that only count anew, are no edit.

    An edit of a young post that we do not have stands for the post. That ``post.author`` really said this is *not*
    checked here.
    """
    stored = posts.find_uri(tx, post.uri)
    if stored is None:
        if post.published_at is not None and tx.now - post.published_at > LATE:
            return Refused("It changes a post that we do not have.")
        return receive(tx, post, fresh=True)
    author = accounts.find(tx, stored.account_id)
    refused = authority.may_change(stored, author, post.author)
    if refused is not None or author is None:
        return refused or Refused("Its author is unknown.")
    if domain_blocks.covers_account(tx, author.id):
        return Refused("Its author is on a blocked domain.")
    if post.updated_at is not None and stored.edited_at is not None and post.updated_at < stored.edited_at:
        return stored
    posts.change(
        tx,
        stored.id,
        emojis=renewed(stored.emojis, post.emojis),
        likes_claimed=post.likes_claimed,
        boosts_claimed=post.boosts_claimed,
        replies_claimed=post.replies_claimed,
    )
    polling.tell(tx, stored, post.poll)
    quoting.renew(tx, stored, post)
    baseline = stored.edited_at or stored.published_at
    if (post.updated_at is not None and post.updated_at <= baseline) or not _differs(tx, stored, post):
        return posts.get(tx, stored.id)
    return _change(tx, stored, post)


def _differs(tx: Tx, stored: Post, post: IncomingPost) -> bool:
    pictures = attachments.of_post(tx, stored.id)
    return (
        polling.differs(tx, stored, post.poll)
        or (
            (stored.content, stored.summary, stored.title, stored.sensitive, stored.language)
            != (post.content, post.summary, post.title, post.sensitive, post.language)
        )
        or [(picture.url, picture.description) for picture in pictures]
        != [(picture.url, picture.description) for picture in post.attachments]
    )


def _change(tx: Tx, stored: Post, post: IncomingPost) -> Post:
    edits.put(tx, stored, attachments.of_post(tx, stored.id))
    posts.change(
        tx,
        stored.id,
        kind=post.kind,
        url=post.url,
        content=post.content,
        summary=post.summary,
        title=post.title,
        sensitive=post.sensitive,
        language=post.language,
        edited_at=min(post.updated_at or tx.now, tx.now),
    )
    names_owner = put_parts(tx, stored, post)
    polling.replace(tx, stored, post.poll)
    tx.announce(PostEdited(post=stored.id, local=False))
    if names_owner:
        tx.announce(OwnerNamed(post=stored.id))
    return posts.get(tx, stored.id)


def remove(tx: Tx, uri: str, actor: str) -> Post | Refused | None:
    """Remove the post, or the boost, ``uri`` by word of ``actor``, and remember that it is gone; None: was unknown.

    That ``actor`` said so is *not* checked here.
    """
    stored = posts.find_uri(tx, uri)
    if stored is None:
        if not same_origin(uri, actor):
            return Refused("What is to be deleted is on another server than who deletes it.")
        tombstones.put(tx, uri, actor)
        return None
    refused = authority.may_change(stored, accounts.find(tx, stored.account_id), actor)
    if refused is not None:
        return refused
    tombstones.put(tx, uri, actor)
    if stored.boost_of_id is not None:
        boosting.take_back(tx, stored)
        return stored
    shown = forwarding.shown_by_us(tx, stored)
    posts.drop(tx, stored.id)
    tx.announce(PostDeleted(post=stored.id, uri=uri, local=False, account=stored.account_id, shown_by_us=shown))
    return stored
