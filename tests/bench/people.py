"""The people of the benchmark: thousands of actors on hundreds of hosts, whose activities are signed in advance."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from smallfed.protocol.signatures.keys import PrivateKey, generate_rsa
from smallfed.protocol.signatures.signing import Scheme, sign

DOMAIN = "bench.example"
HOME = "home.example"
OWNER = f"https://{HOME}/users/alice"
INBOX = f"https://{HOME}/inbox"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
CONTEXT = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"]
KEYS = 8  # key pairs that all people share: making one takes a tenth of a second


class Person(Struct, frozen=True, kw_only=True):
    """Somebody on one of the hosts. ``number`` is unique."""

    number: int
    host: str

    @property
    def uri(self) -> str:
        """The actor's id."""
        return f"https://{self.host}/users/u{self.number}"

    @property
    def key_id(self) -> str:
        """The id of the actor's key."""
        return f"{self.uri}#main-key"


def host_name(number: int, *, kind: str = "h") -> str:
    """Return the name of a host. ``kind``: h for healthy, d for dead, s for slow."""
    return f"{kind}{number:04}.{DOMAIN}"


def people(count: int, hosts: Sequence[str], *, first: int = 0) -> list[Person]:
    """Return people evenly spread over ``hosts``."""
    return [Person(number=first + number, host=hosts[number % len(hosts)]) for number in range(count)]


class KeyRing:
    """The key pairs of all people."""

    def __init__(self, folder: Path) -> None:
        file = folder / "keys.json"
        if not file.exists():
            file.write_text(json.dumps([generate_rsa().pem() for _ in range(KEYS)]))
        self._keys = [PrivateKey.from_pem(pem) for pem in json.loads(file.read_text())]

    @property
    def pems(self) -> list[str]:
        """The public keys; person N has number N modulo their count."""
        return [key.public.pem() for key in self._keys]

    def of(self, person: Person) -> PrivateKey:
        """Return somebody's key."""
        return self._keys[person.number % KEYS]

    def signed(self, person: Person, activity: dict[str, Any], *, scheme: Scheme = "cavage") -> bytes:
        """Return the whole HTTP request that brings ``activity`` to the shared inbox."""
        body = json.dumps(activity).encode()
        now = datetime.now(UTC)
        headers = sign("POST", INBOX, body, key_id=person.key_id, key=self.of(person), now=now, scheme=scheme)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
        return f"POST /inbox HTTP/1.1\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body


def actor(uri: str, pem: str) -> dict[str, Any]:
    """Return the actor document that a host serves for one of its people."""
    host, name = uri.split("/")[2], uri.rpartition("/")[2]
    return {
        "@context": CONTEXT,
        "id": uri,
        "type": "Person",
        "preferredUsername": name,
        "name": f"{name} of the benchmark",
        "summary": "<p>Somebody who says little of interest, quickly.</p>",
        "url": f"https://{host}/@{name}",
        "inbox": f"{uri}/inbox",
        "outbox": f"{uri}/outbox",
        "followers": f"{uri}/followers",
        "following": f"{uri}/following",
        "publicKey": {"id": f"{uri}#main-key", "owner": uri, "publicKeyPem": pem},
    }


TEXT = (
    '<p><span class="h-card"><a href="https://home.example/@alice" class="u-url mention">@<span>alice</span></a>'
    "</span> This is number {number}, and it goes on for about as long as people write on an ordinary day, with one "
    '<a href="https://bench.example/tags/tag" class="mention hashtag" rel="tag">#<span>tag</span></a> and a '
    '<a href="https://example.org/">link</a> to look at.</p>'
)


def note(person: Person, number: int) -> dict[str, Any]:
    """Return a Create of a public note that mentions the owner, as Mastodon writes it."""
    uri = f"{person.uri}/statuses/{number}"
    published = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    audience = {"to": [PUBLIC], "cc": [f"{person.uri}/followers", OWNER]}
    return {
        "@context": CONTEXT,
        "id": f"{uri}/activity",
        "type": "Create",
        "actor": person.uri,
        "published": published,
        **audience,
        "object": {
            "id": uri,
            "type": "Note",
            "summary": None,
            "inReplyTo": None,
            "published": published,
            "url": f"https://{person.host}/@u{person.number}/{number}",
            "attributedTo": person.uri,
            **audience,
            "sensitive": False,
            "conversation": f"tag:{person.host},2026-11-23:objectId={number}:objectType=Conversation",
            "content": TEXT.format(number=number),
            "contentMap": {"en": TEXT.format(number=number)},
            "attachment": [],
            "tag": [
                {"type": "Mention", "href": OWNER, "name": f"@alice@{HOME}"},
                {"type": "Hashtag", "href": f"https://{person.host}/tags/tag", "name": "#tag"},
            ],
        },
    }


def plain(person: Person, number: int) -> dict[str, Any]:
    """Return a Create of a note as above that names nobody."""
    create = note(person, number)
    audience = {"to": [PUBLIC], "cc": [f"{person.uri}/followers"]}
    stated = {**create["object"], **audience, "tag": create["object"]["tag"][1:]}
    return {**create, **audience, "object": stated}


def notes(keys: KeyRing, authors: Sequence[Person], count: int, *, first: int) -> Iterator[bytes]:
    """Yield ``count`` signed requests, the authors taking turns."""
    for number in range(first, first + count):
        person = authors[number % len(authors)]
        yield keys.signed(person, note(person, number))
