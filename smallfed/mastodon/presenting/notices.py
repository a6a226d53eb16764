"""What the owner is told, one by one and in groups, as client apps see it.

Spec: CLIENT_API §7, §14 (Notification, GroupedNotifications, NotificationRequest).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from msgspec import UNSET, structs

from smallfed.domain.account import Account
from smallfed.domain.house import House
from smallfed.domain.notification import Group, Notification, Request, Severance
from smallfed.domain.post import Post
from smallfed.domain.reaction import Reaction
from smallfed.mastodon import entities
from smallfed.mastodon.entities import moment
from smallfed.mastodon.presenting import people, reactions
from smallfed.mastodon.presenting import reports as reports_shown
from smallfed.store import accounts, likes, posts, reports, severances, standings
from smallfed.store.standings import FREE
from smallfed.store.tx import Tx

_ABOUT_NO_POST = frozenset({"follow", "follow_request", "severed_relationships", "admin.report", "moderation_warning"})
_ABOUT_THE_ORIGINAL = frozenset({"reblog", "favourite"})


class Shows(Protocol):
    """What is asked of the presenter."""

    tx: Tx
    house: House
    viewer: int | None

    def accounts(self, known: Collection[Account]) -> list[entities.Account]:
        """Return these accounts, in their order."""

    def statuses(self, wanted: Sequence[Post]) -> list[entities.Status]:
        """Return these posts and boosts, in their order."""


def notifications(show: Shows, known: Sequence[Notification]) -> list[entities.Notification]:
    """Return these notifications, in their order, without those whose post or sender cannot be shown."""
    about = _About(show, known)
    persons = accounts.several(show.tx, {one.account_id for one in known})
    shown = dict(zip(persons, show.accounts(persons.values()), strict=True))
    told = [(one.account_id, one.post_id) for one in known if one.type == "favourite" and one.post_id]
    felt = likes.feelings(show.tx, told) if told else {}
    return [
        _with_emoji(show.house, _notification(one, shown[one.account_id], about), felt.get(_key(one)))
        for one in known
        if one.account_id in shown and about.can_be_told(one)
    ]


def _key(one: Notification) -> tuple[int, int]:
    return one.account_id, one.post_id or 0


def _notification(one: Notification, account: entities.Account, about: "_About") -> entities.Notification:
    status = about.status(one)
    return entities.Notification(
        id=str(one.id),
        type=one.type,  # type: ignore[arg-type] # the table holds no other
        group_key=one.group_key or one.alone,
        created_at=moment(one.created_at),
        account=account,
        status=UNSET if status is None else status,
        **about.subject(one),
    )


def _with_emoji(house: House, notification: entities.Notification, felt: Reaction | None) -> entities.Notification:
    """Return a notification of a favourite that looks like something."""
    if felt is None or notification.type != "favourite":
        return notification
    return structs.replace(notification, emoji=felt.name, emoji_url=reactions.picture(house, felt))


def grouped(show: Shows, known: Sequence[Group], *, partial: bool = False) -> entities.GroupedNotifications:
    """Return groups with the accounts and posts that they name, without those whose post cannot be shown.

    With ``partial`` only the latest account of each is shown whole.
    """
    about = _About(show, [group.latest for group in known])
    told = [group for group in known if group.samples and about.can_be_told(group.latest)]
    everybody = accounts.several(show.tx, {one for group in told for one in group.samples})
    whole = {one for group in told for one in (group.samples[:1] if partial else group.samples)}
    shown = [about.status(group.latest) for group in told]
    rest = [person for number, person in everybody.items() if number not in whole]
    limits = standings.of(show.tx, [person.id for person in rest])
    rest = [people.bare(person) if limits.get(person.id, FREE).without_pictures else person for person in rest]
    return entities.GroupedNotifications(
        accounts=show.accounts([person for number, person in everybody.items() if number in whole]),
        partial_accounts=[_partial(show.house, person) for person in rest] if partial else UNSET,
        statuses=list({status.id: status for status in shown if status is not None}.values()),
        notification_groups=[_group(group, everybody, about) for group in told],
    )


def _group(group: Group, everybody: Mapping[int, Account], about: "_About") -> entities.NotificationGroup:
    latest, status = group.latest, about.status(group.latest)
    on_page: dict[str, Any] = {}
    if group.oldest_id is not None:
        on_page = {
            "page_min_id": str(group.oldest_id),
            "page_max_id": str(latest.id),
            "latest_page_notification_at": moment(latest.created_at),
        }
    return entities.NotificationGroup(
        group_key=group.key,
        notifications_count=group.count,
        type=latest.type,  # type: ignore[arg-type] # the table holds no other
        most_recent_notification_id=latest.id,
        sample_account_ids=[str(number) for number in group.samples if number in everybody],
        status_id=UNSET if status is None else status.id,
        **on_page,
        **about.subject(latest),
    )


def _partial(house: House, person: Account) -> entities.PartialAccount:
    return entities.PartialAccount(
        id=str(person.id),
        acct=people.acct(person),
        url=people.page(person),
        avatar=people.avatar(house, person),
        avatar_static=people.avatar(house, person, still=True),
        locked=person.locked,
        bot=person.bot,
    )


def requests(show: Shows, known: Sequence[Request]) -> list[entities.NotificationRequest]:
    """Return who waits to be heard, in their order."""
    shown = show.accounts([request.account for request in known])
    last = posts.several_visible(show.tx, {one.last_post_id for one in known if one.last_post_id}, show.viewer)
    statuses = {status.id: status for status in show.statuses(list(last.values()))}
    return [
        entities.NotificationRequest(
            id=str(request.id),
            created_at=moment(request.created_at),
            updated_at=moment(request.updated_at),
            account=account,
            notifications_count=str(request.count),
            last_status=statuses.get(str(request.last_post_id)),
        )
        for request, account in zip(known, shown, strict=True)
    ]


class _About:
    """What notifications are about, asked for once."""

    def __init__(self, show: Shows, known: Sequence[Notification]) -> None:
        seen = posts.several_visible(show.tx, {one.post_id for one in known if one.post_id}, show.viewer)
        self._statuses = {int(status.id): status for status in show.statuses(list(seen.values()))}
        severed = {one.subject_id for one in known if one.type == "severed_relationships" and one.subject_id}
        self._severances = severances.several(show.tx, severed) if severed else {}
        reported = {one.subject_id for one in known if one.type == "admin.report" and one.subject_id}
        complaints = reports.several(show.tx, reported) if reported else {}
        self._reports = dict(zip(complaints, reports_shown.reports(show, list(complaints.values())), strict=True))

    def can_be_told(self, one: Notification) -> bool:
        """Whether everything is there that apps want to show with it."""
        if one.type == "severed_relationships":
            return one.subject_id in self._severances
        if one.type == "admin.report":
            return one.subject_id in self._reports
        return one.type in _ABOUT_NO_POST or self.status(one) is not None

    def status(self, one: Notification) -> entities.Status | None:
        """Return the post that it is about; of a boost what was boosted."""
        status = None if one.post_id is None else self._statuses.get(one.post_id)
        return status.reblog or status if status is not None and one.type in _ABOUT_THE_ORIGINAL else status

    def subject(self, one: Notification) -> dict[str, Any]:
        """Return what else it is about, as fields of the entity."""
        if one.type == "severed_relationships" and one.subject_id in self._severances:
            return {"event": _event(self._severances[one.subject_id])}
        if one.type == "admin.report" and one.subject_id in self._reports:
            return {"report": self._reports[one.subject_id]}
        return {}


def _event(severance: Severance) -> entities.RelationshipSeveranceEvent:
    return entities.RelationshipSeveranceEvent(
        id=str(severance.id),
        type=severance.type.value,
        target_name=severance.target,
        followers_count=severance.followers,
        following_count=severance.following,
        created_at=moment(severance.created_at),
    )
