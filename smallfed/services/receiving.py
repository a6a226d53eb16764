"""Receiving: posts of others come. How they change is ``revising``'s, how they go ``removing``'s.

Spec: PROTOCOL §§4.4–4.6, 5.6; RULINGS 12.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct

from smallfed.domain.account import Account
from smallfed.domain.events import OwnerNamed, PostReceived, PostSent
from smallfed.domain.incoming import IncomingPost
from smallfed.domain.need import Need
from smallfed.domain.post import Post, Visibility
from smallfed.domain.purge import PURGED
from smallfed.domain.refused import Refused
from smallfed.domain.rule import Judgement
from smallfed.policy import authority, relevance, visibility
from smallfed.policy.relevance import Concern
from smallfed.services import grouping, indexing, judging, polling, quoting, sorting, withholding
from smallfed.services.arriving import published, put_former, put_parts
from smallfed.services.concerning import quotes_owner
from smallfed.store import accounts, blocks, domain_blocks, follows, mentions, pasts, posts, purges, tombstones
from smallfed.store.tx import Tx


class Coming(Struct, frozen=True, kw_only=True):
    """How a post comes.

    ``fresh``: it was sent to us, so it must concern the owner; else we asked for it. ``personal``: it came to the
    owner's own inbox, which addresses the owner if it is not public. ``home``: it may enter the home timeline.
    ``dated``: it is sorted by when it was published, however early it comes. ``group``: one that the owner follows
    shows it. ``relay``: the host of the relay by which we know of it.
    """

    fresh: bool
    personal: bool = False
    home: bool = True
    dated: bool = False
    group: Account | None = None
    relay: str | None = None


SENT = Coming(fresh=True)
FETCHED = Coming(fresh=False)
MISSED = Coming(fresh=True, dated=True)
"""It would have been sent to us, and was read later where it was said."""
BORROWED = Coming(fresh=False, home=False, dated=True)
"""It was said before its author was known."""


def receive(tx: Tx, post: IncomingPost, how: Coming) -> Post | Need | Refused:
    """Store a post of somebody else, or return the one stored already.

    That ``post.author`` really said this is *not* checked here.
    """
    author = accounts.find_uri(tx, post.author)
    if author is None or author.gone_at is not None:
        return Need(post.author)
    refused = _unacceptable(tx, post, author)
    if refused is not None:
        return refused
    post, blocked = withholding.of_post(tx, post), blocks.has(tx, accounts.owner(tx).id, author.id)
    known = posts.find_uri(tx, post.uri)
    if known is not None and not blocked:
        return _extend(tx, known, post, author, how)
    parent = None if post.in_reply_to is None else posts.find_url(tx, post.in_reply_to)
    irrelevant = relevance.judge(_concern(tx, post, author, parent, how))
    if blocked:
        if how.fresh and known is None and irrelevant is None:
            judging.shunned(tx, author, post)
        return Refused("The owner blocks its author.")
    return irrelevant or _let_in(tx, post, author, parent, how)


def _let_in(tx: Tx, post: IncomingPost, author: Account, parent: Post | None, how: Coming) -> Post | Refused:
    """Store a post that concerns the owner as the owner's rules let it in."""
    judged = judging.post(tx, post, author, relay=how.relay, parent=parent)
    if isinstance(judged, Refused):
        return judged
    adjusted, found = judged
    irrelevant = None if adjusted is post else relevance.judge(_concern(tx, adjusted, author, parent, how))
    return irrelevant or _store(tx, adjusted, author, parent, how, found)


def _unacceptable(tx: Tx, post: IncomingPost, author: Account) -> Refused | None:
    """Judge by who the author is, and by what was deleted."""
    if post.vote:
        return Refused("It is a vote in a poll, which is no post.")
    if purges.holds(tx, post.uri, post.url, author.uri):
        return Refused(PURGED)
    if domain_blocks.covers_account(tx, author.id):
        return Refused("Its author is on a blocked domain.")
    if tombstones.has(tx, post.uri, author.uri):
        return Refused("It was deleted already.")
    return authority.may_write(author, post.uri)


def _seen_by(post: IncomingPost, author: Account) -> Visibility:
    return visibility.of(post.to, post.cc, followers=author.followers, direct=post.direct)


def _concern(tx: Tx, post: IncomingPost, author: Account, parent: Post | None, how: Coming) -> Concern:
    owner = accounts.owner(tx)
    seen_by = _seen_by(post, author)
    secretly = how.personal and seen_by in (Visibility.PRIVATE, Visibility.DIRECT)  # by bto or bcc
    return Concern(
        visibility=seen_by,
        fetched=not how.fresh,
        followed=follows.has(tx, owner.id, author.id),
        addressed=secretly or post.names(owner) or post.is_to(owner),
        answers_owner=parent is not None and parent.account_id == owner.id,
        answers_followed=parent is not None and follows.has(tx, owner.id, parent.account_id),
        quotes_owner=quotes_owner(tx, post),
        in_group=how.group is not None and grouping.belongs(post, parent, how.group),
        relayed=how.relay is not None,
    )


def _store(tx: Tx, post: IncomingPost, author: Account, parent: Post | None, how: Coming, found: Judgement) -> Post:
    stored = _understood(tx, post, author, parent, how)
    posts.put(tx, stored)
    judging.keep(tx, stored, found)
    put_parts(tx, stored, post, personal=how.personal)
    put_former(tx, stored, post)
    polling.receive(tx, stored, post.poll)
    quoting.receive(tx, stored, post, fresh=how.fresh)
    if how.home:
        sorting.sort(tx, stored)
    sorting.adopt(tx, stored)
    _note_author(tx, author, stored.published_at, fresh=how.fresh)
    tx.announce(PostReceived(post=stored.id, fresh=how.fresh, relayed=how.relay is not None, dated=how.dated))
    return posts.get(tx, stored.id)


def _understood(tx: Tx, post: IncomingPost, author: Account, parent: Post | None, how: Coming) -> Post:
    """Return what a post of somebody else becomes here, as an answer to ``parent``."""
    moment = published(tx, post.published_at)
    return Post(
        id=posts.dated_id(tx, moment) if how.dated else posts.arrival_id(tx, moment),
        uri=post.uri,
        url=post.url,
        account_id=author.id,
        local=False,
        kind=post.kind,
        visibility=_seen_by(post, author),
        content=post.content,
        summary=post.summary,
        title=post.title,
        sensitive=post.sensitive,
        language=post.language,
        in_reply_to=post.in_reply_to,
        in_reply_to_id=None if parent is None else parent.id,
        in_reply_to_account_id=None if parent is None else parent.account_id,
        context=post.context,
        audience=grouping.group_of(post, parent, how.group),
        removed=grouping.was_removed(tx, post, parent),
        emojis=post.emojis,
        published_at=moment,
        received_at=tx.now,
        edited_at=_edited(post, moment),
        likes_claimed=post.likes_claimed,
        boosts_claimed=post.boosts_claimed,
        replies_claimed=post.replies_claimed,
    )


def _note_author(tx: Tx, author: Account, moment: datetime, *, fresh: bool) -> None:
    """Note that ``author`` has written, which is one post more than their server said when it was asked."""
    changed: dict[str, Any] = {}
    if author.last_post_at is None or author.last_post_at < moment:
        changed["last_post_at"] = moment
    if fresh and author.posts_claimed is not None and (author.counted_at is None or author.counted_at < moment):
        changed["posts_claimed"] = author.posts_claimed + 1
    if changed:
        accounts.change(tx, author.id, **changed)


def _edited(post: IncomingPost, moment: datetime) -> datetime | None:
    """Many servers set ``updated`` from the beginning: only a later one is an edit."""
    return post.updated_at if post.updated_at is not None and post.updated_at > moment else None


def _extend(tx: Tx, known: Post, post: IncomingPost, author: Account, how: Coming) -> Post | Refused:
    """Let a post that came again reach whom it reaches now as well, and change nothing else."""
    refused = authority.may_change(known, accounts.find(tx, known.account_id), author.uri)
    if refused is not None:
        return refused
    owner = accounts.owner(tx)
    for_owner = how.personal or post.is_to(owner)
    if for_owner and known.visibility in (Visibility.PRIVATE, Visibility.DIRECT):
        mentions.put(tx, known.id, owner.id, silent=True)
        sorting.sort(tx, known)
        indexing.index(tx, known.id)
    elif how.fresh:  # it may have been here as context only
        sorting.sort(tx, known)
    if how.fresh and pasts.keep(tx, known.id):
        tx.announce(PostReceived(post=known.id, fresh=True))
    elif how.fresh:
        tx.announce(PostSent(post=known.id))
        if mentions.find(tx, known.id, owner.id) is False:
            tx.announce(OwnerNamed(post=known.id))
    return known
