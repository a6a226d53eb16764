"""Relaying: what a relay may bring, and whether it is worth its bill.

FILTERS is the whole of what the owner can want. What is not known yet refuses nothing: the same is asked again when the
post has been read at its origin, and its author is known.

Spec: PROTOCOL §7.3; SAFETY §5.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from msgspec import Struct

from smallfed.domain.account import Account
from smallfed.domain.incoming import IncomingPost
from smallfed.domain.relay import Caps, Direction, Filters, Relay, State, Style, Tally
from smallfed.policy.visibility import PUBLIC

MONTH = timedelta(days=30)

CAPPED = "cap: requests of the day"
QUEUED = 1000  # activities of one relay that wait; what comes beyond takes the place of the oldest
HEAVIEST = 256 << 10  # bytes of an activity
PACE, BURST = 0.4, 3.0  # requests to others in a second, for what one relay brings; at once, what one post takes
BESIDE = timedelta(seconds=1)  # between two requests to one host
AHEAD = 16  # posts that are found to be wanted before others are looked at: what is read is new
AT_ONCE = 8  # hosts that are asked side by side


class Brought(Struct, frozen=True, kw_only=True):
    """What is known of a post that a relay brings; None: not known yet."""

    tags: frozenset[str] | None = None
    language: str | None = None
    media: bool | None = None
    sensitive: bool | None = None
    answers: bool | None = None
    bot: bool | None = None
    bio: bool | None = None


def facts(post: IncomingPost | None, author: Account | None) -> Brought:
    """Return what is known, where the post itself came along, and where its author is known."""
    bot, bio = (None, None) if author is None else (author.bot, bool(author.note.strip()))
    if post is None:
        return Brought(bot=bot, bio=bio)
    return Brought(
        bot=bot,
        bio=bio,
        tags=frozenset(post.hashtags),
        language=post.language,
        media=bool(post.attachments),
        sensitive=post.sensitive or bool(post.summary),
        answers=post.in_reply_to is not None,
    )


Rule = Callable[[Filters, Brought], bool]

FILTERS: Sequence[tuple[str, Rule]] = (
    ("has none of the hashtags", lambda f, b: bool(f.tags) and b.tags is not None and b.tags.isdisjoint(f.tags)),
    ("has an unwanted hashtag", lambda f, b: b.tags is not None and not b.tags.isdisjoint(f.without_tags)),
    ("is in another language", lambda f, b: b.language is not None and _foreign(b.language, f.languages)),
    ("has no picture, film or sound", lambda f, b: f.only_media and b.media is False),
    ("is covered", lambda f, b: f.no_sensitive and b.sensitive is True),
    ("answers somebody", lambda f, b: not f.replies and b.answers is True),
    ("is by a machine", lambda f, b: f.no_bots and b.bot is True),
    ("is by somebody who does not say who they are", lambda f, b: f.only_bio and b.bio is False),
)


def unwanted(filters: Filters, brought: Brought) -> str | None:
    """Return why something is not wanted; None when nothing that is known speaks against it."""
    return next((reason for reason, refuses in FILTERS if refuses(filters, brought)), None)


def _foreign(language: str, wanted: Sequence[str]) -> bool:
    """Compare primary subtags, as the home timeline does."""
    return bool(wanted) and _primary(language) not in {_primary(each) for each in wanted}


def _primary(language: str) -> str:
    return re.split("[-_]", language, maxsplit=1)[0].lower()


def spent(caps: Caps, today: Tally) -> str | None:
    """Return which cap of the day is reached; None when there is room."""
    if today.posts >= caps.posts:
        return "cap: posts of the day"
    if today.bytes >= caps.bytes:
        return "cap: bytes of the day"
    return CAPPED if today.fetches >= caps.fetches else None


def is_open(post: IncomingPost) -> bool:
    """Whether a post is for everybody, and meant to be found: nothing else is taken from a relay, or sent to one."""
    return not PUBLIC.isdisjoint(post.to)


# What a relay is ------------------------------------------------------------------------------------------------------
_TOPICAL = re.compile(r"/(?:tag|instance)/[^/]+/?")


def is_topical(address: str) -> bool:
    """Whether it passes on what others have, by hashtag or by server, and takes nothing (buzzrelay)."""
    return _TOPICAL.fullmatch(urlsplit(address).path) is not None


def style_of(address: str, *, actor: str | None, inbox: str | None) -> Style:
    """Return what kind of relay is at ``address``; ``actor`` and ``inbox`` are those of the actor that stands there.

    An inbox is what relays of the Mastodon kind give out, and what buzzrelay's actors are themselves.
    """
    is_inbox = actor is None or inbox == address or urlsplit(address).path.rstrip("/").endswith("/inbox")
    return Style.MASTODON if is_inbox else Style.LITEPUB


def direction_of(address: str, wanted: Direction | None) -> Direction:
    """Return what a relay is for, where the owner does not say."""
    return wanted or (Direction.RECEIVE if is_topical(address) else Direction.BOTH)


# Whether it is worth it -----------------------------------------------------------------------------------------------
def useless(relay: Relay, month: Tally, now: datetime) -> str | None:
    """Return why a relay may be dropped, after a month (``month``: what came of it in that time); None: it is of use.

    What it is only sent has no bill, and one that is paused brings nothing.
    """
    since = relay.answered_at
    if relay.state is not State.ACCEPTED or not relay.receives or since is None or now - since < MONTH:
        return None
    if not month.heard:
        return "It has brought nothing for a month."
    if month.posts and not month.read and not month.touched:
        return "Nothing of what it brought was looked at for a month."
    return None if month.posts else "Nothing of what it brought was wanted for a month."
