"""A small server on Pubby, for smallfed to talk to: one person, @writer, who remembers what was verified.

Run as ``python -m tests.peers.pubby_server`` with PEER_ORIGIN (https://name), PEER_FRONT (host:port of the TLS front),
PEER_PORT and PEER_CONTROL (ports on loopback) and PEER_FOLDER (for its storage) in the environment.
"""

import os
import socket
import sys
from threading import Thread
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, jsonify, request
from pubby import ActivityPubHandler, Object
from pubby.quotes import allow_public_quotes, set_quote_target
from pubby.server.adapters.flask import bind_activitypub
from pubby.storage.adapters.file import FileActivityPubStorage
from werkzeug.serving import make_server

ORIGIN, FRONT = os.environ["PEER_ORIGIN"], os.environ["PEER_FRONT"]
ACTOR = f"{ORIGIN}/ap/actor"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
Json = dict[str, Any]

verified: list[Json] = []
objects: dict[str, Json] = {}


def lead_to(front: str) -> None:
    """Let the names under .example lead to the TLS front of the test, from inside this process only."""
    host, port = front.split(":")
    ask = socket.getaddrinfo

    def answer(name: Any, *rest: Any, **options: Any) -> Any:
        if not str(name).endswith(".example"):
            return ask(name, *rest, **options)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, int(port)))]

    socket.getaddrinfo = answer


class Handler(ActivityPubHandler):  # type: ignore[misc]
    """Pubby's, and what it found good is remembered."""

    def process_inbox_activity(self, activity_data: Json, *args: Any, **options: Any) -> Any:
        """Take an activity in; whatever is wrong with its signature raises."""
        result = super().process_inbox_activity(activity_data, *args, **options)
        verified.append(activity_data)
        return result


def new_handler() -> Handler:
    """Return the handler of @writer."""
    return Handler(
        FileActivityPubStorage(os.environ["PEER_FOLDER"]),
        {"base_url": ORIGIN, "username": "writer", "name": "The writer", "summary": "Speaks Pubby"},
        private_key=rsa.generate_private_key(65537, 2048),
        async_delivery=False,
        max_retries=1,
    )


handler = new_handler()


# What the tests may ask for -----------------------------------------------------------------------------------------
def state(_: Json) -> Json:
    """Tell what was verified."""
    return {"verified": verified}


def follow(order: Json) -> Json:
    """Follow an actor."""
    return send({"type": "Follow", "object": order["actor"], "to": [order["actor"]]})


def write(order: Json) -> Json:
    """Publish a post; ``to`` answers one of ``author``, ``quote`` quotes one of ``author``."""
    author = [order["author"]] if "author" in order else []
    tags = [{"type": "Mention", "href": href, "name": order["handle"]} for href in author if "handle" in order]
    note = Object(
        id=f"{ORIGIN}/ap/objects/{uuid4()}",
        content=order["text"],
        url=f"{ORIGIN}/posts/{uuid4()}",
        attributed_to=ACTOR,
        in_reply_to=order.get("to"),
        tag=tags,
        to=[PUBLIC],
        cc=[f"{ORIGIN}/ap/followers", *author],
    )
    create = handler.outbox.build_create_activity(note)
    document = create["object"]
    allow_public_quotes(document)
    if "quote" in order:
        set_quote_target(document, order["quote"])
    objects[note.id] = document
    handler.publish_activity(create)
    if "quote" in order:
        asked = handler.outbox.build_quote_request_activity(order["quote"], document, author[0])
        handler.publish_activity(asked)
    return {"id": note.id}


def edit(order: Json) -> Json:
    """Change the text of a post."""
    note = objects[order["id"]] = objects[order["id"]] | {"content": order["text"], "updated": order["at"]}
    return send({"type": "Update", "object": note, "to": note["to"], "cc": note["cc"]})


def delete(order: Json) -> Json:
    """Delete a post."""
    gone = objects.pop(order["id"])
    object_ = {"type": "Tombstone", "id": order["id"]}
    return send({"type": "Delete", "object": object_, "to": gone["to"], "cc": gone["cc"]})


def like(order: Json) -> Json:
    """Like a post of ``author``."""
    return send({"type": "Like", "object": order["object"], "to": [order["author"]]})


def boost(order: Json) -> Json:
    """Boost a post of ``author``."""
    to = {"to": [PUBLIC], "cc": [f"{ORIGIN}/ap/followers", order["author"]]}
    return send({"type": "Announce", "object": order["object"], **to})


def undo(order: Json) -> Json:
    """Take an activity back, which was to ``author``."""
    return send(handler.outbox.build_undo_activity(sent[order["id"]]) | {"to": [order["author"]]})


ORDERS = {each.__name__: each for each in (state, follow, write, edit, delete, like, boost, undo)}
sent: dict[str, Json] = {}


def send(activity: Json) -> Json:
    """Send an activity to whom it names."""
    id_ = f"{ACTOR}/activities/{uuid4()}"
    context = "https://www.w3.org/ns/activitystreams"
    sent[id_] = {"@context": context, "id": id_, "actor": ACTOR} | activity
    handler.publish_activity(sent[id_])
    return {"id": sent[id_]["id"]}


def public() -> Flask:
    """Return what other servers see."""
    app = Flask("pubby")
    bind_activitypub(app, handler)

    @app.get("/ap/objects/<name>")
    def _object(name: str) -> Any:
        found = objects.get(f"{ORIGIN}/ap/objects/{name}")
        if found is None:
            return jsonify({"error": "not found"}), 404
        answer = jsonify({"@context": ["https://www.w3.org/ns/activitystreams"], **found})
        answer.headers["content-type"] = "application/activity+json"
        return answer

    return app


def control() -> Flask:
    """Return what the tests talk to."""
    app = Flask("control")

    @app.post("/<what>")
    def _order(what: str) -> Any:
        return jsonify(ORDERS[what](request.get_json()))

    return app


if __name__ == "__main__":
    lead_to(FRONT)
    server = make_server("127.0.0.1", int(os.environ["PEER_PORT"]), public(), threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    make_server("127.0.0.1", int(os.environ["PEER_CONTROL"]), control(), threaded=True).serve_forever()
