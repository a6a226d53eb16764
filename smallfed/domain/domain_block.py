"""Domain blocks and allows: what holds for whole servers."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Severity(StrEnum):
    """How far a server is kept away: altogether, from sight, or not at all."""

    SUSPEND = "suspend"
    SILENCE = "silence"
    NOOP = "noop"


class Origin(StrEnum):
    """By whose word something holds: the owner's, that of the lists together, or of the mode the house is in."""

    OWNER = "owner"
    LISTS = "lists"
    MODE = "mode"


class DomainBlock(Struct, frozen=True, kw_only=True):
    """What holds for ``domain`` and what is below it (``*.domain``: only for what is below).

    A suspended domain is cut off since ``cut_at``: what there is between it and the owner is frozen, until the block is
    lifted or, at ``final_at``, the follows are ended. Who lives on a silenced one is met only where the owner follows
    them or asks for them (``policy/limiting``). Of ``reject_media`` no pictures are shown, of ``reject_reports`` no
    complaints are taken, of ``no_relay`` nothing that a relay brings, and a ``mute`` one is not read.
    ``obfuscate``: its name is shown to nobody whole.
    """

    id: int
    domain: str
    origin: Origin = Origin.OWNER
    severity: Severity = Severity.SUSPEND
    reject_media: bool = False
    reject_reports: bool = False
    no_relay: bool = False
    mute: bool = False
    private_comment: str = ""
    public_comment: str = ""
    obfuscate: bool = False
    cut_at: datetime | None = None
    final_at: datetime | None = None
    created_at: datetime

    @property
    def cuts(self) -> bool:
        """Whether it cuts a server off."""
        return self.severity is Severity.SUSPEND

    @property
    def holds_nothing(self) -> bool:
        """Whether it is nothing but a note."""
        flags = (self.reject_media, self.reject_reports, self.no_relay, self.mute)
        return self.severity is Severity.NOOP and not any(flags)


class DomainAllow(Struct, frozen=True, kw_only=True):
    """A domain, with what is below it, that the owner federates with whatever lists and the mode of the house say."""

    id: int
    domain: str
    created_at: datetime
