"""Strangers for tests from outside: little servers with actors and keys of their own, honest or not, on loopback."""

import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

from smallfed.protocol.signatures.keys import PrivateKey, generate_rsa
from smallfed.protocol.signatures.signing import Scheme, sign
from tests.processes import Answer, Laboratory, Server, ask

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
CONTEXT = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"]
ACTIVITY_JSON = "application/activity+json"
Document = dict[str, Any]
Headers = list[tuple[str, str]]
_KEYS: list[PrivateKey] = []


def key(number: int) -> PrivateKey:
    """Return one of the keys of this test run; making one takes its time."""
    while len(_KEYS) <= number:
        _KEYS.append(generate_rsa())
    return _KEYS[number]


class Served:
    """What a path answers: a status, a type and bytes; or a function that answers."""

    def __init__(self, body: bytes, content_type: str = ACTIVITY_JSON, status: int = 200, **headers: str) -> None:
        self.body, self.content_type, self.status, self.headers = body, content_type, status, headers
        self.delay = 0.0


class Stranger:
    """A server called ``domain`` with one actor at ``/users/NAME``; everything it serves and signs can be changed."""

    def __init__(self, lab: Laboratory, domain: str, name: str = "bob", *, key_number: int = 0) -> None:
        self.lab, self.domain, self.name = lab, domain, name
        self.base = f"https://{domain}"
        self.id = f"{self.base}/users/{name}"
        self.key_id = f"{self.id}#main-key"
        self.key = key(key_number)
        self.served: dict[str, Served] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.received: list[Document] = []
        self.inbox_status = 202
        self.serve(f"/users/{name}", self.actor())
        self.serve("/.well-known/webfinger", self.webfinger(), content_type="application/jrd+json")
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        lab.name(domain, self._server.server_address[1])
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def take(self, body: bytes) -> None:
        """Keep what was sent."""
        self.received.append(json.loads(body))

    def actor(self, **changes: Any) -> Document:
        """Return the actor document."""
        document = {
            "@context": CONTEXT,
            "id": self.id,
            "type": "Person",
            "preferredUsername": self.name,
            "inbox": f"{self.id}/inbox",
            "outbox": f"{self.id}/outbox",
            "followers": f"{self.id}/followers",
            "endpoints": {"sharedInbox": f"{self.base}/inbox"},
            "publicKey": {"id": self.key_id, "owner": self.id, "publicKeyPem": self.key.public.pem()},
        }
        return {name: value for name, value in {**document, **changes}.items() if value is not None}

    def webfinger(self) -> Document:
        """Return the answer to a question for the actor."""
        links = [{"rel": "self", "type": ACTIVITY_JSON, "href": self.id}]
        return {"subject": f"acct:{self.name}@{self.domain}", "links": links}

    def serve(self, path: str, document: Document | bytes, **how: Any) -> Served:
        """Let ``path`` answer ``document``."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.served[path] = Served(body, **how)
        return self.served[path]

    def note(self, content: str = "<p>hello</p>", **changes: Any) -> Document:
        """Return a public note with an id of its own, which is served there as well."""
        id_ = f"{self.base}/notes/{uuid4()}"
        note = {
            "@context": CONTEXT,
            "id": id_,
            "type": "Note",
            "attributedTo": self.id,
            "content": content,
            "published": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "to": [PUBLIC],
            "cc": [f"{self.id}/followers"],
        }
        note = {name: value for name, value in {**note, **changes}.items() if value is not None}
        self.serve(note["id"].removeprefix(self.base), note)
        return note

    def mention(self, whom: str, content: str = "<p>hello you</p>", **changes: Any) -> Document:
        """Return a public note that mentions the actor ``whom``."""
        return self.note(content, **{"tag": [{"type": "Mention", "href": whom}], "to": [PUBLIC, whom], **changes})

    def activity(self, kind: str, object_: Any, **changes: Any) -> Document:
        """Return an activity of the actor with an id of its own."""
        return {
            "@context": CONTEXT,
            "id": f"{self.base}/activities/{uuid4()}",
            "type": kind,
            "actor": self.id,
            "object": object_,
            **changes,
        }

    def create(self, note: Document) -> Document:
        """Return the Create of a note."""
        return self.activity("Create", note, to=note.get("to", []), cc=note.get("cc", []))

    def follow(self, whom: str) -> Document:
        """Return a Follow."""
        return self.activity("Follow", whom)

    def post(
        self,
        server: Server,
        activity: Document | bytes,
        *,
        path: str = "/inbox",
        scheme: Scheme = "cavage",
        change: Callable[[Headers], Headers] = lambda headers: headers,
        body: bytes | None = None,
        now: datetime | None = None,
        key: PrivateKey | None = None,
        key_id: str | None = None,
        host: str | None = None,
    ) -> Answer:
        """Send a signed activity; ``change`` the headers or the ``body`` after signing to be dishonest."""
        signed = activity if isinstance(activity, bytes) else json.dumps(activity).encode()
        headers = sign(
            "POST",
            f"https://{host or server.domain}{path}",
            signed,
            key_id=key_id or self.key_id,
            key=key or self.key,
            now=now or datetime.now(UTC),
            scheme=scheme,
        )
        sent = signed if body is None else body
        return ask(f"{server.url}{path}", method="POST", body=sent, headers=_mapping(change(headers)))

    def get(self, server: Server, path: str, *, scheme: Scheme = "cavage", **headers: str) -> Answer:
        """Ask for something with a signature; ``accept`` is signed too."""
        signed = self.signed(server, path, scheme=scheme, accept=headers.pop("accept", ACTIVITY_JSON))
        return ask(f"{server.url}{path}", headers={**signed, **headers})

    def signed(
        self, server: Server, path: str, *, scheme: Scheme = "cavage", accept: str = ACTIVITY_JSON
    ) -> Mapping[str, str]:
        """Return the headers of a signed GET."""
        url, now = f"https://{server.domain}{path}", datetime.now(UTC)
        return _mapping(sign("GET", url, None, key_id=self.key_id, key=self.key, now=now, scheme=scheme, accept=accept))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stranger = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                stranger.asked.append(("GET", self.path, {k.lower(): v for k, v in self.headers.items()}))
                found = stranger.served.get(self.path) or stranger.served.get(self.path.partition("?")[0])
                self._answer(found or Served(b"{}", status=404))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                stranger.asked.append(("POST", self.path, {k.lower(): v for k, v in self.headers.items()}))
                if stranger.inbox_status < 300:
                    stranger.take(body)
                self._answer(Served(b"{}", status=stranger.inbox_status))

            def _answer(self, served: Served) -> None:
                time.sleep(served.delay)
                self.send_response(served.status)
                self.send_header("content-type", served.content_type)
                self.send_header("content-length", str(len(served.body)))
                for name, value in served.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(served.body)

            def log_message(self, *args: object) -> None:
                pass

        return Handler


def _mapping(headers: Headers) -> Mapping[str, str]:
    return {name: value for name, value in headers if name.lower() != "content-length"}
