"""The house's own rows: where we live, the owner's settings, keys and secrets."""

from hashlib import sha256

from msgspec import Struct, json

from smallfed.domain.house import House
from smallfed.domain.post import Visibility
from smallfed.domain.remote import Signet
from smallfed.errors import NotFound
from smallfed.store.moments import moment, ms
from smallfed.store.tx import Tx

REMOTE_MEDIA = "remote media"  # secret: the key of addresses of ours for others' media


class Owner(Struct, frozen=True, kw_only=True):
    """What only the owner has. ``note`` and ``fields`` (name, value) are as typed."""

    account_id: int
    password: str
    note: str
    fields: tuple[tuple[str, str], ...]
    visibility: Visibility
    sensitive: bool
    language: str | None


def find(tx: Tx) -> House | None:
    """Return the house, or None before it is set up."""
    row = tx.one(
        "SELECT h.scheme, h.domain, h.account_domain, a.username, h.trial, h.created_at, f.left_at, h.media_host,"
        " s.value FROM houses h JOIN accounts a ON a.local LEFT JOIN farewells f LEFT JOIN secrets s ON s.name = ?",
        REMOTE_MEDIA,
    )
    if row is None:
        return None
    scheme, domain, account_domain, username, trial, created_at, left_at, media_host, key = row
    return House(
        scheme=scheme,
        domain=domain,
        account_domain=account_domain,
        username=username,
        trial=bool(trial),
        created_at=moment(created_at),
        left_at=moment(left_at),
        media_host=media_host,
        signet=None if key is None else Signet(key),
    )


def get(tx: Tx) -> House:
    """Return the house; NotFound before it is set up."""
    house = find(tx)
    if house is None:
        raise NotFound("this server is not set up yet: open the address that `smallfed run` prints")
    return house


def put(tx: Tx, *, scheme: str, domain: str, account_domain: str, trial: bool) -> None:
    """Store where we live; once."""
    tx.run(
        "INSERT INTO houses (id, scheme, domain, account_domain, trial, created_at) VALUES (1, ?, ?, ?, ?, ?)",
        scheme,
        domain,
        account_domain,
        trial,
        ms(tx.now),
    )


def make_signet(tx: Tx) -> None:
    """Make the key of the addresses for others' media, out of our private keys: whoever has it learns nothing of those.

    Once made it stays, whatever becomes of them.
    """
    private = sorted(pem for pem, _ in keys(tx).values())
    if not private:
        raise ValueError("a house without keys has nothing to make another of")
    put_secret(tx, REMOTE_MEDIA, sha256("\n".join([REMOTE_MEDIA, *private]).encode()).digest())


def move_media(tx: Tx, host: str | None) -> None:
    """Note where media are served besides the domain: host[:port], or None."""
    tx.run("UPDATE houses SET media_host = ?", host)


def owner_id(tx: Tx) -> int:
    """Return the owner's account id; NotFound before setup."""
    known: int | None = tx.known.get("owner's id")
    if known is None:
        row = tx.one("SELECT account_id FROM owners WHERE id = 1")
        if row is None:
            raise NotFound("this server has no owner yet")
        known = tx.known["owner's id"] = int(row[0])
    return known


def owner(tx: Tx) -> Owner:
    """Return the owner's settings; NotFound before setup."""
    row = tx.one("SELECT account_id, password, note, fields, visibility, sensitive, language FROM owners WHERE id = 1")
    if row is None:
        raise NotFound("this server has no owner yet")
    return Owner(
        account_id=row[0],
        password=row[1],
        note=row[2],
        fields=tuple((name, value) for name, value in json.decode(row[3], type=list[tuple[str, str]])),
        visibility=Visibility(row[4]),
        sensitive=bool(row[5]),
        language=row[6],
    )


def put_owner(tx: Tx, owner: Owner) -> None:
    """Store the owner's settings, all of them."""
    tx.run(
        "INSERT INTO owners (id, account_id, password, note, fields, visibility, sensitive, language)"
        " VALUES (1, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET password = excluded.password,"
        " note = excluded.note, fields = excluded.fields, visibility = excluded.visibility,"
        " sensitive = excluded.sensitive, language = excluded.language",
        owner.account_id,
        owner.password,
        owner.note,
        json.encode(owner.fields).decode(),
        owner.visibility,
        owner.sensitive,
        owner.language,
    )


def put_key(tx: Tx, name: str, *, algorithm: str, private_pem: str, public_pem: str) -> None:
    """Store a signing key of ours under ``name``, replacing what was there."""
    tx.run(
        "INSERT OR REPLACE INTO keys (name, algorithm, private_pem, public_pem, created_at) VALUES (?, ?, ?, ?, ?)",
        name,
        algorithm,
        private_pem,
        public_pem,
        ms(tx.now),
    )


def keys(tx: Tx) -> dict[str, tuple[str, str]]:
    """Return our signing keys: name → (private PEM, public PEM)."""
    return {
        name: (private, public) for name, private, public in tx.all("SELECT name, private_pem, public_pem FROM keys")
    }


def private_key(tx: Tx, name: str) -> str | None:
    """Return the private PEM of one of our signing keys, or None."""
    row = tx.one("SELECT private_pem FROM keys WHERE name = ?", name)
    return None if row is None else str(row[0])


def secret(tx: Tx, name: str) -> bytes | None:
    """Return a secret of the house, or None."""
    row = tx.one("SELECT value FROM secrets WHERE name = ?", name)
    return None if row is None else bytes(row[0])


def put_secret(tx: Tx, name: str, value: bytes | None) -> None:
    """Store a secret of the house, or forget it (None)."""
    if value is None:
        tx.run("DELETE FROM secrets WHERE name = ?", name)
    else:
        tx.run("INSERT OR REPLACE INTO secrets (name, value, created_at) VALUES (?, ?, ?)", name, value, ms(tx.now))


def end_sessions(tx: Tx) -> None:
    """End every session of the owner's browsers, and send back those that are half-way in."""
    tx.run("DELETE FROM sessions")
    tx.run("DELETE FROM halfway")


def drop_tokens(tx: Tx) -> tuple[int, ...]:
    """Forget every access token; return their ids."""
    return tuple(row[0] for row in tx.all("DELETE FROM tokens RETURNING id"))
