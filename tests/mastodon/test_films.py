"""Films and sounds through the client API, with ffmpeg and without."""

from io import BytesIO
from typing import Any

import msgspec
import pytest
from PIL import Image

from smallfed.filming.formats import Means, supported
from smallfed.mastodon.entities import MediaAttachment, Meta, Size
from smallfed.mastodon.failures import Error
from smallfed.store import media
from tests.filming.clips import all_means, clip, shown, traces
from tests.imaging.samples import RED, corners, drawn, saved
from tests.mastodon.api import Api
from tests.mastodon.test_media import file, left_over, publish, put_up, uploaded

NOTE = "application/activity+json"


@pytest.fixture
def equipped(api: Api) -> Api:
    """A house with everything that is on this machine."""
    api.parts.processing.means = all_means()
    return api


async def test_a_film(equipped: Api) -> None:
    film = await uploaded(equipped, clip("mp4"), description="Bars")
    status = await publish(equipped, film)
    served, poster = await equipped.fetch(str(film.url)), await equipped.fetch(str(film.preview_url))
    part = await equipped.fetch(str(film.url), range="bytes=100-199")
    row = await equipped.do(media.get, int(film.id))

    assert film == MediaAttachment(
        id=film.id,
        type="video",
        url=film.url,
        preview_url=film.preview_url,
        remote_url=None,
        meta=Meta(
            original=Size(
                width=64,
                height=48,
                size="64x48",
                aspect=64 / 48,
                frame_rate="10/1",
                duration=row.duration or 0.0,
                bitrate=row.bit_rate or 0,
            ),
            small=Size(width=64, height=48, size="64x48", aspect=64 / 48),
        ),
        description="Bars",
        blurhash=film.blurhash,
    )
    assert status.media_attachments == [film]
    assert (served.headers["content-type"], poster.headers["content-type"]) == ("video/mp4", "image/jpeg")
    assert (part.status, part.body) == (206, served.body[100:200])
    assert (row.size, row.preview_size) == (len(served.body), len(poster.body))
    assert traces(served.body) == []
    assert shown(served.body) == shown(clip("mp4"))
    assert left_over(equipped) == []


async def test_other_servers_are_told_of_it(equipped: Api) -> None:
    film = await uploaded(equipped, clip("mp4"), description="Bars")
    status = await publish(equipped, film)

    note = msgspec.json.decode((await equipped.fetch(status.uri, accept=NOTE)).body)

    duration = film.meta.original.duration  # type: ignore[union-attr]
    assert note["attachment"] == [
        {
            "type": "Document",
            "mediaType": "video/mp4",
            "url": film.url,
            "name": "Bars",
            "summary": "Bars",
            "blurhash": film.blurhash,
            "width": 64,
            "height": 48,
            "duration": f"PT{duration:g}S",
            "icon": {"type": "Image", "mediaType": "image/jpeg", "url": film.preview_url},
        }
    ]


@pytest.mark.parametrize(("name", "kind"), [("mp3", "audio/mpeg"), ("opus", "audio/ogg"), ("m4a", "audio/mp4")])
async def test_a_sound(equipped: Api, name: str, kind: str) -> None:
    sound = await uploaded(equipped, clip(name))
    other = {"thumbnail": file(saved(Image.new("RGB", (50, 50), RED), "PNG"))}

    changed = (await equipped.ask("PUT", f"/api/v1/media/{sound.id}", files=other)).of(MediaAttachment)
    served, cover = await equipped.fetch(str(sound.url)), await equipped.fetch(str(changed.preview_url))

    assert (sound.type, sound.preview_url, sound.blurhash) == ("audio", None, None)
    assert served.headers["content-type"] == kind
    assert (changed.url, changed.meta.small) == (sound.url, Size(width=50, height=50, size="50x50", aspect=1.0))  # type: ignore[union-attr]
    assert changed.blurhash is not None
    with Image.open(BytesIO(cover.body)) as image:
        assert corners(image) == [RED] * 4


async def test_a_gif_becomes_a_film_that_goes_round_and_stands_among_pictures(equipped: Api) -> None:
    card, picture = await uploaded(equipped, clip("gif")), await uploaded(equipped)

    status = await publish(equipped, card, picture)

    assert [each.type for each in status.media_attachments] == ["gifv", "image"]
    assert (await equipped.fetch(str(card.url))).headers["content-type"] == "video/mp4"


@pytest.mark.parametrize("name", ["mp4", "mp3"])
async def test_a_film_or_a_sound_is_alone(api: Api, name: str) -> None:
    film, picture = await uploaded(api, clip(name)), await uploaded(api)

    both = await api.ask("POST", "/api/v1/statuses", json={"status": "x", "media_ids": [picture.id, film.id]})
    alone = await publish(api, film)

    assert (both.status, both.of(Error).error) == (
        422,
        "Validation failed: Cannot attach a video or a sound to a post that has other files, too",
    )
    assert [each.id for each in alone.media_attachments] == [film.id]


# Without ffmpeg -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "type_", "kind"),
    [
        ("mp4", "video", "video/mp4"),
        ("mov", "video", "video/mp4"),
        ("webm", "video", "video/webm"),
        ("mp3", "audio", "audio/mpeg"),
        ("wav", "audio", "audio/wav"),
        ("flac", "audio", "audio/flac"),
    ],
)
async def test_what_every_browser_plays_is_kept(api: Api, name: str, type_: str, kind: str) -> None:
    film = await uploaded(api, clip(name))
    status = await publish(api, film)
    served = await api.fetch(str(film.url))

    assert (film.type, film.preview_url, film.blurhash) == (type_, None, None)
    assert status.media_attachments == [film]
    assert served.headers["content-type"] == kind
    assert shown(served.body) == shown(clip(name))
    assert traces(served.body) == []


@pytest.mark.parametrize("name", ["mkv", "ogv", "wma", "3gp", "pieces.mp4"])
async def test_what_has_to_be_written_anew_says_what_to_install(api: Api, name: str) -> None:
    answer = await put_up(api, clip(name))

    assert answer.status == 422
    assert answer.of(Error).error.endswith("ffmpeg is not installed there (on Debian: apt install ffmpeg).")
    assert left_over(api) == []
    assert await api.do(lambda tx: tx.one("SELECT count(*) FROM media")) == (0,)


async def test_heic_says_what_to_install(api: Api) -> None:
    answer = await put_up(api, b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64))

    assert (answer.status, answer.of(Error).error) == (
        422,
        "Validation failed: This server cannot read HEIC yet: install smallfed with its extra `heic`, as README says.",
    )


@pytest.mark.parametrize("means", [Means(), Means(heic=True)])
async def test_apps_are_told_what_can_be_uploaded(api: Api, means: Means) -> None:
    api.parts.processing.means = means

    told = (await api.ask("GET", "/api/v2/instance")).json()["configuration"]["media_attachments"]

    assert told["supported_mime_types"] == supported(means)
    assert ("image/heic" in told["supported_mime_types"]) is means.heic
    assert "video/x-matroska" not in told["supported_mime_types"]
    assert {"video/mp4", "audio/mpeg", "audio/x-wav", "image/png"} <= set(told["supported_mime_types"])


# How much -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("head", "megabytes", "status"),
    [(b"\x89PNG\r\n\x1a\n", 2, 413), (b"ID3\4\0\0\0\0\0\0", 2, 422), (b"ID3\4\0\0\0\0\0\0", 4, 413)],
)
async def test_films_and_sounds_may_be_larger_than_pictures(api: Api, head: bytes, megabytes: int, status: int) -> None:
    config = msgspec.structs.replace(api.parts.config.media, picture_megabytes=1, film_megabytes=3)
    api.configure(media=config)

    answer = await put_up(api, head + bytes(megabytes << 20))

    assert answer.status == status, answer.body
    assert left_over(api) == []


async def test_an_avatar_that_moves_stands_still_for_who_wants_that(api: Api) -> None:
    frames = [drawn(300, 300), drawn(300, 300).rotate(180)]
    film = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=[50, 90], comment=b"SECRET")

    me: Any = (await api.ask("PATCH", "/api/v1/accounts/update_credentials", files={"avatar": file(film)})).json()
    moves, still = await api.fetch(me["avatar"]), await api.fetch(me["avatar_static"])
    again: Any = (
        await api.ask("PATCH", "/api/v1/accounts/update_credentials", files={"avatar": file(saved(drawn(), "PNG"))})
    ).json()

    with Image.open(BytesIO(moves.body)) as image:
        assert (image.format, image.n_frames, image.size) == ("WEBP", 2, (300, 300))
    with Image.open(BytesIO(still.body)) as image:
        assert (image.format, getattr(image, "n_frames", 1), image.size) == ("WEBP", 1, (300, 300))
        assert corners(image) == corners(drawn())
    assert b"SECRET" not in moves.body + still.body
    assert again["avatar"] == again["avatar_static"]
    assert {(await api.fetch(me[name])).status for name in ("avatar", "avatar_static")} == {404}
