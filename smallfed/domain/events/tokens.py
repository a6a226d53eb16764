"""Access tokens."""

from smallfed.domain.events.event import Event


class TokensRevoked(Event, frozen=True, kw_only=True):
    """These access tokens are worth nothing any more: their streams and pushes end."""

    tokens: tuple[int, ...]


class PasswordChanged(Event, frozen=True, kw_only=True):
    """The owner has another password: what is open is to be opened anew, with what is still valid."""
