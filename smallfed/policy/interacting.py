"""Interacting: what a post's policy means for somebody, and whether a stamp is good.

Spec: FEP-044f; https://docs.gotosocial.org/en/latest/federation/interaction_controls/; SAFETY §1.1 (CVE-2026-33869,
GHSA-8h43: stamps of another host, of another post).
"""

from collections.abc import Collection
from enum import StrEnum

from msgspec import Struct

from smallfed.domain.incoming import IncomingStamp
from smallfed.domain.interaction import Interaction, Policy, SubPolicy
from smallfed.domain.refused import Refused
from smallfed.domain.uris import same_origin
from smallfed.policy.visibility import PUBLIC


class Leave(StrEnum):
    """What a policy says to somebody, in the words of the client API.

    ``UNKNOWN``: it names collections that we cannot look into.
    """

    AUTOMATIC = "automatic"
    MANUAL = "manual"
    UNKNOWN = "unknown"
    DENIED = "denied"


class Standing(Struct, frozen=True, kw_only=True):
    """Who wants something of ``author`` (both actor ids), and what is between them.

    ``follows``: they follow the author; ``followed``: the author follows them; ``named``: the post names them, or
    answers them. The collections are the author's own.
    """

    actor: str
    author: str
    followers: str | None = None
    following: str | None = None
    follows: bool = False
    followed: bool = False
    named: bool = False

    @property
    def collections(self) -> frozenset[str]:
        """The collections of the author that they are in."""
        found = (self.followers if self.follows else None, self.following if self.followed else None)
        return frozenset(uri for uri in found if uri is not None)


EVERYBODY = SubPolicy(automatic=("https://www.w3.org/ns/activitystreams#Public",))
NOBODY = SubPolicy()


def leave(policy: Policy | None, interaction: Interaction, who: Standing) -> Leave:
    """Return whether somebody may do that with a post that says ``policy``.

    What a post does not mention is allowed, but for quotes: those need that its author knows of them. Who is named by
    a post, or answered by it, may always answer; authors may do everything.
    """
    if who.actor == who.author or (interaction is Interaction.REPLY and who.named):
        return Leave.AUTOMATIC
    said = policy.about(interaction) if policy is not None else None
    return judge(said or (NOBODY if interaction is Interaction.QUOTE else EVERYBODY), who)


def judge(said: SubPolicy, who: Standing) -> Leave:
    """Return what one sub-policy means; an actor named by id counts before collections, automatic before manual."""
    if who.actor in said.automatic:
        return Leave.AUTOMATIC
    if who.actor in said.manual:
        return Leave.MANUAL
    if _covers(said.automatic, who):
        return Leave.AUTOMATIC
    if _covers(said.manual, who):
        return Leave.MANUAL
    known = PUBLIC | {uri for uri in (who.author, who.followers, who.following) if uri is not None}
    return Leave.DENIED if known.issuperset((*said.automatic, *said.manual)) else Leave.UNKNOWN


def must_ask(policy: Policy | None, interaction: Interaction, who: Standing) -> bool:
    """Whether who may do it still waits for the author's word: others cannot look into the author's collections."""
    if leave(policy, interaction, who) is not Leave.AUTOMATIC:
        return True
    said = policy.about(interaction) if policy is not None else None
    if said is None or who.actor == who.author or (interaction is Interaction.REPLY and who.named):
        return False
    return who.actor not in said.automatic and PUBLIC.isdisjoint(said.automatic)


def _covers(uris: Collection[str], who: Standing) -> bool:
    return not PUBLIC.isdisjoint(uris) or not who.collections.isdisjoint(uris)


def judge_stamp(claim: IncomingStamp, *, uri: str, quoting: str, quoted: str, author: str) -> Refused | None:
    """Judge whether what stands at ``uri`` lets the post ``quoting`` quote the post ``quoted`` by ``author``."""
    if "QuoteAuthorization" not in claim.types:
        return Refused("It is no QuoteAuthorization.")
    if claim.id != uri:
        return Refused("It says that it stands elsewhere.")
    if not same_origin(uri, author):
        return Refused("It is on another server than the author of the quoted post.")
    if claim.author != author:
        return Refused("It is not by the author of the quoted post.")
    if claim.interacting != quoting:
        return Refused("It is about another quote.")
    if claim.target != quoted:
        return Refused("It is about another post.")
    return None
