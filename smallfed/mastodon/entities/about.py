"""Entities about what a server tells of itself at length.

Spec: CLIENT_API §1, §14: Rule, ExtendedDescription, TermsOfService and what stands beside them.
"""

from typing import Literal

from smallfed.mastodon.entities.kinds import Day, Entity, Id, Moment, Name


class Rule(Entity, frozen=True, kw_only=True):
    """A rule of the server."""

    id: Id
    text: Name
    hint: str = ""


class Text(Entity, frozen=True, kw_only=True):
    """A long text about the server, in HTML."""

    updated_at: Moment
    content: str


class Terms(Entity, frozen=True, kw_only=True):
    """The terms of service."""

    effective_date: Day
    effective: bool = True
    content: str
    succeeded_by: Day | None = None


class Week(Entity, frozen=True, kw_only=True):
    """What happened in a week (UNIX time of its Monday); all of it is text."""

    week: str
    statuses: str
    logins: str
    registrations: str


class BlockedDomain(Entity, frozen=True, kw_only=True):
    """A domain that is limited or cut off; ``digest`` is the SHA-256 of its name, which may be shown in part only."""

    domain: Name
    digest: Name
    severity: Literal["silence", "suspend"] = "suspend"
    comment: str = ""


class Language(Entity, frozen=True, kw_only=True):
    """A language, and how it is called."""

    code: Name
    name: Name
