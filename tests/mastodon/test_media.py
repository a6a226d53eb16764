"""Uploads and posts with pictures, through the client API."""

from io import BytesIO
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
import trio
from PIL import Image
from quart.datastructures import FileStorage

from smallfed.domain.events import MediumTaken
from smallfed.filming.formats import Means, supported
from smallfed.mastodon.entities import Focus, MediaAttachment, Meta, Size, Status, StatusEdit
from smallfed.mastodon.failures import Error
from smallfed.services import uploading
from tests import world
from tests.imaging.samples import GREEN, RED, corners, drawn, saved
from tests.mastodon.api import Answered, Api

GPS = {0x8825: {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)}}


def file(data: bytes, name: str | None = "cat.jpg", kind: str | None = "image/jpeg") -> FileStorage:
    return FileStorage(BytesIO(data), name, content_type=kind)


async def put_up(api: Api, data: bytes, path: str = "/api/v2/media", **form: Any) -> Answered:
    files = {"file": file(data)} | {name: form.pop(name) for name in ("thumbnail",) if name in form}
    return await api.ask("POST", path, files=files, form=form)


async def uploaded(api: Api, data: bytes | None = None, **form: Any) -> MediaAttachment:
    answer = await put_up(api, saved(drawn(), "PNG") if data is None else data, **form)
    assert answer.status == 200, answer.body
    found: MediaAttachment = answer.of(MediaAttachment)
    return found


def left_over(api: Api) -> list[str]:
    """Return the files that uploads have left, beside those that are shown."""
    return sorted(path.name for path in (api.parts.data / "media" / "incoming").glob("*"))


def shown_files(api: Api) -> int:
    return len(list((api.parts.data / "media" / "files").glob("*")))


# Uploading ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/api/v1/media", "/api/v2/media"])
async def test_a_photograph(api: Api, path: str) -> None:
    exif = Image.Exif()
    exif.update({0x0112: 6, 0x010F: "Secret camera", **GPS})
    photograph = saved(drawn(3000, 4000), "JPEG", exif=exif.tobytes(), comment=b"Secret words")

    answer = await put_up(api, photograph, path, description=" A flag ", focus="0.5,-7")
    media = answer.of(MediaAttachment)
    again = await api.get(f"/api/v1/media/{media.id}", MediaAttachment)
    original, small = await api.fetch(str(media.url)), await api.fetch(str(media.preview_url))

    assert answer.status == 200
    assert media == again
    assert media == MediaAttachment(
        id=media.id,
        type="image",
        url=media.url,
        preview_url=media.preview_url,
        remote_url=None,
        meta=Meta(
            original=Size(width=3326, height=2494, size="3326x2494", aspect=3326 / 2494),
            small=Size(width=554, height=416, size="554x416", aspect=554 / 416),
            focus=Focus(x=0.5, y=-1.0),
        ),
        description="A flag",
        blurhash=media.blurhash,
    )
    assert media.blurhash is not None
    assert len(media.blurhash) == 36
    for picture, size in ((original, (3326, 2494)), (small, (554, 416))):
        with Image.open(BytesIO(picture.body)) as image:
            assert (image.format, image.size, dict(image.getexif())) == ("JPEG", size, {})
            assert corners(image) == corners(drawn().rotate(-90, expand=True))
        assert b"Secret" not in picture.body
    assert left_over(api) == []


@pytest.mark.parametrize(
    ("format_", "becomes"), [("PNG", "PNG"), ("JPEG", "JPEG"), ("GIF", "PNG"), ("WEBP", "WEBP"), ("AVIF", "JPEG")]
)
async def test_every_format_by_its_content_and_not_by_its_name(api: Api, format_: str, becomes: str) -> None:
    files = {"file": file(saved(drawn(), format_), "notes.txt", "text/plain")}

    media = (await api.ask("POST", "/api/v2/media", files=files)).of(MediaAttachment)
    served = await api.fetch(str(media.url))

    with Image.open(BytesIO(served.body)) as image:
        assert (image.format, image.size) == (becomes, (60, 40))
    assert served.headers["content-type"] == f"image/{becomes.lower()}"
    assert media.preview_url == media.url  # it is small itself


@pytest.mark.parametrize("disposition", ['name="file"', 'name="file"; filename=""', 'name="file"; filename="x"'])
async def test_a_part_without_type_and_name(api: Api, disposition: str) -> None:
    data = saved(drawn(), "PNG")
    body = b"--x\r\nContent-Disposition: form-data; " + disposition.encode() + b"\r\n\r\n" + data + b"\r\n--x--\r\n"

    answer = await api.send("POST", "/api/v2/media", body, "multipart/form-data; boundary=x")

    assert (answer.status, answer.json()["type"]) == (200, "image")


async def test_what_moves_goes_on_moving_and_its_preview_stands_still(api: Api) -> None:
    frames = [drawn(), drawn().rotate(180)]
    film = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=[50, 90], comment=b"Secret")

    media = await uploaded(api, film)
    original, small = await api.fetch(str(media.url)), await api.fetch(str(media.preview_url))

    with Image.open(BytesIO(original.body)) as image:
        assert (media.type, image.format, image.n_frames, image.info["duration"]) == ("image", "GIF", 2, 50)
    with Image.open(BytesIO(small.body)) as image:
        assert (image.format, getattr(image, "n_frames", 1)) == ("JPEG", 1)
    assert b"Secret" not in original.body


def bomb() -> bytes:
    """Return a PNG that says to have 20,000 × 20,000 pixels, in a few bytes."""
    data = bytearray(saved(drawn(8, 8), "PNG"))
    data[16:24] = (20_000).to_bytes(4) * 2
    data[29:33] = crc32(data[12:29]).to_bytes(4)
    return bytes(data)


NOTHING = "This is no picture, film or sound we can read."
HOSTILE = {
    "HTML": (b"<!doctype html><script>alert(1)</script>", NOTHING),
    "SVG": (
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>',
        "This is no picture, film or sound we can read.",
    ),
    "PDF": (b"%PDF-1.7 nothing", NOTHING),
    "only a beginning": (b"\x89PNG\r\n\x1a\n", "This picture is broken and cannot be read."),
    "truncated JPEG": (saved(drawn(900, 900), "JPEG")[:-3000], "This picture is broken and cannot be read."),
    "truncated PNG": (saved(drawn(900, 900), "PNG")[:-500], "This picture is broken and cannot be read."),
    "truncated WebP": (saved(drawn(900, 900), "WEBP")[:-500], "This picture is broken and cannot be read."),
    "a bomb": (bomb(), "This picture is too large: 64 megapixels are allowed."),
}


@pytest.mark.parametrize(("data", "said"), HOSTILE.values(), ids=HOSTILE)
async def test_what_is_no_whole_picture_is_refused_and_leaves_nothing(api: Api, data: bytes, said: str) -> None:
    answer = await put_up(api, data)

    assert answer.status == 422
    assert answer.of(Error).error.removeprefix("Validation failed: ").startswith(said)
    assert (left_over(api), shown_files(api)) == ([], 0)
    assert await api.do(lambda tx: tx.one("SELECT count(*) FROM media")) == (0,)


async def test_a_picture_that_is_a_page_as_well_is_only_a_picture_afterwards(api: Api) -> None:
    page = b"<script>alert(1)</script>"

    media = [await uploaded(api, saved(drawn(), format_) + page) for format_ in ("PNG", "JPEG", "GIF")]

    for each in media:
        served = await api.fetch(str(each.url))
        assert page not in served.body
        assert served.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"description": "x" * 1501}, "Validation failed: Description is too long (at most 1500 characters)"),
        ({"focus": "0.5"}, "focus should be two numbers"),
        ({"focus": "nan,0"}, "focus should be two numbers"),
    ],
)
async def test_what_cannot_be_said_of_a_picture(api: Api, form: dict[str, str], said: str) -> None:
    answer = await put_up(api, saved(drawn(), "PNG"), **form)

    assert answer.status == 422
    assert answer.of(Error).error.startswith(said)
    assert left_over(api) == []


async def test_a_file_that_is_not_there_or_empty(api: Api) -> None:
    none = await api.ask("POST", "/api/v2/media", form={"description": "x"})
    empty = await put_up(api, b"")

    assert (none.status, none.of(Error).error) == (422, "Validation failed: File can't be blank")
    assert (empty.status, empty.of(Error).error) == (422, "Validation failed: File is empty")


async def test_more_than_is_allowed_is_refused(api: Api) -> None:
    head, kind = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n', "multipart/form-data; boundary=x"

    answer = await api.send("POST", "/api/v2/media", head + bytes(17 << 20) + b"\r\n--x--\r\n", kind)
    long = await api.send("POST", "/api/v2/media", head + bytes(34 << 20) + b"\r\n--x--\r\n", kind)

    assert (answer.status, answer.of(Error).error) == (413, "A file may have at most 16 MB.")
    assert long.status == 413
    assert left_over(api) == []


async def test_a_form_has_few_files(api: Api) -> None:
    """Each is open while it comes; a thousand would leave the server none for anybody else."""
    part, kind = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n', "multipart/form-data; boundary=x"

    answer = await api.send("POST", "/api/v2/media", part * 900 + b"--x--\r\n", kind)

    assert (answer.status, answer.of(Error).error) == (413, "the request is too large")
    assert left_over(api) == []


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "text/plain"])
async def test_only_files_may_be_large(api: Api, kind: str) -> None:
    """Everything else would have to be held in memory."""
    body = b'{"description": "' + b"x" * (2 << 20) + b'"}'

    answer = await api.send("POST", "/api/v2/media", body, kind)

    assert answer.status == 413


async def test_uploads_are_for_the_owner(api: Api) -> None:
    reader, app = await api.grant("read write:statuses"), await api.grant("write", owner=False)
    media = await uploaded(api)

    for token, status in (("", 401), (reader, 403), (app, 422)):
        for method, path in (("POST", "/api/v2/media"), ("GET", f"/api/v1/media/{media.id}")):
            assert (await api.ask(method, path, token=token)).status == status


# Describing -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("how", ["form", "json", "query", "multipart"])
async def test_describing_in_all_forms(api: Api, how: str) -> None:
    media = await uploaded(api, description="One", focus="0.1,0.2")
    said = {"description": "Two", "focus": "-0.5,0.25"}
    sent: dict[str, Any] = {"files": {}, "form": said} if how == "multipart" else {how: said}

    changed = (await api.ask("PUT", f"/api/v1/media/{media.id}", **sent)).of(MediaAttachment)
    same = (await api.ask("PUT", f"/api/v1/media/{media.id}", json={})).of(MediaAttachment)
    bare = (await api.ask("PUT", f"/api/v1/media/{media.id}", json={"description": ""})).of(MediaAttachment)

    assert (changed.description, changed.meta.focus) == ("Two", Focus(x=-0.5, y=0.25))
    assert same == changed
    assert (bare.description, bare.meta.focus) == (None, Focus(x=-0.5, y=0.25))


@pytest.mark.parametrize("type_", ["application/x-www-form-urlencoded", "application/json", "text/plain"])
async def test_a_body_that_is_no_text_is_no_fault_of_ours(api: Api, type_: str) -> None:
    media = await uploaded(api)

    response = await api.app.test_client().open(
        f"/api/v1/media/{media.id}",
        method="PUT",
        headers={"Authorization": f"Bearer {api.token}", "Content-Type": type_},
        data=b"description=\xff\0{",
    )

    assert response.status_code in (200, 400, 422)


async def test_a_preview_of_the_owners_choice(api: Api) -> None:
    chosen = file(saved(Image.new("RGB", (50, 50), RED), "PNG"))
    media = await uploaded(api, saved(drawn(2000, 1000), "JPEG"), thumbnail=chosen)
    first = await api.fetch(str(media.preview_url))
    other = {"thumbnail": file(saved(Image.new("RGB", (900, 900), GREEN), "PNG"))}

    changed = (await api.ask("PUT", f"/api/v1/media/{media.id}", files=other)).of(MediaAttachment)
    broken = await api.ask("PUT", f"/api/v1/media/{media.id}", files={"thumbnail": file(HOSTILE["truncated PNG"][0])})
    second = await api.fetch(str(changed.preview_url))

    with Image.open(BytesIO(first.body)) as image:
        assert corners(image) == [RED] * 4
    with Image.open(BytesIO(second.body)) as image:
        assert (corners(image), image.size) == ([GREEN] * 4, (480, 480))
    assert changed.url == media.url
    assert broken.status == 422
    assert (await api.get(f"/api/v1/media/{media.id}", MediaAttachment)) == changed
    assert (await api.fetch(str(media.preview_url))).status == 404
    assert (left_over(api), shown_files(api)) == ([], 2)


async def test_taking_an_upload_back(api: Api) -> None:
    media = await uploaded(api)

    removed = await api.ask("DELETE", f"/api/v1/media/{media.id}")
    again = await api.ask("DELETE", f"/api/v1/media/{media.id}")

    assert (removed.status, removed.json()) == (200, {})
    assert again.status == (await api.ask("GET", f"/api/v1/media/{media.id}")).status == 404
    assert (await api.fetch(str(media.url))).status == 404
    assert shown_files(api) == 0


async def test_an_upload_that_takes_longer_is_answered_before_it_is_read(api: Api) -> None:
    medium = (await uploaded(api)).id
    await api.do(lambda tx: tx.run("UPDATE media SET state = 'waiting', source = 'absent', file = NULL"))
    waiting = await api.ask("GET", f"/api/v1/media/{medium}")
    refused = await api.ask("POST", "/api/v1/statuses", json={"status": "x", "media_ids": [medium]})
    api.parts.hub.publish([MediumTaken(medium=int(medium))])
    await api.parts.processing.finished(int(medium), 60)
    failed = await api.ask("GET", f"/api/v1/media/{medium}")

    assert (waiting.status, waiting.of(MediaAttachment).url) == (206, None)
    assert (refused.status, refused.of(Error).error) == (
        422,
        "Validation failed: Cannot attach files that have not finished processing. Try again in a moment!",
    )
    assert (failed.status, failed.of(Error).error) == (
        422,
        "Validation failed: This file cannot be stored now; try again later.",
    )


async def test_the_server_says_what_it_takes(api: Api) -> None:
    answers = [await api.ask("GET", path) for path in ("/api/v2/instance", "/api/v1/instance")]

    for told in (answer.json()["configuration"] for answer in answers):
        assert told["statuses"]["max_media_attachments"] == 4
        assert told["media_attachments"] == {
            "supported_mime_types": supported(Means()),
            "description_limit": 1500,
            "image_size_limit": 16 << 20,
            "image_matrix_limit": 64_000_000,
            "video_size_limit": 99 << 20,
            "video_frame_rate_limit": 120,
            "video_matrix_limit": 3840 * 2160,
        }


# Posts ----------------------------------------------------------------------------------------------------------------
async def publish(api: Api, *media: MediaAttachment, **said: Any) -> Status:
    answer = await api.ask("POST", "/api/v1/statuses", json={"media_ids": [each.id for each in media], **said})
    assert answer.status == 200, answer.body
    found: Status = answer.of(Status)
    return found


async def test_a_post_shows_its_media_in_their_order_and_needs_no_words(api: Api) -> None:
    first, second = await uploaded(api, description="First"), await uploaded(api, description="Second")

    status = await publish(api, second, first, sensitive=True)
    shown = await api.get(f"/api/v1/statuses/{status.id}", Status)
    timeline = await api.get("/api/v1/timelines/home", list[Status], only_media="1")

    assert status.media_attachments == [second, first]
    assert (status.content, status.sensitive, status.spoiler_text) == ("", True, "")
    assert shown == timeline[0] == status
    assert await api.get(f"/api/v1/media/{first.id}", MediaAttachment) == first


async def test_a_warning_without_words_is_one_about_the_pictures(api: Api) -> None:
    status = await publish(api, await uploaded(api), spoiler_text="Spiders")

    assert (status.content, status.spoiler_text, status.sensitive) == ("", "Spiders", True)


async def test_media_of_another_post_too_many_and_unknown_ones(api: Api) -> None:
    media = [await uploaded(api) for _ in range(5)]
    await publish(api, media[0])

    taken = await api.ask("POST", "/api/v1/statuses", json={"status": "x", "media_ids": [media[0].id, media[1].id]})
    many = await api.ask("POST", "/api/v1/statuses", json={"status": "x", "media_ids": [each.id for each in media]})
    removed = await api.ask("DELETE", f"/api/v1/media/{media[0].id}")
    changed = await api.ask("PUT", f"/api/v1/media/{media[0].id}", json={"description": "x"})

    for answer, said in (
        (taken, f"Validation failed: Media {media[0].id} not found or already attached to another post"),
        (many, "Validation failed: Cannot attach more than 4 files"),
        (removed, "Media attachment is currently used by a status"),
        (changed, "This is part of a post already: edit the post to change it."),
    ):
        assert (answer.status, answer.of(Error).error) == (422, said)


async def test_an_edit_gives_the_whole_list_anew_and_the_history_keeps_the_old_one(api: Api) -> None:
    first, second, third = [await uploaded(api, description=name) for name in "abc"]
    status = await publish(api, first, second, status="One")
    edit = f"/api/v1/statuses/{status.id}"
    change = {
        "status": "One",
        "media_ids": [third.id, first.id],
        "media_attributes": [{"id": first.id, "description": "A", "focus": "0,1"}],
    }

    await trio.sleep(1)
    edited = (await api.ask("PUT", edit, json=change)).of(Status)
    await trio.sleep(1)
    same = (await api.ask("PUT", edit, json=change)).of(Status)
    emptied = (await api.ask("PUT", edit, json={"status": "One"})).of(Status)
    history = await api.get(f"{edit}/history", list[StatusEdit])

    assert [(each.id, each.description) for each in edited.media_attachments] == [(third.id, "c"), (first.id, "A")]
    assert edited.media_attachments[1].meta.focus == Focus(x=0, y=1)
    assert same.edited_at == edited.edited_at
    assert emptied.media_attachments == []
    assert [[each.description for each in one.media_attachments] for one in history] == [["a", "b"], ["c", "A"], []]
    assert (await api.fetch(str(second.url))).status == 200


async def test_deleting_and_writing_anew(api: Api) -> None:
    media = await uploaded(api)
    status = await publish(api, media, status="One")

    deleted = (await api.ask("DELETE", f"/api/v1/statuses/{status.id}")).of(Status)
    anew = await publish(api, *deleted.media_attachments, status="Two")
    gone = (await api.ask("DELETE", f"/api/v1/statuses/{anew.id}", query={"delete_media": "true"})).of(Status)

    assert (deleted.text, deleted.media_attachments) == ("One", [media])
    assert anew.media_attachments == gone.media_attachments == [media]
    assert (await api.ask("GET", f"/api/v1/media/{media.id}")).status == 404
    assert shown_files(api) == 0


async def test_what_no_post_has_goes_after_a_day(api: Api) -> None:
    kept, unused, dropped = [await uploaded(api) for _ in range(3)]
    await publish(api, kept)
    again = await publish(api, dropped)

    def tomorrow(tx: Any) -> int:
        return uploading.expire(world.later(tx, days=1))

    gone = await api.do(tomorrow)
    await api.ask("DELETE", f"/api/v1/statuses/{again.id}")
    still = await api.do(uploading.expire)

    assert (gone, still) == (1, 0)
    assert (await api.ask("GET", f"/api/v1/media/{unused.id}")).status == 404
    for media in (kept, dropped):
        assert (await api.fetch(str(media.url))).status == 200
    assert shown_files(api) == 2


# Files ----------------------------------------------------------------------------------------------------------------
async def test_files_are_served_to_be_kept_for_ever(api: Api) -> None:
    media = await uploaded(api)
    name = str(media.url).rpartition("/")[2]

    whole = await api.fetch(str(media.url))
    head = await api.fetch(str(media.url), "HEAD")
    known = await api.fetch(str(media.url), if_none_match=f'"{name}"')

    assert whole.status == 200
    assert whole.headers == {
        "content-type": "image/png",
        "content-length": str(len(whole.body)),
        "x-content-type-options": "nosniff",
        "cache-control": "public, max-age=31536000, immutable",
        "etag": f'"{name}"',
        "accept-ranges": "bytes",
        "content-security-policy": "default-src 'none'; sandbox",
        "content-disposition": f'inline; filename="{name}"',
        "cross-origin-resource-policy": "cross-origin",
        "access-control-allow-origin": "*",
    }
    assert whole.body == (api.parts.data / "media" / "files" / name).read_bytes()
    assert (head.status, head.body, head.headers) == (200, b"", whole.headers)
    assert (known.status, known.body) == (304, b"")


@pytest.mark.parametrize(
    ("asked", "status", "first", "end"),
    [
        ("bytes=0-0", 206, 0, 1),
        ("bytes=10-19", 206, 10, 20),
        ("bytes=100-", 206, 100, None),
        ("bytes=-7", 206, -7, None),
        ("bytes=50-999999999", 206, 50, None),
        ("bytes=-999999999", 206, 0, None),
        ("bytes=999999-", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
        ("bytes=9-3", 200, 0, None),
        ("bytes=0-1,5-6", 200, 0, None),
        ("pages=1-2", 200, 0, None),
        ("bytes=-", 200, 0, None),
    ],
)
async def test_ranges(api: Api, asked: str, status: int, first: int, end: int | None) -> None:
    media = await uploaded(api)
    whole = (await api.fetch(str(media.url))).body

    part = await api.fetch(str(media.url), range=asked)
    changed = await api.fetch(str(media.url), range=asked, if_range='"another"')

    assert (part.status, part.body) == (status, whole[first:end])
    assert (changed.status, changed.body) == (200, whole)
    if status == 206:
        start = first % len(whole)
        assert part.headers["content-range"] == f"bytes {start}-{start + len(part.body) - 1}/{len(whole)}"
    if status == 416:
        assert part.headers["content-range"] == f"bytes */{len(whole)}"


async def test_nothing_else_is_served(api: Api) -> None:
    media = await uploaded(api)
    name = Path(str(media.url)).name
    (api.parts.data / "media" / "files" / "note.html").write_text("<script>")
    (api.parts.data / "media" / "files" / f"{'0' * 32}.html").write_text("<script>")

    for path in (
        "files/note.html",
        f"files/{'0' * 32}.html",
        f"incoming/{name}",
        f"files/../files/{name}",
        f"files/..%2ffiles%2f{name}",
        f"avatars/{name}",
        f"files/{name}/",
        "files/",
        "",
    ):
        assert (await api.fetch(f"/media/{path}")).status == 404
