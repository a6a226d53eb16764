"""Visibility: who may see a post, and what its addressing means. The same rule in SQL is ``store/visibility``.

A viewer is an account, the owner's or another's, a server that asks for those who live on it, or a stranger about whom
nothing is known.

Spec: PROTOCOL §§2.7, 5.6; SAFETY rule 16.
"""

from collections.abc import Collection

from msgspec import Struct

from smallfed.domain.account import Kind
from smallfed.domain.post import Visibility

PUBLIC = frozenset({"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"})


class Sight(Struct, frozen=True, kw_only=True):
    """What stands between a viewer and a post; a stranger has neither written, nor is named, nor follows.

    ``shut_out``: the author blocks the viewer, or the house wants nothing of the domain of one of them. ``boosted`` is
    the sight of the original where the post is a boost. ``removed``: by moderators of the group it was made in.
    """

    visibility: Visibility
    removed: bool = False
    wrote: bool = False
    shut_out: bool = False
    named: bool = False
    follows: bool = False
    boosted: "Sight | None" = None


def may_see(sight: Sight) -> bool:
    """Whether the viewer may see the post. A boost shows nothing that its original hides."""
    if sight.boosted is not None and not may_see(sight.boosted):
        return False
    if sight.shut_out or (sight.removed and not sight.wrote):
        return False
    if sight.visibility is Visibility.LOCAL:
        return sight.wrote
    if sight.visibility.is_open or sight.wrote or sight.named:
        return True
    return sight.visibility is Visibility.PRIVATE and sight.follows


def speaks_for_server(kind: Kind, username: str, host: str) -> bool:
    """Whether an actor asks for its whole server: an Application, or one that is called like it (GoToSocial's)."""
    return kind is Kind.APPLICATION or username.lower() == host.lower()


def of(to: Collection[str], cc: Collection[str], *, followers: str | None, direct: bool = False) -> Visibility:
    """Return what an addressing means; ``followers`` is the author's own collection, ``direct`` litepub's word for it.

    Whoever is addressed but not named is no business of this: that makes a silent recipient, not another visibility.
    """
    if direct:
        return Visibility.DIRECT
    if not PUBLIC.isdisjoint(to):
        return Visibility.PUBLIC
    if not PUBLIC.isdisjoint(cc):
        return Visibility.UNLISTED
    if followers is not None and (followers in to or followers in cc):
        return Visibility.PRIVATE
    return Visibility.DIRECT
