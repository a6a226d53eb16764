"""People: those elsewhere and the owner."""

from smallfed.domain.events.event import Event


class AccountSeen(Event, frozen=True, kw_only=True):
    """A remote account was stored or refreshed."""

    account: int
    uri: str


class AccountGone(Event, frozen=True, kw_only=True):
    """A remote account was deleted at its origin."""

    account: int
    uri: str


class ConsentToSearchChanged(Event, frozen=True, kw_only=True):
    """A remote account agrees to be searched now, or does no more."""

    account: int


class ProfileChanged(Event, frozen=True, kw_only=True):
    """The owner's own profile has changed."""

    account: int


class OwnerLeft(Event, frozen=True, kw_only=True):
    """The owner has left, for good."""

    account: int


class PreferencesChanged(Event, frozen=True, kw_only=True):
    """The owner wants others to see, or to do, something else."""


class EmojisChanged(Event, frozen=True, kw_only=True):
    """The owner's custom emoji are others than before."""


class OwnerDeparted(Event, frozen=True, kw_only=True):
    """The owner lives at ``target`` (an actor id) from now on; ``departure`` is the row of it."""

    departure: int
    target: str


class HouseSetUp(Event, frozen=True, kw_only=True):
    """The owner has set the house up."""

    account: int


SHOWN: tuple[type[Event], ...] = (
    AccountGone,
    ProfileChanged,
    OwnerLeft,
    PreferencesChanged,
    EmojisChanged,
    HouseSetUp,
)
