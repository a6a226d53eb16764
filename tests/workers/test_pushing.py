"""Pushing in virtual time: who is told what, schedules, outages, crashes, what is too large, who is gone."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trio
from msgspec import structs
from trio.testing import MockClock

from smallfed.domain.account import Account
from smallfed.domain.copy import Subject
from smallfed.domain.domain_block import Severity
from smallfed.domain.events import NotificationMade, PushQueued
from smallfed.domain.subscription import From
from smallfed.errors import Unavailable
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.client import Answer, NoAnswer
from smallfed.runtime.seal import Seal
from smallfed.services import authorising, moderating, notifying, settling, subscribing
from smallfed.services.moderating import Wish
from smallfed.store import accounts, houses, notifications, push_subscriptions, pushes, tokens
from smallfed.store.tx import Tx
from smallfed.workers.pushing import Pusher
from tests.apps import Phone, introduced
from tests.pouring import Pouring
from tests.workers.house import Here, living
from tests.world import say

TOKEN = "the token of the app"
DAY = 86_400.0
DOWN = NoAnswer("connect", "push.example takes no connection")
Behaviour = int | float | Exception | tuple[int, dict[str, str]]


class Service(Pouring):
    """Push services by host: scripted, the last of the script stays; everything that came is kept."""

    def __init__(self) -> None:
        self.script: dict[str, list[Behaviour]] = {}
        self.came: list[tuple[float, str, dict[str, str], bytes]] = []

    async def request(
        self, method: str, url: str, *, headers: Sequence[tuple[str, str]], body: bytes, **_: Any
    ) -> Answer:
        assert method == "POST"
        host = url.split("/")[2]
        self.came.append((trio.current_time(), url, {k.lower(): v for k, v in headers}, body))
        await trio.lowlevel.checkpoint()
        script = self.script.get(host, [201])
        match script.pop(0) if len(script) > 1 else script[0]:
            case Exception() as error:
                raise error
            case float() as seconds:
                await trio.sleep(seconds)
                return Answer(201, url, [], b"")
            case int() as status:
                return Answer(status, url, [], b"")
            case (status, told):
                return Answer(status, url, list(told.items()), b"")

    def times(self, host: str = "push.example") -> list[float]:
        return [round(at, 1) for at, url, _, _ in self.came if url.split("/")[2] == host]


class Place:
    """A house, a phone, and what pushes to it."""

    def __init__(self, here: Here, folder: Path) -> None:
        self.here, self.service, self.phone = here, Service(), Phone()
        self._folder, self._bell = folder, Bell()
        here.hub.on(PushQueued, self._bell)

    def pusher(self) -> Pusher:
        here, aside = self.here, Aside(threads=False)
        return Pusher(here.db, self.service, here.clock, lambda bits: 0, here.identity, aside, self._folder, self._bell)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        async with trio.open_nursery() as nursery:
            await nursery.start(self.pusher().run)
            yield
            nursery.cancel_scope.cancel()

    async def subscribe(self, *alerts: str, standard: bool = True, phone: Phone | None = None) -> int:
        phone = phone or self.phone
        sealed = Seal(self._folder, lambda bits: 1)
        return await self.here.db.write(_subscribe, phone, sealed, alerts or ("mention", "follow"), standard)

    async def tell(self, type_: str, account: Account, post: int | None = None) -> None:
        await self.here.db.write(notifying.tell, type_, account.id, post)

    async def waiting(self) -> list[pushes.Waiting]:
        return await self.here.db.read(pushes.by_host)

    def read(self, number: int = -1) -> Any:
        _, _, headers, body = self.service.came[number]
        return self.phone.read(headers, body)


def _subscribe(tx: Tx, phone: Phone, seal: Seal, alerts: Sequence[str], standard: bool) -> int:
    number = len(push_subscriptions.every(tx))
    text = TOKEN if number == 0 else f"{TOKEN} {number}"
    token = authorising.grant_by_hand(tx, app="phone", scopes="push", digest=tokens.hashed(text))
    return subscribing.subscribe(
        tx,
        token,
        phone.address(standard=standard),
        alerts=alerts,
        policy=From.ALL,
        sealed=seal.close(text, about=str(token).encode()),
    ).id


@pytest.fixture
async def place(tmp_path: Path, autojump_clock: MockClock) -> AsyncIterator[Place]:
    async with living(tmp_path) as here:
        yield Place(here, tmp_path)


# What is said ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("standard", [True, False])
async def test_a_mention(place: Place, autojump_clock: MockClock, standard: bool) -> None:
    """What an app needs to show it, and to ask for more; whom it is from; and for how long it is worth keeping."""
    bob = await place.here.know("bob@far.example", name="Bob", avatar="https://far.example/bob.png")
    post = await place.here.db.write(say, bob, content="<p>Hello &amp; <b>welcome</b></p>")
    await place.subscribe(standard=standard)

    async with place.at_work():
        await place.tell("mention", bob, post.id)
        await trio.sleep(1)

    (told,) = await place.here.db.read(_notifications)
    ((_, url, headers, _),) = place.service.came
    assert url == place.phone.endpoint
    assert place.read() == {
        "access_token": TOKEN,
        "preferred_locale": "en",
        "notification_id": told,
        "notification_type": "mention",
        "icon": place.here.house.proxied(Subject.AVATAR, bob.id, str(bob.avatar), small=True),
        "title": "Bob mentioned you",
        "body": "Hello & welcome",
    }
    assert (headers["ttl"], headers["urgency"]) == ("172800", "normal")
    assert headers["content-encoding"] == ("aes128gcm" if standard else "aesgcm")
    assert introduced(headers, place.here.identity.vapid_key) == {
        "aud": "https://push.example",
        "exp": int(place.here.clock.now().timestamp()) - 1 + 12 * 3600,
        "sub": "https://home.example",
    }
    assert await place.waiting() == []


async def test_what_an_app_did_not_ask_for(place: Place, autojump_clock: MockClock) -> None:
    bob = await place.here.know("bob@far.example")
    await place.subscribe("follow")

    async with place.at_work():
        post = await place.here.db.write(say, bob, content="<p>Hello</p>")
        await place.tell("mention", bob, post.id)
        await place.tell("follow", bob)
        await trio.sleep(1)

    assert [place.read()["notification_type"]] == ["follow"]
    assert len(place.service.came) == 1


async def test_a_content_warning_hides_the_text(place: Place, autojump_clock: MockClock) -> None:
    bob = await place.here.know("bob@far.example", name="x" * 500)
    post = await place.here.db.write(say, bob, content="<p>spoiler</p>", summary="w" * 500)
    await place.subscribe()

    async with place.at_work():
        await place.tell("mention", bob, post.id)
        await trio.sleep(1)

    said = place.read()
    assert (said["body"], len(said["title"])) == ("w" * 139 + "…", 120)


async def test_what_nobody_else_has_done(place: Place, autojump_clock: MockClock) -> None:
    """A poll of the owner's has ended; somebody has complained, and nobody says who. No name is put to either."""
    await place.subscribe("poll", "admin.report")

    def happen(tx: Tx) -> None:
        houses.put_owner(tx, structs.replace(houses.owner(tx), language="de"))
        notifying.tell_end(tx, say(tx, accounts.owner(tx)))
        notifying.tell_report(tx, None, 1)

    async with place.at_work():
        await place.here.db.write(happen)
        await trio.sleep(1)

    said = [place.read(number) for number in (0, 1)]
    assert [one["title"] for one in said] == ["Your poll has ended", "Something was reported to you"]
    assert {one["preferred_locale"] for one in said} == {"de"}


async def test_no_picture_of_a_server_of_which_none_are_wanted(place: Place, autojump_clock: MockClock) -> None:
    bob = await place.here.know("bob@far.example", avatar="https://far.example/bob.png")
    await place.subscribe()

    async with place.at_work():
        await place.here.db.write(moderating.block, "far.example", Wish(severity=Severity.NOOP, reject_media=True))
        await place.tell("follow", bob)
        await trio.sleep(1)

    assert place.read()["icon"] == "https://home.example/media/avatars/missing.png"


# When ---------------------------------------------------------------------------------------------------------------
async def test_an_outage(place: Place, autojump_clock: MockClock) -> None:
    """While nobody answers one push asks, ever more rarely; then all arrive, in order, once."""
    people = [await place.here.know(f"{name}@far.example", name=name) for name in ("bob", "carol", "dave")]
    await place.subscribe()
    place.service.script["push.example"] = [DOWN] * 6 + [201]

    async with place.at_work():
        for person in people:
            await place.tell("follow", person)
            await trio.sleep(60)
        during = await place.waiting()
        await trio.sleep(DAY)

    assert [(one.host, one.waiting, one.last_answer) for one in during] == [
        ("push.example", 3, "push.example takes no connection")
    ]
    titles = [place.read(number)["title"] for number in (-3, -2, -1)]
    assert titles == ["bob follows you now", "carol follows you now", "dave follows you now"]
    assert len(place.service.came) == 9
    assert await place.waiting() == []


async def test_retry_after_holds_for_the_host(place: Place, autojump_clock: MockClock) -> None:
    bob, carol = [await place.here.know(f"{name}@far.example") for name in ("bob", "carol")]
    await place.subscribe()
    other = Phone("https://other.example/x")
    await place.subscribe(phone=other)
    place.service.script["push.example"] = [(429, {"retry-after": "3600"}), 201]

    async with place.at_work():
        await place.tell("follow", bob)
        await trio.sleep(10)
        await place.tell("follow", carol)
        await trio.sleep(DAY)

    assert place.service.times() == pytest.approx([0, 3600, 3600], abs=1)
    assert place.service.times("other.example") == pytest.approx([0, 10], abs=1)


async def test_after_two_days_it_is_no_news(place: Place, autojump_clock: MockClock) -> None:
    bob = await place.here.know("bob@far.example")
    await place.subscribe()
    place.service.script["push.example"] = [503]

    async with place.at_work():
        await place.tell("follow", bob)
        await trio.sleep(4 * DAY)

    (kept,) = await place.waiting()
    assert (kept.waiting, kept.failed) == (0, 1)
    assert kept.last_answer == "HTTP 503; after two days it is no news any more"
    assert len(place.service.came) == 10
    ttls = [int(headers["ttl"]) for _, _, headers, _ in place.service.came]
    assert ttls == sorted(ttls, reverse=True)
    assert ttls[-1] >= 0


async def test_a_slow_service_delays_nobody_else(place: Place, autojump_clock: MockClock) -> None:
    bob, carol = [await place.here.know(f"{name}@far.example") for name in ("bob", "carol")]
    await place.subscribe()
    await place.subscribe(phone=Phone("https://other.example/x"))
    place.service.script["push.example"] = [25.0]

    async with place.at_work():
        await place.tell("follow", bob)
        await place.tell("follow", carol)
        await trio.sleep(5)

    assert place.service.times("other.example") == pytest.approx([0, 0], abs=1)
    assert place.service.times() == pytest.approx([0], abs=1)


# Crashes and bugs ---------------------------------------------------------------------------------------------------
async def test_a_crash_loses_nothing(place: Place, autojump_clock: MockClock) -> None:
    """What was under way when everything stopped is sent again by the next life."""
    bob = await place.here.know("bob@far.example")
    await place.subscribe()
    place.service.script["push.example"] = [20.0, 201]

    async with place.at_work():
        await place.tell("follow", bob)
        await trio.sleep(1)
    async with place.at_work():
        await trio.sleep(60)

    assert len(place.service.came) == 2
    assert await place.waiting() == []


async def test_told_once(place: Place, autojump_clock: MockClock) -> None:
    """The same event twice is one push."""
    bob = await place.here.know("bob@far.example")
    await place.subscribe()
    await place.tell("follow", bob)
    (told,) = await place.here.db.read(_notifications)
    await place.here.db.write(lambda tx: tx.announce(NotificationMade(notification=told)))

    async with place.at_work():
        await trio.sleep(DAY)

    assert len(place.service.came) == 1


async def test_a_bug_with_one_is_its_own(place: Place, autojump_clock: MockClock) -> None:
    bob, carol = [await place.here.know(f"{name}@far.example") for name in ("bob", "carol")]
    await place.subscribe()
    place.service.script["push.example"] = [ValueError("a bug"), 201]

    async with place.at_work():
        await place.tell("follow", bob)
        await place.tell("follow", carol)
        await trio.sleep(10)

    (kept,) = await place.waiting()
    assert (kept.waiting, kept.last_answer) == (1, "ValueError('a bug')")


async def test_nothing_is_sent_while_our_own_proxy_fails(place: Place, autojump_clock: MockClock) -> None:
    bob = await place.here.know("bob@far.example")
    await place.subscribe()
    place.service.script["push.example"] = [Unavailable("the proxy"), 201]

    async with place.at_work():
        await place.tell("follow", bob)
        await trio.sleep(60)

    assert place.service.times() == pytest.approx([0, 10], abs=1)


# Answers ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("status", [404, 410])
async def test_who_is_gone_is_forgotten(place: Place, autojump_clock: MockClock, status: int) -> None:
    bob, carol = [await place.here.know(f"{name}@far.example") for name in ("bob", "carol")]
    await place.subscribe()
    place.service.script["push.example"] = [status]

    async with place.at_work():
        await place.tell("follow", bob)
        await place.tell("follow", carol)
        await trio.sleep(10)

    assert len(place.service.came) == 1
    assert await place.here.db.read(push_subscriptions.every) == []
    assert await place.waiting() == []


async def test_what_is_too_large_is_said_shorter(place: Place, autojump_clock: MockClock) -> None:
    bob = await place.here.know("bob@far.example", note="<p>long</p>")
    await place.subscribe()
    place.service.script["push.example"] = [413, 201]

    async with place.at_work():
        await place.tell("follow", bob)
        await trio.sleep(1)

    said = place.read()
    assert (said["title"], said["body"], said["icon"], said["access_token"]) == ("", "", "", TOKEN)
    assert await place.waiting() == []


async def test_a_redirect_within_the_service_is_followed(place: Place, autojump_clock: MockClock) -> None:
    bob = await place.here.know("bob@far.example")
    await place.subscribe()
    place.service.script["push.example"] = [(307, {"location": "/v2/phone"}), 201]

    async with place.at_work():
        await place.tell("follow", bob)
        await trio.sleep(1)

    assert [url for _, url, _, _ in place.service.came] == [place.phone.endpoint, "https://push.example/v2/phone"]


async def test_a_subscription_that_fails_for_a_month_is_forgotten(place: Place, autojump_clock: MockClock) -> None:
    people = [await place.here.know(f"p{number}@far.example") for number in range(12)]
    await place.subscribe()
    place.service.script["push.example"] = [403]

    async with place.at_work():
        for person in people:
            await place.tell("follow", person)
            await trio.sleep(4 * DAY)

    assert await place.here.db.read(push_subscriptions.every) == []
    assert len(place.service.came) == 25  # three tries for each of eight; the ninth tells that a month is over


async def test_only_so_many_wait(place: Place, autojump_clock: MockClock) -> None:
    people = [await place.here.know(f"p{number}@far{number % 9}.example") for number in range(pushes.MOST + 3)]
    await place.subscribe()

    for person in people:
        await place.tell("follow", person)

    (kept,) = await place.waiting()
    assert (kept.waiting, kept.failed, kept.last_answer) == (pushes.MOST, 3, "newer ones took its place")


# What ends meanwhile ------------------------------------------------------------------------------------------------
async def test_what_was_dismissed_is_not_told(place: Place, autojump_clock: MockClock) -> None:
    bob = await place.here.know("bob@far.example")
    await place.subscribe()
    await place.tell("follow", bob)
    await place.here.db.write(notifications.clear)

    async with place.at_work():
        await trio.sleep(10)

    assert place.service.came == []


async def test_what_is_deleted_while_it_waits_in_the_lane(place: Place, autojump_clock: MockClock) -> None:
    """A token revoked while something else goes to the same service: what was claimed with it is not sent."""
    bob, carol = [await place.here.know(f"{name}@far.example") for name in ("bob", "carol")]
    await place.subscribe()
    place.service.script["push.example"] = [20.0]

    async with place.at_work():
        await place.tell("follow", bob)
        await place.tell("follow", carol)
        await trio.sleep(5)
        await place.here.db.write(settling.revoke_all_tokens)
        await trio.sleep(60)

    assert len(place.service.came) == 1


async def test_a_lost_key_costs_only_the_token(place: Place, autojump_clock: MockClock, tmp_path: Path) -> None:
    bob = await place.here.know("bob@far.example")
    await place.subscribe()
    (tmp_path / "push.key").unlink()

    async with place.at_work():
        await place.tell("follow", bob)
        await trio.sleep(1)

    assert (place.read()["access_token"], place.read()["notification_type"]) == ("", "follow")


def _notifications(tx: Tx) -> list[int]:
    return [number for (number,) in tx.all("SELECT id FROM notifications ORDER BY id")]
