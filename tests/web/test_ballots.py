"""Polls on the public pages: what can be chosen, how it stands, and for whom that is still open."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from markupsafe import escape

from smallfed.domain.poll import Option, Poll
from smallfed.web.ballots import ballot

END = datetime(2026, 3, 2, tzinfo=UTC)


def poll(votes: Sequence[int], **columns: Any) -> Poll:
    options = tuple(Option(name=f"n{number}", title=f"t{number}", votes=number) for number in votes)
    return Poll(post_id=1, options=options, ends_at=END, **columns)


@pytest.mark.parametrize(
    ("asked", "counted_by", "standing", "turnout"),
    [
        (poll((3, 1)), None, ["75% · 3 votes", "25% · 1 vote"], "4 people voted"),
        (poll((1, 0)), None, ["100% · 1 vote", "0% · 0 votes"], "1 person voted"),
        (poll((0, 0)), None, ["0% · 0 votes"] * 2, "Nobody has voted yet"),
        (poll((0, 0), ended=True), None, ["0% · 0 votes"] * 2, "Nobody has voted"),
        (poll((1200, 1)), "far.example", ["100% · 1,200 votes", "0% · 1 vote"], "1,201 people voted, says far.example"),
        (
            poll((7, 9), multiple=True, voters=10),
            None,
            ["70% · 7 votes", "90% · 9 votes"],
            "10 people voted · several may be chosen",
        ),
        (
            poll((7, 9), multiple=True, voters=10, ended=True),
            None,
            ["70% · 7 votes", "90% · 9 votes"],
            "10 people voted",
        ),
        (
            poll((3, 3), multiple=True),
            "far.example",
            ["50% · 3 votes"] * 2,
            "6 votes, says far.example · several may be chosen",
        ),
        (poll((9, 9), multiple=True, voters=3, ended=True), None, ["100% · 9 votes"] * 2, "3 people voted"),
        (poll((3, 1), hide_totals=True), None, ["0% · 0 votes"] * 2, "The results are shown at the end"),
        (poll((3, 1), hide_totals=True, ended=True), None, ["75% · 3 votes", "25% · 1 vote"], "4 people voted"),
    ],
)
def test_how_it_stands(asked: Poll, counted_by: str | None, standing: list[str], turnout: str) -> None:
    shown = ballot(asked, escape, counted_by)

    assert [choice.standing for choice in shown.choices] == standing
    assert (shown.turnout, shown.hidden) == (turnout, asked.hide_totals and not asked.ended)


@pytest.mark.parametrize(
    ("asked", "leads"),
    [
        (poll((3, 1)), [False, False]),
        (poll((3, 1), ended=True), [True, False]),
        (poll((2, 2), ended=True), [True, True]),
        (poll((0, 0), ended=True), [False, False]),
    ],
)
def test_what_has_won_is_marked_at_the_end(asked: Poll, leads: list[bool]) -> None:
    assert [choice.leads for choice in ballot(asked, escape, None).choices] == leads
