"""Announcements as client apps see them: what they point at is looked up, of all of them at once.

Spec: CLIENT_API §14 (Announcement).
"""

from collections.abc import Sequence

from smallfed.domain import announcement as facts
from smallfed.domain.account import Account, Emoji
from smallfed.domain.house import House
from smallfed.mastodon import entities
from smallfed.mastodon.entities import maybe, moment
from smallfed.mastodon.entities.announcements import AnnouncedStatus, Announcement, AnnouncementReaction
from smallfed.mastodon.presenting import people
from smallfed.store import accounts, announcements, emojis, posts
from smallfed.store.tx import Tx
from smallfed.text.scan import Kind, Span, normal_tag, scan


def present(tx: Tx, house: House, known: Sequence[facts.Announcement], viewer: int | None) -> list[Announcement]:
    """Return these announcements, in their order."""
    spans = {one.id: scan(one.text) for one in known}
    reacted = announcements.reactions(tx, [one.id for one in known])
    every = [span for each in spans.values() for span in each]
    names = {span.value for span in every if span.kind is Kind.EMOJI} | {emoji.strip(":") for _, emoji in reacted}
    pictures = {emoji.shortcode: emoji for emoji in emojis.pictures(tx, names)}
    mentioned = {span.value: _account(tx, house, span.value) for span in every if span.kind is Kind.MENTION}
    linked = _linked(tx, [span.value for span in every if span.kind is Kind.LINK], viewer)
    mine: dict[int, list[AnnouncementReaction]] = {}
    for number, emoji in reacted:
        mine.setdefault(number, []).append(_reaction(house, emoji, pictures))
    return [
        Announcement(
            id=str(one.id),
            content=one.content,
            starts_at=maybe(one.starts_at),
            ends_at=maybe(one.ends_at),
            all_day=one.all_day,
            published_at=moment(one.published_at),
            updated_at=moment(one.updated_at),
            read=one.read,
            mentions=_mentions(spans[one.id], mentioned),
            statuses=[linked[span.value] for span in _once(spans[one.id], Kind.LINK) if span.value in linked],
            tags=[
                entities.ShallowTag(name=normal_tag(span.value), url=house.tag_page(normal_tag(span.value)))
                for span in _once(spans[one.id], Kind.HASHTAG)
            ],
            emojis=people.emojis(
                house,
                [pictures[span.value] for span in _once(spans[one.id], Kind.EMOJI) if span.value in pictures],
            ),
            reactions=mine.get(one.id, []),
        )
        for one in known
    ]


def _once(spans: Sequence[Span], kind: Kind) -> list[Span]:
    return list({span.value: span for span in spans if span.kind is kind}.values())


def _account(tx: Tx, house: House, handle: str) -> Account | None:
    username, _, host = handle.partition("@")
    return accounts.find_handle(tx, username, host or house.account_domain)


def _mentions(spans: Sequence[Span], known: dict[str, Account | None]) -> list[entities.Mention]:
    found = [known[span.value] for span in _once(spans, Kind.MENTION)]
    return [
        entities.Mention(id=str(one.id), username=one.username, url=people.page(one), acct=people.acct(one))
        for one in found
        if one is not None
    ]


def _linked(tx: Tx, urls: Sequence[str], viewer: int | None) -> dict[str, AnnouncedStatus]:
    found = {url: post for url in urls if (post := posts.find_url(tx, url)) is not None}
    seen = posts.several_visible(tx, [post.id for post in found.values()], viewer)
    return {
        url: AnnouncedStatus(id=str(post.id), url=post.url or post.uri)
        for url, post in found.items()
        if post.id in seen
    }


def _reaction(house: House, emoji: str, pictures: dict[str, Emoji]) -> AnnouncementReaction:
    name = emoji.strip(":")
    if name not in pictures:
        return AnnouncementReaction(name=name, count=1, me=True)
    picture = pictures[name]
    url, still = house.shown(picture.url), house.shown(picture.still or picture.url)
    return AnnouncementReaction(name=name, count=1, me=True, url=url, static_url=still)
