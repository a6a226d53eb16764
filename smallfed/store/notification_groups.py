"""Notifications in groups: pages of them, and what is in one.

A page covers a stretch of ids: what lies in it stands on this page and on no other, a group once. What stands alone
is a group of its own. Each row knows whether it is the newest, or the oldest, of its group, so that walking to the next
group steps over all others, however many: the walk goes over these ends. Only groups with one end before the page and
the other in it are none of these; a group lasts twelve hours at most, and so they are near.

Spec: CLIENT_API §7; https://docs.joinmastodon.org/entities/NotificationGroup/; RULINGS 12 (paging).
"""

from collections.abc import Collection, Iterable
from typing import Any

from msgspec import Struct, json

from smallfed.domain.account import Account
from smallfed.domain.notification import GROUPED, Group, Notification
from smallfed.policy.notifying import SPAN
from smallfed.store import accounts, markers, notifications
from smallfed.store.moments import ms
from smallfed.store.notifications import Choice, wanted
from smallfed.store.paging import Page, cut, merge
from smallfed.store.rows import listed
from smallfed.store.tx import Tx

SAMPLES = 8
_NEAR = SPAN * 3_600_000 << 12  # how far apart the ids of a group may be (see ``ids.fresh_short``)
_LARGEST, _MOST = (1 << 63) - 1, 5000
_ALL = "FROM notifications m WHERE m.group_key = {key} AND m.id <= :first"
_MEMBERS = f"FROM notifications m WHERE m.group_key = {{key}} AND {wanted('m')}"


class _Step(Struct, frozen=True, kw_only=True):
    """A group on the way: ``id`` is where it stands, its first row in the direction of the walk."""

    id: int
    key: str | None


def newest(tx: Tx, page: Page, choice: Choice, grouped: Collection[str] = GROUPED) -> list[Group]:
    """Return a page of groups, those with the newest rows first; only the types ``grouped`` are shown together."""
    walk = _Walk(tx, page, choice, grouped)
    steps = walk.steps()
    if not steps:
        return []
    full = len(steps) == page.limit
    first, last = steps[0].id, steps[-1].id  # of the stretch of ids, newest first
    if not full:
        first, last = (walk.above - 1, last) if walk.up else (first, walk.below + 1)
    return _filled(tx, steps, first, last)


def unread(tx: Tx, *, limit: int, choice: Choice, grouped: Collection[str] = GROUPED) -> int:
    """Return how many groups have something newer than the marker, at most ``limit``."""
    page = Page(min_id=markers.read(tx, "notifications"), limit=limit)
    return len(_Walk(tx, page, choice, grouped).steps())


def find(tx: Tx, key: str) -> Group | None:
    """Return the whole group with this key, or None."""
    alone = _alone(tx, key)
    if alone is not None:
        return _single(alone, None)
    steps = [_Step(id=0, key=key)]
    return next(iter(_filled(tx, steps, _LARGEST, None)), None)


def people(tx: Tx, key: str, page: Page) -> list[tuple[int, Account]]:
    """Return (id of the notification, account) of a group, newest first; page by the first."""
    columns = ", ".join(f"a.{name}" for name in accounts.COLUMNS)
    alone = _alone(tx, key)
    which = "m.group_key = :key" if alone is None else "m.id = :number"
    select = f"SELECT m.id, {columns} FROM notifications m JOIN accounts a ON a.id = m.account_id WHERE {which}"
    values = {"key": key, "number": alone and alone.id, "now": ms(tx.now)}
    rows = cut(tx, f"{select} AND {wanted('m')}", values, page, by="m.id")
    return [(row[0], accounts.from_row(row[1:])) for row in rows]


def drop(tx: Tx, key: str) -> None:
    """Forget all that is in a group; nothing happens when there is none."""
    alone = _alone(tx, key)
    if alone is None:
        notifications.drop_group(tx, key)
    else:
        notifications.drop(tx, alone.id)


def _alone(tx: Tx, key: str) -> Notification | None:
    prefix, _, number = key.partition("-")
    if prefix != "ungrouped" or not number.isascii() or not number.isdecimal() or len(number) > 18:
        return None
    return notifications.find(tx, int(number))


class _Walk:
    """The way from one end of a page to the other: up from ``min_id``, else down."""

    def __init__(self, tx: Tx, page: Page, choice: Choice, grouped: Collection[str]) -> None:
        self._tx, self._page, self._choice = tx, page, choice
        self._grouped = [type_ for type_ in choice.types if type_ in grouped and type_ in GROUPED]
        self.up = page.min_id is not None
        self.below = max(page.since_id or 0, page.min_id or 0)  # everything on the page is above this
        self.above = _LARGEST if page.max_id is None else min(page.max_id, _LARGEST)
        self._values: dict[str, Any] = {
            "now": ms(tx.now),
            "below": self.below,
            "above": self.above,
            "types": listed(choice.types),
        }
        order = "m.id" if self.up else "m.id DESC"
        members = _MEMBERS.format(key="n.group_key")
        self._place = (
            f"(SELECT m.id {members} AND m.id > :below AND m.id < :above AND NOT m.filtered ORDER BY {order} LIMIT 1)"
        )
        self._end = "oldest" if self.up else "newest"

    def steps(self) -> list[_Step]:
        """Return the groups of the page, newest first. One account is in each group once at most."""
        if self._page.limit == 0:
            return []
        if self._choice.account is not None:
            rows = notifications.chosen(self._tx, "n.id, n.type, n.group_key", self._page, self._choice)
            return [_Step(id=number, key=key if type_ in self._grouped else None) for number, type_, key in rows]
        found, size, limit = self._straddling(), self._page.limit, self._page.limit
        page = Page(max_id=self.above, min_id=self.below) if self.up else Page(max_id=self.above, since_id=self.below)
        while True:
            rows = merge(self._tx, self._arms(), self._values, _sized(page, size), by="n.id")
            ends = rows if not self.up else rows[::-1]
            found += [_Step(id=place, key=key) for _, key, place in ends if place is not None]
            if len(ends) < size:
                break
            edge = ends[-1][0]  # what comes after lies beyond it
            if sum(step.id <= edge if self.up else step.id >= edge for step in found) >= limit:
                break
            page = Page(max_id=self.above, min_id=edge) if self.up else Page(max_id=edge, since_id=self.below)
            size = min(size * 4, _MOST)  # many in a row are muted
        found.sort(key=lambda step: step.id, reverse=not self.up)
        return found[:limit][::-1] if self.up else found[:limit]

    def _arms(self) -> Iterable[str]:
        """Return a select for each type, of the ends of its groups: the row, the group, and where that stands."""
        for type_ in self._choice.types:
            shown = f"FROM notifications n WHERE n.type = '{type_}' AND NOT n.filtered"
            if type_ in self._grouped:
                place = f"CASE WHEN n.group_key IS NOT NULL THEN {self._place} WHEN {wanted('n')} THEN n.id END"
                yield f"SELECT n.id, n.group_key, {place} {shown} AND n.{self._end}"
            else:
                yield f"SELECT n.id, NULL, n.id {shown} AND {wanted('n')}"
        if self._choice.filtered:
            yield f"""SELECT n.id, NULL, n.id FROM notifications n
                WHERE n.filtered AND {wanted("n")} AND n.type IN (SELECT value FROM json_each(:types))"""

    def _straddling(self) -> list[_Step]:
        """Return the groups that begin before the page, in the direction of the walk, and go on in it."""
        start = self._page.min_id if self.up else self._page.max_id
        if start is None or not self._grouped:
            return []
        near = (max(start - _NEAR, 0), start) if self.up else (start - 1, min(start, _LARGEST - _NEAR) + _NEAR)
        statement = " UNION ALL ".join(
            f"""SELECT n.group_key, {self._place} AS place FROM notifications n WHERE n.type = '{type_}'
            AND n.{self._end} AND NOT n.filtered AND n.group_key IS NOT NULL AND n.id > :low AND n.id <= :high
            AND place IS NOT NULL"""
            for type_ in self._grouped
        )
        rows = self._tx.sql.execute(statement, {**self._values, "low": near[0], "high": near[1]})
        return [_Step(id=place, key=key) for key, place in rows]


def _sized(page: Page, size: int) -> Page:
    return Page(max_id=page.max_id, min_id=page.min_id, since_id=page.since_id, limit=size)


def _filled(tx: Tx, steps: list[_Step], first: int, last: int | None) -> list[Group]:
    """Return the groups of these steps as they are up to the id ``first``; ``last`` is where the page ends, if any."""
    inside = {row[0]: row[1:] for row in _inside(tx, [step.key for step in steps if step.key], first, last)}
    alone = [step.id for step in steps if step.key is None]
    known = notifications.several(tx, [*alone, *(row[0] for row in inside.values())])
    groups = []
    for step in steps:
        if step.key is None:
            groups.append(_single(known[step.id], step.id))
        elif step.key in inside:
            latest, oldest, count, samples = inside[step.key]
            groups.append(
                Group(
                    key=step.key,
                    latest=known[latest],
                    oldest_id=None if last is None else oldest,
                    count=count,
                    samples=json.decode(samples, type=tuple[int, ...]),
                )
            )
    return groups


def _inside(tx: Tx, keys: list[str], first: int, last: int | None) -> list[Any]:
    """Return (key, latest id, oldest id on the page, count, latest accounts) of each group that is there."""
    upto = f"{_MEMBERS.format(key='j.value')} AND m.id <= :first"
    counted = upto if notifications.any_hushed(tx) else _ALL.format(key="j.value")  # much faster where there are many
    statement = f"""SELECT j.value, (SELECT m.id {upto} ORDER BY m.id DESC LIMIT 1) AS latest,
        (SELECT m.id {upto} AND m.id >= :last ORDER BY m.id LIMIT 1), (SELECT count(*) {counted}),
        (SELECT json_group_array(who) FROM (SELECT m.account_id AS who {upto} ORDER BY m.id DESC LIMIT {SAMPLES}))
        FROM json_each(:keys) j WHERE latest IS NOT NULL"""
    values = {"keys": listed(keys), "now": ms(tx.now), "first": first, "last": last or 0}
    return tx.sql.execute(statement, values).fetchall() if keys else []


def _single(notification: Notification, oldest: int | None) -> Group:
    return Group(
        key=notification.alone,
        latest=notification,
        oldest_id=oldest,
        count=1,
        samples=(notification.account_id,),
    )
