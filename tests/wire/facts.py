"""What a wire document is understood as, in a form that can be kept in a JSON file and compared as a whole."""

from typing import Any

import msgspec
from msgspec import Struct, structs

from smallfed.domain.incoming import Incoming
from smallfed.errors import SmallfedError
from smallfed.protocol.jsonld import Document
from smallfed.translate import inward

UNTOLD = ("raw", "der", "document")


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
                return _shown(inward.post(document))
            case _:
                return {kind: None}
    except SmallfedError as refused:
        return {type(refused).__name__: refused.message}


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
