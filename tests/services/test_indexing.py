"""Which posts may be searched: what the owner has to do with, and what its author agrees to."""

from collections.abc import Callable

import pytest
from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.card import Glimpse
from smallfed.domain.events import ConsentToSearchChanged
from smallfed.domain.incoming import IncomingAccount
from smallfed.domain.interaction import Policy, SubPolicy
from smallfed.domain.post import Post, Visibility
from smallfed.services import (
    bookmarking,
    boosting,
    carding,
    indexing,
    liking,
    meeting,
    posting,
    receiving,
    removing,
    revising,
)
from smallfed.services.receiving import FETCHED
from smallfed.store import accounts, policies, posts, searchables
from smallfed.store.searching_posts import Query, search_posts
from smallfed.store.tx import Tx
from tests.conftest import Know
from tests.services.conftest import PUBLIC, Incoming, draft
from tests.world import later, say


def found(tx: Tx, text: str = "word") -> list[int]:
    """Return what the owner finds."""
    return [post.id for post in search_posts(tx, text, Query(limit=100), viewer=accounts.owner(tx).id)]


def indexed(tx: Tx) -> list[int]:
    """Return what stands in the index."""
    return searchables.matches(tx, "marks : any", above=0, below=1 << 62, limit=1000)


def come(tx: Tx, incoming: Incoming, author: Account, number: int = 1, **fields: object) -> Post:
    """Let a post of somebody else come."""
    stored = receiving.receive(tx, incoming(author, number, content="<p>word</p>", **fields), FETCHED)
    assert isinstance(stored, Post)
    indexing.catch_up(tx)
    return stored


@pytest.mark.parametrize(("visibility", "agrees"), [("public", True), ("unlisted", False), ("private", False)])
def test_of_others_only_what_is_public_and_only_of_those_who_agree(
    lively: Tx, owner: Account, know: Know, visibility: str, agrees: bool
) -> None:
    for handle, indexable in (("yes@peer.example", True), ("no@peer.example", False)):
        post = say(lively, know(handle, indexable=indexable), content="word", visibility=Visibility(visibility))
        indexing.index(lively, post.id)

    assert len(indexed(lively)) == agrees


Do = Callable[[Tx, Post], object]
INTERACTIONS: dict[str, tuple[Do, Do | None]] = {
    "like": (liking.like, liking.unlike),
    "boost": (boosting.boost, boosting.unboost),
    "bookmark": (bookmarking.bookmark, bookmarking.unbookmark),
    "answer": (lambda tx, post: posting.publish(tx, draft("I see", in_reply_to_id=post.id)), None),
    "quote": (lambda tx, post: posting.publish(tx, draft("I see", quoted_id=post.id)), None),
}


@pytest.mark.parametrize("name", INTERACTIONS)
def test_what_the_owner_has_to_do_with_is_found_while_that_lasts(
    lively: Tx, bob: Account, incoming: Incoming, name: str
) -> None:
    do, undo = INTERACTIONS[name]
    post = come(lively, incoming, bob)
    policies.put(lively, post.id, Policy(quote=SubPolicy(automatic=(PUBLIC,))))
    before = found(lively)

    do(lively, post)

    assert (before, found(lively)) == ([], [post.id])
    if undo is not None:
        undo(lively, posts.get(lively, post.id))
        assert found(lively) == []


def test_who_names_the_owner_is_found(lively: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    post = come(lively, incoming, bob, named=(owner,))

    assert found(lively) == [post.id]


def test_edits_and_deletions_are_seen_at_once(lively: Tx, know: Know, owner: Account, incoming: Incoming) -> None:
    carol = know("carol@peer.example", indexable=True)
    post = come(lively, incoming, carol)
    later(lively, minutes=1)

    revising.revise(lively, incoming(carol, content="<p>other</p>", updated_at=lively.now))

    assert (found(lively), found(lively, "other")) == ([], [post.id])
    removing.remove(lively, post.uri, carol.uri)
    assert (found(lively, "other"), indexed(lively)) == ([], [])


def test_what_sql_deletes_is_not_found_and_leaves_the_index_later(lively: Tx, know: Know, owner: Account) -> None:
    carol = know("carol@peer.example", indexable=True)
    for number in range(indexing.SLICE + 10):
        indexing.index(lively, say(lively, carol, content="word", uri=f"{carol.uri}/{number}").id)

    posts.drop_all(lively, carol.id)

    assert (found(lively), len(indexed(lively))) == ([], indexing.SLICE + 10)
    assert [indexing.go_on(lively), indexing.go_on(lively)] == [True, False]
    assert indexed(lively) == []


def test_who_changes_their_mind_is_looked_at_again(lively: Tx, bob: Account, incoming: Incoming) -> None:
    post = come(lively, incoming, bob)
    said = {name: getattr(bob, name) for name in structs.asdict(bob) if name in IncomingAccount.__struct_fields__}

    meeting.meet(lively, IncomingAccount(**{**said, "indexable": True}), bob.host)

    assert [event for event in lively.announced if isinstance(event, ConsentToSearchChanged)] == [
        ConsentToSearchChanged(account=bob.id)
    ]
    assert (searchables.is_waiting(lively), found(lively)) == (True, [])
    while indexing.go_on(lively):
        pass
    assert (searchables.is_waiting(lively), found(lively)) == (False, [post.id])
    meeting.meet(lively, IncomingAccount(**{**said, "indexable": False}), bob.host)
    assert (found(lively), indexed(lively)) == ([], [post.id])
    while indexing.go_on(lively):
        pass
    assert indexed(lively) == []


def test_what_a_page_turns_out_to_be_is_asked_for(lively: Tx, owner: Account, bob: Account) -> None:
    url = "https://films.example/1"
    film = posting.publish(lively, draft(html=f'<p>word <a href="{url}">film</a></p>'))
    quote = posting.publish(later(lively, minutes=1), draft("word", quoted_id=film.id))
    before = found(lively, "has:embed")

    player = Glimpse(page=url, title="Film", type="video", html="<iframe></iframe>", embed_url=url)
    carding.fill(lively, url, player)

    assert (before, found(lively, "has:embed"), found(lively, "has:link")) == ([], [film.id], [film.id])
    assert found(lively, "has:quote") == [quote.id]

    carding.fill(lively, url, Glimpse(page=url, title="Film no more"))

    assert (found(lively, "has:embed"), found(lively, "has:link")) == ([], [film.id])


def test_a_known_film_is_found_in_a_post_that_is_looked_at_later(lively: Tx, owner: Account, know: Know) -> None:
    url = "https://films.example/1"
    posting.publish(lively, draft(html=f'<a href="{url}">film</a>'))
    carding.fill(lively, url, Glimpse(page=url, title="Film", type="video", html="<iframe></iframe>"))
    old = say(lively, know("yes@peer.example", indexable=True), content=f'<a href="{url}">film</a>')
    indexing.index(lively, old.id)

    carding.look(lively, old)

    assert old.id in found(lively, "has:embed")


def test_what_was_here_before_the_index_is_looked_at_in_slices(tx: Tx, owner: Account, know: Know) -> None:
    carol = know("carol@peer.example", indexable=True)
    made = [say(tx, carol, content="word", uri=f"{carol.uri}/{number}").id for number in range(120)]
    searchables.begin_round(tx)

    seen = []
    while indexing.go_on(tx):
        seen.append(len(indexed(tx)))

    assert seen == [50, 100, 120]
    assert found(tx) == sorted(made, reverse=True)[:100]
    tx.run("INSERT INTO search_index (search_index) VALUES ('integrity-check')")  # it raises when they disagree
