"""Accounts: the owner's row and those of everybody we have seen, with their public keys."""

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from msgspec import Struct, json, structs

from smallfed.domain.account import Account, Emoji, Field, Kind
from smallfed.errors import NotFound
from smallfed.store import cut_offs
from smallfed.store.moments import moment, ms
from smallfed.store.rows import each, listed
from smallfed.store.tx import Tx

COLUMNS = tuple(field.name for field in structs.fields(Account))
SELECT = f"SELECT {', '.join(COLUMNS)} FROM accounts "
_MOMENTS = frozenset(
    {
        "counted_at",
        "featured_at",
        "tagged_at",
        "moderated_at",
        "last_post_at",
        "published_at",
        "created_at",
        "fetched_at",
        "gone_at",
    }
)
_FLAGS = frozenset(name for name, type_ in Account.__annotations__.items() if type_ is bool)
_JSON: dict[str, Any] = {
    "fields": tuple[Field, ...],
    "emojis": tuple[Emoji, ...],
    "also_known_as": tuple[str, ...],
    "attribution_domains": tuple[str, ...],
}
_DECODERS = {name: json.Decoder(type_) for name, type_ in _JSON.items()}


@lru_cache(maxsize=4096)
def from_row(row: tuple[Any, ...]) -> Account:
    """Make an Account of a row of ``SELECT``. Facts are frozen: of the same row it is the same one."""
    return Account(**{name: _value(name, column) for name, column in zip(COLUMNS, row, strict=True)})


def _value(name: str, column: Any) -> Any:
    if name in _MOMENTS:
        return moment(column)
    if name in _FLAGS:
        return bool(column)
    if name in _DECODERS:
        return () if column == "[]" else _DECODERS[name].decode(column)
    return Kind(column) if name == "kind" else column


def _column(name: str, value: Any) -> Any:
    if name in _JSON:
        return json.encode(value).decode()
    return ms(value) if isinstance(value, datetime) else value


def find(tx: Tx, account: int) -> Account | None:
    """Return the account with this id, or None."""
    return _known(tx, account, "WHERE id = ?")


def _known(tx: Tx, key: int | str, where: str) -> Account | None:
    """Return the account that ``where`` finds by ``key``; asked again within a call, without asking the database."""
    known: Account | None = tx.known.get(key)
    if known is None:
        row = tx.one(SELECT + where, key)
        if row is not None:
            known = from_row(row)
            tx.known |= {key: known, known.id: known, known.uri: known}
    return known


def get(tx: Tx, account: int) -> Account:
    """Return the account with this id; NotFound."""
    found = find(tx, account)
    if found is None:
        raise NotFound("Record not found")
    return found


def behind(tx: Tx, inbox: str, *, limit: int) -> list[str]:
    """Return the actor ids of who gets their mail at ``inbox``, their own or a shared one, and is not gone."""
    statement = (
        "SELECT uri FROM (SELECT id, uri, local, gone_at FROM accounts WHERE inbox = ?1"
        " UNION SELECT id, uri, local, gone_at FROM accounts WHERE shared_inbox = ?1)"
        " WHERE NOT local AND gone_at IS NULL ORDER BY id DESC LIMIT ?2"
    )
    return [uri for (uri,) in tx.all(statement, inbox, limit)]


def is_any_known(tx: Tx, host: str, before: datetime) -> bool:
    """Whether anybody of a server was known here before a moment."""
    statement = "SELECT 1 FROM accounts WHERE host = ? AND created_at < ? LIMIT 1"
    return tx.one(statement, host, ms(before)) is not None


def find_uri(tx: Tx, uri: str) -> Account | None:
    """Return the account with this actor id, or None."""
    return _known(tx, uri, "WHERE uri = ?")


def find_handle(tx: Tx, username: str, host: str) -> Account | None:
    """Return the account with this handle, or None. Case does not matter; the newest wins where a server began anew."""
    row = tx.one(
        SELECT + "WHERE username = ? COLLATE NOCASE AND host = ? ORDER BY gone_at IS NULL DESC, id DESC LIMIT 1",
        username,
        host.lower(),
    )
    return None if row is None else from_row(row)


def namesakes(tx: Tx, account: Account) -> list[Account]:
    """Return the others who are said to have the handle of ``account`` and are not gone, the last asked for first."""
    where = (
        "WHERE username = ? COLLATE NOCASE AND host = ? AND id <> ? AND NOT local AND gone_at IS NULL"
        " ORDER BY fetched_at DESC LIMIT 10"
    )
    return _many(tx, where, account.username, account.host, account.id)


def find_url(tx: Tx, url: str) -> Account | None:
    """Return the account whose id or page is ``url``, or None."""
    return find_uri(tx, url) or next(iter(_many(tx, "WHERE url = ? LIMIT 1", url)), None)


def owner(tx: Tx) -> Account:
    """Return the owner; NotFound before setup."""
    known: Account | None = tx.known.get("owner's account")
    if known is None:
        row = tx.one(SELECT + "WHERE local")  # as the index has it: "local = 1" would read all accounts
        if row is None:
            raise NotFound("this server has no owner yet")
        known = from_row(row)
        tx.known |= {"owner's account": known, "owner's id": known.id, known.id: known, known.uri: known}
    return known


def several(tx: Tx, ids: Collection[int]) -> dict[int, Account]:
    """Return those of ``ids`` that exist, by id."""
    marks = ", ".join("?" * len(ids))
    return {account.id: account for account in _many(tx, f"WHERE id IN ({marks})", *ids)}


def by_uri(tx: Tx, uris: Collection[str]) -> dict[str, Account]:
    """Return those of ``uris``, actor ids, that we know; for none, nothing is asked."""
    marks = ", ".join("?" * len(uris))
    return {account.uri: account for account in _many(tx, f"WHERE uri IN ({marks})", *uris)} if uris else {}


def by_handles(tx: Tx, handles: Collection[str]) -> dict[str, Account]:
    """Return those of ``handles`` (``user@host``, lower case) that we know and that are not gone."""
    pairs = [handle.partition("@")[::2] for handle in handles]
    found = tx.all(
        f"SELECT {', '.join(f'a.{name}' for name in COLUMNS)} FROM json_each(?) j CROSS JOIN accounts a"
        " ON a.username = j.value ->> 0 COLLATE NOCASE AND a.host = j.value ->> 1"
        " WHERE a.gone_at IS NULL ORDER BY a.id",
        listed(pairs),
    )
    return {f"{one.username}@{one.host}".lower(): one for one in each(from_row, found)}


def _many(tx: Tx, where: str, *args: Any) -> list[Account]:
    return list(each(from_row, tx.all(SELECT + where, *args)))


def put(tx: Tx, account: Account) -> None:
    """Insert the account, or replace all columns of the one with its id."""
    tx.known.clear()
    values = [_column(name, getattr(account, name)) for name in COLUMNS]
    updates = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name != "id")
    tx.run(
        f"INSERT INTO accounts ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
        f" ON CONFLICT (id) DO UPDATE SET {updates}",
        *values,
    )
    if not account.local:
        cut_offs.note(tx, account)


def change(tx: Tx, account: int, **columns: Any) -> None:
    """Change some columns of an account; the values are those of the Struct."""
    _forget(tx, account)
    unknown = columns.keys() - set(COLUMNS)
    if unknown:
        raise KeyError(f"accounts has no column {', '.join(sorted(unknown))}")
    sets = ", ".join(f"{name} = ?" for name in columns)
    values = [_column(name, value) for name, value in columns.items()]
    tx.run(f"UPDATE accounts SET {sets} WHERE id = ?", *values, account)


def reckon(tx: Tx, account: int, claim: Literal["followers", "following", "posts"], by: int) -> None:
    """Add ``by`` to a number that the account's server has claimed; what it never said stays unknown."""
    _forget(tx, account)
    tx.run(f"UPDATE accounts SET {claim}_claimed = max(0, {claim}_claimed + ?) WHERE id = ?", by, account)


def _forget(tx: Tx, account: int) -> None:
    for key in [key for key, row in tx.known.items() if isinstance(row, Account) and row.id == account]:
        del tx.known[key]


# Public keys of others ----------------------------------------------------------------------------------------------
class StoredKey(Struct, frozen=True, kw_only=True):
    """A public key of somebody else's; ``owner`` is an actor id. ``proves``: it may make proofs, not only requests."""

    owner: str
    algorithm: str
    der: bytes
    proves: bool = False


def find_key(tx: Tx, key_id: str) -> StoredKey | None:
    """Return a public key, or None."""
    row = tx.one("SELECT owner, algorithm, der, proves FROM public_keys WHERE key_id = ?", key_id)
    return None if row is None else StoredKey(owner=row[0], algorithm=row[1], der=bytes(row[2]), proves=bool(row[3]))


def key_values(tx: Tx, owner: str) -> set[bytes]:
    """Return the public keys of an actor, as they are whatever they are called."""
    return {bytes(der) for (der,) in tx.all("SELECT der FROM public_keys WHERE owner = ?", owner)}


def key_ids(tx: Tx, owner: str) -> list[str]:
    """Return the ids of the public keys of an actor."""
    return [key_id for (key_id,) in tx.all("SELECT key_id FROM public_keys WHERE owner = ? ORDER BY key_id", owner)]


def put_key(tx: Tx, key_id: str, *, owner: str, algorithm: str, der: bytes, proves: bool = False) -> None:
    """Remember a public key under the id that was verified for it."""
    tx.run(
        "INSERT OR REPLACE INTO public_keys (key_id, owner, algorithm, der, proves, fetched_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        key_id,
        owner,
        algorithm,
        der,
        proves,
        ms(tx.now),
    )


def drop_keys(tx: Tx, owner: str, *, except_: Collection[str] = ()) -> None:
    """Forget the keys of an actor that are not in ``except_``."""
    marks = ", ".join("?" * len(except_))
    tx.run(f"DELETE FROM public_keys WHERE owner = ? AND key_id NOT IN ({marks})", owner, *except_)
