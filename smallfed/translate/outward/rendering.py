"""The bytes of a document."""

from msgspec import json, structs

from smallfed.protocol.contexts import context_of
from smallfed.protocol.emitted import Thing


def body(thing: Thing, *, proven: bool = False, sealed: bool = False) -> bytes:
    """Return the JSON of a document of ours, with the context that it needs.

    With ``proven`` and ``sealed`` it is ready for a proof inside and for a linked-data signature.
    """
    return json.encode(structs.replace(thing, context=context_of(thing, proven=proven, sealed=sealed)))
