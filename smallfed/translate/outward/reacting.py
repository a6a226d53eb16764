"""Activities about the posts of others."""

from msgspec import UNSET

from smallfed.domain.house import House
from smallfed.domain.post import Post
from smallfed.domain.reaction import FAVOURITE, Reaction
from smallfed.protocol.emitted import Activity, EmojiTag
from smallfed.translate import audience
from smallfed.translate.moments import seconds


def announce(
    house: House, boost: Post, *, post: str, author: str, group: str | None = None, approved_by: str | None = None
) -> Activity:
    """Return the Announce of ``post`` by ``author``, made in ``group`` (all ids); ``boost`` is our row of it.

    ``approved_by`` proves that the author has agreed to it.
    """
    to_whom = audience.of(house, boost.visibility, [author] if group is None else [author, group])
    return Activity(
        id=boost.uri,
        type="Announce",
        actor=house.actor,
        published=seconds(boost.published_at),
        to=to_whom.to,
        cc=to_whom.cc,
        object=post,
        approved_by=approved_by or UNSET,
        announce_authorization=approved_by or UNSET,
    )


def like(
    house: House,
    *,
    uri: str,
    post: str,
    author: str,
    group: str | None = None,
    reaction: Reaction = FAVOURITE,
    emoji: EmojiTag | None = None,
) -> Activity:
    """Return the Like ``uri`` of ``post`` by ``author``; ``emoji`` is the custom one of a ``reaction``.

    ``group`` is told as well, if the post was made in one: it is the group that tells all others.

    One form for all: Mastodon sees a favourite, the Misskey family, Pleroma's and others the emoji.
    """
    content = emoji.name if emoji else reaction.emoji or UNSET
    return Activity(
        id=uri,
        type="Like",
        actor=house.actor,
        to=(author,) if group is None else (author, group),
        audience=group or UNSET,
        object=post,
        content=content,
        misskey_reaction=content,
        tag=(emoji,) if emoji else UNSET,
    )
