"""Announcements: from the owner and the house, in every app until they are put away."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import trio

from smallfed.domain.announcement import Announcement as Fact
from smallfed.domain.events import AnnouncementGone, AnnouncementMade, AnnouncementReacted
from smallfed.mastodon.entities.announcements import Announcement, AnnouncementReaction
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.streaming.occasions import Thing, Word, of
from smallfed.runtime.room import Room
from smallfed.services import announcing
from smallfed.store import announcements
from smallfed.workers import watching
from tests import world
from tests.mastodon.api import Api
from tests.mastodon.facts import say

PATH = "/api/v1/announcements"


async def shown(api: Api, **query: Any) -> list[Announcement]:
    """Return what apps show."""
    found: list[Announcement] = await api.get(PATH, list[Announcement], **query)
    return found


async def announce(api: Api, text: str = "Hello", **fields: Any) -> Fact:
    """Announce something, a second after whatever was before."""
    await trio.sleep(1)
    return await api.do(announcing.announce, text, **fields)


async def test_what_it_holds(api: Api) -> None:
    bob = await api.know("bob@peer.example")
    said = await say(api, "Hello")
    await api.do(world.illustrate, "blob")
    starts = datetime(2026, 3, 2, 9, tzinfo=UTC)

    made = await announce(
        api, f"**New** #Cats @bob@peer.example @no@x.example :blob: {said.url}", starts_at=starts, all_day=True
    )

    (one,) = await shown(api)
    assert (one.id, one.starts_at, one.ends_at, one.all_day, one.read) == (
        str(made.id),
        "2026-03-02T09:00:00.000Z",
        None,
        True,
        False,
    )
    assert one.content.startswith('<p><strong>New</strong> <a href="https://home.example/tags/cats"')
    assert [(mention.acct, mention.url) for mention in one.mentions] == [("bob@peer.example", bob.url)]
    assert [(status.id, status.url) for status in one.statuses] == [(said.id, said.url)]
    assert [tag.name for tag in one.tags] == ["cats"]
    assert [emoji.shortcode for emoji in one.emojis] == ["blob"]
    assert one.reactions == []


async def test_they_are_read_and_over(api: Api) -> None:
    first = await announce(api, "first")
    second = await announce(api, "second", ends_at=api.parts.clock.now() + timedelta(hours=1))
    before = [one.id for one in await shown(api)]

    dismissed = await api.ask("POST", f"{PATH}/{first.id}/dismiss")

    assert (before, dismissed.status, dismissed.json()) == ([str(second.id), str(first.id)], 200, {})
    assert [one.id for one in await shown(api)] == [str(second.id)]
    assert [(one.id, one.read) for one in await shown(api, with_dismissed="true")] == [
        (str(second.id), False),
        (str(first.id), True),
    ]
    await api.do(lambda tx: announcements.change(tx, second.id, ends_at=tx.now))
    assert await shown(api) == []


async def test_reactions(api: Api) -> None:
    await api.do(world.illustrate, "blob")
    made = await announce(api)
    one = f"{PATH}/{made.id}/reactions"

    answers = [await api.ask("PUT", f"{one}/{name}") for name in ("🎉", "%F0%9F%8E%89", "blob", "nothing", "xx")]

    assert [answer.status for answer in answers] == [200, 200, 200, 422, 422]
    assert answers[0].json() == {}
    assert (await shown(api))[0].reactions == [
        AnnouncementReaction(
            name="blob",
            count=1,
            me=True,
            url="https://home.example/media/emojis/a.webp",
            static_url="https://home.example/media/emojis/b.png",
        ),
        AnnouncementReaction(name="🎉", count=1, me=True),
    ]
    assert [(await api.ask("DELETE", f"{one}/{name}")).status for name in ("blob", "blob", "🎉")] == [200, 200, 200]
    assert (await shown(api))[0].reactions == []


async def test_there_is_an_end_of_reactions(api: Api) -> None:
    made = await announce(api)
    statuses = [(await api.ask("PUT", f"{PATH}/{made.id}/reactions/{emoji}")).status for emoji in "🎉🎈🎁🎂🍰🍪🍩🍫🍬"]

    assert statuses == [200] * 8 + [422]
    assert (await api.ask("PUT", f"{PATH}/{made.id}/reactions/🎉")).status == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/1/dismiss"), ("POST", "/x/dismiss"), ("PUT", "/1/reactions/🎉"), ("DELETE", "/1/reactions/🎉")],
)
async def test_what_is_not_there(api: Api, method: str, path: str) -> None:
    assert (await api.ask(method, PATH + path)).status == 404


@pytest.mark.parametrize(
    ("text", "fields", "words"),
    [
        (" ", {}, "an announcement has 1 to 5000 characters"),
        ("x" * 5001, {}, "an announcement has 1 to 5000 characters"),
        (
            "x",
            {"starts_at": datetime(2026, 3, 2, tzinfo=UTC), "ends_at": datetime(2026, 3, 1, tzinfo=UTC)},
            "it would end",
        ),
        ("x", {"all_day": True}, "what takes all day has a day on which it starts"),
    ],
)
async def test_what_cannot_be_announced(api: Api, text: str, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(Exception, match=words):
        await announce(api, text, **fields)


async def test_the_house_says_a_state_once_and_takes_it_back(api: Api) -> None:
    await api.do(announcing.tell_of, "disk", "nearly full")
    await api.do(announcing.tell_of, "disk", "nearly full")
    (one,) = await shown(api)
    await api.ask("POST", f"{PATH}/{one.id}/dismiss")
    while_it_lasts = await shown(api)

    await api.do(announcing.tell_of, "disk", "really full")  # it got worse

    assert (while_it_lasts, [again.id for again in await shown(api)]) == ([], [one.id])
    await api.do(announcing.is_over, "disk")
    await api.do(announcing.is_over, "disk")
    assert await shown(api, with_dismissed="true") == []


async def test_a_full_disk_and_what_an_upgrade_left_are_said(api: Api) -> None:
    usage = SimpleNamespace(total=10 << 30, free=300 << 20)
    room = Room(
        api.parts.data, api.parts.aside, budget=None, reserve=400 << 20, look=lambda _: (usage.free, usage.total)
    )
    parts: Any = SimpleNamespace(room=room, data=api.parts.data, db=api.parts.db)
    copy = api.parts.data / "smallfed-v0001-20260301T120000Z.db"
    copy.touch()

    await watching.watch(parts)
    said = [one.content for one in await shown(api)]
    usage.free, _ = 9 << 30, copy.unlink()
    await watching.watch(parts)

    assert ["about 250 MB are left" in text and "not kept any more" in text for text in said].count(True) == 1
    assert [copy.name in text for text in said].count(True) == 1
    assert await shown(api) == []


async def test_streams_hear_of_them(api: Api) -> None:
    made = await announce(api)
    await api.do(announcing.react, made.id, "🎉")

    (new,) = of(AnnouncementMade(announcement=made.id))
    (gone,) = of(AnnouncementGone(announcement=made.id))
    (reacted,) = of(AnnouncementReacted(announcement=made.id, name="🎉"))

    assert isinstance(new, Thing)
    assert isinstance(gone, Word)
    assert isinstance(reacted, Thing)
    assert (new.event, gone.event, gone.payload, reacted.event) == (
        "announcement",
        "announcement.delete",
        str(made.id),
        "announcement.reaction",
    )

    def present(thing: Thing) -> Any:
        return lambda tx: thing.present(Presenter(tx, api.parts.identity.here, api.owner.id))

    assert await api.parts.db.read(present(new)) == (await shown(api))[0]
    assert await api.parts.db.read(present(reacted)) == AnnouncementReaction(
        name="🎉", count=1, announcement_id=str(made.id)
    )
    await api.do(announcing.unreact, made.id, "🎉")
    assert (await api.parts.db.read(present(reacted))).count == 0
