"""Pages of grouped notifications, against what they mean; whatever comes, goes or is muted during a walk."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smallfed.domain.account import Account
from smallfed.domain.notification import GROUPED, TYPES, Group, Notification
from smallfed.policy.notifying import group_keys
from smallfed.store import mutes, notification_groups, notifications
from smallfed.store.notifications import Choice
from smallfed.store.paging import Page
from smallfed.store.tx import Tx
from tests import world

PEOPLE, POSTS = 4, 3
ALL = Choice()


class Crowd:
    """A few people, and what they do with a few posts of the owner."""

    def __init__(self) -> None:
        self.tx = world.empty_tx()
        owner = world.acquaint(self.tx, "alice@home.example", local=True)
        self.people = [world.acquaint(self.tx, f"p{number}@far.example") for number in range(PEOPLE)]
        self.posts = [world.say(self.tx, owner).id for _ in range(POSTS)]

    def happen(self, what: "Deed") -> Notification | None:
        """Let somebody do something, some time later."""
        minutes, who, type_, about, filtered = what
        self.tx.now += timedelta(minutes=minutes)
        post = None if type_ == "follow" else self.posts[about]
        keys = [] if filtered else group_keys(type_, post, self.tx.now)
        return notifications.put(self.tx, type_, self.people[who].id, post, keys=keys, filtered=filtered)

    def rows(self, choice: Choice = ALL) -> list[Notification]:
        """Return all that the owner wants to hear of, newest first."""
        found = self.tx.all(f"SELECT {notifications.SHAPE.columns('n')} FROM notifications n ORDER BY n.id DESC")
        every = [notifications.SHAPE.read(row) for row in found]
        hushed = {row[0] for row in self.tx.all("SELECT target_id FROM mutes")}
        return [
            one
            for one in every
            if one.account_id not in hushed and one.type in choice.types and (choice.filtered or not one.filtered)
        ]


Deed = tuple[int, int, str, int, bool]
DEEDS = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 50, 300, 800]),
        st.integers(0, PEOPLE - 1),
        st.sampled_from(["favourite", "favourite", "reblog", "follow", "mention"]),
        st.integers(0, POSTS - 1),
        st.sampled_from([False, False, False, True]),
    ),
    max_size=30,
)
CHOICES = st.builds(
    Choice,
    types=st.sampled_from([TYPES, ("favourite", "mention"), ("follow", "reblog"), ()]),
    filtered=st.booleans(),
)
GROUPINGS = st.sampled_from([GROUPED, ("favourite",), ("reblog", "follow"), ()])


def key_of(one: Notification, grouped: Sequence[str]) -> str:
    """Return what a notification is shown with."""
    return one.group_key if one.group_key is not None and one.type in grouped else one.alone


def expected(rows: list[Notification], page: Page, grouped: Sequence[str]) -> list[tuple[str, int, int, int]]:
    """Return (key, latest, oldest, how many up to then) of a page, by looking at every row."""
    within = [one for one in rows if _within(one.id, page)]
    if page.min_id is not None:
        within.reverse()
    places: dict[str, int] = {}
    for one in within:
        places.setdefault(key_of(one, grouped), one.id)
    taken = dict(list(places.items())[: page.limit])
    edge = list(taken.values())[-1] if len(taken) == page.limit else None
    up = page.min_id is not None
    covered = [one.id for one in within if edge is None or (one.id <= edge if up else one.id >= edge)]
    order = list(taken)[::-1] if up else list(taken)
    found = []
    for key in order:
        members = [one.id for one in rows if key_of(one, grouped) == key]
        on_page = [number for number in members if number in covered]
        found.append((key, max(on_page), min(on_page), sum(number <= max(covered) for number in members)))
    return found


def _within(number: int, page: Page) -> bool:
    lower = max(page.since_id or 0, page.min_id or 0)
    return lower < number < (page.max_id or 1 << 62)


def seen(groups: list[Group]) -> list[tuple[str, int, int | None, int]]:
    return [(one.key, one.latest.id, one.oldest_id, one.count) for one in groups]


@settings(max_examples=200)
@given(DEEDS, CHOICES, GROUPINGS, st.integers(1, 6), st.data())
def test_a_page_is_what_every_row_would_tell(
    deeds: list[Deed], choice: Choice, grouped: Sequence[str], limit: int, data: st.DataObject
) -> None:
    crowd = Crowd()
    for deed in deeds:
        crowd.happen(deed)
    for who in data.draw(st.sets(st.integers(0, PEOPLE - 1), max_size=2)):
        mutes.put(crowd.tx, crowd.people[who].id, notifications=True, expires_at=None)
    for one in data.draw(st.lists(st.sampled_from(crowd.rows()), max_size=3)) if crowd.rows() else []:
        notifications.drop(crowd.tx, one.id)
    rows = crowd.rows(choice)
    bound = st.none() | st.sampled_from([0, 1 << 60, *(one.id for one in crowd.rows(Choice(filtered=True)))])
    page = Page(limit=limit, max_id=data.draw(bound) or None, since_id=data.draw(bound), min_id=data.draw(bound))

    found = notification_groups.newest(crowd.tx, page, choice, grouped)

    assert seen(found) == expected(rows, page, grouped)
    for group in found:
        members = [one for one in rows if key_of(one, grouped) == group.key and one.id <= group.latest.id]
        assert list(group.samples) == [one.account_id for one in members][:8]


@settings(max_examples=100)
@given(DEEDS, GROUPINGS, st.integers(1, 5), st.data())
def test_a_walk_meets_each_notification_once(
    deeds: list[Deed], grouped: Sequence[str], limit: int, data: st.DataObject
) -> None:
    """What was there when it began is met exactly once, whatever arrives; then walking up meets what arrived."""
    crowd = Crowd()
    for deed in deeds:
        crowd.happen(deed)
    begun = {one.id for one in crowd.rows()}
    newest = max(begun, default=0)
    met: list[int] = []
    page = Page(limit=limit)
    while groups := notification_groups.newest(crowd.tx, page, ALL, grouped):
        keys = [group.key for group in groups]
        assert len(keys) == len(set(keys))
        met += [number for group in groups for number in members(crowd, group, grouped)]
        for deed in data.draw(DEEDS)[:3]:
            crowd.happen((deed[0] + 1, *deed[1:]))
        page = Page(limit=limit, max_id=min(group.oldest_id or 0 for group in groups))
    assert sorted(met) == sorted(begun)

    above: list[int] = []
    page = Page(limit=limit, min_id=newest)
    while groups := notification_groups.newest(crowd.tx, page, ALL, grouped):
        above += [number for group in groups for number in members(crowd, group, grouped)]
        page = Page(limit=limit, min_id=max(group.latest.id for group in groups))
    assert sorted(above) == sorted(one.id for one in crowd.rows() if one.id > newest)


def members(crowd: Crowd, group: Group, grouped: Sequence[str]) -> list[int]:
    """Return what a group on a page stands for."""
    assert group.oldest_id is not None
    return [
        one.id
        for one in crowd.rows()
        if key_of(one, grouped) == group.key and group.oldest_id <= one.id <= group.latest.id
    ]


@pytest.fixture
def crowd() -> Crowd:
    return Crowd()


def put(crowd: Crowd, type_: str, who: Account, post: int | None = None) -> Notification:
    made = notifications.put(crowd.tx, type_, who.id, post, keys=group_keys(type_, post, crowd.tx.now))
    assert made is not None
    return made


def test_a_group_lasts_twelve_hours_from_the_hour_in_which_it_began(crowd: Crowd) -> None:
    tx, post = crowd.tx, crowd.posts[0]
    first = put(crowd, "favourite", crowd.people[0], post)
    world.later(tx, hours=11, minutes=59)
    last = put(crowd, "favourite", crowd.people[1], post)
    world.later(tx, minutes=1)
    next_ = put(crowd, "favourite", crowd.people[2], post)

    hour = int(world.NOW.timestamp()) // 3600
    assert [one.group_key for one in (first, last, next_)] == [
        f"favourite-{post}-{hour}",
        f"favourite-{post}-{hour}",
        f"favourite-{post}-{hour + 12}",
    ]


def test_a_whole_group_and_its_people(crowd: Crowd) -> None:
    tx, post = crowd.tx, crowd.posts[0]
    made = []
    for person in crowd.people:
        world.later(tx, minutes=1)
        made.append(put(crowd, "reblog", person, post))
    key = str(made[0].group_key)

    group = notification_groups.find(tx, key)
    alone = notification_groups.find(tx, f"ungrouped-{made[1].id}")

    assert group == Group(
        key=key, latest=made[-1], oldest_id=None, count=4, samples=tuple(who.id for who in crowd.people[::-1])
    )
    assert alone == Group(key=made[1].alone, latest=made[1], oldest_id=None, count=1, samples=(crowd.people[1].id,))
    page = notification_groups.people(tx, key, Page(limit=3))
    assert [(number, who.id) for number, who in page] == [(one.id, one.account_id) for one in made[:0:-1]]
    assert notification_groups.people(tx, key, Page(max_id=page[-1][0])) == [(made[0].id, crowd.people[0])]
    assert notification_groups.people(tx, made[0].alone, Page()) == [(made[0].id, crowd.people[0])]
    for unknown in ("", "favourite-1-2", "ungrouped-", "ungrouped-x", "ungrouped-1", f"ungrouped-{'9' * 30}"):
        assert notification_groups.find(tx, unknown) is None
        assert notification_groups.people(tx, unknown, Page()) == []

    notification_groups.drop(tx, made[1].alone)
    assert [one.id for one in crowd.rows()] == [made[3].id, made[2].id, made[0].id]
    notification_groups.drop(tx, key)
    notification_groups.drop(tx, key)
    assert crowd.rows() == []


def forget_newest(crowd: Crowd, made: list[Notification]) -> None:
    notifications.drop(crowd.tx, made[-1].id)


def forget_oldest(crowd: Crowd, made: list[Notification]) -> None:
    notifications.drop_of(crowd.tx, made[0].account_id)


def forget_ends(crowd: Crowd, made: list[Notification]) -> None:
    forget_newest(crowd, made)
    forget_oldest(crowd, made)


@pytest.mark.parametrize(
    ("forget", "left"), [(forget_newest, [0, 1, 2]), (forget_oldest, [1, 2, 3]), (forget_ends, [1, 2])]
)
def test_what_is_left_of_a_group_is_found(
    crowd: Crowd, forget: Callable[[Crowd, list[Notification]], Any], left: list[int]
) -> None:
    made = []
    for person in crowd.people:
        world.later(crowd.tx, minutes=1)
        made.append(put(crowd, "follow", person))

    forget(crowd, made)

    down = notification_groups.newest(crowd.tx, Page(), ALL)
    up = notification_groups.newest(crowd.tx, Page(min_id=0), ALL)
    key = str(made[0].group_key)
    assert seen(down) == seen(up) == [(key, made[left[-1]].id, made[left[0]].id, len(left))]


def test_groups_in_which_somebody_is(crowd: Crowd) -> None:
    """The whole of each, where that one stands in it."""
    tx, (bob, carol, *_), (first, second, _) = crowd.tx, crowd.people, crowd.posts
    made = []
    for type_, who, post in [
        ("favourite", bob, first),
        ("favourite", carol, first),
        ("favourite", carol, second),
        ("follow", bob, None),
    ]:
        world.later(tx, minutes=1)
        made.append(put(crowd, type_, who, post))
    kept = notifications.put(world.later(tx, minutes=1), "mention", bob.id, second, filtered=True)
    assert kept is not None

    of_bob = Choice(account=bob.id)
    assert seen(notification_groups.newest(tx, Page(), of_bob)) == [
        (kept.alone, kept.id, kept.id, 1),
        (made[3].group_key, made[3].id, made[3].id, 1),
        (made[0].group_key, made[1].id, made[0].id, 2),
    ]
    assert [one.key for one in notification_groups.newest(tx, Page(max_id=kept.id, limit=1), of_bob, ())] == [
        made[3].alone
    ]
    assert notification_groups.unread(tx, limit=10, choice=of_bob) == 3


def marks(tx: Tx) -> list[tuple[int, int]]:
    return [tuple(row) for row in tx.all("SELECT newest, oldest FROM notifications ORDER BY id")]


def test_one_group_has_one_newest_and_one_oldest(crowd: Crowd) -> None:
    """However the ids of one millisecond happen to sort."""
    for person in crowd.people:
        put(crowd, "follow", person)

    assert marks(crowd.tx) == [(0, 1), (0, 0), (0, 0), (1, 0)]
