"""Apps become known."""

import pytest

from smallfed.store import apps
from tests.pages.place import Browser, Page, Place, living

OOB = "urn:ietf:wg:oauth:2.0:oob"


async def _register(program: Browser, **fields: object) -> Page:
    asked = {"client_name": "Tusky", "redirect_uris": OOB, **fields}
    return await program.ask("POST", "/api/v1/apps", json={name: v for name, v in asked.items() if v is not None})


async def test_an_app_learns_all_that_mastodon_tells(place: Place) -> None:
    page = await _register(
        place.browser(), redirect_uris=[OOB, "tusky://oauth"], scopes="read write:statuses", website="https://tusky.app"
    )

    told = page.json()
    app = await place.do(apps.find_client, told["client_id"])
    assert app is not None
    assert (page.status, page.headers["access-control-allow-origin"]) == (200, "*")
    assert told == {
        "id": str(app.id),
        "name": "Tusky",
        "website": "https://tusky.app",
        "scopes": ["read", "write:statuses"],
        "redirect_uris": [OOB, "tusky://oauth"],
        "redirect_uri": f"{OOB}\ntusky://oauth",
        "client_id": app.client_id,
        "client_secret": told["client_secret"],
        "client_secret_expires_at": 0,
        "vapid_key": "",
    }
    assert len(told["client_secret"]) == 43


@pytest.mark.parametrize("asked", ["tusky://a\ntusky://b", ["tusky://a", "tusky://b"], "tusky://a\r\n  tusky://b\n"])
async def test_redirect_uris_come_as_lines_or_as_a_list(place: Place, asked: object) -> None:
    page = await _register(place.browser(), redirect_uris=asked)

    assert page.json()["redirect_uris"] == ["tusky://a", "tusky://b"]


async def test_forms_and_queries_do_as_well(place: Place) -> None:
    program = place.browser()

    form = await program.post("/api/v1/apps/", {"client_name": "Elk", "redirect_uris[]": ["elk://a", "elk://b"]})
    query = await program.ask("POST", f"/api/v1/apps?client_name=Ice&redirect_uris={OOB}&scopes=read+push")

    assert (form.json()["redirect_uris"], form.json()["scopes"]) == (["elk://a", "elk://b"], ["read"])
    assert (query.json()["name"], query.json()["scopes"]) == ("Ice", ["read", "push"])


@pytest.mark.parametrize(
    "fields",
    [
        {"client_name": None},
        {"client_name": " "},
        {"client_name": "x" * 61},
        {"client_name": "evil\u202egnirts"},
        {"redirect_uris": None},
        {"redirect_uris": "javascript:alert(1)"},
        {"redirect_uris": ["https://good.example/", "data:text/html,x"]},
        {"redirect_uris": "https://app.example/#token"},
        {"redirect_uris": [f"app{number}:" for number in range(21)]},
        {"scopes": "read everything"},
        {"website": "javascript:alert(1)"},
        {"website": "https://x\x01"},
    ],
)
async def test_what_cannot_be_accepted_is_said(place: Place, fields: dict[str, object]) -> None:
    page = await _register(place.browser(), **fields)

    assert (page.status, list(page.json())) == (422, ["error"])


async def test_one_address_registers_thirty_in_ten_minutes(place: Place) -> None:
    program = place.browser(address="2001:db8::1")

    pages = [await _register(program) for _ in range(31)]
    neighbour = await _register(place.browser(address="2001:db8::2"))
    other = await _register(place.browser(address="2001:db8:1::1"))
    place.clock.move(minutes=10)
    later = await _register(program)

    assert [page.status for page in pages] == [200] * 30 + [429]
    assert pages[-1].headers["retry-after"] == "601"
    assert (neighbour.status, other.status, later.status) == (429, 200, 200)


async def test_without_limits_there_is_no_limit(tmp_path_factory: pytest.TempPathFactory) -> None:
    async with living(tmp_path_factory.mktemp("place"), rate=False) as place:
        program = place.browser()

        assert {(await _register(program)).status for _ in range(40)} == {200}


async def test_an_app_that_nobody_lets_in_is_forgotten_after_a_week(place: Place) -> None:
    first = (await _register(place.browser())).json()["client_id"]

    place.clock.move(days=7, seconds=1)
    second = (await _register(place.browser())).json()["client_id"]

    assert await place.do(apps.find_client, first) is None
    assert await place.do(apps.find_client, second) is not None


async def test_preflights_are_answered_for_any_page(place: Place) -> None:
    page = await place.browser().ask("OPTIONS", "/api/v1/apps", headers={"Origin": "https://elk.zone"})

    assert (page.status, page.headers["access-control-allow-origin"]) == (204, "*")
    assert page.headers["access-control-allow-headers"] == "Authorization, Content-Type, Idempotency-Key"
