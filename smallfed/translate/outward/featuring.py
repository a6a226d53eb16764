"""Activities about what the profile shows first."""

from smallfed.domain.house import House
from smallfed.protocol.emitted import Activity, Tag
from smallfed.protocol.vocabulary import PUBLIC


def add(house: House, *, uri: str, object_: str | Tag) -> Activity:
    """Return the Add ``uri`` by which the profile shows a post (its id) first, or a hashtag."""
    return _featured("Add", house, uri, object_)


def remove(house: House, *, uri: str, object_: str | Tag) -> Activity:
    """Return the Remove ``uri`` by which the profile shows a post (its id) first, or a hashtag, no longer."""
    return _featured("Remove", house, uri, object_)


def _featured(kind: str, house: House, uri: str, object_: str | Tag) -> Activity:
    """Mastodon goes by the type of the object: hashtags are told of as of the same collection as posts."""
    return Activity(
        id=uri,
        type=kind,
        actor=house.actor,
        to=(PUBLIC,),
        cc=(house.followers,),
        object=object_,
        target=house.featured,
    )
