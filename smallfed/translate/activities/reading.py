"""Reading: what every reader of an activity is, and needs."""

from collections.abc import Callable

from smallfed.domain.incoming import Incoming
from smallfed.domain.uris import web
from smallfed.errors import Invalid
from smallfed.protocol.jsonld import Document

Reader = Callable[[Document, str | None, str], Incoming]
"""From (document, its id, its actor) to what it says. Raises Invalid with the reason when it says nothing."""


def object_of(document: Document) -> str:
    """Return the id of the object; Invalid when it is no http(s) URL."""
    uri = web(document.uri("object"))
    if uri is None:
        raise Invalid("It names no object by an http(s) URL.")
    return uri
