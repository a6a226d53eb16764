"""The network between the houses of a story: in memory, in virtual time, with servers that fail when told to."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from urllib.parse import unquote_to_bytes

import trio
from msgspec import Struct

from smallfed.errors import TooLarge
from smallfed.pages.asgi import Asgi
from smallfed.policy import targets
from smallfed.policy.targets import Target
from smallfed.runtime.client import FOLLOWED, REDIRECTS, Answer, NoAnswer, Onward, Sign
from smallfed.runtime.clock import Clock
from smallfed.runtime.headers import outgoing
from tests.pouring import Pouring

Trouble = Literal["refused", "silent", "broken"]
"""Nobody listens; somebody listens and never answers; everything is answered 503."""


class Asked(Struct, frozen=True, kw_only=True):
    """One request from house to house. ``status`` is None where there was no answer."""

    at: datetime
    asker: str
    host: str
    method: str
    path: str
    status: int | None
    body: bytes


class Wire:
    """Who listens under which name, who is in trouble, and everything that was asked."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.doors: dict[str, Asgi] = {}
        self.trouble: dict[str, Trouble] = {}
        self.delay: defaultdict[str, float] = defaultdict(float)  # seconds that a host takes to answer
        self.asked: list[Asked] = []

    def posts(self, host: str, *, asker: str | None = None) -> list[Asked]:
        """Return the POSTs that ``host`` was sent, by ``asker`` or by anybody."""
        return [
            each for each in self.asked if each.method == "POST" and each.host == host and asker in (None, each.asker)
        ]

    async def carry(
        self, asker: str, method: str, target: Target, headers: Sequence[tuple[bytes, bytes]], body: bytes
    ) -> Answer:
        """Take one request to the door of its host."""
        answer = None
        try:
            answer = await self._answer(method, target, headers, body)
        finally:
            self.asked.append(
                Asked(
                    at=self.clock.now(),
                    asker=asker,
                    host=target.host,
                    method=method,
                    path=target.path,
                    status=answer.status if answer else None,
                    body=body,
                )
            )
        return answer

    async def _answer(self, method: str, target: Target, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> Answer:
        await trio.sleep(self.delay[target.host])
        trouble = self.trouble.get(target.host)
        if trouble == "silent":
            await trio.sleep_forever()
        if trouble == "broken":
            return Answer(503, target.url, [], b"")
        door = self.doors.get(target.host)
        if trouble == "refused" or door is None:
            raise NoAnswer("connect", f"{target.host} does not listen")
        return await call(door, method, target.path, headers, body, url=target.url)


class Line(Pouring):
    """One house's way out: an ``Http`` that leads over the wire."""

    def __init__(self, wire: Wire, asker: str) -> None:
        self._wire, self._asker = wire, asker

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
        sign: Sign | None = None,
        limit: int = 1 << 20,
        deadline: float = 30.0,
        onward: Onward | None = None,
    ) -> Answer:
        """Do as ``Http.request``, with the same reading of URLs, the same header lines and real signatures."""
        target = targets.read(url, allow_http=False)
        with trio.move_on_after(deadline):
            for _ in range(FOLLOWED + 1):
                if not isinstance(target, Target):
                    raise NoAnswer("url", f"{url!r} {target.reason}")
                signed = sign(method, target.wire, body) if sign is not None else []
                lines = outgoing(method, target, [*headers, *signed], body, "smallfed (story)")
                answer = await self._wire.carry(self._asker, method, target, lines, body or b"")
                location = answer.header("location")
                if onward is None or method != "GET" or answer.status not in REDIRECTS or location is None:
                    if len(answer.body) > limit:
                        raise TooLarge(f"{url} is larger than {limit} bytes")
                    return answer
                target = targets.follow(target, location, allow_http=False)
                if isinstance(target, Target):
                    await onward(target.wire)
            raise NoAnswer("redirects", f"{url} was redirected more than {FOLLOWED} times")
        raise NoAnswer("timeout", f"{url} did not finish in time")


async def call(
    door: Asgi, method: str, path: str, headers: Sequence[tuple[bytes, bytes]], body: bytes, *, url: str = ""
) -> Answer:
    """Ask an ASGI application as a server would."""
    raw, _, query = path.partition("?")
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote_to_bytes(raw).decode(),
        "raw_path": raw.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": list(headers),
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 8420),
        "extensions": {},
    }
    came: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if came:
            return came.pop()
        await trio.sleep_forever()
        raise AssertionError("forever has passed")

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    await door(scope, receive, send)
    start = next(message for message in said if message["type"] == "http.response.start")
    content = b"".join(message.get("body", b"") for message in said if message["type"] == "http.response.body")
    return Answer(
        start["status"], url, [(k.decode().lower(), v.decode("latin-1")) for k, v in start["headers"]], content
    )
