"""Posts as client apps see them.

Spec: CLIENT_API §13 items 7, 11, 12, 26, §14 (Status and its parts).
"""

from typing import Any

from msgspec import UNSET, UnsetType, structs

from smallfed.domain.house import House
from smallfed.domain.post import Post, Visibility
from smallfed.mastodon import entities
from smallfed.mastodon.entities import maybe, moment
from smallfed.mastodon.presenting import polls, reactions
from smallfed.mastodon.presenting.media import Around, attachments
from smallfed.mastodon.presenting.people import acct, emojis, page
from smallfed.mastodon.presenting.quotes import Quotes
from smallfed.mastodon.presenting.visibilities import NAMES
from smallfed.store.details import Detail


def status(
    house: House,
    post: Post,
    detail: Detail,
    account: entities.Account,
    *,
    mine: bool,
    quotes: Quotes,
    quote: entities.Quote | None,
    card: entities.PreviewCard | None,
    filtered: list[entities.FilterResult] | UnsetType,
    media: Around,
    discreet: bool = False,
) -> entities.Status:
    """Return a post that is no boost. ``mine``: the owner asks, and is told what they did with it.

    ``discreet``: how many like, boost and quote it is kept from whoever asks.
    ``quote`` is what it quotes; ``quotes`` knows who may quote it, and how many do; ``filtered`` is what matches it.
    """
    if discreet:
        detail = without_counts(detail)
    return entities.Status(
        id=str(post.id),
        uri=post.uri,
        url=post.url or post.uri,
        created_at=moment(post.published_at),
        edited_at=maybe(post.edited_at),
        account=account,
        content=post.content,
        visibility=NAMES[post.visibility],
        local_only=post.visibility is Visibility.LOCAL,
        sensitive=post.sensitive,
        spoiler_text=post.summary,
        media_attachments=attachments(house, detail.attachments, around=media),
        application=None if post.application is None else entities.Application(name=post.application),
        mentions=[
            entities.Mention(id=str(who.id), username=who.username, url=page(who), acct=acct(who))
            for who in detail.mentions
        ],
        tags=[entities.ShallowTag(name=name, url=house.tag_page(name)) for name in detail.hashtags],
        emojis=emojis(house, post.emojis),
        reblogs_count=detail.boosts,
        favourites_count=detail.likes,
        replies_count=detail.replies,
        quotes_count=0 if discreet else quotes.count(post),
        verified=entities.Verified(favourites=detail.likes_verified, reblogs=detail.boosts_verified),
        counts_hidden=discreet or UNSET,
        emoji_reactions=[reactions.tally(house, one) for one in detail.reactions],
        in_reply_to_id=_id(post.in_reply_to_id),
        in_reply_to_account_id=None if post.in_reply_to_id is None else _id(post.in_reply_to_account_id),
        reblog=None,
        card=card,
        poll=None if detail.poll is None else polls.poll(house, post, detail.poll, detail.own_votes, mine=mine),
        quote=quote,
        quote_approval=quotes.approval(post),
        language=post.language,
        filtered=filtered,
        **(_marks(post, detail) if mine else {}),
    )


def without_counts(detail: Detail) -> Detail:
    """Return what is shown with a post without how many like and boost it; of reactions the owner's own."""
    own = tuple(structs.replace(tally, count=1) for tally in detail.reactions if tally.mine)
    return structs.replace(detail, likes=0, boosts=0, likes_verified=0, boosts_verified=0, reactions=own)


def _marks(post: Post, detail: Detail) -> dict[str, Any]:
    return {
        "favourited": detail.favourited,
        "reblogged": detail.reblogged,
        "muted": detail.muted,
        "bookmarked": detail.bookmarked,
        "pinned": detail.pinned if post.local else UNSET,
    }


def boost(
    post: Post,
    original: entities.Status,
    account: entities.Account,
    *,
    filtered: list[entities.FilterResult] | UnsetType,
) -> entities.Status:
    """Return a boost: what the original says, in the name of ``account``, with the original inside."""
    return structs.replace(
        original,
        id=str(post.id),
        uri=post.uri,
        url=post.url or original.url,
        created_at=moment(post.published_at),
        edited_at=None,
        account=account,
        visibility=NAMES[post.visibility],
        application=None,
        in_reply_to_id=None,
        in_reply_to_account_id=None,
        pinned=UNSET,
        quote=None,
        filtered=filtered,
        reblog=original,
    )


def _id(number: int | None) -> str | None:
    return None if number is None else str(number)
