"""Interactions: who may quote, answer, like or boost a post, and what has come of a quote.

Spec: FEP-044f; https://docs.gotosocial.org/en/latest/federation/interaction_controls/
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Interaction(StrEnum):
    """What somebody may want to do with a post, or with an actor (feature)."""

    QUOTE = "quote"
    REPLY = "reply"
    LIKE = "like"
    ANNOUNCE = "announce"
    FEATURE = "feature"


class QuotePolicy(StrEnum):
    """Who may quote a post of the owner, in the words of the client API."""

    PUBLIC = "public"
    FOLLOWERS = "followers"
    NOBODY = "nobody"


class ReplyPolicy(StrEnum):
    """Who may answer a post of the owner, beside those whom it names or answers.

    ``FOLLOWING``: whom the owner follows.
    """

    PUBLIC = "public"
    FOLLOWERS = "followers"
    FOLLOWING = "following"
    NOBODY = "nobody"


class SubPolicy(Struct, frozen=True, kw_only=True):
    """Who may do one thing: actors and collections by URI, Public by its full name.

    ``automatic``: may; ``manual``: may when the author says yes. Whoever is in neither may not.
    """

    automatic: tuple[str, ...] = ()
    manual: tuple[str, ...] = ()


class Policy(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a post says about interactions with it; None about those it does not mention."""

    quote: SubPolicy | None = None
    reply: SubPolicy | None = None
    like: SubPolicy | None = None
    announce: SubPolicy | None = None

    def about(self, interaction: Interaction) -> SubPolicy | None:
        """Return what it says about one thing."""
        found: SubPolicy | None = getattr(self, interaction.value, None)
        return found


class QuoteState(StrEnum):
    """What has come of a quote, in the words of the client API."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REVOKED = "revoked"
    DELETED = "deleted"


class Quote(Struct, frozen=True, kw_only=True):
    """That the post ``post_id`` quotes another.

    ``quoted`` is the id of the other, None where only a tombstone is left; ``quoted_id`` its row, None while we lack
    it. ``legacy``: written in a form that knows no consent. ``claimed`` is the stamp that the quoting post names,
    ``stamp`` the one that was found to be good; ``request`` the QuoteRequest, ours or theirs.
    """

    id: int
    post_id: int
    quoted: str | None
    quoted_id: int | None = None
    state: QuoteState = QuoteState.PENDING
    legacy: bool = False
    claimed: str | None = None
    stamp: str | None = None
    request: str | None = None
    checked_at: datetime | None = None
    created_at: datetime


class Stamp(Struct, frozen=True, kw_only=True):
    """What the owner allowed ``account_id``: ``interacting`` is theirs, ``target`` the owner's post or actor.

    ``post_id`` is the row of the post, None where it is the owner who is featured. ``request`` asked for it.
    """

    id: int
    kind: Interaction
    account_id: int
    interacting: str
    target: str
    post_id: int | None = None
    request: str | None = None
    created_at: datetime


class Approval(Struct, frozen=True, kw_only=True):
    """That the owner's post or boost ``post_id`` needs, or has, the word of ``account_id``, whose post it is about.

    ``state`` is pending, accepted or rejected; ``uri`` proves it once it is accepted.
    """

    post_id: int
    account_id: int
    state: QuoteState
    uri: str | None = None
    created_at: datetime
