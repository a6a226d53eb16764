"""A purged file at another address: it is refused at the first look, kept nowhere, and shown by nobody from then on."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import trio.testing
from msgspec import UNSET

from smallfed.domain.account import Emoji
from smallfed.domain.card import Glimpse
from smallfed.domain.copy import Subject
from smallfed.domain.post import Attachment
from smallfed.domain.purge import Purge, PurgeKind
from smallfed.domain.reaction import Reaction
from smallfed.imaging.stripping import strip
from smallfed.services import carding, liking
from smallfed.store import accounts, attachments, cards, copies, discards, edits, likes, posts, purges
from smallfed.store.tx import Tx
from tests.imaging.test_stripping import picture
from tests.mastodon.api import Api
from tests.mastodon.facts import hear
from tests.mastodon.test_remote_media import CAT, LARGE, MP4, serve

NEW, PAGE = "https://other.example/new.jpg", "https://news.example/1"
Look = Callable[[Any], str]


async def refuse(api: Api, *files: bytes) -> None:
    """Let files be purged that came from somewhere, at some time."""

    def purged(tx: Tx) -> None:
        purge = purges.put(tx, Purge(id=0, kind=PurgeKind.FILE, host="", begun_at=tx.now))
        purges.remember(tx, purge.id, files=[sha256(file).digest() for file in files])

    await api.do(purged)


async def furnish(api: Api, subject: Subject, kind: str = "image", by: str = "bob@far.example") -> str:
    """Let somebody show NEW as theirs, and return the path of a status that has it."""
    bob = await api.know(by, **({subject.value: NEW} if subject.value in ("avatar", "header") else {}))
    emojis = (Emoji(shortcode="cat", url=NEW),) if subject is Subject.EMOJI else ()
    await api.do(lambda tx: accounts.change(tx, bob.id, emojis=emojis, name="Bob :cat:"))
    post = await hear(api, bob, ":cat:", emojis=emojis)
    if subject is Subject.ATTACHMENT:
        far = Attachment(id=0, kind=kind, url=NEW, description="A cat", blurhash="LKO2?U")
        await api.do(lambda tx: attachments.replace(tx, post.id, [far]))
    elif subject is Subject.CARD:
        await api.do(_show_page, post.id)
    return f"/api/v1/statuses/{post.id}"


def _show_page(tx: Tx, post: int) -> None:
    cards.show(tx, post, cards.put(tx, PAGE).id)
    carding.fill(tx, PAGE, Glimpse(page=PAGE, title="News", image=NEW))


SHOWN: dict[Subject, Look] = {
    Subject.ATTACHMENT: lambda status: status["media_attachments"],
    Subject.AVATAR: lambda status: status["account"]["avatar"],
    Subject.HEADER: lambda status: status["account"]["header"],
    Subject.CARD: lambda status: status["card"]["image"],
    Subject.EMOJI: lambda status: [status["emojis"], status["account"]["emojis"]],
}
ADDRESS: dict[Subject, Look] = SHOWN | {
    Subject.ATTACHMENT: lambda status: status["media_attachments"][0]["preview_url"],
    Subject.EMOJI: lambda status: status["emojis"][0]["static_url"],
}
LEFT: dict[Subject, object] = {
    Subject.ATTACHMENT: [],
    Subject.AVATAR: "https://home.example/media/avatars/missing.png",
    Subject.HEADER: "https://home.example/media/headers/missing.png",
    Subject.CARD: None,
    Subject.EMOJI: [[], []],
}


def kept(api: Api) -> list[Path]:
    return [path for path in (api.parts.data / "media").rglob("*") if path.is_file()]


@pytest.mark.parametrize("large", [False, True], ids=["small", "large"])
@pytest.mark.parametrize("known", ["came", "kept"])
@pytest.mark.parametrize("subject", Subject)
async def test_whoever_shows_it_does_so_no_more(api: Api, subject: Subject, known: str, large: bool) -> None:
    """It is known by how it came, and by how it was kept, in memory and on the disk; nobody fetches it again."""
    came = LARGE if large else picture("JPEG")
    await refuse(api, came if known == "came" else strip(came).data)
    path = await furnish(api, subject)
    serve(api, came, NEW)
    before = (await api.ask("GET", path)).json()
    address, files = ADDRESS[subject](before), kept(api)

    first = await api.fetch(address)
    after = (await api.ask("GET", path)).json()
    again = await api.fetch(address)

    assert (first.status, again.status, api.http.asked) == (404, 404, [NEW])
    assert SHOWN[subject](after) == LEFT[subject]
    assert after["edited_at"] is None
    assert (await api.do(copies.find, NEW), kept(api)) == (None, files)


async def test_another_post_with_the_same_address(api: Api) -> None:
    """It lets the picture go when somebody looks at it there; one that comes is taken in without it."""
    await refuse(api, picture("JPEG"))
    one, other = [await furnish(api, Subject.ATTACHMENT, by=f"{name}@far.example") for name in ("bob", "eve")]
    serve(api, picture("JPEG"), NEW)
    address = (await api.ask("GET", other)).json()["media_attachments"][0]["url"]
    await api.fetch((await api.ask("GET", one)).json()["media_attachments"][0]["url"])
    before = (await api.ask("GET", other)).json()["media_attachments"]

    answers = [await api.fetch(address) for _ in range(2)]

    assert len(before) == 1
    assert [answer.status for answer in answers] == [404, 404]
    assert (await api.ask("GET", other)).json()["media_attachments"] == []
    assert api.http.asked == [NEW]


async def test_a_film_is_known_when_it_has_come(api: Api) -> None:
    """Whoever is first may see it while it comes; what has come is not kept."""
    await refuse(api, MP4)
    path = await furnish(api, Subject.ATTACHMENT, "video")
    serve(api, MP4, NEW)
    files = kept(api)

    await api.fetch((await api.ask("GET", path)).json()["media_attachments"][0]["url"])
    await trio.testing.wait_all_tasks_blocked(0.05)

    assert (await api.ask("GET", path)).json()["media_attachments"] == []
    assert (await api.do(copies.find, NEW), kept(api)) == (None, files)


async def test_what_was_there_before_goes_too(api: Api) -> None:
    """The address is refused, whatever was there at another time."""
    path = await furnish(api, Subject.ATTACHMENT)
    serve(api, picture("JPEG"), NEW)
    address = (await api.ask("GET", path)).json()["media_attachments"][0]["url"]
    shown = await api.fetch(address)
    lost = f"remote/{shown.headers['etag'].strip(chr(34))}"
    await refuse(api, LARGE)
    serve(api, LARGE, NEW)
    (api.parts.data / "media" / lost).unlink()

    again = await api.fetch(address)

    assert (shown.status, again.status) == (200, 404)
    assert (await api.do(copies.find, NEW), await api.do(discards.all_)) == (None, [lost])


async def test_reactions_and_earlier_versions(api: Api) -> None:
    """What has no row of its own is left out when it is shown; nor does the owner take the picture of a reaction up."""
    await refuse(api, picture("JPEG"))
    path = await furnish(api, Subject.ATTACHMENT)
    serve(api, picture("JPEG"), NEW)
    number = int(path.rpartition("/")[2])
    post = await api.do(posts.get, number)
    said = Attachment(id=1, kind="image", url=NEW), Attachment(id=2, kind="image", url=CAT)
    await api.do(lambda tx: edits.put(tx, post, said, None))
    carol = await api.know("carol@other.example")
    cat = Reaction(emoji=":cat:", picture=NEW)
    await api.do(lambda tx: liking.receive_like(tx, carol, post, None, cat))

    (reaction,) = (await api.ask("GET", path)).json()["emoji_reactions"]
    await api.fetch(reaction["url"])

    (left,) = (await api.ask("GET", path)).json()["emoji_reactions"]
    versions = (await api.ask("GET", f"{path}/history")).json()
    assert (left.get("url", UNSET), left["count"]) == (UNSET, 1)
    assert await api.do(likes.find_picture, number, ":cat:") is None
    assert await api.do(likes.feelings, [(carol.id, number)]) == {(carol.id, number): Reaction(emoji=":cat:")}
    assert [one["remote_url"] for one in versions[0]["media_attachments"]] == [CAT]
