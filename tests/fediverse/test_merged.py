"""What waits for a server that is down is merged: when it is back it gets the least that says it all, in order."""

import json
from typing import Any

import pytest
from trio.testing import MockClock

from smallfed.store import backlog
from tests.fediverse.houses import Fediverse, House
from tests.fediverse.wire import Trouble


def received(fediverse: Fediverse, host: str) -> list[tuple[str, Any]]:
    """Return what a host has taken: (type, what it is about), in order."""
    return [
        (body["type"], body["object"])
        for body in (json.loads(each.body) for each in fediverse.wire.posts(host) if each.status == 202)
    ]


async def three_days(fediverse: Fediverse, alice: House, bob: House) -> None:
    """Let Alice do all kinds of things, and take most of them back."""
    (theirs,) = await alice.home()
    kept, gone = await alice.say("one"), await alice.say("never mind")
    await fediverse.wait(hours=20)
    for text in ("two", "three", "four"):
        await alice.edit(kept, text)
        await fediverse.wait(hours=1)
    await alice.edit(gone, "never mind me")
    await alice.delete(gone)
    for verb in ("favourite", "unfavourite", "reblog", "unreblog"):
        await alice.post(f"/api/v1/statuses/{theirs['id']}/{verb}")
        await fediverse.wait(hours=1)
    await alice.unfollow(bob)
    await fediverse.wait(hours=1)
    await alice.follow(bob)
    for name in ("Ann", "Ally", "Al", "Alison", "Alice the Fifth"):
        await alice.rename(name)
        await fediverse.wait(hours=1)
    await fediverse.wait(hours=30)


@pytest.mark.parametrize(
    ("trouble", "words", "merged"),
    [
        ("refused", ["Create", "Follow", "Update"], 8),
        # What was tried may have arrived: then its edit is told, or its end.
        ("silent", ["Create", "Delete", "Follow", "Update", "Update"], 11),
    ],
)
async def test_three_days_in_few_words(
    autojump_clock: MockClock, fediverse: Fediverse, trouble: Trouble, words: list[str], merged: int
) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await alice.follow(bob)
    await bob.follow(alice)
    await fediverse.wait(minutes=10)
    await bob.say("theirs")
    await fediverse.wait(minutes=10)
    fediverse.wire.asked.clear()

    fediverse.wire.trouble["b.example"] = trouble
    await three_days(fediverse, alice, bob)
    assert alice.app is not None
    (waiting,) = await alice.app.parts.db.read(backlog.waiting)
    del fediverse.wire.trouble["b.example"]
    await fediverse.wait(hours=36)
    came = received(fediverse, "b.example")

    assert [type_ for type_, _ in came][:1] == ["Create"]
    assert sorted(type_ for type_, _ in came) == words
    assert came[0][1]["content"] == "<p>four</p>"
    assert [thing["name"] for type_, thing in came if type_ == "Update" and thing["type"] == "Person"] == [
        "Alice the Fifth"
    ]
    assert (waiting.waiting, waiting.merged) == (len(words), merged)
    assert await bob.read() == ["theirs", "four"]
    assert [type_ for type_, _ in await bob.notified()] == ["follow"]
    assert (await alice.relation(bob))["following"] is True
    assert (await bob.look_up(alice.handle))["display_name"] == "Alice the Fifth"


async def test_what_was_heard_is_undone(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """A boost that was sent before their server went down is taken back when it is up again, and a post deleted."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await alice.follow(bob)
    await bob.follow(alice)
    await fediverse.wait(minutes=10)
    await bob.say("theirs")
    post = await alice.say("one")
    await fediverse.wait(minutes=10)
    theirs = next(each for each in await alice.home() if each["account"]["acct"] == "bob@b.example")
    await alice.post(f"/api/v1/statuses/{theirs['id']}/reblog")
    await fediverse.wait(minutes=10)
    fediverse.wire.asked.clear()

    fediverse.wire.trouble["b.example"] = "refused"
    await alice.post(f"/api/v1/statuses/{theirs['id']}/unreblog")
    await alice.delete(post)
    await fediverse.wait(days=1)
    del fediverse.wire.trouble["b.example"]
    await fediverse.wait(hours=36)

    assert [type_ for type_, _ in received(fediverse, "b.example")] == ["Undo", "Delete"]
    assert await bob.read() == ["theirs"]
