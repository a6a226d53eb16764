"""Domain blocks: what the owner thinks of whole servers."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Severity(StrEnum):
    """How far a server is kept away: altogether, from sight, or not at all."""

    SUSPEND = "suspend"
    SILENCE = "silence"
    NOOP = "noop"


class DomainBlock(Struct, frozen=True, kw_only=True):
    """What holds for ``domain`` and what is below it. ``obfuscate``: its name is shown to nobody whole.

    A suspended domain is cut off. Who lives on a silenced one is met only where the owner follows them or asks for them
    (``policy/limiting``); of ``reject_media`` no pictures are shown, of ``reject_reports`` no complaints are taken.
    """

    id: int
    domain: str
    severity: Severity = Severity.SUSPEND
    reject_media: bool = False
    reject_reports: bool = False
    private_comment: str = ""
    public_comment: str = ""
    obfuscate: bool = False
    created_at: datetime


class DomainAllow(Struct, frozen=True, kw_only=True):
    """A domain that the owner would federate with in any case."""

    id: int
    domain: str
    created_at: datetime
