"""Others' media: addresses of ours for them, fetched when somebody first looks, once, checked, stripped, and kept."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import trio
from msgspec import structs
from PIL import Image

from smallfed.domain.copy import Cause, Copy, CopyState, Shrinking, Subject
from smallfed.domain.domain_block import Severity
from smallfed.domain.post import Attachment, Post
from smallfed.imaging.attachments import preview
from smallfed.policy.copying import AREAS
from smallfed.runtime.client import Answer, NoAnswer
from smallfed.services import blocking, moderating
from smallfed.services.moderating import Wish
from smallfed.store import accounts, attachments, copies, discards, houses
from smallfed.store.tx import Tx
from smallfed.workers.taking import IN_MEMORY
from tests.imaging.samples import RED, corners, drawn, saved
from tests.imaging.test_stripping import SECRET, film, picture
from tests.mastodon.api import Answered, Api
from tests.mastodon.facts import hear

CAT = "https://far.example/cat.jpg"
LARGE = saved(drawn(2000, 1500), "JPEG", quality=95)
MP4 = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(range(256)) * 40
FOREVER = "public, max-age=31536000, immutable"


async def shown(api: Api, url: str = CAT, kind: str = "image", **columns: Any) -> Any:
    """Let somebody show ``url`` in a post; return the medium as apps see it."""
    post = await heard(api, url, kind, **columns)
    status = (await api.ask("GET", f"/api/v1/statuses/{post.id}")).json()
    return status["media_attachments"][0]


async def heard(api: Api, url: str, kind: str, **columns: Any) -> Post:
    bob = await api.do(accounts.find_handle, "bob", "far.example") or await api.know("bob@far.example")
    post = await hear(api, bob, **columns)
    far = Attachment(id=0, kind=kind, url=url)
    await api.do(lambda tx: attachments.replace(tx, post.id, [far]))
    return post


def serve(api: Api, body: bytes, url: str = CAT, type_: str = "text/html", status: int = 200) -> None:
    api.http.pages[url] = Answer(status, url, [("content-type", type_)], body)


async def known(api: Api, url: str = CAT) -> Copy:
    found = await api.do(copies.find, url)
    assert found is not None
    return found


def headers(answer: Answered) -> dict[str, str]:
    """Return the headers that every file has, without those about it."""
    about = ("content-type", "content-length", "etag", "content-disposition", "content-range")
    return {name: value for name, value in answer.headers.items() if name not in about}


async def test_a_picture_is_fetched_once_and_kept(api: Api) -> None:
    """Whatever its server calls it, and however many look at once."""
    media = await shown(api)
    serve(api, picture("JPEG"))
    answers: list[Answered] = []

    async def look() -> None:
        answers.append(await api.fetch(media["url"]))

    async with trio.open_nursery() as nursery:
        for _ in range(50):
            nursery.start_soon(look)
    again = await api.fetch(media["url"])

    assert media["remote_url"] == CAT
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in [*answers, again]}) == 1
    assert api.http.asked == [CAT]
    assert again.headers["content-type"] == "image/jpeg"
    name = again.headers["etag"].strip('"')
    assert again.headers["content-disposition"] == f'inline; filename="{name}"'
    assert headers(again) == {
        "cache-control": FOREVER,
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
        "cross-origin-resource-policy": "cross-origin",
        "access-control-allow-origin": "*",
        "accept-ranges": "bytes",
    }
    assert SECRET not in again.body
    kept = await known(api)
    assert (kept.state, kept.file, kept.media_type, kept.size, kept.host, kept.subject, kept.cause) == (
        CopyState.KEPT,
        name,
        "image/jpeg",
        len(again.body),
        "far.example",
        Subject.ATTACHMENT,
        Cause.FOLLOW,
    )
    assert (await api.fetch(media["url"], if_none_match=f'"{name}"')).status == 304
    part = await api.fetch(media["url"], range="bytes=10-19")
    assert (part.status, part.body, part.headers["content-range"]) == (
        206,
        again.body[10:20],
        f"bytes 10-19/{len(again.body)}",
    )


async def test_a_large_picture_has_a_small_form(api: Api) -> None:
    media = await shown(api)
    serve(api, LARGE)

    small, large = await api.fetch(media["preview_url"]), await api.fetch(media["url"])

    with Image.open(BytesIO(small.body)) as image:
        assert (image.size, corners(image)[0]) == ((554, 416), RED)
    with Image.open(BytesIO(large.body)) as image:
        assert image.size == (2000, 1500)
    assert small.headers["cache-control"] == large.headers["cache-control"] == FOREVER
    kept = await known(api)
    assert (kept.shrinking, kept.preview_type, kept.preview_size) == (Shrinking.DONE, "image/jpeg", len(small.body))
    assert api.http.asked == [CAT]


async def test_what_came_without_a_blur_has_one_once_it_was_made_smaller(api: Api) -> None:
    """Theirs is what they say; a small picture needs none."""
    serve(api, LARGE)
    post = await heard(api, CAT, "image")
    theirs = Attachment(id=0, kind="image", url=f"{CAT}?2", blurhash="LEHV6nWB2yk8pyo0adR*.7kCMdnj")
    await api.do(lambda tx: attachments.replace(tx, post.id, [Attachment(id=0, kind="image", url=CAT), theirs]))

    async def seen() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await api.ask("GET", f"/api/v1/statuses/{post.id}")).json()["media_attachments"]
        return found

    before = await seen()
    await api.fetch(before[0]["preview_url"])

    blurred = preview(LARGE, pixels=AREAS[Subject.ATTACHMENT]).blurhash
    assert [each["blurhash"] for each in before] == [None, theirs.blurhash]
    assert [each["blurhash"] for each in await seen()] == [blurred, theirs.blurhash]


async def test_small_forms_outlive_their_originals(api: Api) -> None:
    media = await shown(api)
    serve(api, LARGE)
    small = await api.fetch(media["preview_url"])
    kept = await known(api)
    await api.do(lambda tx: copies.change(tx, kept.id, file=None))
    api.http.pages[CAT] = NoAnswer("connect", "it is down")

    instead, still = await api.fetch(media["url"]), await api.fetch(media["preview_url"])

    assert (instead.status, instead.body, instead.headers["cache-control"]) == (200, small.body, "private, max-age=300")
    assert still.body == small.body
    serve(api, LARGE)
    await trio.sleep(timedelta(days=8).total_seconds())
    assert len((await api.fetch(media["url"])).body) > len(small.body)


async def test_of_faces_only_what_is_shown_is_kept(api: Api) -> None:
    bob = await api.know("bob@far.example", avatar=CAT)
    serve(api, LARGE)
    face = (await api.ask("GET", f"/api/v1/accounts/{bob.id}")).json()

    one, still = await api.fetch(face["avatar"]), await api.fetch(face["avatar_static"])

    assert one.body == still.body
    with Image.open(BytesIO(one.body)) as image:
        assert image.width * image.height <= 401 * 401
    kept = await known(api)
    assert (kept.file, kept.preview is not None, kept.size) == (None, True, len(LARGE) - _told(LARGE, kept))
    assert api.http.count(CAT) == 1


def _told(data: bytes, kept: Copy) -> int:
    """Return how much of a file was stripped."""
    return len(data) - (kept.size or 0)


async def test_what_moves_has_a_still(api: Api) -> None:
    bob = await api.know("bob@far.example", avatar=CAT)
    serve(api, film("GIF"))
    face = (await api.ask("GET", f"/api/v1/accounts/{bob.id}")).json()

    moving, still = await api.fetch(face["avatar"]), await api.fetch(face["avatar_static"])

    assert (moving.headers["content-type"], still.headers["content-type"]) == ("image/gif", "image/jpeg")
    with Image.open(BytesIO(moving.body)) as image:
        assert image.n_frames == 3


@pytest.mark.parametrize(
    "body",
    [
        b"<html><script>alert(1)</script></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'{"@context": "https://www.w3.org/ns/activitystreams", "type": "Note"}',
        b"<?xml version='1.0'?>",
        b"",
        b"\x89PNG\r\n\x1a\n<html>",
        b"\xff\xd8\xff\xe0<html>",
        b"%PDF-1.7" + bytes(1000),
    ],
)
async def test_what_is_no_picture_is_refused_and_not_asked_for_at_once_again(api: Api, body: bytes) -> None:
    media = await shown(api, "https://far.example/cat.png")
    serve(api, body, "https://far.example/cat.png", type_="image/png")

    first, second = await api.fetch(media["url"]), await api.fetch(media["url"])

    assert (first.status, second.status) == (404, 404)
    assert b"script" not in first.body + second.body
    assert first.headers["content-type"] == "application/json; charset=utf-8"
    assert first.headers["cache-control"] == "no-store"
    assert api.http.asked == ["https://far.example/cat.png"]
    await trio.sleep(400)
    await api.fetch(media["url"])
    await trio.sleep(400)
    await api.fetch(media["url"])
    assert len(api.http.asked) == 2  # the pause grows


async def test_what_failed_by_a_clock_that_was_ahead_is_tried_again(api: Api) -> None:
    media = await shown(api, "https://far.example/cat.png")
    serve(api, b"<html>", "https://far.example/cat.png", type_="image/png")
    await api.fetch(media["url"])
    await trio.sleep(1)  # that it failed is noted after the answer
    year = timedelta(days=365) // timedelta(milliseconds=1)
    await api.do(Tx.run, "UPDATE copies SET fetched_at = fetched_at + ?1, retry_at = retry_at + ?1", year)

    await api.fetch(media["url"])

    assert len(api.http.asked) == 2


@pytest.mark.parametrize("answer", [404, 410, 403, 500])
async def test_what_is_not_there_any_more(api: Api, answer: int) -> None:
    media = await shown(api)
    serve(api, b"<html>no</html>", status=answer)

    found = await api.fetch(media["url"])

    assert (found.status, b"html" in found.body) == (404, False)


Change = Callable[[str], str]


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url[:-5] + ("0" if url[-5] != "0" else "1") + url[-4:],
        lambda url: url.replace("attachment-", "attachment-1"),
        lambda url: url.replace("attachment-", "avatar-"),
        lambda url: url.replace(".jpg", "-small.jpg"),
        lambda url: url.replace(".jpg", ".png"),
        lambda url: url + "/",
        lambda url: url + "/..",
        lambda url: url.replace("/remote/", "/remote/../remote/"),
        lambda url: url.replace("/remote/", "/remote//"),
        lambda url: url.replace("attachment", "ATTACHMENT"),
        lambda url: url.rpartition("/")[0] + "/",
        lambda url: url.rpartition("/")[0] + "/emoji-at-aHR0cHM6Ly9mYXIuZXhhbXBsZS9j-" + "0" * 32 + ".png",
    ],
)
async def test_nobody_makes_an_address(api: Api, change: Change) -> None:
    media = await shown(api)
    serve(api, picture("JPEG"))

    answer = await api.fetch(change(media["url"]))

    assert (answer.status, answer.json()) == (404, {"error": "not found"})
    assert api.http.asked == []


async def test_an_address_changes_with_what_it_names(api: Api) -> None:
    bob = await api.know("bob@far.example", avatar=CAT)
    before = (await api.ask("GET", f"/api/v1/accounts/{bob.id}")).json()["avatar"]
    serve(api, picture("JPEG"))

    await api.do(lambda tx: accounts.change(tx, bob.id, avatar="https://far.example/new.jpg"))

    after = (await api.ask("GET", f"/api/v1/accounts/{bob.id}")).json()["avatar"]
    assert after != before
    assert (await api.fetch(before)).status == 404
    assert api.http.count(".jpg") == 0


async def test_nothing_is_fetched_that_the_owner_does_not_want(api: Api) -> None:
    media = await shown(api)
    serve(api, picture("JPEG"))
    assert (await api.fetch(media["url"])).status == 200

    await api.do(blocking.block_domain, "far.example")

    assert (await api.fetch(media["url"])).status == 404


@pytest.mark.parametrize("severity", [Severity.SUSPEND, Severity.NOOP])
async def test_no_redirect_leads_to_pictures_that_the_owner_does_not_want(api: Api, severity: Severity) -> None:
    media = await shown(api)
    api.http.lead(CAT, "https://cdn.example/cat.jpg")
    serve(api, picture("JPEG"), "https://cdn.example/cat.jpg")
    await api.do(lambda tx: moderating.block(tx, "cdn.example", Wish(severity=severity, reject_media=True)))

    assert (await api.fetch(media["url"])).status == 404
    assert api.http.asked == [CAT]


async def test_no_pictures_are_fetched_where_the_owner_wants_none(api: Api) -> None:
    media = await shown(api)
    serve(api, picture("JPEG"))

    await api.do(lambda tx: moderating.block(tx, "far.example", Wish(severity=Severity.NOOP, reject_media=True)))

    assert (await api.fetch(media["url"])).status == 404
    assert api.http.asked == []


async def test_a_film_comes_whole_and_in_parts(api: Api) -> None:
    media = await shown(api, "https://far.example/film.mp4", "video")
    serve(api, MP4, "https://far.example/film.mp4", type_="text/html")

    whole = await api.fetch(media["url"])
    part = await api.fetch(media["url"], range="bytes=100-199")

    assert media["preview_url"] is None
    assert (whole.status, whole.body, whole.headers["content-type"]) == (200, MP4, "video/mp4")
    assert (part.status, part.body) == (206, MP4[100:200])
    kept = await known(api, "https://far.example/film.mp4")
    assert (kept.media_type, kept.size, kept.file is not None) == ("video/mp4", len(MP4), True)


async def test_a_film_that_is_too_large_passes_through(api: Api) -> None:
    long = MP4 + bytes(2 << 20)
    media = await shown(api, "https://far.example/film.mp4", "video")
    serve(api, long, "https://far.example/film.mp4")

    first, second = await api.fetch(media["url"]), await api.fetch(media["url"])

    assert (first.status, len(first.body), first.body == long) == (200, len(long), True)
    assert second.body == long
    assert first.headers["content-type"] == "video/mp4"
    kept = await known(api, "https://far.example/film.mp4")
    assert (kept.state, kept.file, kept.size) == (CopyState.KEPT, None, len(long))
    assert not [path for path in (api.parts.data / "media" / "remote").glob("*") if path.is_file()]


async def test_a_picture_that_is_too_large_is_refused(api: Api) -> None:
    media = await shown(api)
    serve(api, picture("JPEG") + bytes(17 << 20))

    answer = await api.fetch(media["url"])

    assert (answer.status, "16 MB" in answer.json()["error"]) == (404, True)


async def test_what_drips_is_given_up(api: Api) -> None:
    media = await shown(api)
    serve(api, picture("JPEG"))
    api.http.slow["far.example"] = 300

    answer = await api.fetch(media["url"])

    assert (answer.status, "in time" in answer.json()["error"]) == (404, True)


async def test_to_wait_for_a_place_is_no_failure(api: Api) -> None:
    """Others' servers are asked for few things at a time: what waits for that is not taken for broken."""
    media = await shown(api)
    serve(api, picture("JPEG"))
    api.http.queue = 25
    patient = await api.fetch(media["url"])
    other = await shown(api, "https://far.example/other.jpg")
    serve(api, picture("JPEG"), "https://far.example/other.jpg")
    api.http.queue = 35
    later = await api.fetch(other["url"])

    assert patient.status == 200
    assert (later.status, int(later.headers["retry-after"]) < 60) == (503, True)
    assert await api.do(copies.find, "https://far.example/other.jpg") is None


async def test_where_there_is_no_room_large_pictures_are_held_in_memory(api: Api) -> None:
    """Not many at once, and nothing of them comes to the disk."""
    large = saved(Image.effect_noise((900, 900), 100), "PNG")
    media = await shown(api)
    serve(api, large)
    api.parts.room.budget = 10
    answer = await api.fetch(media["url"])
    api.parts.mirroring.bringer.hands.left = IN_MEMORY
    refused = await api.fetch(media["url"])

    assert len(large) > IN_MEMORY
    assert (answer.status, answer.body == large, answer.headers["cache-control"]) == (200, True, "private, max-age=0")
    assert (refused.status, "cannot be kept" in refused.json()["error"]) == (503, True)
    assert api.parts.mirroring.bringer.hands.left == IN_MEMORY
    assert (list((api.parts.data / "media" / "remote").glob("*")), api.parts.room.stock.coming) == ([], 0)


async def _fill(api: Api) -> None:
    """Let the database have no page left for what is noted of copies."""
    await api.do(lambda tx: tx.run("CREATE TABLE fill (it)"))
    for change in ("INSERT", "UPDATE"):
        grow = f"CREATE TRIGGER fill_{change} BEFORE {change} ON copies BEGIN"
        await api.do(lambda tx, grow: tx.run(f"{grow} INSERT INTO fill VALUES (zeroblob(1000000)); END"), grow)
    (pages,) = await api.do(lambda tx: tx.one("PRAGMA page_count"))
    await api.do(lambda tx: tx.one(f"PRAGMA max_page_count = {pages}"))


async def test_a_database_that_takes_nothing_keeps_nobody_from_looking(api: Api) -> None:
    """Nor does what cannot be noted then end anything else that is under way."""
    film = await shown(api, "https://far.example/film.mp4", "video")
    serve(api, MP4 + bytes(2 << 20), "https://far.example/film.mp4")
    broken = await shown(api, "https://far.example/broken.png")
    serve(api, b"no picture", "https://far.example/broken.png")
    whole = await shown(api)
    serve(api, picture("JPEG"))
    await _fill(api)

    answers = [await api.fetch(media["url"]) for media in (film, broken, whole)]
    nursery = api.parts.mirroring.bringer._nursery
    left = list((api.parts.data / "media" / "remote").glob(".*"))
    await api.do(lambda tx: tx.one("PRAGMA max_page_count = 1000000"))
    again = await api.fetch(whole["url"])

    assert [answer.status for answer in answers] == [200, 404, 200]
    assert answers[2].headers["cache-control"] == "private, max-age=0"
    assert nursery is not None
    assert left == []
    assert again.headers["cache-control"] == FOREVER


async def test_a_smaller_form_that_cannot_be_noted_leaves_no_file(api: Api) -> None:
    media = await shown(api)
    serve(api, LARGE)
    large = await api.fetch(media["url"])
    await _fill(api)

    instead = await api.fetch(media["preview_url"])

    assert (instead.body == large.body, instead.headers["cache-control"]) == (True, "private, max-age=300")
    assert {path.name for path in (api.parts.data / "media" / "remote").iterdir()} == await api.do(copies.files)


async def test_a_film_that_stops_before_it_begins_is_refused_in_our_words(api: Api) -> None:
    long = MP4 + bytes(2 << 20)
    media = await shown(api, "https://far.example/film.mp4", "video")
    serve(api, long, "https://far.example/film.mp4")
    await api.fetch(media["url"])
    told = [("content-length", str(len(long)))]
    api.http.pages["https://far.example/film.mp4"] = Answer(200, "https://far.example/film.mp4", told, b"<html>")

    for range_ in ("bytes=0-", "bytes=0-99"):
        answer = await api.fetch(media["url"], range=range_)
        assert (answer.status, answer.json()) == (503, {"error": "this cannot be had from its server now"})


async def test_a_part_of_a_film_that_passes_is_the_part_that_was_asked_for(api: Api) -> None:
    """Also where its server sends everything whatever it is asked: then that is what is said."""
    long = MP4 + bytes(2 << 20)
    media = await shown(api, "https://far.example/film.mp4", "video")
    serve(api, long, "https://far.example/film.mp4")
    await api.fetch(media["url"])

    head, tail = [await api.fetch(media["url"], range=range_) for range_ in ("bytes=0-99", "bytes=100-199")]

    assert (head.status, head.body, head.headers["content-range"]) == (206, long[:100], f"bytes 0-99/{len(long)}")
    assert (tail.status, tail.body == long, "content-range" in tail.headers) == (200, True, False)


async def test_where_there_is_no_room_pictures_are_shown_and_not_kept(api: Api) -> None:
    media = await shown(api)
    serve(api, picture("JPEG"))
    api.parts.room.budget = 10

    answer = await api.fetch(media["url"])

    assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.headers["cache-control"] == "private, max-age=0"
    assert await api.do(copies.find, CAT) is None


async def test_a_file_that_is_lost_is_fetched_again(api: Api) -> None:
    media = await shown(api)
    serve(api, picture("JPEG"))
    first = await api.fetch(media["url"])
    (path,) = (api.parts.data / "media" / "remote").iterdir()
    path.unlink()

    again = await api.fetch(media["url"])

    assert (again.status, again.body) == (200, first.body)
    assert len(api.http.asked) == 2
    assert await api.do(discards.all_) == []


async def test_the_last_view_is_noted_once_a_day(api: Api) -> None:
    media = await shown(api)
    serve(api, picture("JPEG"))
    await api.fetch(media["url"])
    first = await known(api)

    await trio.sleep(3600)
    await api.fetch(media["url"])
    await trio.sleep(3600)
    assert (await known(api)).seen_at == first.seen_at
    await trio.sleep(timedelta(days=1).total_seconds())
    await api.fetch(media["url"])
    await trio.sleep(120)

    assert (await known(api)).seen_at - first.seen_at > timedelta(days=1)


async def test_pictures_of_an_earlier_version(api: Api) -> None:
    """They have no rows any more; their addresses carry where they are."""
    house = await api.do(houses.get)
    serve(api, picture("JPEG"))

    answer = await api.fetch(house.proxied(Subject.ATTACHMENT, 0, CAT))

    assert answer.status == 200


async def test_why_it_is_here(api: Api) -> None:
    post = await heard(api, CAT, "image", in_home=True)
    serve(api, picture("JPEG"))
    media = (await api.ask("GET", f"/api/v1/statuses/{post.id}")).json()["media_attachments"][0]

    await api.fetch(media["url"])

    assert (await known(api)).cause is Cause.FOLLOW


async def test_media_may_have_a_host_of_their_own(api: Api) -> None:
    """Everything is addressed there, nothing else is served there, and old addresses go on to work."""
    media = await shown(api)
    serve(api, picture("JPEG"))
    api.parts.identity.house = structs.replace(api.parts.identity.here, media_host="media.example")
    moved = (await shown(api))["url"]
    own = (await api.ask("GET", "/api/v1/accounts/verify_credentials")).json()["avatar"]
    path = moved.removeprefix("https://media.example")

    there = [await api.fetch(each, host="Media.example") for each in (path, "/", "/@alice", "/inbox", "/healthz")]
    here = await api.fetch(media["url"], host="home.example")

    assert path.startswith("/media/remote/")
    assert own == "https://media.example/media/avatars/default.png"
    assert [answer.status for answer in there] == [200, 404, 404, 404, 404]
    assert (here.status, here.body) == (200, there[0].body)


async def test_what_was_noted_when_the_house_fell_gets_its_name(api: Api) -> None:
    """It was whole on the disk already; the rest had only begun to come."""
    media = await shown(api)
    serve(api, picture("JPEG"))
    first = await api.fetch(media["url"])
    file = (await known(api)).file
    assert file is not None
    folder = api.parts.data / "media" / "remote"
    (folder / file).rename(folder / f".{file}")
    (folder / ".begun.png").write_bytes(b"half")

    await api.parts.mirroring._recover()
    again = await api.fetch(media["url"])

    assert [path.name for path in folder.glob("*") if path.name.startswith(".")] == []
    assert (again.status, again.body) == (200, first.body)
    assert api.http.count(".jpg") == 1
