"""Collections and their pages."""

from collections.abc import Sequence

from msgspec import UNSET

from smallfed.protocol.emitted import Collection, Thing


def collection(
    uri: str,
    *,
    total: int | None,
    first: str | None = None,
    items: Sequence[str | Thing] | None = None,
    ordered: bool = True,
    owner: str | None = None,
) -> Collection:
    """Return a collection, with its ``items`` or with the address of its ``first`` page, or (hidden) with neither.

    ``total`` None: how many there are is hidden, too.
    """
    contents = UNSET if items is None else tuple(items)
    return Collection(
        id=uri,
        type="OrderedCollection" if ordered else "Collection",
        attributed_to=owner or UNSET,
        total_items=UNSET if total is None else total,
        first=first or UNSET,
        items=UNSET if ordered else contents,
        ordered_items=contents if ordered else UNSET,
    )


def collection_page(
    uri: str,
    *,
    part_of: str,
    items: Sequence[str | Thing],
    next_page: str | None = None,
    previous_page: str | None = None,
    ordered: bool = True,
) -> Collection:
    """Return one page of the collection ``part_of``."""
    contents = tuple(items)
    return Collection(
        id=uri,
        type="OrderedCollectionPage" if ordered else "CollectionPage",
        part_of=part_of,
        next=next_page or UNSET,
        prev=previous_page or UNSET,
        items=UNSET if ordered else contents,
        ordered_items=contents if ordered else UNSET,
    )
