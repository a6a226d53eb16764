"""The compatibility ledger: what apps asked for and this server does not have."""

from collections.abc import Sequence
from typing import Any

import pytest
import trio
import trio.testing

from smallfed.domain.shortfall import What
from smallfed.mastodon.access import OPEN, owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.noticing import ODD, template
from smallfed.pages.quart import new_app
from smallfed.store import shortfalls
from smallfed.workers.noticing import PAUSE
from tests.mastodon.api import Api


def missed(api: Api) -> Sequence[tuple[str, ...]]:
    """Return what was noted since the last time."""
    return [
        (each.shortfall.app, each.shortfall.method, each.shortfall.route, each.shortfall.what, each.shortfall.name)
        for each in api.parts.noticing.take()
    ]


async def _look(ask: Ask) -> object:
    if ask.params.flag("deep"):
        ask.params.text("depth")
    poll = ask.params.tree("poll")
    if poll is not None:
        poll.texts("options")
    for each in ask.params.trees("fields"):
        each.text("name")
    return {}


@pytest.fixture
def own(api: Api) -> Api:
    """Return an API with routes of our own."""
    api.app = new_app(api.parts)
    door = Door(api.app)
    door.post("/api/v1/look/<number>", owner("read"), _look_at)
    door.stub("/api/v1/nothing", OPEN, _nothing)
    return api


async def _look_at(ask: Ask, number: str) -> object:
    return await _look(ask)


async def _nothing(_ask: Ask) -> object:
    return []


async def ask(api: Api, method: str, path: str, **json: Any) -> int:
    """Ask a route of our own, as a program that calls itself curl; return the status."""
    headers = {"Authorization": f"Bearer {api.token}", "User-Agent": "curl/8.5.0"}
    body = {"json": json} if json else {}
    response = await api.app.test_client().open(path, method=method, headers=headers, **body)
    return int(response.status_code)


LOOK = ("Tests", "POST", "/api/v1/look/<number>", What.PARAMETER)


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, []),
        ({"deep": True, "depth": "1"}, []),
        ({"colour": "a secret"}, ["colour"]),
        ({"poll": {"options": ["a"], "hidden": True}}, ["poll[hidden]"]),
        ({"fields": [{"name": "a", "value": "b"}]}, ["fields[value]"]),
        ({"poll": ""}, []),
        ({"_": "1", "locale": "de", "limit": 3}, []),
        ({"ein ding\n": "1", "ö": 2}, [ODD]),
    ],
)
async def test_parameters_that_nobody_looked_at(own: Api, asked: dict[str, Any], names: list[str]) -> None:
    status = await ask(own, "POST", "/api/v1/look/1234", **asked)

    assert (status, missed(own)) == (200, [(*LOOK, name) for name in names])


async def test_what_a_route_looks_at_now_and_then_is_known(own: Api) -> None:
    """It reads ``depth`` only beside ``deep``: one request in which it does is enough."""
    await ask(own, "POST", "/api/v1/look/1", depth=1)
    await ask(own, "POST", "/api/v1/look/1", deep=True)

    assert missed(own) == []


@pytest.mark.parametrize(
    ("method", "path", "noted"),
    [
        ("GET", "/api/v1/nothing", [("curl", "/api/v1/nothing", What.STUB, "")]),
        ("POST", "/api/v1/nothing", [("Tests", "/api/v1/nothing", What.ERROR, "404")]),
        ("GET", "/api/v1/look/12", [("Tests", "/api/v1/look/<part>", What.ERROR, "405")]),
        ("GET", "/api/v9/things/12/of/@me", [("Tests", "/api/v9/things/<part>/of/<part>", What.ERROR, "404")]),
        ("POST", "/api/v1/look/12?deep[x]=1", [("Tests", "/api/v1/look/<number>", What.ERROR, "422")]),
    ],
)
async def test_stubs_and_errors(own: Api, method: str, path: str, noted: list[tuple[str, ...]]) -> None:
    """Routes that are open to all do not look at tokens: there apps have the name they give themselves."""
    await ask(own, method, path)

    assert [(app, route, what, name) for app, _, route, what, name in missed(own)] == noted


@pytest.mark.parametrize(
    ("path", "token"), [("/api/v1/preferences", ""), ("/api/v1/accounts/12", None), ("/api/v1/accounts/x", "wrong")]
)
async def test_what_is_no_gap_of_ours(api: Api, path: str, token: str | None) -> None:
    await api.ask("GET", path, token=token)

    assert missed(api) == []


async def test_what_is_common_is_no_gap(api: Api) -> None:
    """The parameters that apps send all day are looked at, whatever else the request says."""
    await api.ask("GET", "/api/v1/timelines/home", query={"limit": 20, "max_id": 1, "since_id": 1, "min_id": 1})
    await api.ask(
        "POST",
        "/api/v1/statuses",
        json={"status": "Hello", "visibility": "public", "sensitive": False, "spoiler_text": "", "language": "en"},
    )

    assert missed(api) == []


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/api/v1/things/", "/api/v1/things"),
        ("/api/v1/accounts/110/x", "/api/v1/accounts/<part>/x"),
        ("/api/v1_alpha/" + "a" * 41, "/api/v1_alpha/<part>"),
        ("/api/" + "/x" * 20, "/api/<part>/x/x/x/x/x/x"),
        ("/api/v1/users/Alice", "/api/v1/users/<part>"),
    ],
)
def test_unknown_paths_lose_what_may_be_a_name(path: str, words: str) -> None:
    assert template(path) == words


async def test_it_is_written_down_now_and_then(api: Api) -> None:
    async with trio.open_nursery() as nursery:
        await nursery.start(api.parts.noticing.run, api.parts.db)
        for _ in range(3):
            await api.ask("GET", "/api/v1/gone")
        before = await api.do(shortfalls.listed)
        await trio.sleep(PAUSE + 1)
        after = await api.do(shortfalls.listed)
        await api.ask("GET", "/api/v1/gone")
        nursery.cancel_scope.cancel()
    await trio.testing.wait_all_tasks_blocked()

    (last,) = await api.do(shortfalls.listed)
    assert (before, [each.count for each in after], last.count) == ([], [3], 4)
    assert last.first_at < last.last_at


async def test_strangers_with_many_names_fill_nothing(api: Api) -> None:
    for number in range(700):
        name = "".join(chr(ord("a") + int(digit)) for digit in str(number))
        await api.ask("GET", f"/api/v1/{name}", token="", headers={"User-Agent": f"{name}/1"})

    assert len(missed(api)) == 500
