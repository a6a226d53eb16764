"""Guarding: the owner decides what the login asks for besides the password, and gives it.

Spec: SAFETY §1.5; RFC 6238 §5.2 (a code is taken once); WebAuthn §6.1.1 (signature counters).
"""

from hashlib import sha256

from msgspec import Struct, structs

from smallfed.errors import Conflict, Invalid, NotFound, Unauthenticated
from smallfed.policy import one_time
from smallfed.store import factors, houses
from smallfed.store.factors import Factor, Passkey
from smallfed.store.tx import Tx

MOST_PASSKEYS, LONGEST_NAME = 20, 60
KEY = "passkey-challenges"


class Guard(Struct, frozen=True, kw_only=True):
    """What the login asks for. ``codes``: a one-time code; ``setting_up``: its secret, not confirmed yet.

    ``more``: whether the password alone is not enough.
    """

    codes: bool
    setting_up: str | None
    recovery_left: int
    passkeys: tuple[Passkey, ...]
    ask_for_passkey: bool

    @property
    def more(self) -> bool:
        """Whether the password alone does not let anybody in."""
        return self.codes or (self.ask_for_passkey and bool(self.passkeys))


def guard(tx: Tx) -> Guard:
    """Return what the login asks for."""
    factor = factors.get(tx)
    return Guard(
        codes=factor.confirmed_at is not None,
        setting_up=factor.secret if factor.confirmed_at is None else None,
        recovery_left=factors.recovery_left(tx),
        passkeys=tuple(factors.passkeys(tx)),
        ask_for_passkey=factor.passkeys,
    )


# One-time codes -------------------------------------------------------------------------------------------------------
def begin_codes(tx: Tx) -> str:
    """Draw the secret of one-time codes; they are asked for once it is confirmed. Conflict when they are already."""
    factor = factors.get(tx)
    if factor.confirmed_at is not None:
        raise Conflict("One-time codes are asked for already. To set them up anew, switch them off first.")
    secret = one_time.secret(_random(tx, one_time.SECRET_BYTES))
    factors.put(tx, structs.replace(factor, secret=secret))
    return secret


def confirm_codes(tx: Tx, code: str) -> tuple[str, ...]:
    """Ask for one-time codes from now on, as ``code`` shows that the owner has them; Invalid when it does not.

    Returns recovery codes, to be shown this once; none when there are some already.
    """
    factor = factors.get(tx)
    if factor.secret is None or factor.confirmed_at is not None:
        raise Conflict("There is nothing to confirm. Please begin again.")
    step = one_time.step_of(factor.secret, code, tx.now)
    if step is None:
        raise Invalid("That is not the code the app should show now. Is the clock of your device right?")
    factors.put(tx, structs.replace(factor, confirmed_at=tx.now, step=step))
    return _first_recovery(tx)


def stop_codes(tx: Tx) -> None:
    """Ask for one-time codes no longer, and forget their secret."""
    _relax(tx, structs.replace(factors.get(tx), secret=None, confirmed_at=None))


def redeem(tx: Tx, code: str) -> bool:
    """Take a one-time or recovery code; False when it is none, or was taken before."""
    factor = factors.get(tx)
    recovery = one_time.plain(code)
    if recovery is not None:
        return factors.spend_recovery(tx, _hash(recovery))
    if factor.secret is None or factor.confirmed_at is None:
        return False
    step = one_time.step_of(factor.secret, code, tx.now)
    if step is None or step <= factor.step:
        return False
    factors.put(tx, structs.replace(factor, step=step))
    return True


# Recovery codes -------------------------------------------------------------------------------------------------------
def renew_recovery(tx: Tx) -> tuple[str, ...]:
    """Return new recovery codes, to be shown this once; the old ones are worth nothing now."""
    if not guard(tx).more:
        raise Conflict("Nothing is asked for besides your password, so nothing can be lost.")
    codes = tuple(one_time.recovery_code(_random(tx, one_time.RECOVERY_BYTES)) for _ in range(one_time.RECOVERY_CODES))
    factors.put_recovery(tx, (_hash(one_time.plain(code) or "") for code in codes))
    return codes


def _first_recovery(tx: Tx) -> tuple[str, ...]:
    return () if factors.recovery_left(tx) else renew_recovery(tx)


# Passkeys -------------------------------------------------------------------------------------------------------------
def challenge_key(tx: Tx) -> bytes | None:
    """Return the secret that makes challenges, or None before a passkey was thought of."""
    return houses.secret(tx, KEY)


def prepare_passkeys(tx: Tx) -> bytes:
    """Return the secret that makes challenges; it is drawn the first time."""
    key = houses.secret(tx, KEY)
    if key is None:
        key = _random(tx, 32)
        houses.put_secret(tx, KEY, key)
    return key


def add_passkey(tx: Tx, *, name: str, id_: bytes, public_key: bytes, counter: int, transports: tuple[str, ...]) -> None:
    """Store a passkey; Conflict when it is there already, or there are too many."""
    if len(factors.passkeys(tx)) >= MOST_PASSKEYS:
        raise Conflict(f"There are {MOST_PASSKEYS} passkeys already. Remove one that you do not use.")
    made = Passkey(
        id=id_,
        name=_clean(name),
        public_key=public_key,
        counter=counter,
        transports=transports,
        created_at=tx.now,
    )
    if not factors.put_passkey(tx, made):
        raise Conflict("This passkey is here already.")


def rename_passkey(tx: Tx, id_: bytes, name: str) -> None:
    """Give a passkey another name; NotFound when it is gone."""
    if not factors.rename_passkey(tx, id_, _clean(name)):
        raise NotFound("this passkey is gone")


def remove_passkey(tx: Tx, id_: bytes) -> None:
    """Forget a passkey. With the last one, none is asked for any more."""
    if not factors.drop_passkeys(tx, [id_]):
        raise NotFound("this passkey is gone")
    if not factors.passkeys(tx):
        _relax(tx, structs.replace(factors.get(tx), passkeys=False))


def ask_for_passkey(tx: Tx, *, wanted: bool) -> tuple[str, ...]:
    """Decide whether a passkey is asked for after the password; return new recovery codes if there were none."""
    factor = structs.replace(factors.get(tx), passkeys=wanted)
    if not wanted:
        _relax(tx, factor)
        return ()
    if not factors.passkeys(tx):
        raise Conflict("Add a passkey first.")
    factors.put(tx, factor)
    return _first_recovery(tx)


def sign(tx: Tx, id_: bytes, challenge: bytes, *, seen: int, counter: int) -> None:
    """Take a verified signature: the challenge is used up, and the passkey used now.

    Unauthenticated when the challenge was answered before, or the counter moved on from ``seen`` meanwhile.
    """
    passkey = factors.find_passkey(tx, id_)
    if passkey is None or passkey.counter != seen or not factors.spend_challenge(tx, sha256(challenge).digest()):
        raise Unauthenticated("This was used a moment ago. Please try again.")
    factors.use_passkey(tx, id_, counter=counter)


# All of it ------------------------------------------------------------------------------------------------------------
def reset(tx: Tx, *, passkeys: bool) -> dict[str, int]:
    """Let the password be enough again; with ``passkeys``, forget these too. Returns what was there."""
    before = guard(tx)
    factors.drop(tx)
    dropped = factors.drop_passkeys(tx, [each.id for each in before.passkeys]) if passkeys else 0
    return {"codes": int(before.codes), "passkeys": dropped}


def _relax(tx: Tx, factor: Factor) -> None:
    """Store what asks for less. Where nothing is asked for besides the password, recovery codes are worth nothing."""
    factors.put(tx, factor)
    if not guard(tx).more:
        factors.put_recovery(tx, ())


def _clean(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(f"A passkey needs a name of 1 to {LONGEST_NAME} characters, so that you know it later.")
    return name


def _random(tx: Tx, size: int) -> bytes:
    return tx.dice(8 * size).to_bytes(size)


def _hash(code: str) -> bytes:
    return sha256(code.encode()).digest()
