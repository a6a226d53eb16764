"""Authorising: tokens by hand, and apps shown out. The flow itself is tested at the door."""

import pytest

from smallfed.domain.events import TokensRevoked
from smallfed.errors import Invalid
from smallfed.services import authorising, settling
from smallfed.services.authorising import Registration, Request
from smallfed.store import tokens
from tests.world import acquaint, empty_tx


def test_a_token_by_hand_is_for_an_app_of_the_owners_own() -> None:
    tx = empty_tx()

    number = authorising.grant_by_hand(
        tx, app=" backup-bot ", scopes="read write:statuses", digest=tokens.hashed("text")
    )

    found = tokens.find(tx, "text")
    assert found is not None
    assert (found.id, found.app_name, found.owner, found.scopes) == (
        number,
        "backup-bot",
        True,
        {"read", "write:statuses"},
    )


@pytest.mark.parametrize(("app", "scopes"), [("", "read"), ("bot", "everything")])
def test_a_token_by_hand_needs_a_name_and_known_scopes(app: str, scopes: str) -> None:
    tx = empty_tx()

    with pytest.raises(Invalid):
        authorising.grant_by_hand(tx, app=app, scopes=scopes, digest=b"x")


def test_an_app_shown_out_loses_codes_under_way_but_speaks_for_itself() -> None:
    tx = empty_tx()
    app, secret = authorising.register(tx, Registration(name="Tusky", redirect_uris=("app:",), scopes=("read",)))
    request = Request(redirect_uri="app:", scopes=("read",))
    used, fresh = authorising.allow(tx, app, request), authorising.allow(tx, app, request)
    issued = authorising.exchange(tx, app, code=used, redirect_uri="app:", verifier=None)
    own = authorising.issue_to_app(tx, app, ("read",))
    assert issued is not None
    granted = tokens.find(tx, issued.token)
    assert granted is not None

    count = authorising.show_out(tx, app.id)

    assert count == 1
    assert tx.announced == [TokensRevoked(tokens=(granted.id,))]
    assert authorising.exchange(tx, app, code=fresh, redirect_uri="app:", verifier=None) is None
    assert tokens.find(tx, own.token) is not None
    assert authorising.authenticate(tx, app.client_id, secret) == app


def test_a_new_password_ends_codes_under_way() -> None:
    """Whoever knew the old one could let an app in, and have its token made after all others were revoked."""
    tx = empty_tx()
    acquaint(tx, "alice@home.example", local=True)
    app, _ = authorising.register(tx, Registration(name="Tusky", redirect_uris=("app:",), scopes=("read",)))
    code = authorising.allow(tx, app, Request(redirect_uri="app:", scopes=("read",)))

    settling.replace_password(tx, "another")

    assert authorising.exchange(tx, app, code=code, redirect_uri="app:", verifier=None) is None


def test_nothing_shown_out_is_nothing_announced() -> None:
    tx = empty_tx()

    assert (authorising.show_out(tx, 1), tx.announced) == (0, [])
