"""Timelines of several hashtags."""

import pytest

from smallfed.domain.account import Account
from smallfed.store import mentions, timelines
from smallfed.store.paging import Page
from smallfed.store.timelines import Mix
from smallfed.store.tx import Tx
from tests.conftest import Know
from tests.store.test_searching_posts import written


@pytest.mark.parametrize(
    ("mix", "expected"),
    [
        (Mix(), "a ab abc"),
        (Mix(any=("b",)), "a ab abc b"),
        (Mix(all=("b",)), "ab abc"),
        (Mix(all=("b", "c")), "abc"),
        (Mix(none=("c",)), "a ab"),
        (Mix(any=("b",), none=("c",)), "a ab b"),
        (Mix(any=("d",), all=("b",), none=("c",)), "ab"),
    ],
)
def test_mixes(tx: Tx, owner: Account, mix: Mix, expected: str) -> None:
    names = {}
    for tags in ("a", "ab", "abc", "b", ""):
        names[written(tx, owner, "<p>x</p>")] = tags
        mentions.replace_hashtags(tx, list(names)[-1], tags)

    found = timelines.tag(tx, None, "a", Page(), mix=mix)

    assert [names[post.id] for post in reversed(found)] == expected.split()


def test_local_and_remote(tx: Tx, owner: Account, know: Know) -> None:
    ours, theirs = (written(tx, who, "<p>x</p>") for who in (owner, know("bob@peer.example")))
    for post in (ours, theirs):
        mentions.replace_hashtags(tx, post, "a")

    assert [post.id for post in timelines.tag(tx, None, "a", Page(), local=True)] == [ours]
    assert [post.id for post in timelines.tag(tx, None, "a", Page(), remote=True)] == [theirs]
