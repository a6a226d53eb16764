"""Tokens are given for codes, once, and taken back."""

from base64 import b64encode

import pytest

from smallfed.domain.events import TokensRevoked
from smallfed.store import tokens
from tests.oauth.flow import OOB, VERIFIER, Client, client, code, proof, token
from tests.pages.place import Page, Place


def _refused(page: Page) -> tuple[int, str]:
    return page.status, page.json()["error"]


async def test_a_code_becomes_a_token_with_the_scopes_as_asked(place: Place) -> None:
    app, owner = await client(place), await place.owner()
    given = await code(owner, app, scope="write read:accounts")

    page = await app.exchange(given, scope="write read:accounts")

    found = await place.do(tokens.find, page.json()["access_token"])
    assert found is not None
    assert (page.status, page.headers["cache-control"], page.headers["access-control-allow-origin"]) == (
        200,
        "no-store",
        "*",
    )
    assert page.json() == {
        "access_token": page.json()["access_token"],
        "token_type": "Bearer",
        "scope": "write read:accounts",
        "created_at": int(place.clock.now().timestamp()),
    }
    assert (found.app_name, found.owner, found.scopes) == ("Tusky", True, {"write", "read:accounts"})


async def test_json_and_basic_do_as_well(place: Place) -> None:
    app, owner = await client(place), await place.owner()
    basic = b64encode(f"{app.client_id}:{app.client_secret}".encode()).decode()
    asked = {"grant_type": "authorization_code", "redirect_uri": app.question()["redirect_uri"]}

    page = await app.program.ask(
        "POST",
        "/oauth/token/",
        json={**asked, "code": await code(owner, app)},
        headers={"Authorization": f"Basic {basic}"},
    )

    assert (page.status, page.json()["token_type"]) == (200, "Bearer")


async def test_the_second_use_of_a_code_takes_its_token_back(place: Place) -> None:
    app, owner = await client(place), await place.owner()
    given = await code(owner, app)
    first = (await app.exchange(given)).json()["access_token"]
    found = await place.do(tokens.find, first)
    assert found is not None

    second = await app.exchange(given)

    assert _refused(second) == (400, "invalid_grant")
    assert await place.do(tokens.find, first) is None
    assert place.events == [TokensRevoked(tokens=(found.id,))]


async def test_another_app_cannot_use_the_code_nor_spoil_it(place: Place) -> None:
    app, other, owner = await client(place), await client(place, name="Thief"), await place.owner()
    given = await code(owner, app)

    stolen = await other.exchange(given)
    right = await app.exchange(given)
    stolen_again = await other.exchange(given)

    assert (_refused(stolen), right.status, _refused(stolen_again)) == (
        (400, "invalid_grant"),
        200,
        (400, "invalid_grant"),
    )
    assert await place.do(tokens.find, right.json()["access_token"]) is not None


@pytest.mark.parametrize("changed", [{"redirect_uri": OOB}, {"redirect_uri": None}, {"code": "guess"}, {"code": None}])
async def test_a_code_is_bound_to_its_redirect_uri(place: Place, changed: dict[str, str | None]) -> None:
    app, owner = await client(place), await place.owner()

    page = await app.exchange(**{"code": await code(owner, app), **changed})  # type: ignore[arg-type]

    assert _refused(page) == (400, "invalid_grant")


async def test_a_code_lives_ten_minutes(place: Place) -> None:
    app, owner = await client(place), await place.owner()
    young, old = await code(owner, app), await code(owner, app)

    place.clock.move(minutes=10)
    in_time = await app.exchange(young)
    place.clock.move(seconds=1)
    late = await app.exchange(old)

    assert (in_time.status, _refused(late)) == (200, (400, "invalid_grant"))


@pytest.mark.parametrize(
    ("begun", "verifier", "status"),
    [
        (True, VERIFIER, 200),
        (True, "w" * 43, 400),
        (True, None, 400),
        (True, "", 400),
        (True, "ü" * 43, 400),
        (False, VERIFIER, 400),
        (False, None, 200),
    ],
)
async def test_a_proof_once_begun_is_required(place: Place, begun: bool, verifier: str | None, status: int) -> None:
    app, owner = await client(place), await place.owner()
    given = await code(owner, app, **(proof() if begun else {}))

    page = await app.exchange(given, code_verifier=verifier)

    assert page.status == status


async def test_a_failed_attempt_does_not_spend_the_code(place: Place) -> None:
    app, owner = await client(place), await place.owner()
    given = await code(owner, app, **proof())

    pages = [await app.exchange(given, code_verifier=verifier) for verifier in (None, VERIFIER)]

    assert [page.status for page in pages] == [400, 200]


@pytest.mark.parametrize(
    "changed", [{"client_secret": "wrong"}, {"client_secret": None}, {"client_id": "unknown"}, {"client_id": None}]
)
async def test_an_app_has_to_know_its_secret(place: Place, changed: dict[str, str | None]) -> None:
    app, owner = await client(place), await place.owner()

    page = await app.exchange(await code(owner, app), **changed)

    assert _refused(page) == (401, "invalid_client")
    assert page.headers["www-authenticate"] == 'Basic realm="smallfed"'


@pytest.mark.parametrize("header", ["Basic !", "Basic /w==", "Basic " + b64encode(b"nocolon").decode()])
async def test_broken_basic_is_refused(place: Place, header: str) -> None:
    page = await place.browser().post("/oauth/token", {}, headers={"Authorization": header})

    assert _refused(page) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("grant", "error"),
    [
        ("password", "unsupported_grant_type"),
        ("refresh_token", "unsupported_grant_type"),
        ("", "invalid_request"),
        (None, "invalid_request"),
    ],
)
async def test_other_grants_do_not_exist(place: Place, grant: str | None, error: str) -> None:
    app = await client(place)

    page = await app.exchange("x", grant_type=grant)

    assert _refused(page) == (400, error)


async def _own(app: Client, **changed: str) -> Page:
    return await app.exchange("", grant_type="client_credentials", **changed)


async def test_an_app_may_speak_for_itself(place: Place) -> None:
    app = await client(place)

    asked, default, more = await _own(app, scope="write read"), await _own(app), await _own(app, scope="push")

    found = await place.do(tokens.find, asked.json()["access_token"])
    assert found is not None
    assert (found.owner, asked.json()["scope"], default.json()["scope"]) == (False, "write read", "read")
    assert _refused(more) == (400, "invalid_scope")


async def test_of_an_apps_own_tokens_the_ten_newest_stay(place: Place) -> None:
    app, owner = await client(place), await place.owner()
    kept = await token(owner, app)

    given = []
    for _ in range(12):
        place.clock.move(seconds=1)
        given.append((await _own(app)).json()["access_token"])

    valid = [await place.do(tokens.find, text) is not None for text in [kept, *given]]
    assert valid == [True, False, False, *[True] * 10]


async def test_a_token_is_given_back(place: Place) -> None:
    app, owner = await client(place), await place.owner()
    text = await token(owner, app)
    found = await place.do(tokens.find, text)
    asked = {"client_id": app.client_id, "client_secret": app.client_secret}
    assert found is not None

    pages = [await app.program.post("/oauth/revoke", {**asked, "token": given}) for given in (text, text, "unknown")]

    assert [(page.status, page.json()) for page in pages] == [(200, {})] * 3
    assert await place.do(tokens.find, text) is None
    assert place.events == [TokensRevoked(tokens=(found.id,))]


async def test_nobody_gives_back_the_token_of_another(place: Place) -> None:
    app, other, owner = await client(place), await client(place, name="Thief"), await place.owner()
    text = await token(owner, app)
    tries = [(other.client_id, other.client_secret), (app.client_id, "wrong"), ("", "")]

    pages = [
        await other.program.post("/oauth/revoke", {"client_id": name, "client_secret": secret, "token": text})
        for name, secret in tries
    ]

    assert [_refused(page) for page in pages] == [(403, "unauthorized_client")] * 3
    assert await place.do(tokens.find, text) is not None


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke"])
@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff", b'{"client_id": {"a": 1}, "client_secret": []}'])
async def test_nonsense_is_refused_in_json(place: Place, path: str, body: bytes) -> None:
    client = place.app.test_client()

    response = await client.post(path, data=body, headers={"Content-Type": "application/json"})

    assert (response.status_code, (await response.get_json()).keys()) == (400, {"error", "error_description"})
