"""What a stranger's post leads to, at the network's edge: while it is held or binned, nobody is asked for anything."""

import random

from trio.testing import MockClock

from tests.fediverse.crowds import Crowd, Person
from tests.fediverse.houses import JSON, Fediverse, House
from tests.fediverse.test_spam import waiting
from tests.spam import link

ELSEWHERE = {"named.example", "asked.example", "quoted.example", "page.example"}
WORDS = "All of us read the same message every day and so will you, until you give in and read it with us."


def leading(crowd: Crowd, house: House, person: Person, words: str = "look") -> JSON:
    """Return a post that names the owner and another, answers one thing, quotes another, and links to a page."""
    number = crowd.number()
    return crowd.says(
        person,
        f"<p>@alice {words} {link(f'https://page.example/{number}')}</p>",
        names=(house.actor, f"https://named.example/users/{number}"),
        inReplyTo=f"https://asked.example/posts/{number}",
        quote=f"https://quoted.example/posts/{number}",
    )


def asked(fediverse: Fediverse) -> set[str]:
    """Return which of those were asked for anything to which posts lead."""
    return {one.host for one in fediverse.wire.asked} & ELSEWHERE


async def begin(fediverse: Fediverse) -> tuple[House, Crowd]:
    """Set up a house and a crowd."""
    return await fediverse.house("alice@a.example"), Crowd(fediverse.wire, random.Random(1))


async def test_what_is_held_asks_nobody_until_it_is_released(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Not when it comes, nor when it is edited; then for all of it."""
    alice, crowd = await begin(fediverse)
    post = leading(crowd, alice, crowd.join("old.example"))
    await crowd.hand_in(alice, [post])
    await fediverse.wait(hours=2)
    edited = {**post["object"], "content": f"<p>@alice {link('https://page.example/other')}</p>"}
    edited["updated"] = f"{fediverse.wire.clock.now():%Y-%m-%dT%H:%M:%SZ}"
    await crowd.hand_in(alice, [{**post, "id": f"{post['id']}/edit", "type": "Update", "object": edited}])
    await fediverse.wait(hours=2)
    before = asked(fediverse)
    (wave,) = await waiting(alice)

    await alice.command("review.release", number=wave.id)
    await fediverse.wait(hours=2)

    assert (before, asked(fediverse)) == (set(), ELSEWHERE)


async def test_an_app_accepts_somebody(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Then it is looked for, too."""
    alice, crowd = await begin(fediverse)
    await crowd.hand_in(alice, [leading(crowd, alice, crowd.join("old.example"))])
    await fediverse.wait(hours=2)
    before = asked(fediverse)
    (request,) = await alice.get("/api/v1/notifications/requests")

    await alice.post(f"/api/v1/notifications/requests/{request['id']}/accept")
    await fediverse.wait(hours=2)

    assert (before, asked(fediverse)) == (set(), ELSEWHERE)


async def test_what_is_binned_asks_nobody(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Nor does what is like it and comes later."""
    alice, crowd = await begin(fediverse)
    people = [crowd.join(f"old{number}.example") for number in range(4)]
    await crowd.hand_in(alice, [leading(crowd, alice, one, WORDS) for one in people[:3]])
    await fediverse.wait(hours=1)
    (wave,) = await waiting(alice)
    await alice.command("review.bin", number=wave.id)

    await crowd.hand_in(alice, [leading(crowd, alice, people[3], f"{WORDS} Yes!")])
    await fediverse.wait(hours=2)

    assert asked(fediverse) == set()
    assert await waiting(alice) == []


async def test_what_is_told_asks_at_once(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Which shows that the others could have."""
    alice, crowd = await begin(fediverse)
    person = crowd.join("nice.example")
    await crowd.hand_in(alice, [crowd.does(person, "Follow", alice.actor)])
    await fediverse.wait(hours=25)

    await crowd.hand_in(alice, [leading(crowd, alice, person)])
    await fediverse.wait(hours=2)

    assert asked(fediverse) == ELSEWHERE
