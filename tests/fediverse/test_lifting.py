"""What a suspended server sent meanwhile comes after all when the block is lifted, as far as it can be had anywhere."""

import re
from itertools import pairwise
from typing import Any

import pytest
from trio.testing import MockClock

from smallfed.services import freezing
from smallfed.services.freezing import Impact
from smallfed.store import accounts, rebuffs
from smallfed.store.fetches import waiting
from smallfed.store.moments import EPOCH
from smallfed.store.tx import Tx
from tests.apps import Phone
from tests.fediverse.houses import JSON, Fediverse, House, plain
from tests.fediverse.test_keeping_away import BLOCK
from tests.fediverse.test_pushes import PushService

BOB, EVE = "bob@b.example", "eve@deep.b.example"
THEIRS = ("b.example", "deep.b.example")


class Story:
    """Alice follows bob; eve, a stranger who follows her, lives below bob's server. Alice's phone hears of all."""

    def __init__(self, fediverse: Fediverse) -> None:
        self.fediverse, self.posts = fediverse, dict[str, JSON]()
        phone = Phone("https://push.example/alice")
        self.asks, self.pushes = phone.asks("mention", "favourite", "reblog", "update"), PushService(phone)
        fediverse.wire.doors["push.example"] = self.pushes

    async def begin(self) -> "Story":
        """Let them say what is changed, answered and deleted later."""
        self.alice, self.bob, self.eve = await self.fediverse.houses("alice@a.example", BOB, EVE)
        for one, other in ((self.alice, self.bob), (self.bob, self.alice), (self.eve, self.alice)):
            await one.follow(other)
        await self.fediverse.wait(minutes=2)
        await self.alice.post("/api/v1/push/subscription", **self.asks)
        self.posts["question"] = await self.alice.say("Which animal?")
        for name in ("edited", "deleted", "secret"):
            self.posts[name] = await self.bob.say(name, visibility="private" if name == "secret" else "public")
        for number in range(5):  # so that none of these is near the top of the outbox
            await self.bob.say(f"number {number}")
        await self.fediverse.wait(hours=1)
        return self

    async def meanwhile(self) -> None:
        """Let them do what alice's server does not take."""
        bob, eve, posts = self.bob, self.eve, self.posts
        await bob.say("@alice@a.example for you alone", visibility="direct")
        await bob.edit(posts["edited"], "edited, twice")
        await bob.delete(posts["deleted"])
        await bob.delete(posts["secret"])
        seen = (await eve.here(posts["question"]))["id"]
        await eve.say("@alice@a.example an okapi", in_reply_to_id=seen)
        await eve.say("@alice@a.example look here")
        await eve.post(f"/api/v1/statuses/{seen}/reblog")
        await eve.post(f"/api/v1/statuses/{seen}/favourite")
        await self.fediverse.wait(minutes=2)

    async def seen(self) -> dict[str, Any]:
        """Return what of all that alice's apps show."""
        question = self.posts["question"]["id"]
        thread = await self.alice.get(f"/api/v1/statuses/{question}/context")
        talks = await self.alice.get("/api/v1/conversations")
        about = await self.alice.get(f"/api/v1/statuses/{question}")
        home = set(await self.alice.read())
        return {
            "talks": [plain(one["last_status"]).rpartition("</a></span> ")[2] for one in talks],
            "answers": [plain(one).rpartition("</a></span> ")[2] for one in thread["descendants"]],
            "home": sorted(home & {"edited", "edited, twice", "deleted", "secret"}),
            "boosts": about["reblogs_count"],
            "likes": about["favourites_count"],
            "told": sorted({(kind, who) for kind, who in await self.alice.notified() if kind in TOLD}),
        }


SINGLE = re.compile(r"/(?:notes|boosts)/\d+$")
TOLD = ("mention", "reblog", "favourite")
EVERYTHING = {
    "talks": ["for you alone"],
    "answers": ["an okapi"],
    "home": ["edited, twice"],
    "boosts": 1,
    "likes": 1,
    "told": [("favourite", EVE), ("mention", BOB), ("mention", EVE), ("reblog", EVE)],
}
WITHOUT_LIKES = EVERYTHING | {"likes": 0, "told": [("mention", BOB), ("mention", EVE), ("reblog", EVE)]}


async def impact(house: House) -> Impact:
    """Return what lifting would bring back."""
    assert house.app is not None
    return await house.app.parts.db.read(freezing.impact, "b.example", cut_off=True)


def _lose_keys(tx: Tx) -> None:
    accounts.drop_keys(tx, "https://b.example/users/bob", except_=[])


async def test_without_a_block(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    story = await Story(fediverse).begin()

    await story.meanwhile()

    assert await story.seen() == EVERYTHING


@pytest.mark.parametrize("end", ["goes on", "is killed"])
async def test_after_lifting_it_is_as_if_the_block_had_never_been(
    autojump_clock: MockClock, fediverse: Fediverse, end: str
) -> None:
    """All but the like, which stands nowhere. Bob's key is not known any more, so his Deletes are not believed then."""
    story = await Story(fediverse).begin()
    alice, wire = story.alice, fediverse.wire
    assert alice.app is not None
    await alice.post(BLOCK, domain="b.example")
    await fediverse.wait(minutes=2)
    await alice.app.parts.db.write(_lose_keys)
    await story.meanwhile()
    shut_out = await story.seen()
    await fediverse.wait(days=3)
    story.pushes.told.clear()
    foreseen = await impact(alice)

    began = len(wire.asked)
    await alice.ask("DELETE", BLOCK, domain="b.example")
    if end == "is killed":
        await fediverse.wait(seconds=1)
        await alice.kill()
        await alice.begin()
    await fediverse.wait(minutes=30)

    assert shut_out == {"talks": [], "answers": [], "home": [], "boosts": 0, "likes": 0, "told": []}
    assert (foreseen.again, foreseen.never) == (7, 1)
    assert await story.seen() == WITHOUT_LIKES
    assert story.pushes.told == []
    assert alice.app is not None
    assert await alice.app.parts.db.read(waiting) == 0
    assert await alice.app.parts.db.read(_left) == ["Like"]
    read = [one for one in wire.asked[began:] if (one.asker, one.method) == ("a.example", "GET")]
    for name in THEIRS:
        times = [one.at for one in read if one.host == name and SINGLE.search(one.path)]
        assert len(times) >= 3
        assert all((later - earlier).total_seconds() >= 1 for earlier, later in pairwise(times))


def _left(tx: Tx) -> list[str]:
    return sorted({line.type for line in rebuffs.by(tx, ["b.example"], EPOCH)})
