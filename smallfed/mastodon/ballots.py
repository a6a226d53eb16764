"""Ballots: the poll that a client asks for with a post.

Spec: CLIENT_API §5 (POST of statuses, ``poll[…]``); https://docs.joinmastodon.org/methods/statuses/#create. Limits and
words are Mastodon's, which apps know.
"""

from smallfed.domain.draft import Ballot
from smallfed.errors import Invalid
from smallfed.pages.trees import Tree
from smallfed.text.markup import count_seen
from smallfed.text.sanitise import clean_name

MOST = 4  # options
LONGEST = 50  # characters of one, as they are seen
SHORTEST = 300  # seconds
SPAN = 2_629_746  # seconds: a month

_BYTES = 2000  # characters of an option as they are stored


def read(asked: Tree) -> Ballot | None:
    """Return the poll in a request's parameters, None when there is none; Invalid where it cannot be granted."""
    poll = asked.tree("poll")
    titles = () if poll is None else tuple(title for text in poll.texts("options") if (title := _title(text)))
    if poll is None or not (titles or any(poll.texts("options")) or poll.integer("expires_in")):
        return None
    _check(titles)
    return Ballot(
        options=titles,
        lasts=_lasts(poll.integer("expires_in")),
        multiple=poll.flag("multiple") is True,
        hide_totals=poll.flag("hide_totals") is True,
    )


def _title(text: str) -> str:
    return clean_name(text, limit=_BYTES)


def _check(titles: tuple[str, ...]) -> None:
    if len(titles) < 2:
        raise _invalid("options must have more than one item")
    if len(titles) > MOST:
        raise _invalid(f"options can't contain more than {MOST} items")
    if any(count_seen(title) > LONGEST for title in titles):
        raise _invalid(f"options cannot be longer than {LONGEST} characters each")
    if len(set(titles)) < len(titles):
        raise _invalid("options contain duplicate items")


def _lasts(seconds: int | None) -> int:
    if seconds is None:
        raise _invalid("expires at can't be blank")
    if seconds > SPAN:
        raise _invalid("expires at is too far into the future")
    if seconds < SHORTEST:
        raise _invalid("expires at is too soon")
    return seconds


def _invalid(words: str) -> Invalid:
    return Invalid(f"Validation failed: Poll {words}")
