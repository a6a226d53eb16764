"""What the login asks for besides the password: one-time codes, codes for when they are lost, passkeys."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from smallfed.store.moments import moment, ms
from smallfed.store.tx import Tx


class Factor(Struct, frozen=True, kw_only=True):
    """``secret`` is that of one-time codes, asked for since ``confirmed_at``; ``step``: that of the last code taken.

    ``passkeys``: whether a passkey is asked for after the password.
    """

    secret: str | None = None
    confirmed_at: datetime | None = None
    step: int = 0
    passkeys: bool = False


class Passkey(Struct, frozen=True, kw_only=True):
    """A passkey. ``public_key`` is COSE; ``counter`` is what its authenticator counted last."""

    id: bytes
    name: str
    public_key: bytes
    counter: int
    transports: tuple[str, ...]
    created_at: datetime
    used_at: datetime | None = None


# The second factor ----------------------------------------------------------------------------------------------------
def get(tx: Tx) -> Factor:
    """Return what is asked for; nothing where nothing was stored."""
    row = tx.one("SELECT secret, confirmed_at, step, passkeys FROM second_factor")
    if row is None:
        return Factor()
    secret, confirmed_at, step, passkeys = row
    return Factor(secret=secret, confirmed_at=moment(confirmed_at), step=step, passkeys=bool(passkeys))


def put(tx: Tx, factor: Factor) -> None:
    """Store what is asked for."""
    tx.run(
        "INSERT OR REPLACE INTO second_factor (id, secret, confirmed_at, step, passkeys) VALUES (1, ?, ?, ?, ?)",
        factor.secret,
        None if factor.confirmed_at is None else ms(factor.confirmed_at),
        factor.step,
        factor.passkeys,
    )


def drop(tx: Tx) -> None:
    """Ask for the password only, and forget the codes for when something is lost."""
    tx.run("DELETE FROM second_factor")
    tx.run("DELETE FROM recovery_codes")


# Recovery codes -------------------------------------------------------------------------------------------------------
def put_recovery(tx: Tx, digests: Iterable[bytes]) -> None:
    """Store new recovery codes in the place of the old ones."""
    tx.run("DELETE FROM recovery_codes")
    for digest in digests:
        tx.run("INSERT INTO recovery_codes (hash) VALUES (?)", digest)


def spend_recovery(tx: Tx, digest: bytes) -> bool:
    """Use a recovery code up; False when there is none, or it was used before."""
    return tx.run("UPDATE recovery_codes SET used_at = ? WHERE hash = ? AND used_at IS NULL", ms(tx.now), digest) > 0


def recovery_left(tx: Tx) -> int:
    """Return how many recovery codes are left."""
    return int(tx.one("SELECT count(*) FROM recovery_codes WHERE used_at IS NULL")[0])


# Passkeys -------------------------------------------------------------------------------------------------------------
_COLUMNS = "id, name, public_key, counter, transports, created_at, used_at"


def put_passkey(tx: Tx, passkey: Passkey) -> bool:
    """Store a new passkey; False when there is one of this id."""
    return (
        tx.run(
            f"INSERT OR IGNORE INTO passkeys ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, NULL)",
            passkey.id,
            passkey.name,
            passkey.public_key,
            passkey.counter,
            " ".join(passkey.transports),
            ms(passkey.created_at),
        )
        > 0
    )


def passkeys(tx: Tx) -> list[Passkey]:
    """Return all passkeys, the oldest first."""
    return [_passkey(row) for row in tx.all(f"SELECT {_COLUMNS} FROM passkeys ORDER BY created_at, id")]


def find_passkey(tx: Tx, number: bytes) -> Passkey | None:
    """Return the passkey of this id, or None."""
    row = tx.one(f"SELECT {_COLUMNS} FROM passkeys WHERE id = ?", number)
    return None if row is None else _passkey(row)


def _passkey(row: tuple[bytes, str, bytes, int, str, int, int | None]) -> Passkey:
    number, name, public_key, counter, transports, created_at, used_at = row
    return Passkey(
        id=bytes(number),
        name=name,
        public_key=bytes(public_key),
        counter=counter,
        transports=tuple(transports.split()),
        created_at=moment(created_at),
        used_at=moment(used_at),
    )


def use_passkey(tx: Tx, number: bytes, *, counter: int) -> None:
    """Record that a passkey was used now, and what its authenticator counts."""
    tx.run("UPDATE passkeys SET used_at = ?, counter = ? WHERE id = ?", ms(tx.now), counter, number)


def rename_passkey(tx: Tx, number: bytes, name: str) -> bool:
    """Give a passkey another name; False when there is none of this id."""
    return tx.run("UPDATE passkeys SET name = ? WHERE id = ?", name, number) > 0


def drop_passkeys(tx: Tx, numbers: Iterable[bytes]) -> int:
    """Forget passkeys; return how many there were."""
    return sum(tx.run("DELETE FROM passkeys WHERE id = ?", number) for number in numbers)


def spend_challenge(tx: Tx, digest: bytes) -> bool:
    """Use a challenge up; False when it was answered before."""
    return tx.run("INSERT OR IGNORE INTO spent_challenges (hash, spent_at) VALUES (?, ?)", digest, ms(tx.now)) > 0
