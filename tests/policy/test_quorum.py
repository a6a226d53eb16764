"""What lists come to together, and what of it holds without asking: the whole table."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.domain.domain_block import Severity
from smallfed.domain.finding import Stand
from smallfed.policy import quorum
from smallfed.policy.quorum import Decision, Terms, Vote
from smallfed.policy.rereading import pause
from tests.world import NOW

BLOCK, LIMIT, NOTE = Severity.SUSPEND, Severity.SILENCE, Severity.NOOP
TERMS = Terms(block_at=2, limit_at=1)


def vote(severity: Severity = BLOCK, weight: int = 1, **fields: Any) -> Vote:
    return Vote(name=fields.pop("name", "A"), severity=severity, weight=weight, since=NOW, **fields)


@pytest.mark.parametrize(
    ("votes", "severity"),
    [
        ([], None),
        ([vote()], LIMIT),
        ([vote(weight=2)], BLOCK),
        ([vote(), vote()], BLOCK),
        ([vote(), vote(LIMIT)], LIMIT),
        ([vote(), vote(LIMIT), vote(NOTE, weight=9)], LIMIT),
        ([vote(LIMIT, weight=9)], LIMIT),
        ([vote(weight=9, ceiling=LIMIT)], LIMIT),
        ([vote(weight=9, ceiling=NOTE)], None),
        ([vote(ceiling=LIMIT), vote()], LIMIT),
        ([vote(NOTE)], None),
        ([vote(NOTE, reject_media=True)], NOTE),
        ([vote(NOTE, reject_reports=True)], NOTE),
    ],
)
def test_what_lists_come_to(votes: list[Vote], severity: Severity | None) -> None:
    decision = quorum.judge(votes, TERMS)

    assert (None if decision is None else decision.severity) is severity


def test_flags_need_as_much_as_a_limit() -> None:
    votes = [vote(reject_media=True), vote(reject_media=True, name="B"), vote(reject_reports=True, comment="noise")]

    decision = quorum.judge(votes, Terms(block_at=3, limit_at=2))

    assert decision == Decision(
        severity=BLOCK,
        reject_media=True,
        comment="noise",
        because="Because of A since 2026-03-01 and B since 2026-03-01 and A since 2026-03-01",
    )


@pytest.mark.parametrize(
    ("severity", "unasked", "held", "state", "tied", "holds"),
    [
        # new: it waits, or is done by lists that may
        (BLOCK, None, None, None, False, None),
        (BLOCK, BLOCK, None, None, False, BLOCK),
        (BLOCK, LIMIT, None, None, False, LIMIT),
        (BLOCK, BLOCK, None, None, True, None),
        (LIMIT, LIMIT, None, None, True, None),
        # milder than before: at once, whoever is there
        (LIMIT, None, BLOCK, Stand.HOLDING, True, LIMIT),
        (None, None, BLOCK, Stand.HOLDING, True, None),
        # more severe than before: what held goes on
        (BLOCK, None, LIMIT, Stand.HOLDING, False, LIMIT),
        (BLOCK, BLOCK, LIMIT, Stand.HOLDING, True, LIMIT),
        (BLOCK, LIMIT, LIMIT, Stand.HOLDING, False, LIMIT),
        # the owner's word
        (BLOCK, None, None, Stand.AGREED, True, BLOCK),
        (BLOCK, BLOCK, None, Stand.IGNORED, False, None),
        (None, None, BLOCK, Stand.TOUCHED, False, BLOCK),
        (LIMIT, LIMIT, BLOCK, Stand.TOUCHED, False, BLOCK),
        (None, None, LIMIT, Stand.AGREED, False, None),
    ],
)
def test_what_holds(
    severity: Severity | None,
    unasked: Severity | None,
    held: Severity | None,
    state: Stand | None,
    tied: bool,
    holds: Severity | None,
) -> None:
    decision = None if severity is None else Decision(severity=severity, unasked=unasked)

    assert quorum.holding(decision, held, state, tied=tied) is holds


VOTES = st.lists(
    st.builds(
        vote,
        st.sampled_from(Severity),
        st.integers(1, 3),
        ceiling=st.sampled_from(Severity),
        automatic=st.booleans(),
        reject_media=st.booleans(),
    ),
    max_size=5,
)


@given(VOTES, VOTES, st.integers(1, 5), st.integers(1, 5))
def test_more_lists_never_come_to_less(some: list[Vote], more: list[Vote], block_at: int, limit_at: int) -> None:
    """And those that act by themselves never come to more than all together."""
    terms = Terms(block_at=block_at, limit_at=limit_at)

    few, all_ = quorum.judge(some, terms), quorum.judge([*some, *more], terms)

    assert not quorum.stricter(few and few.severity, all_ and all_.severity)
    if all_ is not None:
        assert not quorum.stricter(all_.unasked, all_.severity)


def test_when_a_list_is_read_next() -> None:
    """Daily and not all at once; sooner after a failure, then less and less often, and never more rarely than usual."""
    day = timedelta(days=1)

    assert [pause(day, 0, draw) / day for draw in (0, 0.5, 1)] == pytest.approx([0.95, 1, 1.05])
    assert [pause(day, failures, 0.5) / timedelta(minutes=30) for failures in (1, 2, 3, 6, 7, 99)] == pytest.approx(
        [1, 2, 4, 32, 48, 48]
    )
