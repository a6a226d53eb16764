"""Push subscriptions in the API."""

from typing import Any

import pytest

from smallfed.domain.subscription import ALERTS
from smallfed.mastodon.entities.pushing import PushSubscription
from smallfed.runtime.seal import Seal
from smallfed.services import authorising, settling
from smallfed.store import apps, push_subscriptions, tokens
from tests.apps import Phone
from tests.mastodon.api import Api

PATH = "/api/v1/push/subscription"
PHONE = Phone()


def flat(tree: dict[str, Any], inside: str = "") -> dict[str, str]:
    """Return a tree as names with brackets."""
    found: dict[str, str] = {}
    for name, value in tree.items():
        path = f"{inside}[{name}]" if inside else name
        if isinstance(value, dict):
            found |= flat(value, path)
        else:
            found[path] = str(value).lower() if isinstance(value, bool) else value
    return found


def expected(api: Api, number: int, *alerts: str, policy: Any = "all", standard: bool = True) -> PushSubscription:
    return PushSubscription(
        id=number,
        endpoint=PHONE.endpoint,
        server_key=api.parts.identity.vapid_key,
        alerts={alert: alert in alerts for alert in ALERTS},
        standard=standard,
        policy=policy,
    )


async def test_none_one_another_and_none(api: Api) -> None:
    """One subscription for each token: it is made, changed, replaced and ended."""
    before = await api.ask("GET", PATH)
    first = (await api.ask("POST", PATH, json=PHONE.asks("mention", "admin.report"))).of(PushSubscription)
    changed = (await api.ask("PUT", PATH, json={"data": {"alerts": {"poll": True}}, "policy": "followed"})).of(
        PushSubscription
    )
    second = (await api.ask("POST", PATH, json=PHONE.asks("follow", policy="none", standard=False))).of(
        PushSubscription
    )
    shown = await api.get(PATH, PushSubscription)
    gone = [(await api.ask("DELETE", PATH)).json() for _ in range(2)]
    after = await api.ask("PUT", PATH, json={"policy": "all"})

    assert (before.status, before.json()) == (404, {"error": "Record not found"})
    assert first == expected(api, first.id, "mention", "admin.report")
    assert changed == expected(api, first.id, "poll", policy="followed")
    assert second == shown == expected(api, second.id, "follow", policy="none", standard=False)
    assert first.id != second.id
    assert (gone, after.status) == ([{}, {}], 404)


@pytest.mark.parametrize("how", ["json", "form", "query"])
async def test_however_it_is_said(api: Api, how: str) -> None:
    """As JSON, as a form with brackets, or in the query, as Ice Cubes does."""
    asked = PHONE.asks("mention", "quoted_update", "admin.sign_up", policy="follower")
    answer = await api.ask("POST", PATH, **{how: asked if how == "json" else flat(asked)})  # type: ignore[arg-type]

    found = answer.of(PushSubscription)
    assert found == expected(api, found.id, "mention", "quoted_update", "admin.sign_up", policy="follower")


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({}, "subscription[endpoint] is not a URL"),
        ({"subscription": "x"}, "subscription should have parts"),
        ({"subscription": {"endpoint": "http://push.example/x"}}, "is not an https URL"),
        ({"subscription": {"endpoint": "https://user@push.example/x"}}, "user name"),
        ({"subscription": {"endpoint": "https://push.example/" + "x" * 3000}}, "longer than 2048"),
        ({"subscription": {"endpoint": "https://push.example/x"}}, "p256dh"),
        ({"policy": "some"}, "policy should be one of all, followed, follower, none"),
    ],
)
async def test_what_cannot_be_meant(api: Api, said: dict[str, Any], word: str) -> None:
    asked = PHONE.asks() | said
    answer = await api.ask("POST", PATH, json=asked if said else {})

    assert answer.status == 422
    assert word in answer.json()["error"]


async def test_who_may(api: Api) -> None:
    """The scope is push, and nothing else is."""
    reading = await api.grant("read write follow")
    pushing = await api.grant("push")

    assert (await api.ask("GET", PATH, token="")).status == 401
    assert (await api.ask("POST", PATH, json=PHONE.asks(), token=reading)).status == 403
    assert (await api.ask("POST", PATH, json=PHONE.asks(), token=pushing)).status == 200
    assert (await api.ask("GET", PATH)).status == 404  # another token's


# Tokens ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("place", ["header", "form"])
async def test_the_token_is_sealed(api: Api, place: str) -> None:
    """It is needed in what is sent, and cannot be read by who has only the database."""
    if place == "header":
        await api.ask("POST", PATH, json=PHONE.asks())
    else:
        await api.ask("POST", PATH, token="", form={**flat(PHONE.asks()), "access_token": api.token})
    (known,) = await api.parts.db.read(push_subscriptions.every)
    seal, about = Seal(api.parts.data, api.parts.dice), str(known.token_id).encode()

    assert api.token.encode() not in known.sealed
    assert seal.open(known.sealed, about=about) == api.token
    assert seal.open(known.sealed, about=b"another") is None
    assert seal.open(known.sealed[:-1] + b"x", about=about) is None
    key = api.parts.data / "push.key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.unlink()
    assert seal.open(known.sealed, about=about) is None


@pytest.mark.parametrize("how", ["revoke", "show out", "revoke all"])
async def test_with_the_token_everything_ends(api: Api, how: str) -> None:
    await api.ask("POST", PATH, json=PHONE.asks())
    token = await api.parts.db.read(tokens.find, api.token)
    assert token is not None
    app = await api.parts.db.read(apps.find, token.app_id)
    assert app is not None

    match how:
        case "revoke":
            await api.do(authorising.revoke, app, api.token)
        case "show out":
            await api.do(authorising.show_out, app.id)
        case _:
            await api.do(settling.revoke_all_tokens)

    assert await api.parts.db.read(push_subscriptions.every) == []


async def test_apps_are_told_the_key(api: Api) -> None:
    instance = (await api.ask("GET", "/api/v2/instance")).json()

    assert instance["configuration"]["vapid"] == {"public_key": api.parts.identity.vapid_key}
    assert len(api.parts.identity.vapid_key) == 88
