"""Occasions: which events are told in streams, as what, and to whom. This is the whole table.

A post is told of where it stands (``store/appearing``), and only while it is new: six hours, as with Mastodon, so that
what is delivered late, and every past that is read, comes into the timelines quietly. Of what was only fetched is told
what a followed hashtag brings home: nobody may ever send it. Votes are not told of: Mastodon
sends a poll again only when its words change. What is gone can no longer be looked for; so everybody who hears of posts
hears of that. What a block or a mute takes away goes from open apps as well, as far as they may have it: the newest
posts, as many as a timeline of Mastodon's has.

Spec: CLIENT_API §11, pitfalls 22, 25; https://docs.joinmastodon.org/methods/streaming/#events.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from msgspec import UNSET, Struct, structs

from smallfed.domain import events
from smallfed.domain.events import Event
from smallfed.errors import NotFound
from smallfed.mastodon.entities.announcements import AnnouncementReaction
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.streaming.streams import DIRECT, HOME, NOTIFICATIONS, POSTS, Topic
from smallfed.policy.domains import EVERYBODY
from smallfed.store import announcements, correspondences, notifications
from smallfed.store.appearing import Kind


class Shown(Struct, frozen=True, kw_only=True):
    """A post, or a boost, to be shown wherever it stands; ``new`` ones only while they are.

    ``brought``: only at home, and if a followed hashtag brings it there.
    """

    event: str
    post: int
    new: bool = False
    brought: bool = False


class Thing(Struct, frozen=True, kw_only=True):
    """Something to be presented to who hears of ``topics``; ``present`` returns None where it is gone."""

    event: str
    topics: Collection[Topic]
    present: Callable[[Presenter], object | None]


class Word(Struct, frozen=True, kw_only=True):
    """Something to be said to who hears of ``topics``, or of any topic of ``kinds``: ``payload`` is JSON or nothing."""

    event: str
    topics: Collection[Topic] = ()
    kinds: frozenset[Kind] = frozenset()
    payload: str | None = None


class Withdrawn(Struct, frozen=True, kw_only=True):
    """Somebody, or a server, of whom the owner may no longer want to read; ``domain`` may be ``*``."""

    account: int | None = None
    domain: str | None = None


Said = Shown | Thing | Word
"""What becomes one event, or none."""
Occasion = Said | Withdrawn


def _new(post: int, *, fresh: bool = True) -> Shown:
    return Shown(event="update", post=post, new=True, brought=not fresh)


def _edited(post: int) -> Shown:
    return Shown(event="status.update", post=post)


def _gone(post: int) -> Word:
    return Word(event="delete", payload=str(post), kinds=POSTS)


def _cut_off(event: events.DomainBlocked) -> Withdrawn | None:
    """Take away what lists cut off; of one domain it is the owner who has decided, which is said besides."""
    return Withdrawn(domain=event.domain) if event.domain == EVERYBODY else None


def _notified(notification: int) -> Thing:
    def present(show: Presenter) -> object | None:
        known = notifications.find(show.tx, notification)
        shown = [] if known is None else show.notifications([known])
        return shown[0] if shown else None

    return Thing(event="notification", topics=(NOTIFICATIONS,), present=present)


def _announced(announcement: int) -> Thing:
    def present(show: Presenter) -> object | None:
        known = announcements.find(show.tx, announcement)
        return None if known is None else show.announcements([known])[0]

    return Thing(event="announcement", topics=(HOME,), present=present)


def _reacted(announcement: int, name: str) -> Thing:
    """Say how often there is a reaction now, which may be no more."""

    def present(show: Presenter) -> object | None:
        known = announcements.find(show.tx, announcement)
        if known is None:
            return None
        there = {one.name: one for one in show.announcements([known])[0].reactions}
        shown = there.get(name, AnnouncementReaction(name=name, count=0))
        return structs.replace(shown, me=UNSET, announcement_id=str(announcement))

    return Thing(event="announcement.reaction", topics=(HOME,), present=present)


def _conversed(correspondence: int) -> Thing:
    def present(show: Presenter) -> object | None:
        try:
            known = correspondences.get(show.tx, correspondence)
        except NotFound:
            return None
        return show.conversations([known])[0]

    return Thing(event="conversation", topics=(DIRECT,), present=present)


TABLE: Mapping[type[Event], Callable[[Any], Occasion | Sequence[Occasion] | None]] = {
    events.PostPublished: lambda event: _new(event.post),
    events.PostReceived: lambda event: _new(event.post, fresh=event.fresh or event.relayed),
    events.PostSent: lambda event: _new(event.post),
    events.PostBoosted: lambda event: _new(event.boost),
    events.PostEdited: lambda event: _edited(event.post),
    events.PictureWithheld: lambda event: None if event.post is None else _edited(event.post),
    events.QuoteSettled: lambda event: _edited(event.post),
    events.PostDeleted: lambda event: [_gone(post) for post in (event.post, *event.boosts)],
    events.PostsHidden: lambda event: [_gone(post) for post in event.posts],
    events.BoostUndone: lambda event: _gone(event.boost),
    events.AccountBlocked: lambda event: Withdrawn(account=event.target),
    events.AccountMuted: lambda event: Withdrawn(account=event.target),
    events.AccountRenamed: lambda event: Withdrawn(account=event.account),
    events.DomainBlocked: _cut_off,
    events.DomainDecided: lambda event: Withdrawn(domain=event.domain),
    events.NotificationsMerged: lambda _: Word(event="notifications_merged", topics=(NOTIFICATIONS,), payload="1"),
    events.FiltersChanged: lambda _: Word(event="filters_changed", topics=(HOME,)),
    events.AnnouncementMade: lambda event: _announced(event.announcement),
    events.AnnouncementGone: lambda event: Word(
        event="announcement.delete", topics=(HOME,), payload=str(event.announcement)
    ),
    events.AnnouncementReacted: lambda event: _reacted(event.announcement, event.name),
    events.CorrespondenceChanged: lambda event: _conversed(event.correspondence),
    events.NotificationMade: lambda event: _notified(event.notification),
}


def of(event: Event) -> Sequence[Occasion]:
    """Return what is told of ``event``; of most there is nothing."""
    tell = TABLE.get(type(event))
    found = None if tell is None else tell(event)
    match found:
        case None:
            return ()
        case Shown() | Thing() | Word() | Withdrawn():
            return (found,)
        case _:
            return found
