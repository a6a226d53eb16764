"""Servers that the owner has limited: who lives there is met where the owner looks; lifting restores everything."""

from typing import Any

import pytest
from msgspec import UNSET

from smallfed.domain.account import Account, Emoji
from smallfed.domain.post import Attachment, Post
from smallfed.domain.relation import Follow
from smallfed.mastodon.entities import Account as Shown
from smallfed.mastodon.entities import Notification, NotificationRequest, Status, StatusEdit
from smallfed.mastodon.entities.moderation import AdminDomainBlock
from smallfed.services import admitting, indexing
from smallfed.store import attachments, follows, mentions
from smallfed.store.tx import Tx
from tests.mastodon.api import Api
from tests.mastodon.facts import follow, hear, ids_of

BLOCKS = "/api/v1/admin/domain_blocks"
FACE = "https://loud.example/face.png"


@pytest.fixture
async def admin(api: Api) -> Api:
    """Return the API, asked with a token for everything."""
    api.token = await api.grant("read write follow push admin:read admin:write")
    return api


async def limit(api: Api, **wish: Any) -> str:
    """Let something hold for loud.example, and return the path of it."""
    made = await api.post(BLOCKS, AdminDomainBlock, domain="loud.example", **wish)
    return f"{BLOCKS}/{made.id}"


async def say_cats(api: Api, author: Account) -> Post:
    """Let somebody say something about cats that may be searched."""
    post = await hear(api, author, "purring", in_home=False)

    def tag(tx: Tx) -> None:
        mentions.replace_hashtags(tx, post.id, ["cats"])
        indexing.index(tx, post.id)

    await api.do(tag)
    return post


async def met(api: Api) -> dict[str, list[str]]:
    """Return which posts the owner comes across, and where."""
    found = (await api.ask("GET", "/api/v2/search", query={"q": "purring", "type": "statuses"})).json()["statuses"]
    return {
        "public": await ids_of(api, "/api/v1/timelines/public"),
        "tag": await ids_of(api, "/api/v1/timelines/tag/cats"),
        "search": [status["id"] for status in found],
    }


async def test_a_limited_server(admin: Api) -> None:
    """Strangers there are not come across; whom the owner follows is, and who is asked for is shown."""
    bob, carol = [await admin.know(f"{name}@sub.loud.example", indexable=True) for name in ("bob", "carol")]
    dave = await admin.know("dave@calm.example", indexable=True)
    await follow(admin, carol)
    theirs = [str((await say_cats(admin, person)).id) for person in (dave, carol, bob)]
    before = await met(admin)

    path = await limit(admin)
    during = await met(admin)
    shown = await admin.get(f"/api/v1/accounts/{bob.id}", Shown)
    own = await ids_of(admin, f"/api/v1/accounts/{bob.id}/statuses")
    post = await admin.get(f"/api/v1/statuses/{theirs[2]}", Status)
    await admin.ask("PUT", path, json={"severity": "noop"})
    noted = await met(admin)
    await admin.ask("PUT", path, json={"severity": "silence"})
    await admin.ask("DELETE", path)

    everything = dict.fromkeys(before, theirs[::-1])
    assert before == noted == await met(admin) == everything
    assert during == dict.fromkeys(before, theirs[1::-1])
    assert (shown.limited, own, post.account.limited) == (True, [theirs[2]], True)
    assert (await admin.get(f"/api/v1/accounts/{bob.id}", Shown)).limited is UNSET


async def test_notifications_of_a_limited_server_wait(admin: Api) -> None:
    """Those of people the owner follows do not. Who is there and wants to follow, asks."""
    bob, carol = [await admin.know(f"{name}@loud.example") for name in ("bob", "carol")]
    await follow(admin, carol)
    await limit(admin)

    await hear(admin, bob, names=True)
    await hear(admin, carol, names=True)
    await admin.do(admitting.receive_follow, bob, f"{bob.uri}#follows/1")

    told = await admin.get("/api/v1/notifications", list[Notification])
    (request,) = await admin.get("/api/v1/notifications/requests", list[NotificationRequest])
    asking: Follow | None = await admin.parts.db.read(follows.find, bob.id, admin.owner.id)
    assert [(one.type, one.account.acct) for one in told] == [("mention", "carol@loud.example")]
    assert (request.account.acct, request.account.limited) == ("bob@loud.example", True)
    assert asking is not None
    assert not asking.accepted


async def test_pictures_of_a_server_that_are_not_wanted(admin: Api) -> None:
    """Nothing of them is shown, and nothing is lost."""
    bob = await admin.know("bob@loud.example", avatar=FACE, header=FACE, emojis=(Emoji(shortcode="x", url=FACE),))
    post = await hear(admin, bob, emojis=(Emoji(shortcode="x", url=FACE),))
    await admin.do(attachments.replace, post.id, [Attachment(id=1, kind="image", url=FACE)])
    paths = [f"/api/v1/statuses/{post.id}", f"/api/v1/statuses/{post.id}/history", "/api/v1/timelines/home"]

    async def bodies() -> list[bytes]:
        return [(await admin.ask("GET", path)).body for path in paths]

    before = await bodies()
    path = await limit(admin, severity="noop", reject_media="true")
    during = await bodies()
    status = await admin.get(paths[0], Status)
    (version,) = await admin.get(paths[1], list[StatusEdit])
    await admin.ask("PUT", path, json={"reject_media": False})

    assert [FACE.encode() in body for body in (*before, *during)] == [True, True, True, False, False, False]
    assert (status.media_attachments, version.media_attachments, status.emojis, status.account.emojis) == ([],) * 4
    assert status.account.avatar == "https://home.example/media/avatars/missing.png"
    assert await bodies() == before


async def test_who_is_cut_off_is_shown_by_their_name_only(admin: Api) -> None:
    """Whoever has their number sees that they are suspended, and all again when that is over."""
    bob = await admin.know("bob@loud.example", note="<p>mine</p>", avatar=FACE)
    path = f"/api/v1/accounts/{bob.id}"
    before: Shown = await admin.get(path, Shown)

    block = await limit(admin, severity="suspend")
    during: Shown = await admin.get(path, Shown)
    await admin.ask("DELETE", block)

    assert (before.suspended, before.note, before.display_name) == (UNSET, "<p>mine</p>", "Bob")
    assert (during.suspended, during.note, during.display_name) == (True, "", "")
    assert during.avatar == during.avatar_static != before.avatar
    assert await admin.get(path, Shown) == before
