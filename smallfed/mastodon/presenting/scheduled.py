"""Posts for later, and drafts, as client apps see them.

Spec: CLIENT_API §14 (ScheduledStatus); https://docs.joinmastodon.org/entities/ScheduledStatus/.
"""

from collections.abc import Mapping

from smallfed.domain.draft import Ballot
from smallfed.domain.house import House
from smallfed.domain.medium import Medium
from smallfed.domain.post import Visibility
from smallfed.domain.scheduled_post import ScheduledPost
from smallfed.mastodon import entities
from smallfed.mastodon.entities import moment
from smallfed.mastodon.presenting.media import upload
from smallfed.mastodon.presenting.visibilities import NAMES
from smallfed.text.markup import CONTENT_TYPES


def scheduled(house: House, post: ScheduledPost, media: Mapping[int, Medium]) -> entities.ScheduledStatus:
    """Return a post for later, with those of its ``media`` that there are (by id)."""
    wish = post.wish
    return entities.ScheduledStatus(
        id=str(post.id),
        scheduled_at=moment(post.scheduled_at),
        params=entities.ScheduledParams(
            text=wish.text,
            poll=None if wish.poll is None else _poll(wish.poll),
            media_ids=[str(one) for one in wish.media] or None,
            sensitive=bool(wish.sensitive),
            spoiler_text=wish.summary,
            visibility=NAMES[wish.visibility or Visibility.PUBLIC],
            local_only=wish.local,
            in_reply_to_id=None if wish.in_reply_to_id is None else str(wish.in_reply_to_id),
            quoted_status_id=None if wish.quoted_id is None else str(wish.quoted_id),
            quote_approval_policy=None if wish.quote_policy is None else wish.quote_policy.value,
            reply_approval_policy=None if wish.reply_policy is None else wish.reply_policy.value,
            language=wish.language,
            content_type=next((known for known in CONTENT_TYPES if known == wish.content_type), CONTENT_TYPES[0]),
            idempotency=None if post.idempotency is None else post.idempotency[1],
        ),
        media_attachments=[upload(house, media[one]) for one in wish.media if one in media],
        draft=post.draft,
        problem=post.problem or None,
    )


def _poll(ballot: Ballot) -> entities.ScheduledPoll:
    return entities.ScheduledPoll(
        options=list(ballot.options),
        expires_in=ballot.lasts,
        multiple=ballot.multiple,
        hide_totals=ballot.hide_totals,
    )
