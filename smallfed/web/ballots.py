"""Polls on the public pages: what can be chosen and, unless that is hidden until the end, how it stands."""

from collections.abc import Callable
from datetime import datetime

from markupsafe import Markup
from msgspec import Struct

from smallfed.domain.poll import Option, Poll
from smallfed.web.words import counted


class Choice(Struct, frozen=True, kw_only=True):
    """One option. ``share`` is in percent of those who voted; ``leads``: the poll has ended and nothing got more."""

    title: Markup
    text: str
    votes: int
    share: int
    leads: bool

    @property
    def standing(self) -> str:
        """How it stands, in words."""
        return f"{self.share}% · {counted(self.votes, 'vote', 'votes')}"


class Ballot(Struct, frozen=True, kw_only=True):
    """A poll. ``hidden``: nobody is told yet how it stands; ``turnout`` says who voted and how one may."""

    choices: tuple[Choice, ...]
    hidden: bool
    turnout: str
    ends_at: datetime | None
    ended: bool


def ballot(poll: Poll, picture: Callable[[str], Markup], counted_by: str | None) -> Ballot:
    """Return a poll as shown. ``picture`` makes HTML of a title; ``counted_by``: whose numbers, unless ours."""
    total = sum(option.votes for option in poll.options)
    voters = poll.voters if poll.multiple and poll.voters else total
    most = max((option.votes for option in poll.options), default=0)
    hidden = poll.hide_totals and not poll.ended

    def choice(option: Option) -> Choice:
        votes = 0 if hidden else option.votes
        return Choice(
            title=picture(option.title),
            text=option.title,
            votes=votes,
            share=min(100, round(100 * votes / voters)) if voters else 0,
            leads=poll.ended and votes == most > 0,
        )

    return Ballot(
        choices=tuple(choice(option) for option in poll.options),
        hidden=hidden,
        turnout=" · ".join([_turnout(poll, total, hidden=hidden, counted_by=counted_by), *_manner(poll)]),
        ends_at=poll.ends_at,
        ended=poll.ended,
    )


def _turnout(poll: Poll, total: int, *, hidden: bool, counted_by: str | None) -> str:
    if hidden:
        return "The results are shown at the end"
    if not total:
        return "Nobody has voted" if poll.ended else "Nobody has voted yet"
    unknown = poll.multiple and not poll.voters
    said = counted(total, "vote", "votes") if unknown else counted(poll.voters or total, "person", "people") + " voted"
    return said if counted_by is None else f"{said}, says {counted_by}"


def _manner(poll: Poll) -> list[str]:
    return ["several may be chosen"] if poll.multiple and not poll.ended else []
