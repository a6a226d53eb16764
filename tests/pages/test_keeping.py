"""Public answers of Quart are given out again without it, until something changes; others never."""

from typing import Any

import pytest
import trio

from smallfed.domain.events import PostEdited
from smallfed.pages.asgi import Receive, Scope, Send
from smallfed.pages.keeping import LARGEST, Keeping
from smallfed.runtime.hub import Hub

PUBLIC = ((b"Cache-Control", b"public, max-age=60"), (b"ETag", b'"1"'), (b"Content-Length", b"5"))
Answered = tuple[int, dict[bytes, bytes], bytes]


class Inner:
    """An application that answers always alike, in two pieces, and counts how often."""

    def __init__(self, *lines: tuple[bytes, bytes], status: int = 200, body: bytes = b"hello") -> None:
        self.lines, self.status, self.body, self.count = lines, status, body, 0
        self.before_the_end = lambda: None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.count += 1
        body = b"" if scope["method"] == "HEAD" else self.body
        await send({"type": "http.response.start", "status": self.status, "headers": list(self.lines)})
        await send({"type": "http.response.body", "body": body[:2], "more_body": True})
        self.before_the_end()
        await send({"type": "http.response.body", "body": body[2:]})


async def asked(
    app: Keeping, path: str = "/@alice", *, method: str = "GET", query: bytes = b"", known: bytes | None = None
) -> Answered:
    came = list[dict[str, Any]]()

    async def send(message: dict[str, Any]) -> None:
        await trio.lowlevel.checkpoint()
        came.append(message)

    headers = [(b"if-none-match", known)] if known else []
    scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": headers}
    await app(scope, trio.sleep_forever, send)  # type: ignore[arg-type]
    first, *rest = came
    lines = {name.lower(): value for name, value in first["headers"]}
    return first["status"], lines, b"".join(each["body"] for each in rest)


WHOLE = (200, {name.lower(): value for name, value in PUBLIC}, b"hello")


async def test_what_is_public_is_made_once() -> None:
    inner = Inner(*PUBLIC)
    app = Keeping(Hub(), inner)

    answers = [await asked(app) for _ in range(3)]
    head = await asked(app, method="HEAD")
    unchanged, changed = await asked(app, known=b'W/"1"'), await asked(app, known=b'"2"')

    assert answers == [WHOLE] * 3
    assert head == (*WHOLE[:2], b"")
    assert unchanged == (304, {b"cache-control": b"public, max-age=60", b"etag": b'"1"'}, b"")
    assert changed == WHOLE
    assert inner.count == 1


@pytest.mark.parametrize("when", ["afterwards", "meanwhile"])
async def test_it_is_made_anew_when_something_has_changed(when: str) -> None:
    inner, hub = Inner(*PUBLIC), Hub()
    app = Keeping(hub, inner)
    event = PostEdited(post=1, local=True)

    if when == "meanwhile":
        inner.before_the_end = lambda: hub.publish([event])
    await asked(app)
    if when == "afterwards":
        hub.publish([event])
    await asked(app)

    assert inner.count == 2


@pytest.mark.parametrize(
    "inner",
    [
        Inner((b"Cache-Control", b"private, no-store"), (b"ETag", b'"1"')),
        Inner((b"ETag", b'"1"')),
        Inner((b"Cache-Control", b"public, max-age=60")),
        Inner(*PUBLIC, (b"Set-Cookie", b"a=b")),
        Inner(*PUBLIC, (b"X-Request-Id", b"1")),
        Inner(*PUBLIC, status=404),
        Inner(*PUBLIC, body=bytes(LARGEST + 1)),
    ],
)
async def test_nothing_else_is_kept(inner: Inner) -> None:
    app, before = Keeping(Hub(), inner), inner.count

    answers = [await asked(app) for _ in range(2)]

    assert answers[0] == answers[1]
    assert inner.count - before == 2


async def test_strangers_cannot_fill_it() -> None:
    """Nor is anything but reading answered from it."""
    inner = Inner(*PUBLIC)
    app = Keeping(Hub(), inner)

    await asked(app)
    await asked(app, query=b"a=1")
    await asked(app, query=b"a=1")
    await asked(app, method="POST")
    await asked(app, "/tags/a", method="HEAD")
    await asked(app, "/tags/a")

    assert inner.count == 6
