"""Servers that are made of documents: people and posts as other implementations show them, honest or not."""

from collections import Counter
from typing import Any
from urllib.parse import parse_qs

import msgspec

from tests.fediverse.wire import Wire
from tests.workers.far import ACTIVITY, AS2, JRD

JSON = dict[str, Any]


class Village:
    """A server whose answers are ``pages``, by path with query, and ``images``; it counts who asks for what."""

    def __init__(self, wire: Wire, host: str) -> None:
        self.host, self._wire = host, wire
        self.pages: dict[str, tuple[str, JSON]] = {}
        self.images: dict[str, bytes] = {}
        self.asked = Counter[str]()
        wire.doors[host] = self

    def put(self, document: JSON) -> str:
        """Show a document where its id is; return the id."""
        uri = str(document["id"])
        self.pages[uri.removeprefix(f"https://{self.host}")] = (ACTIVITY, {"@context": AS2, **document})
        return uri

    def person(self, name: str) -> str:
        """Let somebody live here; return the actor's id."""
        uri = f"https://{self.host}/users/{name}"
        self.pages[f"/.well-known/webfinger?resource=acct:{name}@{self.host}"] = (
            JRD,
            {"subject": f"acct:{name}@{self.host}", "links": [{"rel": "self", "type": ACTIVITY, "href": uri}]},
        )
        return self.put(
            {
                "id": uri,
                "type": "Person",
                "preferredUsername": name,
                "inbox": f"{uri}/inbox",
                "outbox": f"{uri}/outbox",
                "followers": f"{uri}/followers",
                "published": "2024-05-01T00:00:00Z",
            }
        )

    def note(self, author: str, number: int, *, answers: str | None = None, **fields: Any) -> str:
        """Show a public post by somebody who lives here, without replies so far; return its id."""
        return self.put(
            {
                "id": f"https://{self.host}/notes/{number}",
                "type": "Note",
                "attributedTo": author,
                "content": f"<p>{self.host} {number}</p>",
                "published": f"2026-11-23T07:{number // 60 % 60:02}:{number % 60:02}Z",
                "to": [f"{AS2}#Public"],
                "cc": [f"{author}/followers"],
                **({"inReplyTo": answers} if answers else {}),
                **fields,
            }
        )

    def change(self, uri: str, **fields: Any) -> None:
        """Change a document that is shown."""
        self.pages[uri.removeprefix(f"https://{self.host}")][1].update(fields)

    def list_replies(self, uri: str, *replies: str) -> None:
        """Let a post name its replies as Mastodon does: nothing inline, all others on a page of their own."""
        collection = f"{uri}/replies"
        following = f"{collection}?only_other_accounts=true&page=true"
        first = {"type": "CollectionPage", "partOf": collection, "next": following, "items": []}
        whole = {"id": collection, "type": "Collection", "first": first}
        self.change(uri, replies=whole)
        self.put(whole)
        self.put({"id": following, "type": "CollectionPage", "partOf": collection, "items": list(replies)})

    async def __call__(self, scope: JSON, receive: Any, send: Any) -> None:
        """Answer as an ASGI application."""
        query = scope["query_string"].decode()
        if scope["path"] == "/.well-known/webfinger":  # however it is spelt
            query = f"resource={parse_qs(query)['resource'][0]}"
        path = scope["path"] + (f"?{query}" if query else "")
        self.asked[path] += 1
        type_, document = self.pages.get(path, ("text/plain", {}))
        body = msgspec.json.encode(document)
        if path in self.images:
            type_, body = "image/png", self.images[path]
        status = 200 if path in self.pages or path in self.images else 404
        headers = [(b"content-type", type_.encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
