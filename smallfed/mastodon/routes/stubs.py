"""What apps ask for and this server does not have: the empty thing where that is the truth, 404 everywhere else.

Spec: CLIENT_API §§1–10, the rows marked stub; a 404 there shows an error in most apps.
"""

from collections.abc import Mapping

from msgspec import Raw

from smallfed.mastodon.access import OPEN, Access, anyone, owner
from smallfed.mastodon.asking import Ask, Handler
from smallfed.mastodon.door import Door

NOTHING = Raw(b"[]")
EMPTY = Raw(b"{}")
COLLECTIONS = Raw(b'{"collections":[]}')

STUBS: Mapping[str, tuple[Access, Raw]] = {
    "/api/v1/accounts/<account>/collections": (anyone("read:accounts"), COLLECTIONS),
    "/api/v1/accounts/<account>/in_collections": (anyone("read:accounts"), COLLECTIONS),
    "/api/v1/accounts/<account>/identity_proofs": (owner("read:accounts"), NOTHING),
    "/api/v1/annual_reports": (
        owner("read:accounts"),
        Raw(b'{"annual_reports":[],"accounts":[],"statuses":[]}'),
    ),
    "/api/v1/instance/translation_languages": (OPEN, EMPTY),
}


def register(door: Door) -> None:
    """Hang the routes."""
    for path, (access, answer) in STUBS.items():
        door.stub(path, access, _always(answer))


def _always(answer: Raw) -> Handler:
    async def handler(_ask: Ask, **_path: str) -> object:
        return answer

    return handler
