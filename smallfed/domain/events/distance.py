"""Keeping distance: blocks and mutes."""

from smallfed.domain.events.event import Event


class AccountBlocked(Event, frozen=True, kw_only=True):
    """The owner blocks ``target``."""

    target: int
    uri: str


class AccountUnblocked(Event, frozen=True, kw_only=True):
    """The owner no longer blocks ``target``."""

    target: int
    uri: str


class AccountMuted(Event, frozen=True, kw_only=True):
    """The owner mutes ``target``, or no longer does."""

    target: int


class AccountRenamed(Event, frozen=True, kw_only=True):
    """``account`` goes by another handle, by which the house wants nothing of it, or does again."""

    account: int


class DomainBlocked(Event, frozen=True, kw_only=True):
    """The house wants nothing of ``domain`` (``*``: everybody) with all below it, or (``lifted``) does again."""

    domain: str
    lifted: bool


class DomainDecided(Event, frozen=True, kw_only=True):
    """The owner has said something of ``domain``, or takes it back: lists of others have to heed that."""

    domain: str


SHOWN: tuple[type[Event], ...] = (
    AccountBlocked,
    AccountUnblocked,
    AccountMuted,
    AccountRenamed,
    DomainBlocked,
    DomainDecided,
)
