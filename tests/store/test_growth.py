"""Growth: what came is counted by cause and by host, and bounded."""

from datetime import timedelta

import pytest

from smallfed.domain.account import Account
from smallfed.domain.copy import Cause
from smallfed.domain.events import PostReceived
from smallfed.services import consequences
from smallfed.store import copies, growth, mentions, pasts, posts
from smallfed.store.growth import Growth, Sizes
from smallfed.store.tx import Tx
from tests.conftest import Know
from tests.store.test_holdings import keep
from tests.world import NOW, befriend, later, say, wrap

TODAY = growth.day(NOW)


def count(tx: Tx) -> None:
    while growth.count(later(tx, minutes=10)):
        pass


def bring(tx: Tx, host: str, size: int) -> None:
    """Let a file come from a host."""
    tx.run("INSERT INTO growth (day, cause, host, files, file_bytes) VALUES (?, 'other', ?, 1, ?)", TODAY, host, size)


@pytest.fixture
def bob(know: Know) -> Account:
    return know("bob@far.example")


def test_why_posts_came(tx: Tx, owner: Account, bob: Account, know: Know) -> None:
    """Also where it is only known after a while: the boost comes behind what it shows."""
    carol = know("carol@near.example")
    befriend(tx, owner, carol)
    of_friend, boosted, naming, other, borrowed = (say(tx, who) for who in (carol, bob, bob, bob, bob))
    tagged, parent = say(tx, bob, in_home=True, by_tag=True), say(tx, bob)
    boost, answer = wrap(tx, carol, boosted), say(tx, bob, in_reply_to=parent.uri, in_reply_to_id=parent.id)
    mentions.put(tx, naming.id, owner.id)
    pasts.borrow(tx, bob.id, borrowed.id)
    for post in (of_friend, boosted, naming, other, borrowed, tagged, parent, boost, answer):
        growth.arrived(tx, post.id)

    early = growth.count(tx)
    count(tx)

    found = {line.key: line.posts for line in growth.by_cause(tx, TODAY, TODAY + 1)}
    assert early == 0
    assert found == {"follow": 1, "boost": 2, "mention": 1, "other": 1, "search": 1, "tag": 1, "thread": 2}
    assert tx.one("SELECT count(*) FROM arrivals") == (0,)


def test_posts_are_counted_once_however_often_they_come(tx: Tx, owner: Account, bob: Account) -> None:
    """And not at all when they have gone meanwhile; the size is about what the database keeps."""
    post, gone = say(tx, bob, content="x" * 1000), say(tx, bob)
    for each in (post, post, gone):
        consequences.growth.TABLE[PostReceived](tx, PostReceived(post=each.id, fresh=True))
    posts.drop(tx, gone.id)

    count(tx)

    assert growth.total(tx, TODAY, TODAY + 1) == Growth(posts=1, post_bytes=2700)
    assert [(line.key, line.posts) for line in growth.by_host(tx, TODAY, TODAY + 1, 10)] == [("far.example", 1)]


def test_files_are_counted_when_they_are_kept(tx: Tx) -> None:
    """Also those that are fetched again, and previews; not what is only looked at."""
    copy = keep(tx, size=1000, preview=None, cause=Cause.BOOST)
    copies.change(tx, copy.id, preview="small.jpg", preview_type="image/jpeg", preview_size=50)
    copies.change(tx, copy.id, file=None, seen_at=tx.now)
    copies.change(tx, copy.id, file="again.jpg", size=2000, fetched_at=later(tx, days=1).now)
    keep(tx, size=None, file=None, preview=None)

    assert growth.total(tx, TODAY, TODAY + 1) == Growth(files=1, file_bytes=1050)
    assert growth.total(tx, TODAY + 1, TODAY + 2) == Growth(files=1, file_bytes=2000)
    assert [line.key for line in growth.by_cause(tx, TODAY, TODAY + 2)] == ["boost"]


def test_of_days_that_are_over_only_those_that_brought_most_are_remembered(tx: Tx) -> None:
    """Whoever has many names fills no table, and the sums stay true."""
    for number in range(growth.MOST + 40):
        bring(tx, f"{number}.evil.example", 1)
    bring(tx, "near.example", 5000)
    before = growth.total(tx, TODAY, TODAY + 1)
    growth.tidy(tx)
    today = len(growth.by_host(tx, TODAY, TODAY + 1, 1000))

    growth.tidy(later(tx, days=1))

    assert (today, len(growth.by_host(tx, TODAY, TODAY + 1, 1000))) == (growth.MOST + 41, growth.MOST)
    assert growth.by_host(tx, TODAY, TODAY + 1, 1)[0].key == "near.example"
    assert growth.total(tx, TODAY, TODAY + 1) == before
    growth.tidy(later(tx, days=growth.DAYS))
    assert growth.total(tx, TODAY, TODAY + 1) == Growth()


def test_today_is_bounded_as_well(tx: Tx) -> None:
    for number in range(growth.MANY + 1):
        bring(tx, f"{number}.evil.example", 1)

    growth.tidy(tx)

    assert tx.one("SELECT count(*) FROM growth") == (growth.MOST + 1,)


def test_sizes_day_by_day(tx: Tx) -> None:
    first = Sizes(day=TODAY, database=1, own=2, copies=3, free=4)
    second = Sizes(day=TODAY, database=5, own=6, copies=7, free=8)
    growth.measured(tx, first)
    growth.measured(tx, second)

    assert growth.sizes(tx, TODAY - 1) == [second]
    growth.tidy(later(tx, days=growth.LONG + 1))
    assert growth.sizes(tx, 0) == []
    assert growth.day(NOW + timedelta(days=1)) == TODAY + 1
