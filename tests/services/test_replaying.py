"""Replaying: the owner chooses, the intake is woken."""

import pytest

from smallfed.domain.events import Event, InboundQueued
from smallfed.services import replaying
from smallfed.store import inbound
from smallfed.store.tx import Tx
from tests.store.test_inbound import put
from tests.world import later


@pytest.fixture
def kept(tx: Tx) -> Tx:
    """Return a Tx where 1 and 2 were ignored and 3 is parked."""
    put(tx, 1, 2, 3)
    one, two, three = inbound.claim(tx, limit=3)
    inbound.settle(tx, one, ignored="Not understood.")
    inbound.settle(tx, two, ignored="Too old.")
    inbound.park(tx, three, due=later(tx, hours=1).now, reason="No answer.")
    return tx


def answer(again: int, left: int = 0) -> dict[str, int]:
    return {"again": again, "gone": 0, "blocked": 0, "left": left}


@pytest.mark.parametrize(
    ("choice", "again"),
    [
        ({}, 2),
        ({"parked": True}, 1),
        ({"kind": "Create", "host": "FAR.example", "reason": "old"}, 1),
        ({"row": 1}, 1),
        ({"row": 3}, 1),
        ({"row": 1, "parked": True}, 0),
    ],
)
def test_what_waits_again_wakes_the_intake(
    kept: Tx, events: list[Event], choice: dict[str, object], again: int
) -> None:
    assert replaying.again(kept, **choice) == answer(again)  # type: ignore[arg-type]

    assert events == [InboundQueued()] * min(again, 1)
    assert inbound.waiting(kept) == (1 if "parked" in choice or choice == {"row": 3} else 1 + again)


def test_not_everything_at_once(kept: Tx, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "AT_ONCE", 1)

    assert replaying.again(kept) == answer(1, left=1)
    assert replaying.again(kept) == answer(1)
