"""Arriving: what comes with a post of somebody else, and when it counts as published.

Spec: PROTOCOL §4.4 (mentions, silent recipients), §4.5 (published), §5.4.
"""

from datetime import datetime

from smallfed.domain.incoming import IncomingPost
from smallfed.domain.post import Post, Visibility
from smallfed.services import carding
from smallfed.store import accounts, attachments, documents, edits, ids, mentions
from smallfed.store.edits import Edit
from smallfed.store.moments import EPOCH
from smallfed.store.tx import Tx


def published(tx: Tx, claim: datetime | None) -> datetime:
    """Return when something was published by its own word: now if it does not say, and never after now."""
    return tx.now if claim is None else max(min(claim, tx.now), EPOCH)


def put_former(tx: Tx, stored: Post, post: IncomingPost) -> None:
    """Store what a post that has come was before, as far as it tells: only what was there before it is as it is."""
    for version in post.former:
        if stored.edited_at is not None and EPOCH <= version.made_at < stored.edited_at:
            edits.add(
                tx,
                Edit(
                    id=ids.fresh(tx, "edits"),
                    post_id=stored.id,
                    content=version.content,
                    summary=version.summary,
                    sensitive=version.sensitive,
                    attachments=version.attachments,
                    created_at=version.made_at,
                ),
            )


def put_parts(tx: Tx, stored: Post, post: IncomingPost, *, personal: bool) -> None:
    """Store whom and what ``post``, which is new, names, its pictures, its page and its JSON."""
    attachments.put(tx, stored.id, post.attachments)
    if post.page is not None:
        carding.attach(tx, stored, post.page, author=post.author)
    mentions.put_hashtags(tx, stored.id, post.hashtags)
    if post.raw:
        documents.put(tx, stored.id, post.raw)
    _put_mentions(tx, stored, post, personal=personal)


def replace_parts(tx: Tx, stored: Post, post: IncomingPost) -> bool:
    """Store whom and what a new version of a post names, its media, its page and its JSON, instead of what was.

    Return whether it names the owner, which it did not before. Who is not named any more can still see it.
    """
    attachments.replace(tx, stored.id, post.attachments)
    carding.attach_anew(tx, stored, post.page, author=post.author)
    mentions.replace_hashtags(tx, stored.id, post.hashtags)
    if post.raw:
        documents.put(tx, stored.id, post.raw)
    else:
        documents.drop(tx, stored.id)
    mentions.forget_unknown(tx, stored.id)
    named, mentioned = _put_mentions(tx, stored, post, personal=False)
    mentions.hush(tx, stored.id, except_=named)
    return mentioned


def _put_mentions(tx: Tx, stored: Post, post: IncomingPost, *, personal: bool) -> tuple[list[int], bool]:
    """Return (who is named, whether that is the owner, who was not before)."""
    owner = accounts.owner(tx)
    addressed = post.is_to(owner)
    named: list[int] = []
    mentioned = False
    for mention in post.mentions:
        account = owner if mention.href == owner.url else accounts.find_url(tx, mention.href)
        if account is None:
            mentions.put_unknown(tx, stored.id, mention.href)
        elif not account.local or addressed:
            named.append(account.id)
            is_new = mentions.put(tx, stored.id, account.id)
            mentioned = mentioned or (account.local and is_new)
    # A tag without an address, an address without a tag, or the personal inbox: that lets the owner see it, no more.
    silent = addressed or personal or post.names(owner)
    if silent and stored.visibility in (Visibility.PRIVATE, Visibility.DIRECT):
        mentions.put(tx, stored.id, owner.id, silent=True)
    return named, mentioned
