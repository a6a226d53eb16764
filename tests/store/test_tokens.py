"""Apps, tokens and codes as they are stored."""

from datetime import datetime, timedelta

import pytest

from smallfed.store import apps, codes, tokens
from smallfed.store.apps import App, Grant, Login
from smallfed.store.codes import Code
from smallfed.store.tokens import Token
from smallfed.store.tx import Tx
from tests.world import NOW, empty_tx, later


@pytest.fixture
def tx() -> Tx:
    return empty_tx()


def _app(tx: Tx, name: str = "Tusky") -> App:
    app = App(
        id=tx.new_id(),
        client_id=f"id of {name}",
        secret=b"digest",
        name=name,
        website="https://app.example",
        redirect_uris=("app://a", "app://b?x=1,2"),
        scopes=("read", "write:statuses"),
        created_at=tx.now,
    )
    apps.put(tx, app)
    return app


def _token(tx: Tx, app: App, text: str, *, owner: bool = True, scopes: tuple[str, ...] = ("write", "read")) -> int:
    return tokens.put(tx, app=app.id, owner=owner, scopes=scopes, digest=tokens.hashed(text))


def test_an_app_is_found_as_it_was_stored(tx: Tx) -> None:
    app = _app(tx)

    assert (apps.find(tx, app.id), apps.find_client(tx, "id of Tusky")) == (app, app)
    assert (apps.find(tx, 1), apps.find_client(tx, "other")) == (None, None)


def test_a_token_is_found_by_its_text_only(tx: Tx) -> None:
    app = _app(tx)

    number = _token(tx, app, "secret text")

    assert tokens.find(tx, "secret text") == Token(
        id=number,
        app_id=app.id,
        app_name="Tusky",
        website="https://app.example",
        owner=True,
        scopes=frozenset({"read", "write"}),
        used_at=None,
    )
    assert [tokens.find(tx, text) for text in ("Secret text", "", "\udcff", tokens.hashed("secret text").hex())] == [
        None
    ] * 4
    assert b"secret text" not in tx.sql.serialize()


def test_a_use_is_noted_once_an_hour(tx: Tx) -> None:
    number = _token(tx, _app(tx), "text")
    noted = []

    for minutes in (0, 59, 1):
        tokens.note_use(later(tx, minutes=minutes), number)
        found = tokens.find(tx, "text")
        assert found is not None
        noted.append((found.used_at, found.is_due(tx.now), found.is_due(tx.now + timedelta(hours=1))))

    assert noted == [(NOW, False, True), (NOW, False, True), (NOW + timedelta(hours=1), False, True)]


def test_dropped_tokens_are_named(tx: Tx) -> None:
    app = _app(tx)
    numbers = [_token(later(tx, seconds=1), app, text) for text in "abc"]
    own = _token(later(tx, seconds=1), app, "own", owner=False)

    gone = tokens.drop(tx, [*numbers[:2], 1])

    assert gone == tuple(numbers[:2])
    assert (tokens.of_app(tx, app.id, owner=True), tokens.of_app(tx, app.id, owner=False)) == ((numbers[2],), (own,))
    assert tokens.find(tx, "a") is None


def test_what_the_owner_has_granted_is_summed_up_by_app(tx: Tx) -> None:
    tusky, elk, bot = _app(tx), _app(tx, "Elk"), _app(tx, "Bot")
    first = _token(tx, tusky, "a", scopes=("write",))
    second = _token(later(tx, days=1), tusky, "b", scopes=("read", "write"))
    third = _token(later(tx, days=1), elk, "c", scopes=("push",))
    _token(tx, bot, "d", owner=False)
    tokens.note_use(later(tx, days=1), first)

    granted = apps.granted(tx)

    def login(number: int, app: App, scopes: tuple[str, ...], days: int, used_at: datetime | None = None) -> Login:
        return Login(id=number, app_id=app.id, scopes=scopes, created_at=NOW + timedelta(days=days), used_at=used_at)

    of_tusky = (
        login(second, tusky, ("read", "write"), 1),
        login(first, tusky, ("write",), 0, NOW + timedelta(days=3)),
    )
    assert granted == [
        Grant(app_id=tusky.id, name="Tusky", website="https://app.example", logins=of_tusky),
        Grant(app_id=elk.id, name="Elk", website="https://app.example", logins=(login(third, elk, ("push",), 2),)),
    ]
    assert [(grant.scopes, grant.created_at, grant.used_at) for grant in granted] == [
        (("read", "write"), NOW, NOW + timedelta(days=3)),
        (("push",), NOW + timedelta(days=2), None),
    ]


def test_a_code_is_found_as_it_was_stored_and_exchanged_once(tx: Tx) -> None:
    app = _app(tx)
    code = Code(
        hash=b"digest",
        app_id=app.id,
        redirect_uri="app://a",
        scopes=("write", "read"),
        challenge="x",
        token_id=None,
        created_at=NOW,
    )
    codes.put(tx, code)
    fresh = codes.find(tx, b"digest")
    number = _token(tx, app, "text")

    codes.exchange(tx, b"digest", number)
    codes.drop_fresh(tx, app.id)

    used = codes.find(tx, b"digest")
    assert fresh == code
    assert used is not None
    assert used.token_id == number
    assert codes.find(tx, b"other") is None


def test_unused_apps_go_and_used_ones_stay(tx: Tx) -> None:
    used, asked, unused = _app(tx), _app(tx, "Asked"), _app(tx, "Unused")
    _token(tx, used, "text")
    code = Code(
        hash=b"x", app_id=asked.id, redirect_uri="app://a", scopes=(), challenge=None, token_id=None, created_at=NOW
    )
    codes.put(tx, code)
    young = _app(later(tx, days=2), "Young")

    gone = apps.drop_unused(tx, timedelta(days=1))

    kept = [apps.find(tx, app.id) is not None for app in (used, asked, unused, young)]
    assert (gone, kept) == (1, [True, True, False, True])
