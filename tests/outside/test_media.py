"""Uploads against a real process: hostile files, bodies that are too large, what stays in memory, and a kill.

Spec: SAFETY rules 21, 29, 33; STACK (uploads are streamed).
"""

import socket
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from PIL import Image

from tests.imaging.samples import drawn, saved
from tests.processes import Answer, Laboratory, Server, ask, eventually

MB = 1 << 20
LIMIT = 100  # megabytes of a picture
KIND = "multipart/form-data; boundary=x"
HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="page.html"\r\nContent-Type: text/html\r\n\r\n'
TAIL = b"\r\n--x--\r\n"
SCRIPT = b"<script>alert(document.domain)</script>"


@pytest.fixture(scope="module")
def home(lab: Laboratory) -> Server:
    """A house whose owner may upload large pictures."""
    server = lab.server("home.example", SMALLFED_MEDIA_PICTURE_MEGABYTES=str(LIMIT))
    server.setup("alice")
    return server.start()


@pytest.fixture
def resident(home: Server) -> Any:
    """Return what the resident memory has grown by, at its highest, since the test began; in bytes."""
    assert home.process is not None
    process = Path(f"/proc/{home.process.pid}")
    if not process.exists():
        pytest.skip("needs /proc to look at a process")

    def read(name: str) -> int:
        line = next(line for line in (process / "status").read_text().splitlines() if line.startswith(f"{name}:"))
        return int(line.split()[1]) * 1024

    upload(home, home_token(home), saved(drawn(), "PNG"))  # whatever is loaded with the first one
    (process / "clear_refs").write_text("5")  # the highest is what it is now
    before = read("VmRSS")
    return lambda: read("VmHWM") - before


_tokens: dict[str, str] = {}


def home_token(home: Server) -> str:
    return _tokens.setdefault(home.url, home.token())


def upload(home: Server, token: str, data: bytes, *, patient: bool = True) -> Answer:
    """Upload; whoever is patient does it in the older way, which waits until it is ready, however busy the machine."""
    path, headers = f"/api/v{1 if patient else 2}/media", {"authorization": f"Bearer {token}", "content-type": KIND}
    return ask(f"{home.url}{path}", method="POST", body=HEAD + data + TAIL, headers=headers, timeout=120)


def left_over(home: Server) -> list[str]:
    return [path.name for path in (home.data / "media" / "incoming").glob("*")]


def huge(side: int) -> bytes:
    """Return a PNG that says to have ``side`` by ``side`` pixels."""
    data = bytearray(saved(drawn(8, 8), "PNG"))
    data[16:24] = side.to_bytes(4) * 2
    data[29:33] = crc32(data[12:29]).to_bytes(4)
    return bytes(data)


def sized(data: bytes, at: int, side: int) -> bytes:
    """Return a GIF, JPEG or WebP with another size in its head."""
    return data[:at] + side.to_bytes(2, "little") * 2 + data[at + 4 :]


HOSTILE = {
    "a PNG of 20,000 by 20,000": huge(20_000),
    "a GIF of 20,000 by 20,000": sized(saved(drawn(), "GIF"), 6, 20_000),
    "a PNG that is cut off": saved(drawn(2000, 2000), "PNG")[:-1000],
    "a JPEG that is cut off": saved(drawn(2000, 2000), "JPEG")[:-9000],
    "a GIF that is cut off": saved(drawn(2000, 2000), "GIF")[:-1000],
    "a WebP that is cut off": saved(drawn(2000, 2000), "WEBP")[:-1000],
    "a page": b"<!doctype html>" + SCRIPT,
    "a drawing with a script": b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>",
    "noise with the head of a JPEG": b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4000,
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_refused_and_nothing_else_happens(home: Server, resident: Any, data: bytes) -> None:
    answer = upload(home, home_token(home), data)

    assert answer.status == 422, answer
    assert "picture" in answer.json()["error"]
    assert ask(f"{home.url}/healthz").status == 200
    eventually(lambda: left_over(home) == [])
    assert resident() < 50 * MB


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_that_is_a_page_too_leaves_as_a_picture(home: Server, format_: str) -> None:
    exif = Image.Exif()
    exif.update({0x8825: {1: "N", 2: (52.0, 31.0, 12.0)}, 0x010F: "SECRET"})
    options: dict[str, Any] = {} if format_ == "GIF" else {"exif": exif.tobytes()}

    media = upload(home, home_token(home), saved(drawn(), format_, **options) + SCRIPT).json()
    served = ask(media["url"].replace("https://home.example", home.url))

    assert served.headers["content-type"].startswith("image/")
    assert served.headers["x-content-type-options"] == "nosniff"
    assert served.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert SCRIPT not in served.body
    assert b"SECRET" not in served.body
    with Image.open(BytesIO(served.body)) as image:
        assert dict(image.getexif()) == {}


def test_the_largest_pictures_leave_the_memory_of_the_server_alone(home: Server, resident: Any) -> None:
    answers = [upload(home, home_token(home), saved(drawn(8000, 8000), format_)) for format_ in ("JPEG", "PNG")]

    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].json()["meta"]["original"]["size"] == "2880x2880"
    assert resident() < 50 * MB


def test_an_upload_of_a_hundred_megabytes_costs_next_to_nothing(home: Server, resident: Any) -> None:
    picture = saved(drawn(3000, 2000), "JPEG")
    body = HEAD + picture + bytes(LIMIT * MB - len(picture)) + TAIL

    answer = send(home, body, len(body))

    assert answer.startswith(b"HTTP/1.1 200")
    assert resident() < 10 * MB


def send(home: Server, body: bytes, length: int | None) -> bytes:
    """Send a body as a telephone does, in pieces, and return what is answered, whenever it is answered."""
    how = f"content-length: {length}" if length is not None else "transfer-encoding: chunked"
    head = (
        f"POST /api/v2/media HTTP/1.1\r\nhost: home.example\r\nauthorization: Bearer {home_token(home)}\r\n"
        f"content-type: {KIND}\r\n{how}\r\n\r\n"
    )
    with closing(socket.create_connection(("127.0.0.1", home.port), timeout=120)) as connection:
        connection.sendall(head.encode())
        try:
            for at in range(0, len(body), 64 * 1024):
                piece = body[at : at + 64 * 1024]
                connection.sendall(piece if length is not None else b"%x\r\n%b\r\n" % (len(piece), piece))
            connection.sendall(b"" if length is not None else b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
        return connection.recv(65536)


def test_too_much_is_refused_before_it_has_come(home: Server, resident: Any) -> None:
    announced = send(home, HEAD, 1000 * MB)
    sent = send(home, HEAD + bytes(10 * MB), 1000 * MB)

    for answer in (announced, sent):
        assert answer.startswith(b"HTTP/1.1 413"), answer
    assert resident() < 20 * MB
    assert left_over(home) == []


def test_too_much_that_was_not_announced_is_counted(home: Server, resident: Any) -> None:
    answer = send(home, HEAD + bytes((LIMIT + 1) * MB), None)

    assert answer.startswith(b"HTTP/1.1 413"), answer
    assert resident() < 50 * MB
    eventually(lambda: left_over(home) == [])


def test_what_came_before_a_kill_is_read_after_it_and_what_had_begun_is_gone(home: Server) -> None:
    token = home_token(home)
    media = upload(home, token, saved(drawn(), "PNG")).json()
    half = socket.create_connection(("127.0.0.1", home.port), timeout=20)
    head = f"POST /api/v2/media HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {token}\r\ncontent-type: {KIND}\r\n"
    half.sendall(head.encode() + b"content-length: 9000000\r\n\r\n" + HEAD + bytes(3 * MB))
    eventually(lambda: left_over(home) != [])

    home.kill()
    half.close()
    home.start()

    assert left_over(home) == []
    assert home.api("GET", f"/api/v1/media/{media['id']}", token)["url"] == media["url"]
    assert home.command("check").returncode == 0
