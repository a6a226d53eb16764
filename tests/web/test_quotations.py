"""Quotes on the public pages: a card where the author agreed, the honest reason elsewhere, nothing that is private."""

import re
from collections.abc import Callable

import pytest

from smallfed.domain.account import Account
from smallfed.domain.interaction import Quote, QuoteState
from smallfed.domain.poll import Option, Poll
from smallfed.domain.post import Post, Visibility
from smallfed.services import blocking, muting
from smallfed.store import ids, polls, quotes
from smallfed.store.tx import Tx
from smallfed.web import public
from tests import world
from tests.conftest import Know

THEIRS = "https://far.example/notes/1"
REFERENCE = f'<span class="quote-inline"><br>RE: <a href="{THEIRS}">far.example/notes/1</a></span>'


def quoting(tx: Tx, author: Account, quoted: Post | None, state: QuoteState, **columns: object) -> Post:
    """Let somebody quote a post, as other servers say it in words too."""
    post = world.say(tx, author, content=f"<p>Look:{REFERENCE}</p>")
    said = {
        "quoted": THEIRS if quoted is None else quoted.uri,
        "quoted_id": None if quoted is None else quoted.id,
        "state": state,
        "created_at": tx.now,
    }
    quotes.put(tx, Quote(id=ids.fresh(tx, "quotes"), post_id=post.id, **{**said, **columns}))
    return post


def said(page: str) -> str:
    """Return the words of the first post of a page."""
    found = re.search(r'<div class="words".*?</article>', page, re.DOTALL)
    assert found is not None
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_what_was_agreed_to_is_a_card(tx: Tx, owner: Account, know: Know) -> None:
    """It leads to the quoted post, and the words that stand for it are left out."""
    theirs = world.say(
        tx, know("bob@far.example"), uri=THEIRS, content="<p>A &lt;b&gt;old</p><p>word</p>", language="de"
    )
    ours = quoting(tx, owner, theirs, QuoteState.ACCEPTED)

    page = public._thread(tx, ours.id, "all")

    assert said(page) == "Look: Bob @bob@far.example 1 March 2026 A &lt;b&gt;old word"
    assert f'<blockquote class="quote" cite="{THEIRS}">' in page
    assert (
        f'<a class="moment" href="{THEIRS}" rel="nofollow noopener" aria-label="The quoted post, 1 March 2026">' in page
    )
    assert '<p class="said" dir="auto" lang="de">' in page
    assert '<meta name="description" content="Look:">' in page


@pytest.mark.parametrize("shut_out", [blocking.block, muting.mute])
def test_whom_the_owner_has_shut_out_does_not_come_back_by_way_of_others(
    tx: Tx, owner: Account, know: Know, shut_out: Callable[[Tx, Account], object]
) -> None:
    bob = know("bob@far.example")
    theirs = world.say(tx, bob, uri=THEIRS, content="<p>insults</p>")
    ours = quoting(tx, owner, theirs, QuoteState.ACCEPTED)
    shut_out(tx, bob)

    page = public._thread(tx, ours.id, "all")

    assert "insults" not in page
    assert said(page) == "Look: This quotes a post that cannot be shown here."


def test_a_card_is_short_and_says_what_it_leaves_out(tx: Tx, owner: Account, know: Know) -> None:
    deeper = world.say(tx, owner)
    theirs = quoting(tx, know("bob@far.example"), deeper, QuoteState.ACCEPTED)
    long = world.say(tx, owner, content=f"<p>{'word ' * 200}</p>", summary="Long :x:")
    polls.put(tx, Poll(post_id=long.id, options=(Option(name="a", title="a"), Option(name="b", title="b"))))

    nested = public._thread(tx, quoting(tx, owner, theirs, QuoteState.ACCEPTED).id, "all")
    cut = public._thread(tx, quoting(tx, owner, long, QuoteState.ACCEPTED).id, "all")

    assert said(nested) == "Look: Bob @bob@far.example 1 March 2026 Look: With a quote of its own."
    assert said(cut).startswith("Look: Alice @alice@home.example 1 March 2026 Long :x: word word")
    assert said(cut).endswith("word… With a poll.")
    assert '<details class="warning"><summary><bdi>Long :x:</bdi></summary>' in cut
    assert len(said(cut)) < 500


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (QuoteState.PENDING, "This quotes a post whose author has not agreed to it yet. Where it is"),
        (QuoteState.REJECTED, "This quotes a post whose author did not agree to it."),
        (QuoteState.REVOKED, "This quotes a post whose author has taken their consent back."),
        (QuoteState.DELETED, "This quotes a post that was deleted."),
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_what_is_not_agreed_to_is_not_shown(
    tx: Tx, owner: Account, know: Know, state: QuoteState, why: str, known: bool
) -> None:
    """Neither are its words; and where the author has refused, no way to it either."""
    theirs = world.say(tx, know("bob@far.example"), uri=THEIRS, content="<p>Bread</p>") if known else None
    ours = quoting(tx, owner, theirs, state)

    page = public._thread(tx, ours.id, "all")

    assert said(page) == f"Look: {why}"
    assert (THEIRS in page, "Bread" in page) == (state is QuoteState.PENDING, False)


def test_what_strangers_may_not_see_is_not_shown_in_a_quote(tx: Tx, owner: Account, know: Know) -> None:
    """A private post and one that is gone look the same."""
    private = world.say(tx, know("bob@far.example"), content="<p>Bread</p>", visibility=Visibility.PRIVATE)
    pages = [
        public._thread(tx, quoting(tx, owner, private, QuoteState.ACCEPTED).id, "all"),
        public._thread(tx, quoting(tx, owner, None, QuoteState.ACCEPTED).id, "all"),
    ]

    assert [said(page) for page in pages] == ["Look: This quotes a post that cannot be shown here."] * 2
    assert not any("Bread" in page or private.uri in page for page in pages)


def test_a_link_that_asked_nobody_stays_a_link(tx: Tx, owner: Account) -> None:
    ours = quoting(tx, owner, None, QuoteState.PENDING, legacy=True)

    page = public._thread(tx, ours.id, "all")

    assert said(page) == "Look: RE: far.example/notes/1"
