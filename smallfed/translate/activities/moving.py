"""Move, as others send it: somebody lives elsewhere from now on.

Spec: https://docs.joinmastodon.org/spec/activitypub/#Move, FEP-7628; PROTOCOL §8.1. Misskey leaves the addressing out.
"""

from smallfed.domain import incoming
from smallfed.domain.incoming import Incoming
from smallfed.domain.uris import web
from smallfed.errors import Invalid
from smallfed.protocol.jsonld import Document
from smallfed.translate.activities.reading import Reader, object_of


def _move(document: Document, id_: str | None, actor: str) -> Incoming:
    target = web(document.uri("target"))
    if target is None:
        raise Invalid("It does not say by an http(s) URL where to.")
    return incoming.Move(id=id_, actor=actor, object=object_of(document), target=target)


READERS: dict[str, Reader] = {
    "Move": _move,
}
