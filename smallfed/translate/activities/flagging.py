"""Flag, as others send it: somebody complains.

Spec: ActivityPub (Flag, as Mastodon uses it); PROTOCOL §9.1. Lemmy says why in ``summary``; the family of Misskey names
posts in ``content``.
"""

import re

from smallfed.domain import incoming
from smallfed.domain.incoming import Incoming
from smallfed.domain.uris import web
from smallfed.errors import Invalid
from smallfed.protocol import limits
from smallfed.protocol.jsonld import Document
from smallfed.text.sanitise import cut, plain
from smallfed.translate.activities.reading import Reader

_URL = re.compile(r"https?://[^\s<>\"']{1,2000}")


def _flag(document: Document, id_: str | None, actor: str) -> Incoming:
    comment = document.text("content") or document.text("summary") or ""
    named = [uri for uri in map(web, (*document.uris("object"), *_URL.findall(comment))) if uri is not None]
    if not named:
        raise Invalid("It names nothing by an http(s) URL that it would be about.")
    objects = tuple(dict.fromkeys(named))[: limits.COMPLAINED]
    return incoming.Flag(id=id_, actor=actor, objects=objects, comment=cut(plain(comment), limits.COMPLAINT))


READERS: dict[str, Reader] = {
    "Flag": _flag,
}
