"""People as client apps see them.

Spec: CLIENT_API §13 items 7–9, §14 (Account, Source, Relationship).
"""

from collections.abc import Iterable

from msgspec import UNSET, UnsetType, structs

from smallfed.domain import account as facts
from smallfed.domain.account import Kind
from smallfed.domain.copy import Subject
from smallfed.domain.house import House
from smallfed.domain.preferences import Preferences
from smallfed.domain.relation import Relationship
from smallfed.domain.remote import can_be_carried
from smallfed.imaging import naming
from smallfed.mastodon import entities
from smallfed.mastodon.entities import maybe, moment
from smallfed.mastodon.presenting.visibilities import NAMES
from smallfed.policy.emojis import in_names
from smallfed.store.houses import Owner
from smallfed.store.relations import Tally

# Apps take a file of the name missing.png for none at all.
MISSING_AVATAR, MISSING_HEADER = "/media/avatars/missing.png", "/media/headers/missing.png"
OWN_AVATAR, OWN_HEADER = "/media/avatars/default.png", "/media/headers/default.png"


def acct(person: facts.Account) -> str:
    """Return the handle as apps write it: without a host for the owner."""
    return person.username if person.local else f"{person.username}@{person.host}"


def page(person: facts.Account) -> str:
    """Return the address of somebody's page for people."""
    return person.url or person.uri


def avatar(house: House, person: facts.Account, *, still: bool = False) -> str:
    """Return the address of somebody's picture, or of what stands for none; ``still``: one that does not move."""
    if person.avatar is None:
        return house.shown(house.base + (OWN_AVATAR if person.local else MISSING_AVATAR))
    return house.proxied(Subject.AVATAR, person.id, _one(person, person.avatar, still), small=still)


def header(house: House, person: facts.Account, *, still: bool = False) -> str:
    """Return the address of the picture above somebody's profile; as ``avatar``."""
    if person.header is None:
        return house.shown(house.base + (OWN_HEADER if person.local else MISSING_HEADER))
    return house.proxied(Subject.HEADER, person.id, _one(person, person.header, still), small=still)


def _one(person: facts.Account, url: str, still: bool) -> str:
    """Return which of two pictures of the owner is meant, where one of them moves; of others the proxy makes one."""
    return naming.still(url) if still and person.local else url


def emojis(house: House, known: Iterable[facts.Emoji]) -> list[entities.CustomEmoji]:
    """Return the pictures for shortcodes, without those whose address is too long."""
    return [
        entities.CustomEmoji(
            shortcode=each.shortcode,
            url=house.proxied(Subject.EMOJI, 0, each.url, ending="png"),
            static_url=house.proxied(Subject.EMOJI, 0, each.still or each.url, small=True, ending="png"),
        )
        for each in known
        if can_be_carried(each.url) and can_be_carried(each.still or "")
    ]


def bare(person: facts.Account) -> facts.Account:
    """Return somebody without pictures."""
    person = structs.replace(person, avatar=None, header=None, emojis=())
    return structs.replace(person, avatar_description="", header_description="")


def account(
    house: House,
    person: facts.Account,
    tally: Tally,
    *,
    moved: entities.Account | UnsetType = UNSET,
    limited: bool = False,
    discreet: bool = False,
) -> entities.Account:
    """Return an account with its counts, and where it ``moved``; of one that its server suspended only the name.

    ``discreet``: how many follow it, and it follows, is kept from whoever asks.
    ``limited``: the owner has limited its server; apps ask before they show it.
    """
    if person.suspended:
        person = bare(structs.replace(person, name="", note="", fields=()))
    return entities.Account(
        id=str(person.id),
        username=person.username,
        acct=acct(person),
        display_name=person.name,
        locked=person.locked,
        bot=person.bot,
        group=person.kind is Kind.GROUP,
        discoverable=person.discoverable,
        indexable=person.indexable,
        noindex=not person.indexable if person.local else UNSET,
        created_at=moment(person.published_at or person.created_at),
        note=person.note,
        url=page(person),
        uri=person.uri,
        avatar=avatar(house, person),
        avatar_static=avatar(house, person, still=True),
        avatar_description=person.avatar_description,
        header=header(house, person),
        header_static=header(house, person, still=True),
        header_description=person.header_description,
        followers_count=0 if discreet else max(tally.followers, 0),
        following_count=0 if discreet else max(tally.following, 0),
        statuses_count=max(tally.posts, 0),
        last_status_at=None if person.last_post_at is None else person.last_post_at.date().isoformat(),
        hide_collections=person.hide_collections if person.local else None,
        show_media=person.show_media,
        show_media_replies=person.show_media_replies,
        show_featured=person.show_featured,
        emojis=emojis(house, person.emojis if person.local else in_names(person.name, person.emojis)),
        fields=[entities.Field(name=f.name, value=f.value, verified_at=maybe(f.verified_at)) for f in person.fields],
        roles=[],
        moved=moved,
        suspended=person.suspended or UNSET,
        limited=limited or UNSET,
        memorial=person.memorial or UNSET,
        counts_hidden=discreet or UNSET,
    )


def source(person: facts.Account, owner: Owner, wanted: Preferences, *, requests: int) -> entities.Source:
    """Return what the owner typed; ``requests`` is how many ask to follow."""
    return entities.Source(
        privacy=NAMES[owner.visibility],
        sensitive=owner.sensitive,
        language=owner.language,
        note=owner.note,
        fields=[entities.Field(name=name, value=value) for name, value in owner.fields],
        follow_requests_count=requests,
        hide_collections=person.hide_collections,
        discoverable=person.discoverable,
        indexable=person.indexable,
        attribution_domains=list(person.attribution_domains),
        also_known_as_uris=list(person.also_known_as),
        quote_policy=wanted.quotes.value,
    )


def profile(house: House, person: facts.Account, owner: Owner) -> entities.Profile:
    """Return the owner's profile as it is edited: what was typed, and no picture where there is none."""
    pictures = (person.avatar, person.header)
    avatar, header = (None if url is None else house.shown(url) for url in pictures)
    still_avatar, still_header = (None if url is None else house.shown(naming.still(url)) for url in pictures)
    return entities.Profile(
        id=str(person.id),
        display_name=person.name,
        note=owner.note,
        fields=[entities.Field(name=name, value=value) for name, value in owner.fields],
        avatar=avatar,
        avatar_static=still_avatar,
        avatar_description=person.avatar_description,
        header=header,
        header_static=still_header,
        header_description=person.header_description,
        locked=person.locked,
        bot=person.bot,
        hide_collections=person.hide_collections,
        discoverable=person.discoverable,
        indexable=person.indexable,
        show_media=person.show_media,
        show_media_replies=person.show_media_replies,
        show_featured=person.show_featured,
        attribution_domains=list(person.attribution_domains),
    )


def relationship(known: Relationship) -> entities.Relationship:
    """Return what is between the owner and somebody."""
    return entities.Relationship(
        id=str(known.account_id),
        following=known.following,
        showing_reblogs=known.showing_reblogs,
        notifying=known.notifying,
        languages=None if known.languages is None else list(known.languages),
        followed_by=known.followed_by,
        blocking=known.blocking,
        blocked_by=known.blocked_by,
        muting=known.muting,
        muting_notifications=known.muting_notifications,
        muting_expires_at=maybe(known.muting_expires_at),
        requested=known.requested,
        requested_by=known.requested_by,
        domain_blocking=known.domain_blocking,
        endorsed=known.endorsed,
        note=known.note,
    )
