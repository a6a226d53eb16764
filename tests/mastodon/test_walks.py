"""Walks through every list that comes in pages: whatever happens meanwhile, what was there is met once.

Spec: CLIENT_API §13 items 16, 17; RULINGS 12.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trio
from msgspec import Struct

from smallfed.domain.account import Account
from smallfed.domain.list import List
from smallfed.domain.post import Post, Visibility
from smallfed.services import listing
from smallfed.store import blocks, mentions, posts
from smallfed.store.tx import Tx
from tests import world
from tests.mastodon.api import Api
from tests.mastodon.facts import hear

MANY = 7  # things in each list
STEP = 3  # things on a page
Make = Callable[[Api, int], Awaitable[object]]


class Kind(Struct, frozen=True):
    """A list: where it is, and what puts the next thing at its top (by number; the same people each time)."""

    path: str
    make: Make
    key: str = "id"


async def somebody(api: Api, number: int) -> Account:
    """Return somebody new, a second after whatever was before."""
    await trio.sleep(1)
    return await api.know(f"p{number}@p{number}.example")


async def author(api: Api) -> Account:
    """Return who writes, always the same."""
    known = await api.do(lambda tx: world.accounts.find_handle(tx, "bob", "peer.example"))
    if known is not None:
        return known
    made = await api.know("bob@peer.example")
    await api.do(lambda tx: world.befriend(tx, world.accounts.owner(tx), made))
    known_list: List = await api.do(listing.create, "Friends")
    await api.do(listing.add, known_list.id, [made.id])
    return made


async def say(api: Api, **fields: Any) -> Post:
    """Let the author write."""
    post = await hear(api, await author(api), **fields)
    await api.do(mentions.replace_hashtags, post.id, ["cats"])
    return post


async def liked(api: Api, _number: int) -> None:
    await api.ask("POST", f"/api/v1/statuses/{(await say(api)).id}/favourite")


async def bookmarked(api: Api, _number: int) -> None:
    await api.ask("POST", f"/api/v1/statuses/{(await say(api)).id}/bookmark")


async def whispered(api: Api, _number: int) -> None:
    await say(api, names=True, visibility=Visibility.DIRECT)


async def follower(api: Api, number: int, *, accepted: bool = True) -> None:
    person = await somebody(api, number)
    await api.do(lambda tx: world.befriend(tx, person, world.accounts.owner(tx), accepted=accepted))


async def followed(api: Api, number: int) -> Account:
    person = await somebody(api, number)
    await api.do(lambda tx: world.befriend(tx, world.accounts.owner(tx), person))
    return person


async def member(api: Api, number: int) -> None:
    person = await followed(api, number)
    if number == 0:
        await api.do(listing.create, "Friends")
    (known,) = (await api.ask("GET", "/api/v1/lists")).json()
    await api.do(listing.add, int(known["id"]), [person.id])


async def muted(api: Api, number: int) -> None:
    await api.ask("POST", f"/api/v1/accounts/{(await somebody(api, number)).id}/mute")


async def blocked(api: Api, number: int) -> None:
    person = await somebody(api, number)
    await api.do(lambda tx: blocks.put(tx, world.accounts.owner(tx).id, person.id, f"https://home.example/b/{number}"))


KINDS = {
    "home": Kind("/api/v1/timelines/home", lambda api, _: say(api)),
    "public": Kind("/api/v1/timelines/public", lambda api, _: say(api)),
    "tag": Kind("/api/v1/timelines/tag/cats", lambda api, _: say(api)),
    "tags": Kind("/api/v1/timelines/tag/dogs?any[]=cats", lambda api, _: say(api)),
    "list": Kind("/api/v1/timelines/list/{list}", lambda api, _: say(api)),
    "account": Kind("/api/v1/accounts/{bob}/statuses", lambda api, _: say(api)),
    "direct": Kind("/api/v1/timelines/direct", whispered),
    "conversations": Kind("/api/v1/conversations", whispered),
    "notifications": Kind("/api/v1/notifications", lambda api, _: say(api, names=True)),
    "favourites": Kind("/api/v1/favourites", liked),
    "bookmarks": Kind("/api/v1/bookmarks", bookmarked),
    "followers": Kind("/api/v1/accounts/{alice}/followers", follower),
    "following": Kind("/api/v1/accounts/{alice}/following", followed),
    "requests": Kind("/api/v1/follow_requests", lambda api, number: follower(api, number, accepted=False)),
    "members": Kind("/api/v1/lists/{list}/accounts", member),
    "blocks": Kind("/api/v1/blocks", blocked),
    "mutes": Kind("/api/v1/mutes", muted),
    "domains": Kind(
        "/api/v1/domain_blocks",
        lambda api, number: api.ask("POST", "/api/v1/domain_blocks", form={"domain": f"d{number}.example"}),
        key="",
    ),
    "followed_tags": Kind(
        "/api/v1/followed_tags",
        lambda api, number: api.ask("POST", f"/api/v1/tags/tag{number}/follow"),
        key="name",
    ),
}
POSTS = ("home", "public", "tag", "tags", "list", "account")


async def filled(api: Api, kind: Kind) -> str:
    """Put many things into a list and return its path."""
    for number in range(MANY):
        await trio.sleep(1)
        await kind.make(api, number)
    names = {"alice": str(api.owner.id)}
    if "{bob}" in kind.path:
        names["bob"] = str((await author(api)).id)
    if "{list}" in kind.path:
        names["list"] = (await api.ask("GET", "/api/v1/lists")).json()[0]["id"]
    return kind.path.format(**names)


async def page(api: Api, path: str, key: str) -> tuple[list[str], dict[str, str]]:
    """Return the keys on a page, and where its links lead."""
    answer = await api.ask("GET", path)
    assert answer.status == 200, (path, answer.body)
    links = re.findall(r'<https://home\.example([^>]*)>; rel="(next|prev)"', answer.headers.get("link", ""))
    return [one[key] if key else one for one in answer.json()], {name: where for where, name in links}


async def walk(api: Api, path: str, key: str, *, up: bool, meanwhile: Callable[[int], Awaitable[object]]) -> list[str]:
    """Walk a whole list as apps do and return what was met, the newest first; ``meanwhile`` happens at each step."""
    joint = "&" if "?" in path else "?"
    where: str | None = f"{path}{joint}limit={STEP}" + ("&min_id=1" if up else "")
    met: list[str] = []
    for step in range(5 * MANY):
        if where is None:
            return met
        found, links = await page(api, where, key)
        assert len(found) <= STEP
        assert set(links) == ({"next", "prev"} if found else set())
        met = [*found, *met] if up else [*met, *found]
        where = links.get("prev" if up else "next")
        if step < MANY:  # a walk up that is always overtaken would not end
            await meanwhile(step)
    raise AssertionError("the walk does not end")


async def whole(api: Api, path: str, key: str) -> list[str]:
    """Return everything that is in a list."""
    found, _ = await page(api, path + ("&" if "?" in path else "?") + "limit=40", key)
    return found


@pytest.mark.parametrize("up", [False, True], ids=["down", "up"])
@pytest.mark.parametrize("name", KINDS)
async def test_what_is_there_is_met_once_while_more_arrives(api: Api, name: str, up: bool) -> None:
    kind = KINDS[name]
    path = await filled(api, kind)
    present = await whole(api, path, kind.key)
    assert len(present) >= MANY

    async def arrive(step: int) -> None:
        await trio.sleep(1)
        await kind.make(api, MANY + step)

    met = await walk(api, path, kind.key, up=up, meanwhile=arrive)

    assert len(set(met)) == len(met)
    assert [one for one in met if one in present] == present


@pytest.mark.parametrize("up", [False, True], ids=["down", "up"])
@pytest.mark.parametrize("name", POSTS)
async def test_nothing_shifts_what_comes_late_or_goes(api: Api, name: str, up: bool) -> None:
    """Posts arrive that are sorted into the past, others are deleted, people are muted and no longer."""
    kind = KINDS[name]
    path = await filled(api, kind)
    present, bob = await whole(api, path, kind.key), await author(api)
    gone: list[str] = []

    async def shake(step: int) -> None:
        await api.do(_late, bob, int(present[step % MANY]) - 5)
        if step == 1:
            gone.append(present[MANY // 2])
            await api.do(posts.drop, int(gone[0]))
        other = await api.know(f"other{step}@other.example")
        await api.ask("POST", f"/api/v1/accounts/{other.id}/mute")
        for act in ("mute", "unmute"):
            await api.ask("POST", f"/api/v1/accounts/{bob.id}/{act}")

    met = await walk(api, path, kind.key, up=up, meanwhile=shake)

    assert len(set(met)) == len(met)
    assert met == sorted(met, key=int, reverse=True)
    left = [one for one in present if one not in gone]
    assert [one for one in met if one in left] == left


def _late(tx: Tx, bob: Account, number: int) -> None:
    post = world.say(tx, bob, id=number, in_home=True)
    mentions.replace_hashtags(tx, post.id, ["cats"])


@pytest.mark.parametrize("name", KINDS)
async def test_bounds_and_limits_hold_everywhere(api: Api, name: str) -> None:
    """All three bounds at once, limits that are cut, none that are wanted, a slash at the end, and nonsense."""
    kind = KINDS[name]
    path = await filled(api, kind)
    bare, _, query = path.partition("?")
    joint = f"?{query}&" if query else "?"
    everything = await whole(api, path, kind.key)
    first, links = await page(api, f"{bare}/{joint}limit=2", kind.key)
    low = re.search(r"max_id=(\d+)", links["next"])
    high = re.search(r"min_id=(\d+)", links["prev"])
    assert low is not None
    assert high is not None

    between = f"{bare}{joint}min_id={low[1]}&since_id=1&max_id={int(high[1]) + 1}&limit=5"
    found = [
        (await page(api, where, kind.key))[0]
        for where in (
            between,
            f"{bare}{joint}limit=0",
            f"{bare}{joint}limit=-2",
            f"{bare}{joint}limit=100000&max_id=&min_id=&since_id=",
            f"{bare}{joint}max_id=1",
            f"{bare}{joint}since_id={high[1]}",
        )
    ]
    refused = [
        await api.ask("GET", f"{bare}{joint}{nonsense}") for nonsense in ("max_id=x", "limit=many", "min_id=1e9")
    ]

    everyone = name == "members"
    assert first == everything[:2]
    assert found == [everything[:1], everything if everyone else [], everything[:2], everything, [], []]
    assert [answer.status for answer in refused] == [422, 422, 422]
