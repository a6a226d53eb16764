"""Rules: what the owner wants done about what comes, and what was decided by them."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Family(StrEnum):
    """By what a rule judges; what ``match`` means is said in ``policy/rules``."""

    DOMAIN = "domain"
    ACTOR = "actor"
    LIST = "list"
    KEYWORD = "keyword"
    AGE = "age"
    MENTIONS = "mentions"
    LINKS = "links"
    MEDIA = "media"
    RELAY = "relay"
    RATE = "rate"
    PROFILE = "profile"
    KIND = "kind"


class Action(StrEnum):
    """What is done, the strictest first. The first three let nothing in; of the others, all that are said are done."""

    REJECT = "reject"
    """It is refused, and whoever asks is told so."""
    DROP = "drop"
    """It is left aside, and nobody is told."""
    HOLD = "hold"
    """It waits in the ledger until the owner has looked at it."""
    PRIVATE = "followers-only"
    """It is only for those who follow its author."""
    HUSH = "no-notify"
    """It notifies the owner only if its author is followed."""
    HIDE = "hide"
    """It stands in no public view."""
    STRIP = "strip-media"
    """It loses its pictures."""
    SENSITIVE = "sensitive"
    """Its pictures are covered."""
    ACCEPT = "accept"
    """It is taken as it is."""

    @property
    def refuses(self) -> bool:
        """Whether nothing is let in."""
        return self in (Action.REJECT, Action.DROP, Action.HOLD)


class Rule(Struct, frozen=True, kw_only=True):
    """A rule of the owner's: what ``match`` describes, in the words of its family, has ``action``; until it expires."""

    id: int
    family: Family
    match: str
    action: Action
    comment: str = ""
    expires_at: datetime | None = None
    created_at: datetime


class Verdict(Struct, frozen=True):
    """What one rule says: what is to be done, why, and by which rule."""

    action: Action
    reason: str
    rule: str


class Judgement(Struct, frozen=True):
    """All that the rules said about one thing; none: it is taken as it is."""

    verdicts: tuple[Verdict, ...] = ()

    @property
    def strictest(self) -> Verdict | None:
        """The verdict that counts most, the earliest of several; None where there is none."""
        order = list(Action)
        return min(self.verdicts, key=lambda verdict: order.index(verdict.action), default=None)

    @property
    def refusal(self) -> Verdict | None:
        """The verdict by which nothing is let in, or None."""
        found = self.strictest
        return found if found is not None and found.action.refuses else None

    def says(self, action: Action) -> bool:
        """Whether some rule says so."""
        return any(verdict.action is action for verdict in self.verdicts)


SILENT = Judgement()
