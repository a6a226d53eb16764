"""What is talked about, as it was counted within the hour: people, each once, and only what may be shown around."""

from datetime import UTC, datetime, timedelta

import pytest
import trio

from smallfed.domain.account import Account
from smallfed.domain.domain_block import Severity
from smallfed.domain.post import Post, Visibility
from smallfed.mastodon.entities import Search, Status, Tag
from smallfed.policy.trending import PER_SITE
from smallfed.services import blocking, moderating, muting
from smallfed.services.moderating import Wish
from smallfed.store import ids, likes, mentions, posts, tag_days, trends
from smallfed.store.likes import Like
from smallfed.store.tx import Tx
from smallfed.workers.trending import Trending
from tests import world
from tests.mastodon.api import Api
from tests.mastodon.facts import follow, hear, say

DAY = 24 * 3600
SETTLED: dict[str, object] = {"discoverable": True, "published_at": datetime(2024, 3, 1, tzinfo=UTC)}
TODAY = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp())


async def crowd(api: Api, count: int, **columns: object) -> list[Account]:
    """Return people whom we know."""
    return [await api.know(f"p{number}@peer.example", **{**SETTLED, **columns}) for number in range(count)]


async def tagged(api: Api, author: Account, name: str, **fields: object) -> Post:
    """Store a post with a hashtag."""
    post = await hear(api, author, f"#{name}", **fields)
    await api.do(mentions.replace_hashtags, post.id, [name])
    return post


def liked(tx: Tx, account: Account, post: Post) -> None:
    """Let somebody like a post."""
    likes.put(tx, Like(id=ids.fresh(tx, "likes"), account_id=account.id, post_id=post.id, uri=None, created_at=tx.now))


async def trending(api: Api) -> tuple[list[str], list[str]]:
    """Count, and return (names of hashtags, ids of posts) that stand out."""
    await Trending(api.parts).work()
    return await looked(api)


async def looked(api: Api) -> tuple[list[str], list[str]]:
    """Return (names of hashtags, ids of posts) that stand out, as apps are told."""
    tags = await api.get("/api/v1/trends/tags", list[Tag])
    statuses = await api.get("/api/v1/trends/statuses", list[Status])
    return [tag.name for tag in tags], [status.id for status in statuses]


async def test_hashtags_of_many_people(api: Api) -> None:
    people = await crowd(api, 4)
    for person in people:
        await tagged(api, person, "cats")
    for person in people[:3]:
        await tagged(api, person, "dogs")
    for _ in range(9):
        await tagged(api, people[0], "spam")
    for person in people:
        await tagged(api, person, "secret", visibility=Visibility.UNLISTED)

    tags, _ = await trending(api)

    assert tags == ["cats", "dogs"]
    first, second = await api.get("/api/v1/trends", list[Tag])  # the old name
    assert [(day.day, day.accounts, day.uses) for day in first.history] == [
        (str(TODAY), "4", "4"),
        *[(str(TODAY - back * DAY), "0", "0") for back in range(1, 7)],
    ]
    assert await api.get("/api/v1/trends/tags", list[Tag], limit=1, offset=1) == [second]
    spam: Tag = await api.get("/api/v1/tags/spam", Tag)
    assert (spam.history[0].accounts, spam.history[0].uses) == ("1", "9")


async def test_new_accounts_count_not(api: Api) -> None:
    """A week after they began, or a day after we first heard of them, they do; who is followed does at once."""
    now = api.parts.clock.now()
    told = [await api.know(f"n{n}@n{n}.example", published_at=now - timedelta(days=3)) for n in range(4)]
    untold = [await api.know(f"u{n}@u{n}.example", published_at=None) for n in range(4)]
    (loved,) = [await hear(api, person) for person in await crowd(api, 1)]
    for person in told:
        await tagged(api, person, "cats")
        await api.do(liked, person, loved)
    for person in untold:
        await tagged(api, person, "dogs")

    first = await trending(api)
    for person in told[:3]:
        await follow(api, person)
    followed = await trending(api)
    await trio.sleep(DAY + 60)
    for person in untold:
        await tagged(api, person, "dogs")
    later = await trending(api)

    assert first == ([], [])
    assert followed == (["cats"], [str(loved.id)])
    assert later[0][0] == "dogs"


async def test_days_go_by(api: Api) -> None:
    people = await crowd(api, 3)
    for person in people:
        await tagged(api, person, "cats")
    await trending(api)

    await trio.sleep(DAY)
    after_a_day = await trending(api)
    shown: Tag = await api.get("/api/v1/tags/cats", Tag)
    await trio.sleep(2 * DAY)
    after_three = await trending(api)
    await trio.sleep(7 * DAY)
    await trending(api)

    assert [day.accounts for day in shown.history] == ["0", "3", "0", "0", "0", "0", "0"]
    assert (after_a_day, after_three) == ((["cats"], []), ([], []))
    assert await api.parts.db.read(lambda tx: tx.all("SELECT * FROM tag_days")) == []


async def test_what_is_deleted_or_not_wanted_counts_no_more(api: Api) -> None:
    people = await crowd(api, 4)
    made = [await tagged(api, person, "cats") for person in people]
    before = await trending(api)

    await api.do(posts.drop, made[0].id)
    await api.do(muting.mute, people[1])
    after = await trending(api)

    assert (before[0], after[0]) == (["cats"], [])
    assert (await api.parts.db.read(tag_days.weeks, ["cats"]))["cats"][0][1:] == (2, 2)


async def test_posts_that_many_people_have_to_do_with(api: Api) -> None:
    people = await crowd(api, 5)
    loved, known, alone, old = [await hear(api, people[0], text) for text in ("loved", "known", "alone", "old")]
    for person in people[1:4]:
        await api.do(liked, person, loved)
        await api.do(lambda tx, who=person: world.wrap(tx, who, loved, id=ids.fresh(tx, "posts")))
    await api.do(liked, people[1], known)
    await hear(api, people[2], "Yes", answers=str(known.id))
    await api.do(liked, people[0], alone)  # its own author
    await api.do(liked, people[1], alone)
    for person in people[1:]:
        await api.do(liked, person, old)
    await api.do(posts.change, old.id, published_at=api.parts.clock.now() - timedelta(days=8))

    assert (await trending(api))[1] == [str(loved.id), str(known.id)]
    assert len(await api.get("/api/v1/trends/statuses", list[Status], limit=1, offset=1)) == 1
    await api.do(muting.mute, people[0])  # seen at once, though not counted anew
    assert await api.get("/api/v1/trends/statuses", list[Status]) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"visibility": Visibility.UNLISTED},
        {"visibility": Visibility.PRIVATE},
        {"sensitive": True},
        {"summary": "boo"},
        {"in_reply_to": "https://far.example/1"},
        {"removed": True},
    ],
)
async def test_posts_that_are_not_shown_around(api: Api, fields: dict[str, object]) -> None:
    people = await crowd(api, 4)
    post = await hear(api, people[0], **fields)
    for person in people:
        await api.do(liked, person, post)

    assert (await trending(api))[1] == []


async def test_nor_are_those_of_who_does_not_want_to_be_discovered_or_the_owners(api: Api) -> None:
    people = await crowd(api, 4)
    shy = await api.know("shy@peer.example")
    said = await say(api, "Hello")
    for post in (await hear(api, shy), await api.do(posts.get, int(said.id))):
        for person in people:
            await api.do(liked, person, post)

    assert (await trending(api))[1] == []


async def test_strangers_make_no_trend_by_writing_to_the_owner(api: Api) -> None:
    """Some people of one server, who like each other, would do. Whom the owner follows may."""
    people = await crowd(api, 4)
    for person in people:
        post = await tagged(api, person, "pills", names=True)
        for other in people:
            await api.do(liked, other, post)

    stuffed = await trending(api)
    await follow(api, *people)

    assert stuffed == ([], [])
    tags, statuses = await trending(api)
    assert (tags, len(statuses)) == (["pills"], 4)


async def test_strangers_see_none_of_it(api: Api) -> None:
    for person in await crowd(api, 4):
        await tagged(api, person, "cats")
    await trending(api)

    for path in ("/api/v1/trends", "/api/v1/trends/tags", "/api/v1/trends/statuses", "/api/v1/trends/links"):
        answer = await api.ask("GET", path, token="")
        assert (answer.status, answer.json()) == (200, [])
    tag = (await api.ask("GET", "/api/v1/tags/cats", token="")).of(Tag)
    assert {(day.accounts, day.uses) for day in tag.history} == {("0", "0")}
    assert len(tag.history) == 7


@pytest.mark.parametrize("hosts", [["big.example"], [f"n{number}.big.example" for number in range(40)]])
async def test_a_platform_is_a_few_voices(api: Api, hosts: list[str]) -> None:
    """Hundreds of accounts of one registered domain, with hashtags, likes and boosts, weigh less than six of others."""
    genuine = [await api.know(f"p@s{number}.other{number}.example", **SETTLED) for number in range(6)]
    stuffing = [await api.know(f"a{number}@{hosts[number % len(hosts)]}", **SETTLED) for number in range(200)]
    loved, stuffed = await hear(api, genuine[0], "loved"), await hear(api, stuffing[0], "stuffed")

    def act(tx: Tx) -> None:
        for name, people, post in (("cats", genuine, loved), ("pills", stuffing, stuffed)):
            for person in people:
                said = world.say(tx, person, id=ids.fresh(tx, "posts"))
                mentions.replace_hashtags(tx, said.id, [name])
                if person.id != post.account_id:
                    liked(tx, person, post)
                    world.wrap(tx, person, post, id=ids.fresh(tx, "posts"))

    await api.do(act)
    await api.do(lambda tx: liked(tx, stuffing[5], loved))

    tags, statuses = await trending(api)
    week = await api.parts.db.read(tag_days.weeks, ["cats", "pills"])

    assert (tags, statuses) == (["cats", "pills"], [str(loved.id), str(stuffed.id)])
    assert {name: days[0][1] for name, days in week.items()} == {"cats": 6, "pills": PER_SITE}


async def test_who_is_cut_off_counts_at_once_no_more_and_is_back_afterwards(api: Api) -> None:
    """On all days, whoever restarts meanwhile; what others made stand out is never gone."""
    far = [await api.know(f"f{number}@far.example", **SETTLED) for number in range(3)]
    near = await crowd(api, 3)
    for person in (*far, *near[:2]):
        await tagged(api, person, "cats")
        await tagged(api, person, "dogs")
    await tagged(api, near[2], "dogs")
    await trending(api)
    await trio.sleep(2 * DAY)
    for person in near:
        await tagged(api, person, "dogs")
    for person in far:
        await tagged(api, person, "onlyfar")
        await tagged(api, person, "dogs")
    before = await trending(api), await shown(api, "dogs"), await shown(api, "cats")

    await api.do(blocking.block_domain, "far.example")
    at_once = await looked(api), await shown(api, "dogs"), await shown(api, "cats")
    unknown = (await api.get("/api/v2/search", Search, q="onlyfar", type="hashtags")).hashtags
    during = await trending(api), await shown(api, "dogs"), await shown(api, "cats")
    await api.do(blocking.unblock_domain, "far.example")
    lifted = await looked(api), await shown(api, "dogs"), await shown(api, "cats")
    after = await trending(api), await shown(api, "dogs"), await shown(api, "cats")

    assert before == (
        (["dogs", "onlyfar"], []),
        ["6", "0", "6", "0", "0", "0", "0"],
        ["0", "0", "5", "0", "0", "0", "0"],
    )
    assert during == ((["dogs"], []), ["3", "0", "3", "0", "0", "0", "0"], ["0", "0", "2", "0", "0", "0", "0"])
    assert (at_once, unknown) == (during, [])
    assert lifted == ((["dogs"], []), *before[1:])
    assert after == before
    found: Search = await api.get("/api/v2/search", Search, q="onlyfar", type="hashtags")
    assert [tag.name for tag in found.hashtags] == ["onlyfar"]


async def test_posts_stand_out_no_more_by_those_who_are_cut_off(api: Api) -> None:
    """Neither theirs, nor what they alone made stand out; the rest is in the order in which it would be counted."""
    far = [await api.know(f"f{number}@far.example", **SETTLED) for number in range(4)]
    near = await crowd(api, 4)
    stuffed, both, loved = [await hear(api, near[0], text) for text in ("stuffed", "both", "loved")]
    theirs = await hear(api, far[0])
    for person in far:
        await api.do(liked, person, stuffed)
        await api.do(lambda tx, who=person: world.wrap(tx, who, both, id=ids.fresh(tx, "posts")))
    for person in near[1:3]:
        await api.do(liked, person, both)
    for person in near[1:]:
        await hear(api, person, "Yes", answers=str(loved.id))
        await api.do(liked, person, theirs)
    before = (await trending(api))[1]

    await api.do(blocking.block_domain, "far.example")
    at_once = (await looked(api))[1]
    await api.do(blocking.unblock_domain, "far.example")
    lifted = (await looked(api))[1]

    assert before == [str(post.id) for post in (both, stuffed, theirs, loved)]
    assert at_once == [str(post.id) for post in (loved, both)]
    assert lifted == before


async def shown(api: Api, name: str) -> list[str]:
    """Return how many are said to have used a hashtag on each day, today first."""
    tag: Tag = await api.get(f"/api/v1/tags/{name}", Tag)
    return [day.accounts for day in tag.history]


async def test_what_holds_for_servers_has_the_week_counted_anew(api: Api) -> None:
    """By the loop itself, soon: also for who is only limited, and on days of which nothing is counted otherwise."""
    for number in range(3):
        await tagged(api, await api.know(f"f{number}@far.example"), "cats")
    await trending(api)
    await trio.sleep(2 * DAY)
    async with trio.open_nursery() as nursery:
        await nursery.start(Trending(api.parts).run)
        await trio.sleep(2 * 3600)
        before = await shown(api, "cats")
        await api.do(moderating.block, "far.example", Wish(severity=Severity.SILENCE))
        await trio.sleep(60)
        after = await shown(api, "cats")
        nursery.cancel_scope.cancel()

    assert (before, after) == (["0", "0", "3", "0", "0", "0", "0"], ["0"] * 7)


def test_a_doubt_that_comes_up_while_it_is_counted_stays(tx: Tx) -> None:
    trends.doubt(tx)
    mark = trends.doubted(tx)
    assert mark is not None
    trends.doubt(world.later(tx, seconds=1))

    trends.trust(tx, mark)

    assert trends.doubted(tx) not in (None, mark)
