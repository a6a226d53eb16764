"""Where single posts stand is where the timelines show them: the two never differ."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smallfed.domain.account import Account
from smallfed.domain.list import List, Replies
from smallfed.domain.post import Attachment, Post, Visibility
from smallfed.store import appearing, attachments, blocks, follows, lists, mentions, mutes, timelines
from smallfed.store.appearing import KINDS
from smallfed.store.paging import Page
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know

ALL = Page(limit=-1)
WHO = ("alice", "friend", "member", "hidden", "stranger", "muted", "blocked")
LISTS = ((1, Replies.FOLLOWED, False), (2, Replies.LIST, False), (3, Replies.NONE, True))


def house(tx: Tx) -> dict[str, Account]:
    """People of all kinds, and three lists: member is in two of them, hidden in the exclusive one."""
    people = {name: world.acquaint(tx, f"{name}@{name}.example", local=name == "alice") for name in WHO}
    for name in ("friend", "member", "hidden", "muted", "blocked"):
        world.befriend(tx, people["alice"], people[name])
    mutes.put(tx, people["muted"].id, notifications=True, expires_at=None)
    blocks.put(tx, people["blocked"].id, people["alice"].id, uri="https://blocked.example/blocks/1")
    for number, replies, exclusive in LISTS:
        lists.put(tx, List(id=number, title="x", replies=replies, exclusive=exclusive, created_at=tx.now))
    for number, name in ((1, "member"), (2, "member"), (2, "muted"), (3, "hidden"), (3, "alice")):
        follow = follows.find(tx, people["alice"].id, people[name].id)
        lists.put_member(tx, number, people[name].id, follow=None if follow is None else follow.id)
    return people


WORDS = st.fixed_dictionaries(
    {
        "author": st.sampled_from(WHO),
        "visibility": st.sampled_from(Visibility),
        "in_home": st.booleans(),
        "answers": st.sampled_from((None, *WHO)),
        "names": st.sampled_from((None, *WHO)),
        "boosted_by": st.sampled_from((None, *WHO)),
        "tag": st.sampled_from((None, "cats")),
        "media": st.booleans(),
        "removed": st.booleans(),
    }
)


def said(tx: Tx, people: dict[str, Account], words: dict[str, Any]) -> list[Post]:
    """Store a post, and perhaps a boost of it."""
    world.later(tx, seconds=1)
    answered, seen_by = words["answers"], words["visibility"]
    if seen_by is Visibility.LOCAL and words["author"] != "alice":
        seen_by = Visibility.PRIVATE  # nobody else can
    fields = {} if answered is None else {"in_reply_to": "https://x.example/1"}
    post = world.say(
        tx,
        people[words["author"]],
        visibility=seen_by,
        in_home=words["in_home"],
        removed=words["removed"],
        in_reply_to_account_id=None if answered is None else people[answered].id,
        **fields,
    )
    if words["names"] is not None:
        mentions.put(tx, post.id, people[words["names"]].id)
    if words["tag"] is not None:
        mentions.replace_hashtags(tx, post.id, [words["tag"]])
    if words["media"]:
        attachments.replace(tx, post.id, [Attachment(id=post.id, kind="image", url="https://x.example/1.png")])
    if words["boosted_by"] is None:
        return [post]
    return [post, world.wrap(tx, people[words["boosted_by"]], post, in_home=words["in_home"])]


@given(st.lists(WORDS, min_size=1, max_size=8))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_post_stands_where_the_timelines_show_it(told: list[dict[str, Any]]) -> None:
    tx = world.empty_tx()
    people = house(tx)
    alice = people["alice"].id
    stored = [post.id for words in told for post in said(tx, people, words)]

    found = {each.post.id: each for each in appearing.of(tx, stored)}

    def shown(posts: list[Post]) -> set[int]:
        return {post.id for post in posts}

    def where(holds: Callable[[appearing.Appearance], object]) -> set[int]:
        return {number for number, each in found.items() if holds(each)}

    alone = {kind: {each.post.id: each for each in appearing.of(tx, stored, frozenset({kind}))} for kind in KINDS}

    assert found.keys() == set(stored)
    assert {number for number, each in alone["home"].items() if each.home} == where(lambda each: each.home)
    assert {number for number, each in alone["public"].items() if each.public} == where(lambda each: each.public)
    assert {number for number, each in alone["hashtag"].items() if each.tags} == where(lambda each: each.tags)
    assert {number for number, each in alone["list"].items() if each.lists} == where(lambda each: each.lists)
    assert where(lambda each: each.home) == shown(timelines.home(tx, ALL))
    assert where(lambda each: each.public) == shown(timelines.public(tx, alice, ALL))
    assert where(lambda each: each.public and each.media) == shown(timelines.public(tx, alice, ALL, only_media=True))
    assert where(lambda each: "cats" in each.tags) == shown(timelines.tag(tx, alice, "cats", ALL))
    for number, _, _ in LISTS:
        of_list = shown(timelines.of_list(tx, lists.get(tx, number), Page(limit=100)))
        assert where(lambda each, number=number: number in each.lists) == of_list  # type: ignore[misc]


def test_what_is_gone_stands_nowhere_and_who_is_named_is_said(tx: Tx, owner: Account, know: Know) -> None:
    bob = know("bob@far.example")
    post, other = world.say(tx, bob), world.say(tx, bob)
    mentions.put(tx, post.id, owner.id)
    mentions.put(tx, other.id, owner.id, silent=True)

    found = {each.post.id: each.named for each in appearing.of(tx, [post.id, other.id, 1])}

    assert found == {post.id: True, other.id: False}
