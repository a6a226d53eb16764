"""A post of the owner as a Note, or as a Question when it has a poll.

Every one says in its ``interactionPolicy`` who may quote it, which promises that a QuoteRequest is answered, and who
may answer it, where the owner limits that. Nothing is said about likes and boosts, because we do not limit those. A
quote is written in all the forms that others read: as in FEP-044f, as Misskey, Fedibird and Pleroma have it, and as a
tag.

Spec: https://docs.joinmastodon.org/spec/activitypub/#payloads, FEP-1311 (attachments), FEP-9098 (emoji), FEP-9967
(polls), FEP-044f and FEP-e232 (quotes), FEP-8967 (pages).
"""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET, UnsetType

from smallfed.domain.account import Account, Emoji
from smallfed.domain.card import Card
from smallfed.domain.house import House
from smallfed.domain.interaction import Policy, Quote
from smallfed.domain.poll import Poll
from smallfed.domain.post import Attachment, Post, Visibility
from smallfed.domain.uris import web
from smallfed.protocol.emitted import (
    AttachedLink,
    Collection,
    Document,
    EmojiTag,
    Image,
    InteractionPolicy,
    Note,
    ObjectLink,
    Option,
    Source,
    SubPolicy,
    Tag,
    Thing,
)
from smallfed.translate import audience, previews
from smallfed.translate.media_types import media_type
from smallfed.translate.moments import duration, milliseconds, seconds

SELF_REPLIES = 5  # on the first page, which is inline


def note(
    house: House,
    post: Post,
    *,
    source: Source | None = None,
    mentions: Sequence[Account] = (),
    hashtags: Sequence[str] = (),
    attachments: Sequence[Attachment] = (),
    card: Card | None = None,
    own_replies: Sequence[str] = (),
    likes: int | None = 0,
    boosts: int | None = 0,
    poll: Poll | None = None,
    quote: Quote | None = None,
    policy: Policy | None = None,
    approved_by: str | None = None,
) -> Note:
    """Return a post of ours; ``source`` is what was typed, ``hashtags`` are names without #.

    ``mentions`` decide, with the visibility, to whom it is addressed. ``own_replies`` are ids of what we have answered
    to it ourselves, at most ``SELF_REPLIES``. What ``poll`` holds are verified counts, and so are ``likes`` and
    ``boosts``; None: they are kept from others. ``card`` is of the page that it is about. ``policy`` None: nobody may
    quote it. ``approved_by`` proves that whom it answers has agreed to it.
    """
    to_whom = audience.of(house, post.visibility, [account.uri for account in mentions], group=post.audience)
    context = _context(post)
    return Note(
        id=post.uri,
        attributed_to=house.actor,
        in_reply_to=post.in_reply_to or UNSET,
        conversation_url=web(context) or UNSET,
        conversation=context or UNSET,
        published=seconds(post.published_at),
        updated=UNSET if post.edited_at is None else milliseconds(post.edited_at),
        url=post.url or house.note_page(post.id),
        to=to_whom.to,
        cc=to_whom.cc,
        audience=post.audience or UNSET,
        direct_message=True if post.visibility is Visibility.DIRECT else UNSET,
        summary=post.summary or UNSET,
        sensitive=post.sensitive or bool(post.summary),
        content=post.content,
        content_map={post.language: post.content} if post.language else UNSET,
        source=source or UNSET,
        quote_authorization=UNSET if quote is None else quote.stamp or UNSET,
        approved_by=approved_by or UNSET,
        reply_authorization=approved_by or UNSET,
        interaction_policy=InteractionPolicy(can_quote=_can_quote(house, policy), can_reply=_can_reply(policy)),
        tag=(*_tags(house, post, mentions, hashtags), *_links(quote)),
        attachment=_attached(house, post, attachments, card),
        replies=replies(post.uri, own_replies),
        likes=_counted(f"{post.uri}/likes", likes),
        shares=_counted(f"{post.uri}/shares", boosts),
        **({} if poll is None else _question(poll)),
        **_quoted(quote),
    )


def _counted(uri: str, total: int | None) -> Collection:
    return Collection(id=uri, type="Collection", total_items=UNSET if total is None else total)


def _question(poll: Poll) -> dict[str, Any]:
    """Return what makes a note a Question. Totals that are hidden are left out until the end."""
    hidden = poll.hide_totals and not poll.ended
    options = tuple(
        Option(
            name=option.name,
            replies=Collection(type="Collection", total_items=UNSET if hidden else option.votes),
        )
        for option in poll.options
    )
    end = UNSET if poll.ends_at is None else seconds(poll.ends_at)
    return {
        "type": "Question",
        "any_of" if poll.multiple else "one_of": options,
        "end_time": end,
        "closed": end if poll.ended else UNSET,
        "voters_count": UNSET if poll.voters is None else poll.voters,
    }


def _quoted(quote: Quote | None) -> dict[str, Any]:
    """Return what is quoted, in every form."""
    forms = ("quote", "quote_url", "quote_uri", "misskey_quote")
    return {} if quote is None or quote.quoted is None else dict.fromkeys(forms, quote.quoted)


def _links(quote: Quote | None) -> tuple[ObjectLink, ...]:
    return () if quote is None or quote.quoted is None else (ObjectLink(href=quote.quoted),)


def _can_quote(house: House, policy: Policy | None) -> SubPolicy:
    """Nobody is the author alone: an empty list would say nothing at all."""
    said = None if policy is None else policy.quote
    return SubPolicy(automatic_approval=(house.actor,) if said is None else said.automatic)


def _can_reply(policy: Policy | None) -> SubPolicy | UnsetType:
    """Where everybody may answer, nothing is said of it."""
    said = None if policy is None else policy.reply
    return UNSET if said is None else SubPolicy(automatic_approval=said.automatic)


def emoji(emoji: Emoji, house: House | None = None) -> EmojiTag:
    """Return the tag of a custom emoji; one of ours, of ``house``, has an id that can be asked."""
    return EmojiTag(
        id=house.emoji(emoji.shortcode) if house else UNSET,
        name=f":{emoji.shortcode}:",
        updated=milliseconds(emoji.updated_at) if emoji.updated_at else UNSET,
        icon=Image(media_type=media_type(emoji.url) or UNSET, url=house.shown(emoji.url) if house else emoji.url),
    )


def hashtag(house: House, name: str, *, title: str | None = None) -> Tag:
    """Return the tag of a hashtag; ``name`` is without #, and so is ``title``, as it was written."""
    return Tag(type="Hashtag", href=house.tag_page(name), name=f"#{title or name}")


def _tags(house: House, post: Post, mentions: Sequence[Account], hashtags: Sequence[str]) -> tuple[Thing, ...]:
    return (
        *(Tag(type="Mention", href=account.uri, name=f"@{account.handle}") for account in mentions),
        *(hashtag(house, name) for name in hashtags),
        *(emoji(each, house) for each in post.emojis),
    )


def _attached(
    house: House, post: Post, attachments: Sequence[Attachment], card: Card | None
) -> tuple[Document | AttachedLink, ...]:
    """Return its files, or the page that it is about; that without its picture where this may shock."""
    if attachments or card is None:
        return tuple(_document(house, attachment) for attachment in attachments)
    return (previews.write(card, with_image=not (post.sensitive or post.summary)),)


def _document(house: House, attachment: Attachment) -> Document:
    return Document(
        media_type=attachment.media_type,
        url=house.shown(attachment.url),
        name=attachment.description or UNSET,
        summary=attachment.description or UNSET,
        blurhash=attachment.blurhash or UNSET,
        focal_point=attachment.focus or UNSET,
        width=attachment.width or UNSET,
        height=attachment.height or UNSET,
        duration=UNSET if attachment.duration is None else duration(attachment.duration),
        icon=_poster(house, attachment),
    )


def _poster(house: House, attachment: Attachment) -> Image | UnsetType:
    """Return the picture that stands for a film or a sound."""
    url = attachment.preview_url
    if attachment.kind == "image" or url is None:
        return UNSET
    return Image(media_type=media_type(url) or UNSET, url=house.shown(url))


def replies(uri: str, own: Sequence[str], *, total: int | UnsetType = UNSET) -> Collection:
    """Return the answers to the post ``uri``: our ``own`` (ids) on a first page inline, which leads to all others."""
    collection = f"{uri}/replies"
    following = "page=true" if len(own) == SELF_REPLIES else "only_other_accounts=true&page=true"
    page = Collection(type="CollectionPage", part_of=collection, next=f"{collection}?{following}", items=tuple(own))
    return Collection(id=collection, type="Collection", total_items=total, first=page)


def _context(post: Post) -> str | None:
    """Return the conversation: that of what it answers, or the one it has begun itself, where that can be read."""
    is_open = post.visibility.is_open
    return post.context or (context_of(post.uri) if is_open and post.in_reply_to is None else None)


def context_of(uri: str) -> str:
    """Return the id of the conversation that our post ``uri`` has begun."""
    return f"{uri}/context"
