"""Scheduling: posts for later, and drafts. What could not be published stays, with the reason; nothing is lost.

Spec: https://docs.joinmastodon.org/methods/scheduled_statuses/; ``policy/scheduling`` says what a draft is.
"""

from datetime import datetime

from msgspec import structs

from smallfed.domain.draft import Draft
from smallfed.domain.events import PostScheduled
from smallfed.domain.post import Post, Visibility
from smallfed.domain.scheduled_post import ScheduledPost
from smallfed.domain.wish import Wish
from smallfed.errors import Invalid
from smallfed.policy.scheduling import FAR, is_draft, objection
from smallfed.services import attaching, posting
from smallfed.store import ids, posts, scheduled_posts
from smallfed.store.tx import Tx


def schedule(tx: Tx, wish: Wish, draft: Draft, at: datetime) -> ScheduledPost:
    """Keep a wish for ``at``, or as a draft; with the same Idempotency-Key within a day, return what was kept then.

    ``draft`` is what the wish would be now: it must be possible to publish it, and what the wish left open is decided.
    Errors are those of ``posting.publish``; Invalid also when ``at`` is too soon or there are too many.
    """
    if draft.idempotency is not None:
        known = scheduled_posts.find_repeated(tx, *draft.idempotency)
        if known is not None:
            return known
    _require(tx, at)
    posting.require_possible(tx, draft)
    decided = structs.replace(
        wish,
        content_type=draft.content_type,
        visibility=draft.visibility,
        local=draft.visibility is Visibility.LOCAL,
        sensitive=draft.sensitive,
        language=draft.language,
        quote_policy=draft.quote_policy,
        reply_policy=draft.reply_policy,
    )
    kept = ScheduledPost(
        id=ids.fresh(tx, "scheduled_posts"),
        wish=decided,
        scheduled_at=at,
        due=None if is_draft(at) else at,
        application=draft.application,
        idempotency=draft.idempotency,
        created_at=tx.now,
    )
    scheduled_posts.put(tx, kept)
    attaching.reserve(tx, wish.media, FAR)
    tx.announce(PostScheduled())
    return kept


def move(tx: Tx, number: int, at: datetime) -> ScheduledPost:
    """Put one off until ``at``, or make it a draft, and return it; NotFound, Invalid."""
    scheduled_posts.get(tx, number)
    _require(tx, at, without=number)
    scheduled_posts.move(tx, number, scheduled_at=at, due=None if is_draft(at) else at)
    tx.announce(PostScheduled())
    return scheduled_posts.get(tx, number)


def release(tx: Tx, number: int) -> ScheduledPost:
    """Have one published as soon as possible, and return it; NotFound."""
    scheduled_posts.get(tx, number)
    scheduled_posts.move(tx, number, scheduled_at=tx.now, due=tx.now)
    tx.announce(PostScheduled())
    return scheduled_posts.get(tx, number)


def cancel(tx: Tx, number: int) -> None:
    """Forget one; NotFound. What it would have shown can be used anew for a day, unless another one will show it."""
    known = scheduled_posts.get(tx, number)
    scheduled_posts.drop(tx, number)
    attaching.reserve(tx, [*set(known.wish.media) - scheduled_posts.media(tx)], tx.now)


def _require(tx: Tx, at: datetime, *, without: int = 0) -> None:
    words = objection(at, tx.now, scheduled_posts.books(tx, at, without=without))
    if words is not None:
        raise Invalid(f"Validation failed: {words}")


# By the clock ---------------------------------------------------------------------------------------------------------
def publish(tx: Tx, number: int, draft: Draft) -> Post | None:
    """Publish what is due as ``draft``, in one step with forgetting it; None when it is not due any more.

    Errors are those of ``posting.publish``.
    """
    known = scheduled_posts.find(tx, number)
    if known is None or known.due is None or known.due > tx.now:
        return None
    if draft.idempotency is not None and posts.find_repeated(tx, *draft.idempotency) is not None:
        draft = structs.replace(draft, idempotency=None)  # an app has used its key again, for something else
    scheduled_posts.drop(tx, number)
    return posting.publish(tx, draft)
