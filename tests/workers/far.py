"""The world outside for tests of the loops: a dictionary of answers, and people with keys who live there."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import trio

from smallfed.errors import SmallfedError
from smallfed.protocol.signatures.keys import PrivateKey, generate_ed25519
from smallfed.runtime.client import REDIRECTS, Answer, Onward, Sign
from tests.pouring import Pouring

ACTIVITY = "application/activity+json"
JRD = "application/jrd+json"
AS2 = "https://www.w3.org/ns/activitystreams"

Thing = Answer | SmallfedError | Callable[[], Answer]


class FakeHttp(Pouring):
    """Answers from ``pages`` and counts what was asked. ``slow`` holds back the answers of hosts, in seconds."""

    def __init__(self) -> None:
        self.pages: dict[str, Thing] = {}
        self.asked: list[str] = []
        self.signed: list[Mapping[str, str]] = []
        self.slow: dict[str, float] = {}
        self.most_at_once = self._at_once = 0

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
        assert method == "GET"
        assert deadline > 0
        while True:
            answer = await self._answer(url, headers, body, sign)
            if answer.url != url and onward is not None:
                await onward(answer.url)
            location = answer.header("location") if answer.status in REDIRECTS else None
            if location is None or onward is None:
                return answer
            await onward(location)
            url = location

    async def _answer(
        self, url: str, headers: Sequence[tuple[str, str]], body: bytes | None, sign: Sign | None
    ) -> Answer:
        self.asked.append(url)
        signed = sign("GET", url, body) if sign is not None else []
        self.signed.append({name.lower(): value for name, value in [*headers, *signed]})
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            await trio.sleep(self.slow.get(url.split("/")[2], 0))
        finally:
            self._at_once -= 1
        thing = self.pages.get(url, Answer(404, url, [], b""))
        if isinstance(thing, SmallfedError):
            raise thing
        return thing if isinstance(thing, Answer) else thing()

    def put(self, url: str, value: Any, *, type_: str = ACTIVITY, status: int = 200, at: str | None = None) -> None:
        """Let ``url`` answer JSON, or bytes as they are; ``at`` is where redirects led."""
        body = value if isinstance(value, bytes) else msgspec.json.encode(value)
        self.pages[url] = Answer(status, at or url, [("content-type", type_)], body)

    def lead(self, url: str, to: str) -> None:
        """Let ``url`` redirect."""
        self.pages[url] = Answer(302, url, [("location", to)], b"")

    def count(self, text: str) -> int:
        """How often something with ``text`` in its URL was asked."""
        return sum(text in url for url in self.asked)


class Person:
    """Somebody on another server."""

    def __init__(self, handle: str) -> None:
        self.username, _, self.host = handle.partition("@")
        self.uri = f"https://{self.host}/users/{self.username}"
        self.key_id = f"{self.uri}#main-key"
        self.key: PrivateKey = generate_ed25519()

    def actor(self, **changes: Any) -> dict[str, Any]:
        """The actor document."""
        return {
            "@context": [AS2, "https://w3id.org/security/v1"],
            "id": self.uri,
            "type": "Person",
            "preferredUsername": self.username,
            "name": self.username.title(),
            "inbox": f"{self.uri}/inbox",
            "outbox": f"{self.uri}/outbox",
            "followers": f"{self.uri}/followers",
            "following": f"{self.uri}/following",
            "publicKey": {"id": self.key_id, "owner": self.uri, "publicKeyPem": self.key.public.pem()},
        } | changes

    def note(self, number: int = 1, **changes: Any) -> dict[str, Any]:
        """A public post, as an object."""
        return {
            "@context": AS2,
            "id": f"https://{self.host}/notes/{number}",
            "type": "Note",
            "attributedTo": self.uri,
            "content": f"<p>Note {number}</p>",
            "published": "2026-03-01T11:59:00Z",
            "to": [f"{AS2}#Public"],
            "cc": [f"{self.uri}/followers"],
        } | changes

    def webfinger(self, **changes: Any) -> dict[str, Any]:
        """What WebFinger says of the handle."""
        return {
            "subject": f"acct:{self.username}@{self.host}",
            "links": [{"rel": "self", "type": ACTIVITY, "href": self.uri}],
        } | changes

    @property
    def webfinger_url(self) -> str:
        """Where WebFinger is asked."""
        return f"https://{self.host}/.well-known/webfinger?resource=acct:{self.username}@{self.host}"

    def settle(self, http: FakeHttp, **changes: Any) -> "Person":
        """Be found."""
        http.put(self.uri, self.actor(**changes))
        http.put(self.webfinger_url, self.webfinger(), type_=JRD)
        return self
