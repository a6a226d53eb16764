"""A phone whose push service is away for half a day: everything is told afterwards, once and in order."""

from collections.abc import Sequence
from typing import Any

from trio.testing import MockClock

from tests.apps import Phone
from tests.fediverse.houses import Fediverse

PATH = "/api/v1/push/subscription"


class PushService:
    """A door of the fediverse that takes what is pushed to it."""

    def __init__(self, phone: Phone) -> None:
        self.told: list[Any] = []
        self._phone = phone

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers: Sequence[tuple[bytes, bytes]] = scope["headers"]
        self.told.append(self._phone.read({name.decode().lower(): value.decode() for name, value in headers}, body))
        await send({"type": "http.response.start", "status": 201, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def test_outage_and_recovery(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    phone = Phone("https://push.example/alice")
    service = PushService(phone)
    fediverse.wire.doors["push.example"] = service
    await alice.post(PATH, **phone.asks("mention", "favourite"))
    await bob.look_up(alice.handle)

    await bob.say("@alice@a.example one")
    await fediverse.wait(minutes=1)
    fediverse.wire.trouble["push.example"] = "refused"
    for text in ("two", "three"):
        await bob.say(f"@alice@a.example {text}")
        await fediverse.wait(hours=6)
    await alice.kill()
    del fediverse.wire.trouble["push.example"]
    await alice.begin()
    await fediverse.wait(days=1)

    assert [(said["title"], said["body"]) for said in service.told] == [
        ("Bob mentioned you", "@alice one"),
        ("Bob mentioned you", "@alice two"),
        ("Bob mentioned you", "@alice three"),
    ]
    assert len(fediverse.wire.posts("push.example")) < 15


async def test_logging_out_ends_it(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    phone = Phone("https://push.example/alice")
    service = PushService(phone)
    fediverse.wire.doors["push.example"] = service
    await alice.post(PATH, **phone.asks("mention"))
    fediverse.wire.trouble["push.example"] = "refused"
    await bob.say("@alice@a.example one")
    await fediverse.wait(minutes=1)

    await alice.command("password", password="unset", revoke=True)
    del fediverse.wire.trouble["push.example"]
    await fediverse.wait(days=1)

    assert service.told == []
