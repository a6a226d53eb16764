"""Who is meant by ``to`` and ``cc``, in both directions.

Spec: ActivityPub §5.6, §7.1.3; Mastodon's visibilities (https://docs.joinmastodon.org/spec/activitypub/#as); FEP-ae0c
(relays want arrays), FEP-1b12 (groups).
"""

from collections.abc import Sequence

from msgspec import Struct

from smallfed.domain.house import House
from smallfed.domain.post import Visibility
from smallfed.domain.uris import web
from smallfed.protocol import limits
from smallfed.protocol.jsonld import Document
from smallfed.protocol.vocabulary import PUBLIC, PUBLIC_NAMES


class Audience(Struct, frozen=True):
    """The two public fields of addressing, as URIs."""

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Everybody addressed, each once."""
        return tuple(dict.fromkeys(self.to + self.cc))


def of(house: House, visibility: Visibility, people: Sequence[str] = (), *, group: str | None = None) -> Audience:
    """Return how a post of ours is addressed; ``people`` are the actor ids of those mentioned (or boosted).

    ``group`` is the one that an open post is made in: Lemmy, PieFed, Mbin and NodeBB look for themselves in ``to``.
    """
    people = tuple(uri for uri in dict.fromkeys(people) if uri != group)
    groups = () if group is None else (group,)
    match visibility:
        case Visibility.PUBLIC:
            return Audience((PUBLIC, *groups), (house.followers, *people))
        case Visibility.UNLISTED:
            return Audience((house.followers, *groups), (PUBLIC, *people))
        case Visibility.PRIVATE:
            return Audience((house.followers,), people)
        case Visibility.DIRECT:
            return Audience(people, ())
        case Visibility.LOCAL:
            return Audience((), ())


def split(audience: Sequence[str]) -> Audience:
    """Return ``audience``, everybody in one list, as an Audience: with Public, the rest is in copy."""
    others = tuple(uri for uri in dict.fromkeys(audience) if uri != PUBLIC)
    return Audience((PUBLIC,), others) if PUBLIC in audience else Audience(others, ())


def read(document: Document, activity: Document | None = None) -> Audience:
    """Return whom a document is addressed to, Public by its full name; where it does not say at all, its ``activity``.

    Addresses that are no http(s) URLs are left out. ``bto`` and ``bcc`` are not looked at: they are nobody's business.
    """
    found = Audience(_recipients(document, "to"), _recipients(document, "cc"))
    return found if activity is None or found.all else read(activity)


def _recipients(document: Document, name: str) -> tuple[str, ...]:
    uris = (PUBLIC if uri in PUBLIC_NAMES else uri for uri in document.uris(name, limits.RECIPIENTS))
    return tuple(dict.fromkeys(uri for uri in uris if web(uri)))
