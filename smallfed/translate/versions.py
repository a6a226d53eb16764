"""What a post was before it was edited, where it tells that itself: Pleroma and Akkoma do, with every version.

Spec: PROTOCOL §5.9 (``formerRepresentations``).
"""

from collections.abc import Iterator

from smallfed.domain.incoming import IncomingVersion
from smallfed.protocol import limits
from smallfed.protocol.jsonld import Document
from smallfed.translate import media, prose


def former(document: Document) -> tuple[IncomingVersion, ...]:
    """Return the earlier versions of a post, oldest first; those that do not say since when they stood are left out."""
    told = document.document("formerRepresentations")
    return () if told is None else tuple(sorted(_versions(told), key=lambda version: version.made_at))


def _versions(told: Document) -> Iterator[IncomingVersion]:
    for item in told.documents("orderedItems", limits.VERSIONS):
        made_at = item.moment("updated") or item.moment("published")
        if made_at is not None:
            texts = prose.read(item)
            yield IncomingVersion(
                made_at=made_at,
                content=texts.content,
                summary=texts.summary,
                sensitive=texts.sensitive,
                attachments=media.attachments(item),
            )
