"""Walks through timelines while people post, also into the past, delete, are muted, blocked, and no longer."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smallfed.domain.account import Account
from smallfed.domain.list import List, Replies
from smallfed.domain.post import Visibility
from smallfed.store import blocks, correspondences, follows, lists, mentions, mutes, posts, timelines
from smallfed.store.paging import Page
from smallfed.store.timelines import Choice, Mix
from smallfed.store.tx import Tx
from tests import world

HIGHEST = 120
Asked = Callable[[Tx, Page], list[int]]


def ids(found: list[Any]) -> list[int]:
    return [post.id for post in found]


LISTED = List(id=1, title="All", replies=Replies.FOLLOWED, created_at=world.NOW)
TIMELINES: dict[str, Asked] = {
    "home": lambda tx, page: ids(timelines.home(tx, page)),
    "public": lambda tx, page: ids(timelines.public(tx, world.accounts.owner(tx).id, page)),
    "tag": lambda tx, page: ids(timelines.tag(tx, None, "cats", page)),
    "tags": lambda tx, page: ids(timelines.tag(tx, None, "dogs", page, mix=Mix(any=("cats",)))),
    "list": lambda tx, page: ids(timelines.of_list(tx, LISTED, page)),
    "account": lambda tx, page: ids(timelines.account(tx, None, 1, page, Choice())),
    "direct": lambda tx, page: ids(timelines.direct(tx, page)),
    "conversations": lambda tx, page: [one.last_post_id or 0 for one in correspondences.page(tx, page)],
}


class World:
    """Two people who are followed, and what they do while the owner reads. What is said is in every timeline."""

    def __init__(self, *, direct: bool) -> None:
        self.tx, self.direct = world.empty_tx(), direct
        self.owner = world.acquaint(self.tx, "alice@home.example", local=True)
        self.people = [self._friend(number) for number in range(2)]

    def _friend(self, number: int) -> Account:
        account = world.acquaint(self.tx, f"p{number}@p{number}.example")
        if number == 0:  # whose timeline is asked for by a number that is known before
            self.tx.run("PRAGMA defer_foreign_keys = 1")
            self.tx.run("UPDATE accounts SET id = 1 WHERE id = ?", account.id)
            self.tx.known.clear()
            account = world.accounts.get(self.tx, 1)
            lists.put(self.tx, LISTED)
        world.befriend(self.tx, self.owner, account)
        follow = follows.find(self.tx, self.owner.id, account.id)
        lists.put_member(self.tx, 1, account.id, follow=None if follow is None else follow.id)
        return account

    def say(self, number: int, who: int) -> None:
        """Let somebody post something that is sorted at ``number``, if nothing is there."""
        tx, author = self.tx, self.people[who]
        if posts.find(tx, number) is not None:
            return
        seen_by = Visibility.DIRECT if self.direct else Visibility.PUBLIC
        post = world.say(tx, author, id=number, visibility=seen_by, in_home=True)
        mentions.replace_hashtags(tx, number, ["cats"])
        mentions.put(tx, number, self.owner.id)
        if self.direct:
            correspondences.put_post(tx, correspondences.begin(tx, post.id, [author.id]), post.id)

    def happen(self, act: str, number: int, who: int) -> None:
        """Let something happen; only the second of the two is muted or blocked."""
        tx, other = self.tx, self.people[1].id
        match act:
            case "say":
                self.say(number, who)
            case "delete":
                posts.drop(tx, number)
            case "mute":
                mutes.put(tx, other, notifications=True, expires_at=None)
            case "unmute":
                mutes.drop(tx, other)
            case "block" if not blocks.has(tx, self.owner.id, other):
                blocks.put(tx, self.owner.id, other, f"https://home.example/blocks/{number}")
            case "unblock":
                blocks.drop(tx, self.owner.id, other)


NUMBERS, WHO = st.integers(1, HIGHEST), st.integers(0, 1)
ACTS = st.sampled_from(("say", "say", "say", "delete", "mute", "unmute", "block", "unblock"))


@pytest.mark.parametrize("name", TIMELINES)
@settings(max_examples=40, deadline=None)
@given(
    there=st.dictionaries(NUMBERS, WHO, max_size=30),
    happens=st.lists(st.lists(st.tuples(ACTS, NUMBERS, WHO), max_size=4), max_size=12),
    limit=st.integers(1, 6),
    up=st.booleans(),
)
def test_everything_that_stays_is_met_once(
    name: str, there: dict[int, int], happens: list[list[tuple[str, int, int]]], limit: int, up: bool
) -> None:
    """Nothing is met twice, everything in its order, and nothing that was to be seen all the while is missed."""
    here, ask = World(direct=name in ("direct", "conversations")), TIMELINES[name]
    for number, who in there.items():
        here.say(number, who)
    everything = Page(limit=2 * HIGHEST)
    stays = set(ask(here.tx, everything))
    met: list[int] = []
    page = Page(limit=limit, min_id=0) if up else Page(limit=limit)

    while found := ask(here.tx, page):
        assert len(found) <= limit
        met = [*found, *met] if up else [*met, *found]
        page = Page(limit=limit, min_id=met[0]) if up else Page(limit=limit, max_id=met[-1])
        for act, number, who in happens.pop() if happens else ():
            here.happen(act, number, who)
            stays &= set(ask(here.tx, everything))

    assert met == sorted(set(met), reverse=True)
    assert stays <= set(met)
