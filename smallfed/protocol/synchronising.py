"""The header Collection-Synchronization: which of an actor's followers live on the server that is written to.

Spec: FEP-8fcf. What is compared is a digest of their ids, so nothing is told that the other side does not know.
"""

import re
from collections.abc import Iterable
from hashlib import sha256

from msgspec import Struct

from smallfed.errors import Malformed
from smallfed.protocol.signatures import parameters

HEADER = "Collection-Synchronization"
NAME = HEADER.lower()
NOBODY = "0" * 64
"""The digest of no followers."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_EXAMPLE = 'collectionId="…", url="…", digest="…"'


class Synchronization(Struct, frozen=True, kw_only=True):
    """What the header says: of ``collection`` the part at ``url`` has this ``digest``, 64 hexadecimal digits."""

    collection: str
    url: str
    digest: str

    def write(self) -> str:
        """Return the value of the header."""
        return f'collectionId="{self.collection}", url="{self.url}", digest="{self.digest}"'


def read(value: str) -> Synchronization | None:
    """Return what a header says, or None when it says nothing of use: then it is as if there was none."""
    try:
        given = parameters.read(value, HEADER, example=_EXAMPLE)
    except Malformed:
        return None
    collection, url, said = given.get("collectionid"), given.get("url"), given.get("digest", "").lower()
    if not collection or not url or _DIGEST.fullmatch(said) is None:
        return None
    return Synchronization(collection=collection, url=url, digest=said)


def digest(ids: Iterable[str]) -> str:
    """Return the digest of followers: the SHA-256 sums of their ids, XORed. Each should be given once."""
    total = 0
    for id_ in ids:
        total ^= int.from_bytes(sha256(id_.encode("utf-8", "surrogatepass")).digest())
    return f"{total:064x}"
