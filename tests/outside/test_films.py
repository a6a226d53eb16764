"""Films, sounds and pictures of every kind against a real process: what leaves says nothing but what is seen and heard,
hostile ones have their stated outcome, and a film that takes long outlives the server.

Spec: SAFETY rules 21, 29, 33 and §1.3; CLIENT_API §13 item 20.
"""  # noqa: D205

import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.filming.clips import clip, ffmpeg, shown, traces
from tests.imaging.samples import drawn, gps, saved
from tests.outside.test_media import KIND, SCRIPT, TAIL, home_token, huge, left_over, resident, upload
from tests.processes import Answer, Laboratory, Server, ask, eventually

__all__ = ["resident"]

MB = 1 << 20
HTML = b"<!doctype html>" + SCRIPT


@pytest.fixture(scope="module")
def home(lab: Laboratory) -> Server:
    """A house with ffmpeg."""
    ffmpeg()
    server = lab.server("home.example", SMALLFED_MEDIA_FILM_MEGABYTES="100")
    server.setup("alice")
    return server.start()


def named(home: Server, data: bytes, name: str) -> Answer:
    """Upload a file under a name."""
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    headers = {"authorization": f"Bearer {home_token(home)}", "content-type": KIND}
    return ask(f"{home.url}/api/v2/media", method="POST", body=head + data + TAIL, headers=headers, timeout=120)


def cleaned(home: Server, data: bytes) -> dict[str, Any]:
    """Upload a file and return what is said of it when it is ready, which on a busy machine is after the answer."""
    media = upload(home, home_token(home), data).json()
    found: dict[str, Any] = eventually(lambda: _ready(home, media["id"], home_token(home)), within=60)
    return found


def served(home: Server, media: dict[str, Any], which: str = "url") -> Answer:
    return ask(media[which].replace("https://home.example", home.url))


# What leaves ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["mp4", "opus.webm", "mp3", "gif"])
def test_films_and_sounds_leave_without_a_trace(home: Server, name: str) -> None:
    media = cleaned(home, clip(name))

    answer = served(home, media)
    poster = served(home, media, "preview_url").body if media["preview_url"] else b""

    assert traces(answer.body + poster) == []
    assert shown(answer.body) != ""
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["content-type"].partition("/")[0] in ("video", "audio")


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
def test_photographs_leave_without_a_trace(home: Server, format_: str) -> None:
    data = saved(drawn(900, 600), format_, exif=gps())
    assert b"SECRET" in data

    media = cleaned(home, data)

    for which in ("url", "preview_url"):
        answer = served(home, media, which)
        assert b"SECRET" not in answer.body
        assert b"Exif" not in answer.body
        with Image.open(BytesIO(answer.body)) as image:
            assert dict(image.getexif()) == {}
    assert media["meta"]["original"]["size"] == "600x900"


# Hostile and odd files ------------------------------------------------------------------------------------------------
def chunk(name: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4) + name + content + zlib.crc32(name + content).to_bytes(4)


def with_text(data: bytes) -> bytes:
    """Return a PNG with a text that says to have a hundred megabytes, packed into a hundred kilobytes."""
    return data[:33] + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(100 * MB), 9)) + data[33:]


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, name) + content


FTYP = box(b"ftyp", b"isom\0\0\2\0isommp42")
PAGE = b"\xff\xff\xff" + b"OggS" + bytes(22) + b"\xff" + b"\xff" * 255 + bytes(255 * 255)
NO = "This is no picture, film or sound we can read."
BROKEN = "This file cannot be read: it is broken"
NEITHER = "There is neither a film nor a sound in this file."
LARGE = "This picture is too large: 64 megapixels are allowed."
HOSTILE = {
    # name of the file: (what is in it, what is said)
    "empty.png": (b"", "File is empty"),
    "page.png": (HTML, NO),
    "drawing.svg": (b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>", NO),
    "drawing.jpg": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', NO),
    "archive.png": (b"PK\x03\x04" + bytes(1000), NO),
    "list.mp4": (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n", NO),
    "list.ffconcat": (b"ffconcat version 1.0\nfile /etc/passwd\n", NO),
    "list in a film.mp4": (FTYP + b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n", BROKEN),
    "bomb.png": (saved(Image.new("1", (20_000, 20_000)), "PNG"), LARGE),
    "bomb that is none.png": (huge(60_000), LARGE),
    "bomb.gif": (b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\xff\xff\xff\xff\0\2\2D\1\0;", LARGE),
    "bomb.webp": (saved(Image.new("RGB", (16_000, 5_000)), "WEBP", lossless=True), LARGE),
    "frames.gif": (
        saved(drawn(9, 9), "GIF", save_all=True, append_images=[drawn(9 + n % 2, 9) for n in range(700)]),
        "This picture has ",
    ),
    "huge box.mp4": (FTYP + b"\0\0\0\1moov" + (1 << 60).to_bytes(8) + bytes(100), NEITHER),
    "huge tree.mp4": (FTYP + b"\xff\xff\xff\xf0moov" + bytes(1000), NEITHER),
    "nothing.mp4": (FTYP, BROKEN),
    "endless.ogg": (b"OggS\0\2" + bytes(20) + b"\1\x13OpusHead" + bytes(11) + PAGE * 200, BROKEN),
    "noise.mp3": (b"\xff\xfb\x90\x64" + bytes(range(256)) * 4000, "broken"),
    "unpacks.png": (with_text(saved(drawn(), "PNG")), "This picture is broken"),
}


@pytest.mark.parametrize(("name", "case"), HOSTILE.items(), ids=HOSTILE)
def test_hostile_files_are_refused_and_nothing_else_happens(
    home: Server, resident: Any, name: str, case: tuple[bytes, str]
) -> None:
    data, said = case

    answer = named(home, data, name)

    assert answer.status == 422, answer
    assert said in answer.json()["error"]
    assert ask(f"{home.url}/healthz").status == 200
    eventually(lambda: left_over(home) == [])
    assert resident() < 20 * MB


ODD = {
    # name of the file: (what is in it, what it is, what must be gone)
    "a film that is a page.mp4": (lambda: clip("mp4") + HTML, "video", SCRIPT),
    "a sound that is a page.mp3": (lambda: clip("mp3") + HTML, "audio", SCRIPT),
    "a GIF that is a script.js": (
        lambda: saved(drawn(), "GIF", comment=b"*/=1;alert(1)//") + b"/*" + SCRIPT,
        "image",
        b"alert",
    ),
    "a picture that is an archive.zip": (
        lambda: saved(drawn(), "JPEG") + b"PK\x03\x04" + SCRIPT,
        "image",
        b"PK\x03\x04",
    ),
    "a picture that is a program.php": (lambda: saved(drawn(), "PNG") + b"<?php system('id'); ?>", "image", b"<?php"),
    "a photograph called a film.mp4": (lambda: saved(drawn(), "JPEG"), "image", b"SECRET"),
    "a film called a picture.png": (lambda: clip("mp4"), "video", b"SECRET"),
}


@pytest.mark.parametrize(("name", "case"), ODD.items(), ids=ODD)
def test_what_is_two_things_is_one_afterwards(home: Server, resident: Any, name: str, case: Any) -> None:
    data, kind, gone = case

    answer = named(home, data(), name)

    media = answer.json()
    assert (answer.status, media["type"]) == (200, kind), media
    assert gone not in served(home, media).body
    assert resident() < 20 * MB


def test_a_film_of_a_hundred_megabytes_costs_next_to_nothing(home: Server, resident: Any) -> None:
    data = clip("mp4") + struct.pack(">I4s", 95 * MB, b"free") + bytes(95 * MB - 8)

    answer = upload(home, home_token(home), data)

    assert (answer.status, answer.json()["type"]) == (200, "video")
    assert len(served(home, answer.json()).body) < MB
    assert resident() < 10 * MB


# What takes long ------------------------------------------------------------------------------------------------------
@pytest.fixture
def slow(lab: Laboratory, tmp_path: Path) -> Server:
    """A house whose ffmpeg waits until there is a file "go" beside it."""
    program = tmp_path / "ffmpeg"
    program.write_text(f'#!/bin/sh\nwhile [ ! -e {tmp_path}/go ]; do /bin/sleep 0.1; done\nexec {ffmpeg()} "$@"\n')
    program.chmod(0o755)
    server = lab.server("slow.example", SMALLFED_MEDIA_FFMPEG=str(program))
    server.setup("alice")
    return server.start()


def test_a_film_that_takes_long_is_waited_for_and_outlives_the_server(slow: Server, tmp_path: Path) -> None:
    token = slow.token()

    taken = upload(slow, token, clip("mp4"), patient=False)
    picture = upload(slow, token, saved(drawn(), "PNG"))
    film = taken.json()["id"]
    working = slow.call("GET", f"/api/v1/media/{film}", token)
    early = slow.call("POST", "/api/v1/statuses", token, status="x", media_ids=[film])
    slow.kill()
    slow.start()
    still = slow.call("GET", f"/api/v1/media/{film}", token)
    (tmp_path / "go").touch()
    ready = eventually(lambda: _ready(slow, film, token), within=30)

    assert (taken.status, taken.json()["url"], taken.json()["type"]) == (202, None, "video")
    assert picture.status == 200
    assert (working.status, early.status, still.status) == (206, 422, 206)
    assert ready["meta"]["original"]["size"] == "64x48"
    assert eventually(lambda: left_over(slow) == [])


def _ready(home: Server, film: str, token: str) -> Any:
    answer = home.call("GET", f"/api/v1/media/{film}", token)
    return answer.json() if answer.status == 200 else None
