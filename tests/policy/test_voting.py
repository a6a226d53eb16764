"""What counts in a poll."""

from datetime import timedelta

import pytest

from smallfed.domain.poll import Option, Poll
from smallfed.domain.refused import Refused
from smallfed.policy.voting import judge
from tests.world import NOW

OPTIONS = (Option(name="tea", title="tea"), Option(name="coffee", title="coffee"))
END = NOW + timedelta(hours=1)
ENDED = "The poll has already ended"
NO_OPTION = "The chosen vote option does not exist"
OWN = "You cannot vote in your own polls"
TWICE = "You have already voted on this poll"


@pytest.mark.parametrize(
    ("multiple", "position", "wrote", "voted", "at", "reason"),
    [
        (False, 0, False, (), NOW, None),
        (False, 1, False, (), END - timedelta(milliseconds=1), None),
        (False, 1, False, (), END, ENDED),
        (True, 1, False, (0,), NOW, None),
        (False, 1, False, (0,), NOW, TWICE),
        (False, 0, False, (0,), NOW, TWICE),
        (True, 0, False, (0,), NOW, TWICE),
        (False, 2, False, (), NOW, NO_OPTION),
        (False, -1, False, (), NOW, NO_OPTION),
        (False, None, False, (), NOW, NO_OPTION),
        (True, 0, True, (), NOW, OWN),
    ],
)
def test_the_rule(
    multiple: bool, position: int | None, wrote: bool, voted: tuple[int, ...], at: object, reason: str | None
) -> None:
    poll = Poll(post_id=1, options=OPTIONS, multiple=multiple, ends_at=END)

    verdict = judge(poll, position, wrote=wrote, voted=voted, at=at)  # type: ignore[arg-type] # a moment

    assert verdict == (None if reason is None else Refused(reason))


def test_what_never_ends_takes_votes_for_ever() -> None:
    poll = Poll(post_id=1, options=OPTIONS)

    assert judge(poll, 0, wrote=False, voted=(), at=NOW + timedelta(days=10_000)) is None
