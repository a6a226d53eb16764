"""What the server offers to apps, and who its owner is."""

import pytest

from smallfed.policy import scopes
from smallfed.store import accounts, tokens
from tests.oauth.flow import client, token
from tests.pages.place import Place


async def test_the_metadata_document_names_every_endpoint(place: Place) -> None:
    page = await place.browser("https://wrong.example").get("/.well-known/oauth-authorization-server")

    assert (page.status, page.headers["access-control-allow-origin"]) == (200, "*")
    assert page.headers["cache-control"] == "public, max-age=300"
    assert page.json() == {
        "issuer": "https://home.example/",
        "service_documentation": "https://docs.joinmastodon.org/",
        "authorization_endpoint": "https://home.example/oauth/authorize",
        "token_endpoint": "https://home.example/oauth/token",
        "app_registration_endpoint": "https://home.example/api/v1/apps",
        "revocation_endpoint": "https://home.example/oauth/revoke",
        "userinfo_endpoint": "https://home.example/oauth/userinfo",
        "scopes_supported": list(scopes.ALL),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
    }


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_token_that_sees_the_profile_learns_who_the_owner_is(place: Place, method: str) -> None:
    app = await client(place, scopes="profile")
    text = await token(await place.owner(), app, scope="profile")

    page = await app.program.ask(method, "/oauth/userinfo", headers={"Authorization": f"Bearer {text}"})

    assert page.json() == {
        "iss": "https://home.example/",
        "sub": "https://home.example/users/alice",
        "name": "Alice",
        "preferred_username": "alice",
        "profile": "https://home.example/@alice",
        "picture": "https://home.example/media/avatars/default.png",
    }


async def test_whoever_bears_a_token_learns_what_it_is_worth(place: Place) -> None:
    app = await client(place)
    owner = await place.do(accounts.owner)
    text = await token(await place.owner(), app, scope="write read")
    own = (await app.exchange("", grant_type="client_credentials")).json()["access_token"]

    pages = [
        await app.program.get("/oauth/token/info", headers={"Authorization": f"Bearer {each}"}) for each in (text, own)
    ]
    bad = await app.program.get("/oauth/token/info/", headers={"Authorization": "Bearer x"})

    told = {
        "expires_in": None,
        "application": {"uid": app.client_id},
        "created_at": int(place.clock.now().timestamp()),
    }
    assert [page.json() for page in pages] == [
        {"resource_owner_id": str(owner.id), "scope": ["read", "write"], **told},
        {"resource_owner_id": None, "scope": ["read"], **told},
    ]
    assert (bad.status, bad.json()["error"]) == (401, "invalid_token")


async def test_others_do_not(place: Place) -> None:
    app = await client(place)
    writer = await token(await place.owner(), app, scope="write")
    own = (await app.exchange("", grant_type="client_credentials")).json()["access_token"]

    pages = [
        await app.program.get("/oauth/userinfo", headers={"Authorization": f"Bearer {text}"})
        for text in (writer, own, "unknown")
    ]
    none = await app.program.get("/oauth/userinfo")

    assert [page.status for page in (*pages, none)] == [403, 403, 401, 401]
    assert none.headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_any_valid_token_asks_about_its_app(place: Place) -> None:
    app = await client(place)
    writer = await token(await place.owner(), app, scope="write")
    own = (await app.exchange("", grant_type="client_credentials")).json()["access_token"]

    pages = [
        await app.program.get("/api/v1/apps/verify_credentials", headers={"Authorization": f"bearer {text}"})
        for text in (writer, own)
    ]
    none = await app.program.get("/api/v1/apps/verify_credentials")

    assert [(page.status, page.json()["name"]) for page in pages] == [(200, "Tusky")] * 2
    assert "client_secret" not in pages[0].json()
    assert (none.status, none.json()) == (401, {"error": "The access token is missing"})


async def test_the_use_of_a_token_is_recorded_once_an_hour(place: Place) -> None:
    app = await client(place)
    text = await token(await place.owner(), app)
    seen = []

    for minutes in (0, 59, 1):
        place.clock.move(minutes=minutes)
        await app.program.get("/oauth/userinfo", access_token=text)
        found = await place.do(tokens.find, text)
        assert found is not None
        assert found.used_at is not None
        seen.append((place.clock.now() - found.used_at).total_seconds() / 60)

    assert seen == [0, 59, 0]
