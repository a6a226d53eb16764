"""People on many small servers, who are only documents and a key; they speak to a house as strangers do, signed."""

import json
import random
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from smallfed.domain.events import InboundQueued
from smallfed.pages.asgi import Receive, Scope, Send
from smallfed.protocol.envelope import open_letter
from smallfed.protocol.signatures.keys import PrivateKey
from smallfed.protocol.signatures.signing import sign
from smallfed.store import inbound
from smallfed.store.inbound import Arriving
from smallfed.store.tx import Tx
from tests.fediverse.houses import JSON, House, keys_of
from tests.fediverse.wire import Line, Wire
from tests.workers.far import ACTIVITY, AS2

PUBLIC = f"{AS2}#Public"
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


class Person(Struct, frozen=True, kw_only=True):
    """Somebody, by the id. ``began``: when the account was made, as its server says; None: it does not say."""

    uri: str
    name: str = ""
    bio: str = ""
    began: datetime | None = None

    @property
    def host(self) -> str:
        """The server's name."""
        return self.uri.split("/")[2]


class Crowd:
    """People and their servers. All have one key, since making them is slow, and nobody here forges anything."""

    def __init__(self, wire: Wire, dice: random.Random) -> None:
        self.wire, self.dice = wire, dice
        self.people: dict[str, Person] = {}
        self._key = PrivateKey.from_pem(keys_of("crowd")["owner-rsa"][1])
        self._pem = self._key.public.pem()
        self._numbers = iter(range(1, 10_000_000))

    def word(self, length: int) -> str:
        """Return random letters."""
        return "".join(self.dice.choices(LETTERS, k=length))

    def join(self, host: str, **fields: Any) -> Person:
        """Let somebody with a random name live on a server, and return who."""
        person = Person(uri=f"https://{host}/users/{self.word(10)}", **fields)
        self.people[person.uri] = person
        self.wire.doors[host] = self._answer
        return person

    def number(self) -> int:
        """Return a number that was not used yet."""
        return next(self._numbers)

    # What they say --------------------------------------------------------------------------------------------------
    def does(self, person: Person, kind: str, object_: Any, **fields: Any) -> JSON:
        """Return an activity."""
        uri = f"{person.uri}/activities/{self.number()}"
        return {"@context": AS2, "id": uri, "type": kind, "actor": person.uri, "object": object_, **fields}

    def says(
        self, person: Person, content: str, *, to: Iterable[str] = (PUBLIC,), names: Iterable[str] = (), **fields: Any
    ) -> JSON:
        """Return the Create of a post; ``names``: the ids of whom it mentions."""
        named = list(names)
        audience = {"to": list(to), "cc": [f"{person.uri}/followers", *named] if PUBLIC in to else []}
        tags = [{"type": "Mention", "href": uri} for uri in named] + fields.pop("tags", [])
        post = {
            "id": f"{person.uri}/posts/{self.number()}",
            "type": "Note",
            "attributedTo": person.uri,
            "content": content,
            "published": f"{self.wire.clock.now():%Y-%m-%dT%H:%M:%SZ}",
            "tag": tags,
            **audience,
            **fields,
        }
        return self.does(person, "Create", post, **audience)

    async def send(self, house: House, activity: JSON) -> int:
        """Deliver an activity to the owner of a house, signed by who does it; return the status."""
        actor = activity["actor"]

        def signed(method: str, url: str, body: bytes | None) -> list[tuple[str, str]]:
            now = self.wire.clock.now()
            return sign(method, url, body, key_id=f"{actor}#main-key", key=self._key, now=now, scheme="cavage")

        line = Line(self.wire, self.people[actor].host)
        body = json.dumps(activity).encode()
        return (await line.request("POST", f"{house.actor}/inbox", body=body, sign=signed)).status

    async def hand_in(self, house: House, activities: Sequence[JSON]) -> None:
        """Write activities down in a house as its inbox does when the signatures have held; it is much faster."""
        assert house.app is not None
        await house.app.parts.db.write(_write_down, [_arriving(activity) for activity in activities])
        house.app.parts.inbound.ring()

    # What their servers show ----------------------------------------------------------------------------------------
    def _document(self, person: Person) -> JSON:
        began = {} if person.began is None else {"published": f"{person.began:%Y-%m-%d}T00:00:00Z"}
        return {
            "@context": [AS2, "https://w3id.org/security/v1"],
            "id": person.uri,
            "type": "Person",
            "preferredUsername": person.uri.rpartition("/")[2],
            "name": person.name,
            "summary": person.bio,
            "inbox": f"{person.uri}/inbox",
            "outbox": f"{person.uri}/outbox",
            "followers": f"{person.uri}/followers",
            "publicKey": {"id": f"{person.uri}#main-key", "owner": person.uri, "publicKeyPem": self._pem},
            **began,
        }

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = dict(scope["headers"])[b"host"].decode()
        person = self.people.get(f"https://{host}{scope['path']}")
        status = 404 if person is None else 200
        body = b"{}" if person is None else msgspec.json.encode(self._document(person))
        if scope["method"] == "POST":
            status, body = 202, b""
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", ACTIVITY.encode())]})
        await send({"type": "http.response.body", "body": body})


def _arriving(activity: JSON) -> Arriving:
    body = json.dumps(activity).encode()
    ((envelope, _),) = open_letter(body)
    return Arriving(
        actor=activity["actor"],
        activity=activity["id"],
        type=envelope.type,
        host=activity["actor"].split("/")[2],
        order_key=envelope.order_key,
        personal=True,
        body=body,
    )


def _write_down(tx: Tx, arriving: Sequence[Arriving]) -> None:
    for one in arriving:
        inbound.put(tx, one)
    tx.announce(InboundQueued())
