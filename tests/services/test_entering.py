"""Entering: attempts, sessions."""

from datetime import timedelta

from smallfed.services import entering
from tests.world import empty_tx, later


def test_attempts_count_before_the_password_is_looked_at() -> None:
    tx = empty_tx()

    waits = [entering.attempt(tx, "192.0.2.1") for _ in range(6)]

    assert waits == [None] * 5 + [timedelta(seconds=15)]


def test_success_forgives_the_account_and_this_address_only() -> None:
    tx = empty_tx()
    for caller in ("192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2"):
        entering.attempt(tx, caller)
    later(tx, minutes=5)

    entering.enter(tx, "192.0.2.2")

    waits = [entering.attempt(tx, caller) for caller in ("192.0.2.1", "192.0.2.1", "192.0.2.2")]
    assert waits == [None, timedelta(seconds=15), None]


def test_failures_are_forgotten_after_a_day() -> None:
    tx = empty_tx()
    for _ in range(5):
        entering.attempt(tx, "192.0.2.1")

    later(tx, days=1, minutes=1)

    assert [entering.attempt(tx, "192.0.2.1") for _ in range(4)] == [None] * 4


def test_a_session_lasts_thirty_days() -> None:
    tx = empty_tx()
    secret = entering.open_session(tx)

    inside = [entering.session(tx, secret) is not None]
    for days in (29.9, 0.1):
        later(tx, days=days)
        inside.append(entering.session(tx, secret) is not None)

    assert inside == [True, True, False]
    assert secret.encode() not in tx.sql.serialize()


def test_whoever_leaves_is_outside() -> None:
    tx = empty_tx()
    secret, other = entering.open_session(tx), entering.open_session(tx)

    entering.leave(tx, secret)

    inside = [entering.session(tx, one) is not None for one in (secret, other, "", "\udcff")]
    assert inside == [False, True, False, False]
