"""Others' media as strangers see them: nobody's proxy, no page of others under our name, no place where it was taken.

Spec: SAFETY rules 21, 22, 29, 33.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image

from tests.imaging.samples import drawn, saved
from tests.imaging.test_stripping import SECRET, picture
from tests.outside.conftest import ALICE
from tests.processes import Answer, Laboratory, Server, ask, eventually
from tests.strangers import Stranger

MB = 1 << 20
SCRIPT = b"<script>alert(document.domain)</script>"
FILM = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(range(256)) * 4000
EVERY_FILE = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "cross-origin",
    "access-control-allow-origin": "*",
    "accept-ranges": "bytes",
}
HOSTILE = {
    "html.png": (SCRIPT, "image/png"),
    "svg.svg": (b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>", "image/svg+xml"),
    "actor.png": (
        b'{"@context": "https://www.w3.org/ns/activitystreams", "type": "Person"}',
        "application/activity+json",
    ),
    "page.html": (b"<!doctype html>" + SCRIPT, "text/html"),
    "polyglot.png": (b"\x89PNG\r\n\x1a\n" + SCRIPT, "image/png"),
    "jpeg.jpg": (b"\xff\xd8\xff\xe0" + SCRIPT, "image/jpeg"),
    "film.xml": (b"<?xml version='1.0'?><x/>", "video/mp4"),
}


@pytest.fixture(scope="module")
def status(home: Server, bob: Stranger, token: str) -> Any:
    """Return ``status(*paths)``: a post of bob's with these files, as the owner's app sees it."""

    def heard(*paths: str) -> Any:
        files = [
            {"type": "Document", "mediaType": "image/png" if "film" not in path else "video/mp4", "url": _at(bob, path)}
            for path in paths
        ]
        note = bob.mention(ALICE, attachment=files)
        assert bob.post(home, bob.create(note)).status == 202
        path = f"/api/v2/search?q={quote(note['id'])}"
        found = eventually(lambda: home.api("GET", path, token)["statuses"])
        return found[0]

    return heard


def _at(bob: Stranger, path: str) -> str:
    return path if path.startswith("http") else f"{bob.base}{path}"


def look(home: Server, url: str, **headers: str) -> Answer:
    assert url.startswith("https://home.example/media/remote/"), url
    return ask(home.url + url.removeprefix("https://home.example"), headers=headers, timeout=90)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_rule_21_no_picture_says_where_it_was_taken(home: Server, bob: Stranger, status: Any, format_: str) -> None:
    data = picture(format_, turned=6, size=(1500, 900))
    bob.serve(f"/{format_}", data, content_type="text/html")
    (media,) = status(f"/{format_}")["media_attachments"]

    large, small = look(home, media["url"]), look(home, media["preview_url"])

    assert SECRET in data
    for answer in (large, small):
        assert answer.status == 200
        assert SECRET not in answer.body
        with Image.open(BytesIO(answer.body)) as image:
            assert set(image.getexif()) <= {0x0112}
    assert not [path for path in (home.data / "media").rglob("*") if path.is_file() and SECRET in path.read_bytes()]


def test_rule_33_every_header_is_ours(home: Server, bob: Stranger, status: Any) -> None:
    bob.serve("/cat.png", saved(drawn(), "PNG"), content_type="text/html", **{"set-cookie": "a=b", "x-evil": "1"})
    (media,) = status("/cat.png")["media_attachments"]

    answer = look(home, media["url"])

    name = answer.headers["etag"].strip('"')
    assert {key: value for key, value in answer.headers.items() if key not in ("date", "server", "connection")} == {
        "content-type": "image/png",
        "content-length": str(len(answer.body)),
        "cache-control": "public, max-age=31536000, immutable",
        "etag": f'"{name}"',
        "content-disposition": f'inline; filename="{name}"',
        **EVERY_FILE,
    }
    assert [path for _, path, _ in bob.asked].count("/cat.png") == 1


@pytest.mark.parametrize("name", HOSTILE)
def test_rule_33_nothing_of_others_is_a_page(home: Server, bob: Stranger, status: Any, name: str) -> None:
    body, type_ = HOSTILE[name]
    bob.serve(f"/{name}", body, content_type=type_)
    (media,) = status(f"/{name}")["media_attachments"]

    answers = [look(home, media[which]) for which in ("url", "preview_url", "url") if media[which]]

    for answer in answers:
        assert answer.status == 404
        assert answer.headers["content-type"] == "application/json; charset=utf-8"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert list(answer.json()) == ["error"]
        assert SCRIPT not in answer.body
    assert [path for _, path, _ in bob.asked].count(f"/{name}") == 1


def test_rule_22_nobody_uses_us_as_a_proxy(home: Server, bob: Stranger, status: Any) -> None:
    bob.serve("/own.png", saved(drawn(), "PNG"))
    (media,) = status("/own.png")["media_attachments"]
    path = media["url"].removeprefix("https://home.example")
    stem, _, rest = path.rpartition("-")
    tried = [
        f"{stem}-{'0' * 32}.png",
        f"{stem}-{rest[1:]}",
        path.replace("attachment-", "attachment-1"),
        path.replace("attachment-", "header-"),
        path.replace(".png", "-small.png"),
        path + "?url=https://far.example/other.png",
        path.replace("/remote/", "/remote/..%2fremote/"),
        path.replace("/media/", "/media/../media/"),
        "/media/remote/",
        "/media/remote/..%2f..%2fsmallfed.db",
        "/media/remote/../../smallfed.db",
        "/media/remote/https://far.example/other.png",
        f"/media/remote/emoji-at-aHR0cHM6Ly9mYXIuZXhhbXBsZS9vdGhlci5wbmc=-{'0' * 32}.png",
        "/media/remote/" + "a" * 7000,
    ]

    answers = {each: ask(home.url + each).status for each in tried}

    assert answers.pop(tried[5]) == 200  # what stands behind it changes nothing
    assert set(answers.values()) == {404}, answers
    assert "/other.png" not in [path for _, path, _ in bob.asked]


@pytest.mark.parametrize("where", ["http://127.0.0.1/x.png", "https://127.0.0.1/x.png", "https://[::1]/x.png"])
def test_rule_22_pictures_lead_nowhere_inside(home: Server, bob: Stranger, status: Any, where: str) -> None:
    bob.serve("/inside.png", b"", status=302, location=where)
    (media,) = status("/inside.png")["media_attachments"]

    assert look(home, media["url"]).status in (404, 503)


def test_ranges(home: Server, bob: Stranger, status: Any) -> None:
    bob.serve("/film.mp4", FILM, content_type="text/html")
    (media,) = status("/film.mp4")["media_attachments"]

    whole = look(home, media["url"])
    asked = {
        "bytes=0-99": (206, FILM[:100]),
        "bytes=-100": (206, FILM[-100:]),
        f"bytes={len(FILM) - 1}-": (206, FILM[-1:]),
        f"bytes={len(FILM)}-": (416, b""),
        "bytes=5-2": (200, FILM),
        "bytes=0-1,5-6": (200, FILM),
        "lines=1-2": (200, FILM),
        "bytes=" + "9" * 40 + "-": (200, FILM),
    }

    assert (whole.status, whole.body, whole.headers["content-type"]) == (200, FILM, "video/mp4")
    assert {each: (a.status, a.body) for each in asked if (a := look(home, media["url"], range=each))} == asked


class Tap:
    """A server that sends as slowly, or as much, as a test likes: ``parts`` after the head."""

    def __init__(self, head: bytes, parts: Any) -> None:
        self._head, self._parts = head, parts
        self.sent = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            Thread(target=self._pour, args=(connection,), daemon=True).start()

    def _pour(self, connection: socket.socket) -> None:
        with connection:
            try:
                connection.recv(65536)
                connection.sendall(self._head)
                for part in self._parts():
                    connection.sendall(part)
                    self.sent += len(part)
            except OSError:
                return

    def close(self) -> None:
        self._listener.close()


@contextmanager
def tap(lab: Laboratory, name: str, head: str, parts: Any) -> Iterator[Tap]:
    opened = Tap(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode(), parts)
    lab.name(name, opened.port)
    try:
        yield opened
    finally:
        opened.close()


def endless(start: bytes) -> Any:
    def parts() -> Iterator[bytes]:
        yield start
        while True:
            yield bytes(1 << 16)

    return parts


def test_rule_29_ten_gigabytes_are_not_taken(home: Server, lab: Laboratory, status: Any) -> None:
    """Neither what is announced nor what just comes; memory does not move."""
    assert home.process is not None
    process = Path(f"/proc/{home.process.pid}")
    announced = f"content-length: {10 << 30}"
    png = saved(drawn(), "PNG")
    with (
        tap(lab, "huge.example", announced, endless(png)) as told,
        tap(lab, "endless.example", "connection: close", endless(png)) as untold,
    ):
        one, other = status("https://huge.example/a.png", "https://endless.example/a.png")["media_attachments"]
        if process.exists():
            (process / "clear_refs").write_text("5")
            before = _memory(process, "VmRSS")

        answers = [look(home, media["url"]) for media in (one, other)]

        assert [answer.status for answer in answers] == [404, 404]
        assert max(told.sent, untold.sent) < 40 * MB
        if process.exists():
            assert _memory(process, "VmHWM") - before < 50 * MB


def _memory(process: Path, name: str) -> int:
    line = next(line for line in (process / "status").read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) * 1024


def test_a_long_film_passes_through_by_parts(home: Server, bob: Stranger, status: Any) -> None:
    """It is not kept, and comes with the type it had at its beginning."""
    long = FILM + bytes(41 * MB)
    bob.serve("/long-film.mp4", long, content_type="video/mp4")
    (media,) = status("/long-film.mp4")["media_attachments"]

    whole, again = look(home, media["url"]), look(home, media["url"], range="bytes=0-")

    assert (whole.status, len(whole.body), whole.body == long) == (200, len(long), True)
    assert (again.status, len(again.body)) == (206, len(long))
    assert whole.headers["content-type"] == again.headers["content-type"] == "video/mp4"
    assert not [path for path in (home.data / "media" / "remote").iterdir() if path.stat().st_size > 40 * MB]
