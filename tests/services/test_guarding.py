"""Guarding: what the login asks for besides the password."""

from datetime import timedelta

import pyotp
import pytest

from smallfed.errors import Conflict, Invalid, NotFound, Unauthenticated
from smallfed.policy.one_time import PERIOD
from smallfed.services import guarding
from smallfed.store.tx import Tx
from tests.world import empty_tx, later


def code(tx: Tx, secret: str, *, steps: int = 0) -> str:
    """Return what the owner's app shows, ``steps`` half minutes from now."""
    return pyotp.TOTP(secret).at(tx.now + timedelta(seconds=PERIOD * steps))


def guarded() -> tuple[Tx, str, tuple[str, ...]]:
    """Return a house that asks for codes, their secret, and the recovery codes."""
    tx = empty_tx()
    secret = guarding.begin_codes(tx)
    return tx, secret, guarding.confirm_codes(tx, code(tx, secret))


def add(tx: Tx, name: str = "phone", id_: bytes = b"1", counter: int = 0) -> None:
    guarding.add_passkey(tx, name=name, id_=id_, public_key=b"key", counter=counter, transports=("usb",))


# One-time codes
def test_codes_are_asked_for_once_the_owner_has_shown_one() -> None:
    tx = empty_tx()

    secret = guarding.begin_codes(tx)
    before = guarding.guard(tx).more
    with pytest.raises(Invalid, match="not the code"):
        guarding.confirm_codes(tx, "000000")
    recovery = guarding.confirm_codes(tx, code(tx, secret))

    assert (before, guarding.guard(tx).codes, guarding.guard(tx).recovery_left) == (False, True, 10)
    assert len(set(recovery)) == 10


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, False), (0, False), (1, True), (2, False)])
def test_a_code_is_good_around_its_half_minute_and_after_the_last_one_taken(steps: int, taken: bool) -> None:
    """The present one was taken to confirm; one before it could have been overheard."""
    tx, secret, _ = guarded()

    assert guarding.redeem(tx, code(tx, secret, steps=steps)) is taken


def test_a_code_is_taken_once() -> None:
    tx, secret, _ = guarded()
    later(tx, minutes=5)
    now = code(tx, secret)

    assert [guarding.redeem(tx, f"{now[:3]} {now[3:]}"), guarding.redeem(tx, now)] == [True, False]
    assert guarding.redeem(later(tx, seconds=PERIOD), code(tx, secret)) is True


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "\udcff", "aaaa-aaaa-aaaa-aaaa", "0" * 10**5]
)
def test_what_is_no_code_is_refused(typed: str) -> None:
    tx, _, _ = guarded()

    assert guarding.redeem(tx, typed) is False


def test_without_codes_none_is_good() -> None:
    tx = empty_tx()
    secret = guarding.begin_codes(tx)

    assert guarding.redeem(tx, code(tx, secret)) is False


def test_setting_up_again_needs_an_end_first() -> None:
    tx, secret, _ = guarded()

    with pytest.raises(Conflict):
        guarding.begin_codes(tx)
    with pytest.raises(Conflict):
        guarding.confirm_codes(tx, code(tx, secret))
    guarding.stop_codes(tx)

    assert guarding.guard(tx).more is False
    assert guarding.begin_codes(tx) != secret


# Recovery codes
def test_a_recovery_code_is_good_once_however_it_is_typed() -> None:
    tx, _, (first, second, *_) = guarded()

    taken = [guarding.redeem(tx, typed) for typed in (f" {first.upper()} ", first, second.replace("-", ""))]

    assert (taken, guarding.guard(tx).recovery_left) == ([True, False, True], 8)


def test_new_recovery_codes_replace_the_old_ones() -> None:
    tx, _, (old, *_) = guarded()

    new, *_ = guarding.renew_recovery(tx)

    assert [guarding.redeem(tx, old), guarding.redeem(tx, new)] == [False, True]


def test_where_nothing_is_asked_for_there_is_nothing_to_recover() -> None:
    tx, _, (old, *_) = guarded()

    guarding.stop_codes(tx)

    assert (guarding.guard(tx).recovery_left, guarding.redeem(tx, old)) == (0, False)
    with pytest.raises(Conflict):
        guarding.renew_recovery(tx)


def test_neither_secret_is_stored_readably() -> None:
    tx, _, recovery = guarded()

    stored = tx.sql.serialize()

    assert [
        each for each in recovery if each.encode() in stored or each.replace("-", "").upper().encode() in stored
    ] == []


# Passkeys
def test_a_passkey_is_asked_for_only_when_the_owner_wants_it() -> None:
    tx = empty_tx()
    with pytest.raises(Conflict, match="Add a passkey first"):
        guarding.ask_for_passkey(tx, wanted=True)
    add(tx)
    added = guarding.guard(tx).more

    recovery = guarding.ask_for_passkey(tx, wanted=True)

    assert (added, guarding.guard(tx).more, len(recovery)) == (False, True, 10)
    assert guarding.redeem(tx, recovery[0]) is True


def test_with_the_last_passkey_goes_the_question_for_one() -> None:
    tx = empty_tx()
    add(tx, id_=b"1")
    add(tx, "key", id_=b"2")
    guarding.ask_for_passkey(tx, wanted=True)

    guarding.remove_passkey(tx, b"1")
    one = guarding.guard(tx).more
    guarding.remove_passkey(tx, b"2")

    assert (one, guarding.guard(tx).more, guarding.guard(tx).recovery_left) == (True, False, 0)


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "evil\u202e", "a\0b"])
def test_passkeys_have_names_that_can_be_read(name: str) -> None:
    tx = empty_tx()
    add(tx)

    with pytest.raises(Invalid):
        add(tx, name, id_=b"2")
    with pytest.raises(Invalid):
        guarding.rename_passkey(tx, b"1", name)


def test_passkeys_are_renamed_removed_and_limited() -> None:
    tx = empty_tx()
    for number in range(20):
        add(tx, f"key {number}", id_=bytes([number]))

    guarding.rename_passkey(tx, b"\x01", "  my   phone ")
    guarding.remove_passkey(tx, b"\x00")
    names = [each.name for each in guarding.guard(tx).passkeys]
    with pytest.raises(Conflict, match="already"):
        add(tx, id_=b"\x01")
    add(tx, id_=b"21")

    assert (names[0], len(names)) == ("my phone", 19)
    with pytest.raises(Conflict, match="20 passkeys"):
        add(tx, id_=b"22")
    for change in (guarding.remove_passkey, lambda tx, id_: guarding.rename_passkey(tx, id_, "x")):
        with pytest.raises(NotFound):
            change(tx, b"unknown")


def test_a_challenge_is_answered_once_and_a_counter_moves_on() -> None:
    tx = empty_tx()
    add(tx, counter=3)

    guarding.sign(tx, b"1", b"challenge", seen=3, counter=4)

    (passkey,) = guarding.guard(tx).passkeys
    assert (passkey.counter, passkey.used_at) == (4, tx.now)
    for challenge, seen in ((b"challenge", 4), (b"another", 3)):
        with pytest.raises(Unauthenticated):
            guarding.sign(tx, b"1", challenge, seen=seen, counter=5)


# The way back
@pytest.mark.parametrize("passkeys", [True, False])
def test_the_owner_can_always_get_back_in(passkeys: bool) -> None:
    tx, _, _ = guarded()
    add(tx)
    guarding.ask_for_passkey(tx, wanted=True)

    done = guarding.reset(tx, passkeys=passkeys)

    guard = guarding.guard(tx)
    assert done == {"codes": 1, "passkeys": int(passkeys)}
    assert (guard.more, guard.recovery_left, len(guard.passkeys)) == (False, 0, int(not passkeys))
