"""Findings: what the lists of others together say of a server or of somebody, and what of it holds."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from smallfed.domain.domain_block import Severity


class Stand(StrEnum):
    """How far a finding has come."""

    WAITING = "waiting"
    """The owner has not agreed to it, or not to all of it."""
    AGREED = "agreed"
    """The owner has agreed to all of it; it is about to hold."""
    HOLDING = "holding"
    """It holds, as long as the lists say so."""
    IGNORED = "ignored"
    """The owner wants nothing of it."""
    TOUCHED = "touched"
    """The owner has said what holds; it stays whatever the lists say."""


class Finding(Struct, frozen=True, kw_only=True):
    """What the lists together say of ``subject``; ``severity`` is None when they say nothing any more.

    ``holds`` is what of it holds now. ``because`` names the lists, and since when, for the owner's eyes; ``comment`` is
    what they say in public.
    """

    subject: str
    person: bool = False
    severity: Severity | None = None
    reject_media: bool = False
    reject_reports: bool = False
    obfuscate: bool = False
    comment: str = ""
    because: str = ""
    holds: Severity | None = None
    state: Stand = Stand.WAITING
    created_at: datetime
    changed_at: datetime
