"""What other servers claim about their posts and people moves nothing up or down."""

from smallfed.domain.account import Account
from smallfed.services import indexing
from smallfed.store import mentions, searching, timelines
from smallfed.store.paging import Page
from smallfed.store.searching_posts import Query, search_posts
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know


def test_claims_change_no_order(tx: Tx, owner: Account, know: Know) -> None:
    """Neither in searches nor on the pages of hashtags: with the largest numbers everything stands where it stood."""
    people = [know(f"cat{number}@far.example", indexable=True) for number in range(3)]
    posts = []
    for account in people:
        posts.append(world.say(tx, account, content="<p>cats</p>"))
        mentions.replace_hashtags(tx, posts[-1].id, ["cats", f"cats{account.id}"])
        indexing.index(tx, posts[-1].id)
        world.later(tx, minutes=1)

    def found() -> list[object]:
        return [
            [post.id for post in search_posts(tx, "cats", Query(limit=10), viewer=owner.id)],
            [account.id for account in searching.search_accounts(tx, "cat", limit=10)],
            searching.search_hashtags(tx, "cats", limit=10),
            [post.id for post in timelines.tag(tx, None, "cats", Page())],
        ]

    before = found()
    tx.run("UPDATE posts SET likes_claimed = id, boosts_claimed = id, replies_claimed = id WHERE id = ?", posts[0].id)
    tx.run("UPDATE accounts SET followers_claimed = 1000000, posts_claimed = 1000000 WHERE id = ?", people[0].id)

    assert found() == before
    assert all(before)
