"""Revising: posts of others change. What only counts anew is no edit, and what is older than what we have is none.

Spec: PROTOCOL §§4.2, 4.5, 4.6; SAFETY rule 10.
"""

from datetime import timedelta

from smallfed.domain.events import OwnerNamed, PostEdited
from smallfed.domain.incoming import IncomingPost
from smallfed.domain.interaction import Quote
from smallfed.domain.need import Need
from smallfed.domain.post import Post
from smallfed.domain.refused import Refused
from smallfed.policy import authority
from smallfed.policy.emojis import renewed
from smallfed.services import judging, polling, quoting, receiving, sorting, withholding
from smallfed.services.arriving import replace_parts
from smallfed.services.receiving import SENT
from smallfed.store import accounts, attachments, domain_blocks, edits, pasts, posts, quotes
from smallfed.store.tx import Tx

LATE = timedelta(days=1)  # an edit of an unknown post younger than this is as good as the post


def revise(tx: Tx, post: IncomingPost) -> Post | Need | Refused:
    """Store a new version of a post; older ones, and those that only count anew, are no edit.

    An edit of a young post that we do not have stands for the post. That ``post.author`` really said this is *not*
    checked here.
    """
    stored = posts.find_uri(tx, post.uri)
    if stored is None:
        if post.published_at is not None and tx.now - post.published_at > LATE:
            return Refused("It changes a post that we do not have.")
        return receiving.receive(tx, post, SENT)
    author = accounts.find(tx, stored.account_id)
    refused = authority.may_change(stored, author, post.author)
    if refused is not None or author is None:
        return refused or Refused("Its author is unknown.")
    if domain_blocks.covers_account(tx, author.id):
        return Refused("Its author is on a blocked domain.")
    if post.updated_at is not None and stored.edited_at is not None and post.updated_at < stored.edited_at:
        return stored
    judged = judging.post(tx, withholding.of_post(tx, post), author)
    if isinstance(judged, Refused):
        return judged
    post, found = judged
    judging.keep(tx, stored, found, anew=True)
    posts.change(
        tx,
        stored.id,
        emojis=renewed(stored.emojis, post.emojis),
        likes_claimed=post.likes_claimed,
        boosts_claimed=post.boosts_claimed,
        replies_claimed=post.replies_claimed,
    )
    polling.tell(tx, stored, post.poll)
    quoted = quotes.of_post(tx, stored.id)
    quoting.renew(tx, stored, post)
    baseline = stored.edited_at or stored.published_at
    if (post.updated_at is not None and post.updated_at <= baseline) or not _differs(tx, stored, post):
        return posts.get(tx, stored.id)
    return _change(tx, stored, post, quoted)


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


def _change(tx: Tx, stored: Post, post: IncomingPost, quoted: Quote | None) -> Post:
    edits.put(tx, stored, attachments.of_post(tx, stored.id), quoted)
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
    names_owner = replace_parts(tx, stored, post)
    if not pasts.is_borrowed(tx, stored.id):
        sorting.retag(tx, posts.get(tx, stored.id))
    polling.replace(tx, stored, post.poll)
    tx.announce(PostEdited(post=stored.id, local=False))
    if names_owner:
        tx.announce(OwnerNamed(post=stored.id))
    return posts.get(tx, stored.id)
