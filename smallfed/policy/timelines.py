"""Timelines: whether a post belongs in the owner's home timeline, decided once when it is stored.

As Mastodon decides it (FeedManager): the owner's own posts; those of people followed, but replies only among people the
owner follows; boosts, unless they were switched off; direct posts for the owner by people followed. Beside these,
what is public and has a hashtag that the owner follows, answers too, but no boosts.
"""

from collections.abc import Collection
from enum import Enum, auto

from msgspec import Struct

from smallfed.domain.post import Visibility


class Candidate(Struct, frozen=True, kw_only=True):
    """A post and what the owner has to do with it.

    ``to_author``, ``to_owner``, ``to_followed``: whom it answers; ``answers`` alone: somebody else, or nobody known.
    ``repeats``: a group shows what would flood the timeline, an answer, or what stands in it already.
    ``languages`` are those the owner wants of this author, None for all. ``tagged``: it has a followed hashtag.
    """

    visibility: Visibility
    own: bool = False
    followed: bool = False
    addressed: bool = False
    boost: bool = False
    boosts_wanted: bool = True
    repeats: bool = False
    answers: bool = False
    to_author: bool = False
    to_owner: bool = False
    to_followed: bool = False
    language: str | None = None
    languages: Collection[str] | None = None
    tagged: bool = False


class Place(Enum):
    """Where a post stands: at home as people bring it there, at home for a hashtag alone, or not at home."""

    HOME = auto()
    BY_TAG = auto()
    ELSEWHERE = auto()


def place(post: Candidate) -> Place:
    """Decide where a post stands."""
    if in_home(post):
        return Place.HOME
    return Place.BY_TAG if is_brought(post) else Place.ELSEWHERE


def is_brought(post: Candidate) -> bool:
    """Whether a followed hashtag brings the post home; of many at once ``store/followed_tags`` says it in SQL."""
    return post.tagged and post.visibility is Visibility.PUBLIC and not post.boost


def in_home(post: Candidate) -> bool:
    """Whether the owner, or who is followed, brings the post home. Mutes and blocks apply at reading instead."""
    if post.own:
        return True
    if not post.followed:
        return False
    if post.visibility is Visibility.DIRECT and not post.addressed:
        return False
    if post.boost:
        return post.boosts_wanted and not post.repeats
    if post.answers and not (post.to_author or post.to_owner or post.to_followed):
        return False
    return post.languages is None or post.language is None or _wanted(post.language, post.languages)


def _wanted(language: str, languages: Collection[str]) -> bool:
    """Compare primary subtags: who wants ``pt`` wants ``pt-BR``."""
    primary = language.partition("-")[0].lower()
    return any(wanted.partition("-")[0].lower() == primary for wanted in languages)
