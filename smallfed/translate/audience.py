"""Who is meant by ``to`` and ``cc``, in both directions, and which inboxes that comes to.

Spec: ActivityPub §5.6, §7.1.3; Mastodon's visibilities (https://docs.joinmastodon.org/spec/activitypub/#as); FEP-ae0c
(relays want arrays).
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from smallfed.domain.account import Account
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


def of(house: House, visibility: Visibility, people: Sequence[str] = ()) -> Audience:
    """Return how a post of ours is addressed; ``people`` are the actor ids of those mentioned (or boosted)."""
    people = tuple(dict.fromkeys(people))
    match visibility:
        case Visibility.PUBLIC:
            return Audience((PUBLIC,), (house.followers, *people))
        case Visibility.UNLISTED:
            return Audience((house.followers,), (PUBLIC, *people))
        case Visibility.PRIVATE:
            return Audience((house.followers,), people)
        case Visibility.DIRECT:
            return Audience(people, ())


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


def visibility(audience: Audience, *, followers: str | None, direct: bool = False) -> Visibility:
    """Return the visibility that an audience means; ``followers`` is the author's collection, compared exactly.

    ``direct`` (litepub's directMessage) outranks everything. What is addressed to people only is direct.
    """
    if direct:
        return Visibility.DIRECT
    if PUBLIC in audience.to:
        return Visibility.PUBLIC
    if PUBLIC in audience.cc:
        return Visibility.UNLISTED
    if followers is not None and followers in audience.all:
        return Visibility.PRIVATE
    return Visibility.DIRECT


def inboxes(recipients: Iterable[Account], *, personal: bool) -> tuple[str, ...]:
    """Return where to deliver, each inbox once: shared inboxes where there are any, unless it must be ``personal``.

    Direct posts and everything between two actors (Follow, Accept, Block …) are personal.
    """
    chosen = (account.inbox if personal else account.shared_inbox or account.inbox for account in recipients)
    return tuple(dict.fromkeys(chosen))
