"""What a wire document is understood as, in a form that can be kept in a JSON file and compared as a whole."""

from typing import Any

import msgspec
from msgspec import Struct, structs

from smallfed.domain.incoming import Incoming
from smallfed.errors import SmallfedError
from smallfed.protocol.jsonld import Document
from smallfed.translate import conversations, inward
from smallfed.translate.conversations import Replies


def facts_of(wire: dict[str, Any]) -> dict[str, Any]:
    """Return the facts that ``wire`` states, by kind, without defaults, bytes and key material."""
    document, body = Document(wire), msgspec.json.encode(wire)
    kind = inward.kind_of(document)
    try:
        match kind:
            case "activity":
                return _shown(inward.understand(body))
            case "account":
                return _shown(inward.account(document))
            case "post":
                return _shown(inward.post(document)) | _conversation(document)
            case "collection":
                return {"Collection": _listed(conversations.replies(Document({"replies": wire})))}
            case _:
                return {kind: None}
    except SmallfedError as refused:
        return {type(refused).__name__: refused.message}


def _conversation(document: Document) -> dict[str, Any]:
    """Where a post says that its conversation and the replies to it can be read."""
    replies = _listed(conversations.replies(document))
    places = conversations.contexts(document)
    return ({"Conversation": list(places)} if places else {}) | ({"Replies": replies} if replies else {})


def _listed(found: Replies | None) -> dict[str, Any]:
    """Which posts are named, which of them stand there as a whole, and where it goes on."""
    if found is None:
        return {}
    posts = conversations.posts_in(found.here)
    whole = [uri for uri, thing in posts.items() if thing is not None and conversations.is_whole(thing)]
    told = {"posts": list(posts), "whole": whole, "further": found.further}
    return {name: value for name, value in told.items() if value}


def _shown(fact: Struct) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.json.decode(msgspec.json.encode({type(fact).__name__: _plain(fact)}))
    return shown


def _plain(value: object) -> object:
    if isinstance(value, Struct):
        fields = structs.fields(value)
        told = {
            field.name: getattr(value, field.name) for field in fields if field.name not in ("raw", "der", "document")
        }
        defaults = {field.name: field.default for field in fields}
        return {name: _named(inner) for name, inner in told.items() if name not in defaults or inner != defaults[name]}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _named(value: object) -> object:
    """An activity inside of another is shown with its type."""
    return {type(value).__name__: _plain(value)} if isinstance(value, Incoming) else _plain(value)
