"""Groups: what a group and its moderators may decide, which is about what was made in that group and nothing else.

Spec: FEP-1b12; PROTOCOL §§4.6, 4.8.
"""

from collections.abc import Collection

from smallfed.domain.account import Account, Kind
from smallfed.domain.incoming import IncomingPost
from smallfed.domain.post import Post
from smallfed.domain.refused import Refused
from smallfed.domain.uris import same_origin


def is_made_in(post: IncomingPost, group: Account) -> bool:
    """Whether a post, as its author wrote it, is for ``group``: in ``audience``, addressed to it, or naming it."""
    if group.kind is not Kind.GROUP:
        return False
    named = (mention.href for mention in post.mentions)
    return group.uri in (post.audience, *post.to, *post.cc) or any(href in (group.uri, group.url) for href in named)


def may_moderate(group: Account, actor: str, moderators: Collection[str]) -> Refused | None:
    """Judge whether ``actor`` moderates ``group``: it is on the group's list, or on its server (its administrators).

    That the group itself has said that ``actor`` did it is *not* checked here.
    """
    if actor in moderators or same_origin(actor, group.uri):
        return None
    return Refused(f"{actor} does not moderate {group.handle}.")


def hosts(group: Account, post: Post) -> Refused | None:
    """Judge whether ``post`` is the group's to decide about."""
    return None if post.audience == group.uri else Refused(f"It was not made in {group.handle}.")
