"""The door: who may ask, what a failure looks like, what browsers are told."""

from io import BytesIO
from pathlib import Path

import pytest
from quart.datastructures import FileStorage
from quart_trio import QuartTrio

from smallfed.mastodon import entities
from smallfed.mastodon.access import OPEN, anyone, owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.failures import Error
from smallfed.pages.quart import new_app
from tests.mastodon.api import Api, living


async def _handler(_ask: Ask) -> object:
    return {}


# Scopes
@pytest.mark.parametrize(
    "declare",
    [
        lambda door: door.get("/api/v1/x", None, _handler),
        lambda door: door.get("/api/v1/x", owner(), _handler),
        lambda door: door.get("/api/v1/x", anyone("read:everything"), _handler),
    ],
)
def test_a_route_without_a_scope_does_not_start(declare: object) -> None:
    door = Door(QuartTrio("test"))

    with pytest.raises(TypeError, match="scope"):
        declare(door)  # type: ignore[operator]


def test_a_path_is_taken_once() -> None:
    door = Door(QuartTrio("test"))
    door.get("/api/v1/x", OPEN, _handler)

    with pytest.raises(TypeError, match="twice"):
        door.get("/api/v1/x", OPEN, _handler)


@pytest.mark.parametrize(
    ("scopes", "of_owner", "method", "path", "status"),
    [
        ("read", True, "GET", "/api/v1/accounts/verify_credentials", 200),
        ("read:accounts", True, "GET", "/api/v1/accounts/verify_credentials", 200),
        ("profile", True, "GET", "/api/v1/accounts/verify_credentials", 200),
        ("write", True, "GET", "/api/v1/accounts/verify_credentials", 403),
        ("read:statuses", True, "GET", "/api/v1/blocks", 403),
        ("follow", True, "GET", "/api/v1/blocks", 200),
        ("read", False, "GET", "/api/v1/blocks", 422),
        ("read", False, "GET", "/api/v1/instance/peers", 200),
        ("write", True, "GET", "/api/v1/instance/peers", 403),
        ("write", True, "GET", "/api/v2/instance", 200),
        ("read", True, "POST", "/api/v1/markers", 403),
        ("write:statuses", True, "POST", "/api/v1/markers", 200),
    ],
)
async def test_scopes(api: Api, scopes: str, of_owner: bool, method: str, path: str, status: int) -> None:
    token = await api.grant(scopes, owner=of_owner)

    answer = await api.ask(method, path, token=token)

    assert answer.status == status
    assert status == 200 or answer.of(Error).error


@pytest.mark.parametrize("token", ["", "made up", "x" * 5000, "\u00ff"])
async def test_only_a_bad_token_is_answered_401(api: Api, token: str) -> None:
    answer = await api.ask("GET", "/api/v1/accounts/verify_credentials", token=token)

    assert answer.status == 401
    assert answer.of(Error).error.startswith("The access token is ")


async def test_the_word_bearer_has_no_case(api: Api) -> None:
    answer = await api.ask("GET", "/api/v1/preferences", token="", headers={"Authorization": f"bearer {api.token}"})

    assert answer.status == 200


@pytest.mark.parametrize(("header", "status"), [({}, 200), ({"Authorization": "Bearer wrong"}, 401)])
async def test_the_token_may_be_a_parameter_where_there_is_no_header(
    api: Api, header: dict[str, str], status: int
) -> None:
    answer = await api.ask("GET", "/api/v1/preferences", token="", query={"access_token": api.token}, headers=header)

    assert answer.status == status


@pytest.mark.parametrize("how", ["form", "json", "query"])
async def test_the_token_may_be_a_parameter_of_any_form(api: Api, how: str) -> None:
    """RFC 6750 §2.2; bots in a shell have it so."""
    asked = {"domain": "spam.example", "access_token": api.token}

    good = await api.ask("POST", "/api/v1/domain_blocks", token="", **{how: asked})
    bad = await api.ask("POST", "/api/v1/domain_blocks", token="", **{how: {**asked, "access_token": "wrong"}})
    none = await api.ask("POST", "/api/v1/domain_blocks", token="", **{how: {"domain": "spam.example"}})

    assert (good.status, bad.status, none.status) == (200, 401, 401)
    assert bad.of(Error).error == "The access token is invalid"


async def test_no_token_is_sought_among_files(api: Api) -> None:
    """Strangers may not fill the disk."""
    files = {"file": FileStorage(BytesIO(b"x" * 1000), "x.png")}

    answer = await api.ask("POST", "/api/v2/media", token="", form={"access_token": api.token}, files=files)

    assert (answer.status, answer.of(Error).error) == (401, "The access token is missing")


async def test_cookies_are_nothing_here(api: Api) -> None:
    answer = await api.ask("GET", "/api/v1/preferences", token="", headers={"Cookie": f"token={api.token}"})

    assert answer.status == 401


# Failures
@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", "/api/v1/nothing", 404, "Not found"),
        ("GET", "/api/v9", 404, "Not found"),
        ("GET", "/api", 404, "Not found"),
        ("POST", "/api/v1/annual_reports", 404, "Not found"),
        ("POST", "/api/v2/instance", 405, "This takes GET only"),
        ("DELETE", "/api/v1/markers", 405, "This takes GET, POST only"),
        ("GET", "/api/v1/accounts/12", 404, "Record not found"),
        ("GET", "/api/v1/accounts/me", 404, "Record not found"),
        ("GET", "/api/v1/accounts/99999999999999999999", 404, "Record not found"),
        ("GET", "/api/v1/accounts/٣", 404, "Record not found"),
        ("GET", "/api/v1/blocks?limit=many", 422, "limit should be a whole number"),
        ("GET", "/api/v1/blocks?max_id[x]=1", 422, "max_id should be a single value"),
    ],
)
async def test_failures_are_json(api: Api, method: str, path: str, status: int, error: str) -> None:
    answer = await api.ask(method, path)

    assert (answer.status, answer.of(Error).error) == (status, error)
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("body", [b"", b" ", b"null", b"{}"])
async def test_a_body_that_says_nothing(api: Api, body: bytes) -> None:
    answer = await api.ask("POST", "/api/v1/notifications/clear", json=body)

    assert (answer.status, answer.json()) == (200, {})


async def test_a_body_that_is_no_json(api: Api) -> None:
    answer = await api.ask("POST", "/api/v1/domain_blocks", json=b"{")

    assert (answer.status, answer.of(Error).error) == (400, "the body should be a JSON object")


async def test_a_body_that_is_too_large(api: Api) -> None:
    answer = await api.ask("POST", "/api/v1/domain_blocks", form={"domain": "x" * (1 << 20)})

    assert (answer.status, answer.of(Error).error) == (413, "the request is too large")


async def test_our_own_mistake(tmp_path: Path) -> None:
    async with living(tmp_path) as api:

        async def broken(_ask: Ask) -> object:
            raise RuntimeError("a secret")

        api.app = new_app(api.parts)
        door = Door(api.app)
        door.get("/api/v1/broken", OPEN, broken)

        answer = await api.ask("GET", "/api/v1/broken")

    assert answer.status == 500
    assert answer.json() == {"error": "Something went wrong here; the server's log knows what."}


async def test_before_setup(tmp_path: Path) -> None:
    async with living(tmp_path, set_up=False) as api:
        answer = await api.ask("GET", "/api/v2/instance", token="")

    assert (answer.status, answer.of(Error).error) == (503, "this server is not set up yet")
    assert int(answer.headers["retry-after"]) > 60


async def test_trailing_slashes(api: Api) -> None:
    answer = await api.ask("GET", "/api/v1/mutes/")

    assert (answer.status, answer.json()) == (200, [])


# Browsers
@pytest.mark.parametrize("path", ["/api/v1/statuses", "/api/v1/nothing", "/api/v1/accounts/1/follow"])
async def test_a_browser_may_ask_whether_it_may_ask(api: Api, path: str) -> None:
    answer = await api.ask("OPTIONS", path, token="", headers={"Origin": "https://app.example"})

    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Authorization" in answer.headers["access-control-allow-headers"]
    assert "PATCH" in answer.headers["access-control-allow-methods"]


# Limits
async def test_a_token_may_ask_300_times_in_five_minutes(api: Api) -> None:
    for _ in range(299):
        await api.ask("GET", "/api/v1/preferences")

    last = await api.ask("GET", "/api/v1/preferences")
    beyond = await api.ask("GET", "/api/v1/preferences")
    stranger = await api.ask("GET", "/api/v1/instance", token="")

    assert (last.status, last.headers["x-ratelimit-remaining"]) == (200, "0")
    assert (beyond.status, beyond.of(Error).error) == (429, "Too many requests")
    assert 0 < int(beyond.headers["retry-after"]) <= 301
    assert beyond.headers["x-ratelimit-limit"] == "300"
    assert beyond.headers["x-ratelimit-reset"] == "2026-03-01T12:05:00.000Z"
    assert (stranger.status, stranger.headers["x-ratelimit-remaining"]) == (200, "299")


async def test_bad_tokens_are_counted_for_their_address(api: Api) -> None:
    answers = [await api.ask("GET", "/api/v1/preferences", token=f"guess {n}") for n in range(301)]

    assert [answer.status for answer in answers[-2:]] == [401, 429]


async def test_limits_can_be_switched_off(tmp_path: Path) -> None:
    async with living(tmp_path, rate=False) as api:
        answers = [await api.ask("GET", "/api/v1/preferences") for _ in range(301)]

    assert answers[-1].status == 200
    assert "x-ratelimit-limit" not in answers[-1].headers


async def test_the_use_of_a_token_is_noted(api: Api) -> None:
    await api.get("/api/v1/preferences", entities.Preferences)

    rows = await api.do(lambda tx: tx.all("SELECT used_at IS NOT NULL FROM tokens"))

    assert rows == [(1,)]
