"""Apps that have asked to be known."""

from collections import defaultdict
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


class Login(Struct, frozen=True, kw_only=True):
    """One token in the owner's name. ``used_at`` is to the hour; ``scopes`` are sorted."""

    id: int
    app_id: int
    scopes: tuple[str, ...]
    created_at: datetime
    used_at: datetime | None


class Grant(Struct, frozen=True, kw_only=True):
    """What the owner has allowed an app. ``logins`` are its tokens, the newest first."""

    app_id: int
    name: str
    website: str | None
    logins: tuple[Login, ...]

    @property
    def scopes(self) -> tuple[str, ...]:
        """What its tokens allow together, sorted."""
        return tuple(sorted({scope for each in self.logins for scope in each.scopes}))

    @property
    def created_at(self) -> datetime:
        """When it was let in first."""
        return min(each.created_at for each in self.logins)

    @property
    def used_at(self) -> datetime | None:
        """When it came last."""
        return max((each.used_at for each in self.logins if each.used_at is not None), default=None)


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
    named: dict[int, tuple[str, str | None]] = {}
    logins: defaultdict[int, list[Login]] = defaultdict(list)
    for app, name, website, token, scopes, created_at, used_at in tx.all(
        "SELECT a.id, a.name, a.website, t.id, t.scopes, t.created_at, t.used_at"
        " FROM tokens t JOIN apps a ON a.id = t.app_id WHERE t.owner ORDER BY t.id DESC"
    ):
        named[app] = (name, website)
        login = Login(
            id=token,
            app_id=app,
            scopes=tuple(sorted(set(scopes.split()))),
            created_at=moment(created_at),
            used_at=moment(used_at),
        )
        logins[app].append(login)
    grants = [
        Grant(app_id=app, name=name, website=website, logins=tuple(logins[app]))
        for app, (name, website) in named.items()
    ]
    return sorted(grants, key=lambda grant: (grant.used_at or grant.created_at, grant.app_id), reverse=True)


def drop_unused(tx: Tx, after: timedelta, most: int = 100) -> int:
    """Forget apps that nobody has let in within ``after``, at most ``most`` of them; return how many."""
    return tx.run(
        "DELETE FROM apps WHERE id IN (SELECT id FROM apps WHERE created_at < ?"
        " AND NOT EXISTS (SELECT 1 FROM tokens WHERE app_id = apps.id)"
        " AND NOT EXISTS (SELECT 1 FROM codes WHERE app_id = apps.id) LIMIT ?)",
        ms(tx.now - after),
        most,
    )
