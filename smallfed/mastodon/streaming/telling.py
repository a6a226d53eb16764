"""Telling: occasions become events, each rendered once, from one moment of the database.

Spec: RULINGS 8. What is gone by then is left out.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from msgspec import json

from smallfed.mastodon.entities import Status
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.streaming import streams
from smallfed.mastodon.streaming.listeners import Told
from smallfed.mastodon.streaming.occasions import Occasion, Said, Shown, Thing, Withdrawn, Word
from smallfed.mastodon.streaming.streams import HOME, NOTIFICATIONS, Topic
from smallfed.store import appearing
from smallfed.store.appearing import Appearance, Kind

NEW = timedelta(hours=6)
_ENCODER = json.Encoder()

Heard = Callable[[Iterable[Topic]], list[Topic]]
"""Which of these topics somebody hears of."""


def render(show: Presenter, occasions: Sequence[Occasion], heard: Heard, kinds: frozenset[Kind]) -> list[Told]:
    """Return what is to be told of ``occasions``, in their order; ``kinds`` of topics about posts are heard at all."""
    saying = [each for one in occasions for each in (_gone(show, one) if isinstance(one, Withdrawn) else [one])]
    posts = [one for one in saying if isinstance(one, Shown)]
    if not all(one.new for one in posts):
        kinds |= {"named"}
    found = appearing.of(show.tx, {one.post for one in posts}, kinds) if posts else []
    stands = {each.post.id: each for each in found}
    where = {
        one: topics
        for one in saying
        if isinstance(one, Shown)
        and (each := stands.get(one.post)) is not None
        and (not one.new or show.tx.now - each.post.published_at <= NEW)
        and (topics := heard(_where(one, each)))
    }
    wanted = [stands[number].post for number in dict.fromkeys(one.post for one in where)]
    shown = {int(status.id): status for status in show.statuses(wanted)} if wanted else {}
    told = (_told(show, one, where, shown) for one in saying)
    return [each for each in told if each is not None]


def _gone(show: Presenter, one: Withdrawn) -> Sequence[Said]:
    gone = appearing.withdrawn(show.tx, account=one.account, domain=one.domain)
    return [Word(event="delete", payload=str(post), kinds=kinds) for post, kinds in gone]


def _told(show: Presenter, one: Said, where: dict[Shown, list[Topic]], shown: dict[int, Status]) -> Told | None:
    match one:
        case Word():
            return Told(event=one.event, payload=one.payload, topics=one.topics, kinds=one.kinds)
        case Thing():
            return _rendered(one.event, one.present(show), one.topics)
        case Shown():
            new = one.post if one.new else None
            return _rendered(one.event, shown.get(one.post), where[one], new=new) if one in where else None


def _rendered(event: str, entity: object | None, topics: Iterable[Topic], *, new: int | None = None) -> Told | None:
    if entity is None:
        return None
    return Told(event=event, payload=_ENCODER.encode(entity).decode(), topics=tuple(topics), new=new)


def _where(one: Shown, each: Appearance) -> list[Topic]:
    if one.brought:
        return [HOME] if each.home and each.post.by_tag else []
    return _topics(each, edited=not one.new)


def _topics(each: Appearance, *, edited: bool) -> list[Topic]:
    """Return what a post that stands there is about. Who is named in it hears of its edits, wherever it stands."""
    local = each.post.local
    topics = [HOME] if each.home else []
    topics += [streams.of_list(list_) for list_ in each.lists]
    topics += [streams.tagged(tag, local=only) for tag in each.tags for only in ((False, True) if local else (False,))]
    if each.public:
        halves = ("", ":local" if local else ":remote")
        topics += [streams.public(which, media=media) for which in halves for media in {False, each.media}]
    if edited and each.named and not each.home:
        topics.append(NOTIFICATIONS)
    return topics
