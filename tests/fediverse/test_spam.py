"""A wave of spam through the doors of a house, a drip of it over days, and crowds that are no spam.

Most of it is handed in behind the signatures, which cost more than all the rest; the signed wave is smaller.
"""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest
import trio
from msgspec import Struct
from trio.testing import MockClock

from smallfed.domain.notification import FILTERABLE
from smallfed.domain.wave import Kind, State, Wave
from smallfed.store import refusals, waves
from smallfed.store.refusals import Which
from smallfed.store.tx import Tx
from tests.apps import Phone
from tests.fediverse.crowds import PUBLIC, Crowd, Person
from tests.fediverse.floods import KINDS, Spammers
from tests.fediverse.houses import JSON, Fediverse, House
from tests.fediverse.test_pushes import PushService
from tests.first_words import REPLIES

GENUINE = 20
SHORT = (
    "congrats!",
    "Congratulations!",
    "🎉",
    "🎉🎉🎉",
    "❤️",
    "Wow",
    "so good",
    "Love this!",
    "this!",
    "same",
    "おめでとう！",
)


class Told(Struct, frozen=True):
    """A notification: who caused it, of which type, and whether the owner is not told of it."""

    actor: str
    type: str
    filtered: bool


def _told(tx: Tx) -> list[Told]:
    rows = tx.all(
        "SELECT a.uri, n.type, n.filtered FROM notifications n JOIN accounts a ON a.id = n.account_id ORDER BY n.id"
    )
    return [Told(uri, type_, bool(filtered)) for uri, type_, filtered in rows]


async def told(house: House) -> list[Told]:
    """Return what the house's owner is told, and what is kept back."""
    assert house.app is not None
    return await house.app.parts.db.read(_told)


async def waiting(house: House) -> list[Wave]:
    """Return what waits in the review box."""
    assert house.app is not None
    return await house.app.parts.db.read(lambda tx: waves.waiting(tx, limit=10_000))


class Storm:
    """A house whose owner has said ten things, and a wave that comes over it with genuine answers in it."""

    def __init__(self, house: House, crowd: Crowd, they: Spammers, genuine: list[Person], phone: PushService) -> None:
        self.house, self.crowd, self.they, self.genuine, self.phone = house, crowd, they, genuine, phone
        self.at_once = 0
        self.sent = Counter[str]()

    async def break_over(self, many: int, over: timedelta, *, at_once: int, signed: bool = False) -> None:
        """Let ``many`` activities of spam come, so many ``at_once``, and the genuine answers anywhere in between."""
        dice = self.crowd.dice
        places = sorted(dice.sample(range(0, many, at_once), len(self.genuine)))
        answers = dict(zip(places, zip(self.genuine, REPLIES, strict=False), strict=True))
        for number in range(0, many, at_once):
            if number in answers:
                await self._answer(*answers[number], signed=signed)
            spam = [dice.choice(KINDS)(self.they) for _ in range(at_once)]
            await self._send(spam, signed=signed)
            await trio.sleep(over.total_seconds() * at_once / many)
        await trio.sleep(600)

    async def _answer(self, person: Person, text: str, *, signed: bool) -> None:
        post = self.crowd.says(person, f"<p>@alice {text}</p>", names=(self.house.actor,), inReplyTo=self.they.posts[0])
        await self._send([post], signed=signed)
        await trio.sleep(15)
        self.at_once += Told(person.uri, "mention", False) in await told(self.house)

    async def _send(self, activities: Sequence[JSON], *, signed: bool) -> None:
        self.sent.update(one["type"] for one in activities)
        if not signed:
            await self.crowd.hand_in(self.house, activities)
            return
        for one in activities:
            assert await self.crowd.send(self.house, one) == 202


async def begin(fediverse: Fediverse, seed: int, *, wildcard: bool = False, aged: bool = False) -> Storm:
    """Set up a house and a phone, 300 spammers on 80 hosts or on one each, and twenty others, half among them."""
    alice = await fediverse.house("alice@a.example")
    posts = [(await alice.say(f"Post {number}"))["uri"] for number in range(10)]
    crowd, now = Crowd(fediverse.wire, random.Random(seed)), fediverse.wire.clock.now()
    they = Spammers(crowd, many=300, hosts=80, now=now, owner=alice.actor, posts=posts, wildcard=wildcard, aged=aged)
    genuine = [
        crowd.join(
            f"{('old', 'nice')[number % 2]}{number}.example",
            name=f"Reader {number}",
            began=now - timedelta(days=100 + number),
        )
        for number in range(GENUINE)
    ]
    phone = Phone("https://push.example/alice")
    service = PushService(phone)
    fediverse.wire.doors["push.example"] = service
    await alice.post("/api/v1/push/subscription", **phone.asks(*FILTERABLE))
    return Storm(alice, crowd, they, genuine, service)


@pytest.mark.parametrize(
    ("seed", "many", "over", "at_once", "how"),
    [
        (1, 10_000, timedelta(hours=3), 20, {}),
        (2, 500, timedelta(minutes=20), 20, {}),
        (3, 500, timedelta(hours=12), 10, {}),
        (4, 400, timedelta(days=4), 1, {"over days": True}),
        (5, 400, timedelta(hours=3), 10, {"wildcard": True}),
        (6, 100, timedelta(hours=1), 1, {"signed": True}),
        (7, 1_000, timedelta(hours=3), 10, {"aged": True}),
    ],
    ids=["ten thousand", "a burst", "half a day", "a drip", "a server for each", "signed", "aged"],
)
async def test_a_wave_of_spam(
    autojump_clock: MockClock,
    fediverse: Fediverse,
    seed: int,
    many: int,
    over: timedelta,
    at_once: int,
    how: dict[str, bool],
) -> None:
    """Of every kind at once: next to nothing of it is told, the genuine are heard at once, and all can be released.

    Nor does the phone ring for it, but where the first of a kind come hours before the others.
    """
    wave = await begin(fediverse, seed, wildcard=how.get("wildcard", False), aged=how.get("aged", False))
    alice, spammers = wave.house, {one.uri for one in wave.they.people}
    names = {uri.rpartition("/")[2] for uri in spammers}

    await wave.break_over(many, over, at_once=at_once, signed=how.get("signed", False))

    everything = await told(alice)
    seen = [one for one in everything if one.actor in spammers and not one.filtered]
    unheard = [one for one in everything if one.actor not in spammers and one.filtered]
    box = await waiting(alice)
    shown = await alice.get("/api/v1/announcements")
    rung = [said["title"] for said in wave.phone.told if said["title"].split()[0] in names]
    assert len(seen) < 5, seen
    assert wave.at_once >= 18
    assert len(rung) < 5 or how.get("over days"), rung
    assert len(everything) - len(seen) > many / 3  # likes, boosts and follows are one for each, however often they come
    assert len(shown) <= 2  # the line about waves, and the suggestion of calm
    assert len(box) < 60
    for one in box:
        await alice.command("review.release", number=one.id)
    after = await told(alice)
    assert await waiting(alice) == []
    assert [one for one in after if one.filtered] == []
    assert len(after) == len(everything)
    assert len(unheard) <= 2


# What is no spam ------------------------------------------------------------------------------------------------------
def acclaim(crowd: Crowd, person: Person, owner: str, post: str) -> tuple[str, JSON]:
    """Return what somebody does who has heard of a post: the type of notification it makes, and the activity."""
    match crowd.dice.choices(("favourite", "reblog", "follow", "mention"), (60, 20, 8, 12))[0]:
        case "favourite":
            return "favourite", crowd.does(person, "Like", post)
        case "reblog":
            return "reblog", crowd.does(person, "Announce", post, to=[PUBLIC], cc=[owner])
        case "follow":
            return "follow", crowd.does(person, "Follow", owner)
        case _:
            text = crowd.dice.choice(SHORT if crowd.dice.random() < 0.6 else REPLIES)
            return "mention", crowd.says(person, f"<p>@alice {text}</p>", names=(owner,), inReplyTo=post)


async def test_a_post_that_everybody_likes(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """At two hundred an hour all of it is kept and nearly all told; who has just begun, and some followers, wait."""
    alice = await fediverse.house("alice@a.example")
    post = (await alice.say("It is a girl!"))["uri"]
    crowd, now = Crowd(fediverse.wire, random.Random(7)), fediverse.wire.clock.now()
    hosts = [f"{crowd.word(6)}.{'masto.host' if n % 30 == 0 else 'example'}" for n in range(200)]
    sent = Counter[str]()

    for _ in range(160):
        batch = []
        for _ in range(5):
            young = crowd.dice.random() < 0.03
            began = now - timedelta(days=2 if young else crowd.dice.randrange(30, 2000))
            host = crowd.dice.choices(hosts, [1 / (1 + place) for place in range(200)])[0]
            type_, activity = acclaim(crowd, crowd.join(host, began=began), alice.actor, post)
            sent[type_] += 1
            batch.append(activity)
        await crowd.hand_in(alice, batch)
        await trio.sleep(90)
    await trio.sleep(600)

    everything = await told(alice)
    waits = Counter(one.type for one in everything if one.filtered)
    came = Counter(one.type.removesuffix("_request") for one in everything)
    assert came == sent
    assert waits["mention"] + waits["favourite"] + waits["reblog"] < sum(sent.values()) * 0.05
    assert {one.kind for one in await waiting(alice)} <= {Kind.NEW, Kind.FOLLOWS, Kind.ALIKE}
    assert {one.state for one in await waiting(alice) if one.kind is Kind.ALIKE} <= {State.OPEN}
    assert alice.app is not None
    assert await alice.app.parts.db.read(lambda tx: refusals.newest(tx, Which(), limit=9)) == []
    for one in await waiting(alice):
        await alice.command("review.release", number=one.id)
    assert [one for one in await told(alice) if one.filtered] == []


async def test_a_meeting_under_one_hashtag(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Sixty people, the same emoji and hashtag, over an evening, naming the owner: those who answer are all told."""
    alice = await fediverse.house("alice@a.example")
    post = (await alice.say("Tonight: #caturday. Show us yours!"))["uri"]
    crowd, now = Crowd(fediverse.wire, random.Random(8)), fediverse.wire.clock.now()
    tag = {"type": "Hashtag", "name": "#caturday", "href": "https://a.example/tags/caturday"}

    for number in range(60):
        person = crowd.join(f"home{number % 40}.example", began=now - timedelta(days=300))
        answers = {"inReplyTo": post} if number % 3 else {}
        said = crowd.says(person, "<p>@alice 🐈🐈🐈 #caturday</p>", names=(alice.actor,), tags=[tag], **answers)
        await crowd.hand_in(alice, [said])
        await trio.sleep(240)

    everything = await told(alice)
    assert len(everything) == 60
    assert [one for one in everything if one.filtered] == []
