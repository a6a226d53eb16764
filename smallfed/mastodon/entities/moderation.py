"""Entities for apps that moderate.

Spec: https://docs.joinmastodon.org/entities/Admin_Account/, …/Admin_Report/, …/Admin_DomainBlock/,
…/Admin_DomainAllow/, …/Admin_Measure/, …/Admin_Dimension/, …/Admin_Cohort/.
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from smallfed.mastodon.entities.about import Rule
from smallfed.mastodon.entities.kinds import Entity, Id, Moment, Name
from smallfed.mastodon.entities.people import Account, Role
from smallfed.mastodon.entities.posts import Status

Number = Annotated[str, Meta(pattern=r"^[0-9]+$")]


class AdminAccount(Entity, frozen=True, kw_only=True):
    """Somebody, as those see them who run the server. Addresses of mail and machines are not kept here."""

    id: Id
    username: Name
    domain: Name | None
    created_at: Moment
    email: str = ""
    ip: str | None = None
    ips: tuple[str, ...] = ()
    locale: str | None
    invite_request: str | None = None
    role: Role
    confirmed: bool = True
    approved: bool = True
    disabled: bool = False
    silenced: bool
    suspended: bool
    sensitized: bool = False
    account: Account


class AdminReport(Entity, frozen=True, kw_only=True):
    """A complaint, with who and what it is about."""

    id: Id
    action_taken: bool
    action_taken_at: Moment | None
    category: Literal["spam", "legal", "violation", "other"]
    comment: str
    forwarded: bool
    created_at: Moment
    updated_at: Moment
    account: AdminAccount
    target_account: AdminAccount
    assigned_account: AdminAccount | None
    action_taken_by_account: AdminAccount | None
    statuses: list[Status]
    rules: list[Rule]


class AdminDomainBlock(Entity, frozen=True, kw_only=True):
    """What holds for a domain."""

    id: Id
    domain: Name
    digest: Name
    created_at: Moment
    severity: Literal["suspend", "silence", "noop"]
    reject_media: bool
    reject_reports: bool
    private_comment: str | None
    public_comment: str | None
    obfuscate: bool
    no_relay: bool
    mute: bool
    origin: Literal["owner", "lists"]
    final_at: Moment | None


class AdminDomainAllow(Entity, frozen=True, kw_only=True):
    """A domain to federate with in any case."""

    id: Id
    domain: Name
    created_at: Moment


class AdminMeasureData(Entity, frozen=True, kw_only=True):
    """How much there was on a day."""

    date: Moment
    value: Number


class AdminMeasure(Entity, frozen=True, kw_only=True):
    """How much there was of something, in all and day by day."""

    key: Name
    unit: str | None = None
    total: Number
    previous_total: Number | UnsetType = UNSET
    data: list[AdminMeasureData]


class AdminDimensionData(Entity, frozen=True, kw_only=True):
    """One line of a list of what there is most of."""

    key: Name
    human_key: str
    value: str
    unit: str | UnsetType = UNSET
    human_value: str | UnsetType = UNSET


class AdminDimension(Entity, frozen=True, kw_only=True):
    """What there is most of."""

    key: Name
    data: list[AdminDimensionData]


class CohortData(Entity, frozen=True, kw_only=True):
    """How many of those who came together were still here in a period."""

    date: Moment
    rate: float
    value: Number


class AdminCohort(Entity, frozen=True, kw_only=True):
    """Those who came in a period."""

    period: Moment
    frequency: Literal["day", "month"]
    data: list[CohortData]
