"""Apps that have asked to be known."""

from datetime import datetime, timedelta

from msgspec import Struct, json

from smallfed.store.moments import moment, ms
from smallfed.store.tx import Tx


class App(Struct, frozen=True, kw_only=True):
    """A client app. ``secret`` is the SHA-256 of what it was told; ``scopes`` are the most it may ever ask for."""

    id: int
    client_id: str
    secret: bytes
    name: str
    website: str | None
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...]
    created_at: datetime


class Grant(Struct, frozen=True, kw_only=True):
    """What the owner has allowed an app: all its tokens together. ``scopes`` are sorted."""

    app_id: int
    name: str
    website: str | None
    scopes: tuple[str, ...]
    tokens: int
    created_at: datetime
    used_at: datetime | None


_COLUMNS = "id, client_id, secret, name, website, redirect_uris, scopes, created_at"


def put(tx: Tx, app: App) -> None:
    """Store a new app."""
    tx.run(
        f"INSERT INTO apps ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        app.id,
        app.client_id,
        app.secret,
        app.name,
        app.website,
        json.encode(app.redirect_uris).decode(),
        " ".join(app.scopes),
        ms(app.created_at),
    )


def find(tx: Tx, app: int) -> App | None:
    """Return the app with this id, or None."""
    return _one(tx, "id = ?", app)


def find_client(tx: Tx, client_id: str) -> App | None:
    """Return the app that calls itself ``client_id``, or None."""
    return _one(tx, "client_id = ?", client_id)


def _one(tx: Tx, condition: str, value: int | str) -> App | None:
    row = tx.one(f"SELECT {_COLUMNS} FROM apps WHERE {condition}", value)
    if row is None:
        return None
    number, client_id, secret, name, website, redirect_uris, scopes, created_at = row
    return App(
        id=number,
        client_id=client_id,
        secret=bytes(secret),
        name=name,
        website=website,
        redirect_uris=json.decode(redirect_uris, type=tuple[str, ...]),
        scopes=tuple(scopes.split()),
        created_at=moment(created_at),
    )


def granted(tx: Tx) -> list[Grant]:
    """Return the apps that hold tokens in the owner's name, the ones used last first."""
    rows = tx.all(
        "SELECT a.id, a.name, a.website, group_concat(t.scopes, ' '), count(*), min(t.created_at), max(t.used_at)"
        " FROM tokens t JOIN apps a ON a.id = t.app_id WHERE t.owner"
        " GROUP BY a.id ORDER BY max(ifnull(t.used_at, t.created_at)) DESC, a.id DESC"
    )
    return [
        Grant(
            app_id=app,
            name=name,
            website=website,
            scopes=tuple(sorted(set(scopes.split()))),
            tokens=tokens,
            created_at=moment(created_at),
            used_at=moment(used_at),
        )
        for app, name, website, scopes, tokens, created_at, used_at in rows
    ]


def drop_unused(tx: Tx, after: timedelta, most: int = 100) -> int:
    """Forget apps that nobody has let in within ``after``, at most ``most`` of them; return how many."""
    return tx.run(
        "DELETE FROM apps WHERE id IN (SELECT id FROM apps WHERE created_at < ?"
        " AND NOT EXISTS (SELECT 1 FROM tokens WHERE app_id = apps.id)"
        " AND NOT EXISTS (SELECT 1 FROM codes WHERE app_id = apps.id) LIMIT ?)",
        ms(tx.now - after),
        most,
    )
