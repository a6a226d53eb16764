"""The words entities are made of: ids, addresses, moments, and what is said in their form.

Spec: CLIENT_API §13 items 5–9, §14. The patterns are checked where an answer is read back: in the tests.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

Id = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,18}$")]
"""A decimal number below 2^63, as text."""

Url = Annotated[str, Meta(pattern=r"^https?://[^\s/]")]
"""An absolute http(s) address, never empty."""

Moment = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")]
"""Exactly three digits of a second, and Z: clients throw at anything else."""

Day = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
Count = Annotated[int, Meta(ge=0)]
Name = Annotated[str, Meta(min_length=1)]

VisibilityName = Literal["public", "unlisted", "private", "direct"]
QuotePolicyName = Literal["public", "followers", "nobody"]
ReplyPolicyName = Literal["public", "followers", "following", "nobody"]
ContentTypeName = Literal["text/plain", "text/markdown"]
RepliesPolicyName = Literal["followed", "list", "none"]


class Entity(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """An answer, or part of one. A field that may be missing has UNSET as its default; None is said as null."""


def moment(when: datetime) -> str:
    """Return an aware UTC datetime as clients want it."""
    return when.isoformat(timespec="milliseconds")[:-6] + "Z"


def maybe(when: datetime | None) -> str | None:
    """Return ``moment`` of what may be None."""
    return None if when is None else moment(when)
