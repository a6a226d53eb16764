"""Polls as client apps see them.

Spec: CLIENT_API §14 (Poll, PollOption); https://docs.joinmastodon.org/entities/Poll/.
"""

from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from smallfed.domain.house import House
from smallfed.domain.poll import Poll
from smallfed.domain.post import Post
from smallfed.mastodon import entities
from smallfed.mastodon.entities import maybe
from smallfed.mastodon.presenting.people import emojis

LARGEST = 2**31 - 1  # what apps read counts as: a server that claims more must not break them


def poll(house: House, post: Post, known: Poll, own: Sequence[int], *, mine: bool) -> entities.Poll:
    """Return the poll of a post. ``mine``: the owner asks, and is told for what they voted (``own``: positions)."""
    hidden = known.hide_totals and not known.ended
    titles = " ".join(option.title for option in known.options)
    return entities.Poll(
        id=str(post.id),
        expires_at=maybe(known.ends_at),
        expired=known.ended,
        multiple=known.multiple,
        votes_count=_bounded(sum(option.votes for option in known.options)),
        voters_count=_bounded(known.voters) if known.multiple and known.voters is not None else None,
        options=[
            entities.PollOption(title=option.title, votes_count=None if hidden else _bounded(option.votes))
            for option in known.options
        ],
        emojis=emojis(house, [emoji for emoji in post.emojis if f":{emoji.shortcode}:" in titles]),
        voted=(post.local or bool(own)) if mine else UNSET,
        own_votes=list(own) if mine else UNSET,
    )


def past(options: Sequence[str]) -> entities.PastPoll | UnsetType:
    """Return the poll of a version of a post, by its options; missing where there are none."""
    return entities.PastPoll(options=[entities.PastOption(title=title) for title in options]) if options else UNSET


def _bounded(number: int) -> int:
    return min(number, LARGEST)
