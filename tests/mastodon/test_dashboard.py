"""The dashboard: what is counted of a server of one person."""

from typing import Any

import pytest

from smallfed.mastodon.entities import Report
from smallfed.mastodon.entities.moderation import AdminCohort, AdminDimension, AdminMeasure
from smallfed.services import liking
from smallfed.store import posts
from tests import world
from tests.mastodon.api import Api
from tests.mastodon.facts import say

MEASURES, DIMENSIONS, RETENTION = (f"/api/v1/admin/{name}" for name in ("measures", "dimensions", "retention"))
DAYS = {"start_at": "2026-02-28", "end_at": "2026-03-02"}


@pytest.fixture
async def admin(api: Api) -> Api:
    """Return the API, asked with a token for moderators."""
    api.token = await api.grant("read write admin:read")
    return api


async def asked(api: Api, path: str, type_: Any, **said: Any) -> Any:
    answer = await api.ask("POST", path, json={**DAYS, **said})
    assert answer.status == 200, answer.body
    return answer.of(type_)


async def test_measures(admin: Api) -> None:
    """Day by day, with the total and that of as many days before; what is unknown is left out."""
    bob = await admin.know("bob@peer.example")
    said = await say(admin, "Hello")
    post = await admin.parts.db.read(posts.get, int(said.id))
    await admin.do(liking.receive_like, bob, post, "https://peer.example/likes/1")
    await admin.do(world.say, bob)
    await admin.do(world.befriend, bob, admin.owner)
    await admin.post("/api/v1/reports", Report, account_id=bob.id)
    keys = ["active_users", "interactions", "opened_reports", "resolved_reports", "new_users", "no_such_thing"]
    of_server = ["instance_accounts", "instance_statuses", "instance_followers", "instance_follows", "instance_reports"]
    domains = {key: {"domain": "peer.example"} for key in of_server}

    found = await asked(admin, MEASURES, list[AdminMeasure], keys=[*keys, *of_server], **domains)

    first = found[0]
    assert [(day.date, day.value) for day in first.data] == [
        ("2026-02-28T00:00:00.000Z", "0"),
        ("2026-03-01T00:00:00.000Z", "1"),
        ("2026-03-02T00:00:00.000Z", "0"),
    ]
    assert {one.key: (one.total, one.previous_total) for one in found} == {
        "active_users": ("1", "0"),
        "interactions": ("1", "0"),
        "opened_reports": ("1", "0"),
        "resolved_reports": ("0", "0"),
        "new_users": ("1", "0"),
        "instance_accounts": ("1", "0"),
        "instance_statuses": ("1", "0"),
        "instance_followers": ("1", "0"),
        "instance_follows": ("0", "0"),
        "instance_reports": ("1", "0"),
    }


async def test_dimensions(admin: Api) -> None:
    bob = await admin.know("bob@peer.example")
    await admin.do(world.say, bob)
    await admin.do(world.say, bob)
    await say(admin, "Hello", language="en")
    keys = ["servers", "languages", "sources", "software_versions", "space_usage", "no_such_thing"]

    found = await asked(admin, DIMENSIONS, list[AdminDimension], keys=keys, limit=5)

    lines = {one.key: [(line.human_key, line.value) for line in one.data] for one in found}
    assert lines["servers"] == [("peer.example", "2"), ("home.example", "1")]
    assert (lines["languages"], lines["sources"]) == ([("en", "1")], [("Tests", "1")])
    assert [name for name, _ in lines["software_versions"]] == ["smallfed", "Python", "SQLite"]
    assert [(name, int(value) > 4096) for name, value in lines["space_usage"]] == [("SQLite", True)]
    assert list(lines) == keys[:-1]


@pytest.mark.parametrize("frequency", ["day", "month"])
async def test_retention(admin: Api, frequency: str) -> None:
    """The owner came, and was active on that day only."""
    await say(admin, "Hello")

    found = await asked(admin, RETENTION, list[AdminCohort], frequency=frequency)

    stayed = {one.period[:10]: [(data.date[:10], data.value, data.rate) for data in one.data] for one in found}
    if frequency == "day":
        assert stayed == {
            "2026-02-28": [("2026-02-28", "0", 0), ("2026-03-01", "0", 0), ("2026-03-02", "0", 0)],
            "2026-03-01": [("2026-03-01", "1", 1), ("2026-03-02", "0", 0)],
            "2026-03-02": [("2026-03-02", "0", 0)],
        }
    else:
        assert stayed == {
            "2026-02-01": [("2026-02-01", "0", 0), ("2026-03-01", "0", 0)],
            "2026-03-01": [("2026-03-01", "1", 1)],
        }


@pytest.mark.parametrize(
    ("path", "said", "error"),
    [
        (MEASURES, {"start_at": "soon"}, "start_at should be a day, such as 2026-03-01"),
        (MEASURES, {"start_at": ""}, "start_at should be a day, such as 2026-03-01"),
        (MEASURES, {"start_at": "0001-01-01"}, "start_at should be a day of these times"),
        (DIMENSIONS, {"end_at": "2025-01-01"}, "end_at should not be before start_at"),
        (RETENTION, {"start_at": "2020-01-01"}, "a year at once is the most"),
        (RETENTION, {"frequency": "year"}, "frequency should be day or month"),
        (MEASURES, {"keys": ["instance_statuses"]}, "instance_statuses[domain] should name a server"),
    ],
)
async def test_what_cannot_be_counted(admin: Api, path: str, said: dict[str, Any], error: str) -> None:
    answer = await admin.ask("POST", path, json=DAYS | said)

    assert (answer.status, answer.json()["error"]) == (422, error)


async def test_what_is_talked_about(admin: Api) -> None:
    """As everybody's own trends."""
    for name in ("tags", "statuses", "links"):
        assert (await admin.ask("GET", f"/api/v1/admin/trends/{name}")).json() == []
