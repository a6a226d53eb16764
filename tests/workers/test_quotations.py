"""Quotes of others: what is quoted is brought, stamps are looked at where they stand, and hijacked ones are not."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from smallfed.domain.incoming import IncomingPost
from smallfed.domain.interaction import Quote, QuoteState
from smallfed.domain.post import Post
from smallfed.errors import Gone, Unreachable
from smallfed.protocol.jsonld import Document
from smallfed.services import quoting, receiving, revising
from smallfed.services.receiving import FETCHED
from smallfed.store import fetches, posts, quotes
from smallfed.store.tx import Tx
from smallfed.translate import inward
from smallfed.workers.fetching import Fetcher
from smallfed.workers.works import works
from tests.workers.far import Person
from tests.workers.house import Here, living

BOB, CAROL, EVE = Person("bob@far.example"), Person("carol@other.example"), Person("eve@evil.example")
QUOTED = BOB.note(9, content="<p>Bread is good</p>", interactionPolicy={"canQuote": {"automaticApproval": "as:Public"}})
STAMP = "https://far.example/stamps/1"
QUOTING = CAROL.note(1, quote=QUOTED["id"], quoteAuthorization=STAMP)
GOOD = {
    "@context": "https://www.w3.org/ns/activitystreams",
    "id": STAMP,
    "type": "QuoteAuthorization",
    "attributedTo": BOB.uri,
    "interactingObject": QUOTING["id"],
    "interactionTarget": QUOTED["id"],
}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with living(tmp_path) as here:
        for person in (BOB, CAROL, EVE):
            person.settle(here.http)
        here.http.put(QUOTED["id"], QUOTED)
        yield here


@pytest.fixture
def fetcher(here: Here) -> Fetcher:
    return Fetcher(here.db, here.http, here.clock, here.identity)


def _incoming(note: dict[str, Any]) -> IncomingPost:
    return inward.post(Document(note))


async def hear(here: Here, fetcher: Fetcher, note: dict[str, Any]) -> None:
    """Let a post come, as one that was boosted, and do what is to be done about it."""
    await fetcher.actor(note["attributedTo"])
    await here.db.write(receiving.receive, _incoming(note), FETCHED)
    await look(here, fetcher)


async def look(here: Here, fetcher: Fetcher) -> None:
    """Do the errands about quotes that wait, once each."""
    for fetch in [one for one in await here.db.write(fetches.claim, limit=10) if one.kind == "quote"]:
        await works(here.db, fetcher)["quote"](fetch)
        await here.db.write(fetches.settle, fetch)


async def found(here: Here, note: dict[str, Any] = QUOTING) -> Quote:
    """Return what is known of the quote in a post."""

    def ask(tx: Tx) -> Quote:
        post = posts.find_uri(tx, note["id"])
        assert post is not None
        quote = quotes.of_post(tx, post.id)
        assert quote is not None
        return quote

    return await here.db.read(ask)


async def test_a_stamp_is_looked_at_where_it_stands(here: Here, fetcher: Fetcher) -> None:
    """Two requests, beside meeting the author: the quoted post and the stamp."""
    here.http.put(STAMP, GOOD)

    await hear(here, fetcher, QUOTING)

    quote = await found(here)
    assert (quote.state, quote.stamp) == (QuoteState.ACCEPTED, STAMP)
    quoted = await here.db.read(posts.get, quote.quoted_id or 0)
    assert quoted.content == "<p>Bread is good</p>"
    assert (here.http.count("/notes/9"), here.http.count("/stamps/")) == (1, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "Note"},
        {"id": "https://far.example/stamps/2"},
        {"attributedTo": "https://far.example/users/eve"},
        {"attributedTo": None},
        {"interactingObject": "https://other.example/notes/2"},
        {"interactingObject": {"type": "Note", "content": "no id"}},
        {"interactionTarget": "https://far.example/notes/8"},
    ],
)
async def test_a_stamp_about_something_else_leaves_the_quote_pending(
    here: Here, fetcher: Fetcher, wrong: dict[str, Any]
) -> None:
    here.http.put(STAMP, GOOD | wrong)
    here.http.put("https://far.example/stamps/2", GOOD | wrong)

    await hear(here, fetcher, QUOTING)

    quote = await found(here)
    assert (quote.state, quote.stamp) == (QuoteState.PENDING, None)


async def test_a_stamp_on_another_server_is_not_even_asked_for(here: Here, fetcher: Fetcher) -> None:
    """CVE-2026-33869: whoever quotes stamps it themselves."""
    own = "https://other.example/stamps/1"
    here.http.put(own, GOOD | {"id": own})

    await hear(here, fetcher, QUOTING | {"quoteAuthorization": own})

    assert (await found(here)).state is QuoteState.PENDING
    assert here.http.count("/stamps/") == 0


async def test_anothers_claim_takes_no_stamp_away(here: Here, fetcher: Fetcher) -> None:
    """GHSA-8h43: eve names carol's stamp in a quote of her own; carol's stays good, eve's is none."""
    here.http.put(STAMP, GOOD)
    await hear(here, fetcher, QUOTING)
    stolen = EVE.note(1, quote=QUOTED["id"], quoteAuthorization=STAMP)

    await hear(here, fetcher, stolen)

    assert (await found(here)).state is QuoteState.ACCEPTED
    assert (await found(here, stolen)).state is QuoteState.PENDING


async def test_an_update_brings_the_stamp_and_another_takes_it_away(here: Here, fetcher: Fetcher) -> None:
    here.http.put(STAMP, GOOD)
    bare = {name: value for name, value in QUOTING.items() if name != "quoteAuthorization"}
    await hear(here, fetcher, bare)
    states = [(await found(here)).state]

    for version in (QUOTING, QUOTING, bare):
        await here.db.write(revising.revise, _incoming(version))
        await look(here, fetcher)
        states.append((await found(here)).state)

    pending, accepted = QuoteState.PENDING, QuoteState.ACCEPTED
    assert states == [pending, accepted, accepted, pending]
    assert here.http.count("/stamps/") == 2  # looked at again with each Update that names it


@pytest.mark.parametrize("gone", [404, 410])
async def test_a_stamp_that_is_gone_at_the_next_look_revokes(here: Here, fetcher: Fetcher, gone: int) -> None:
    here.http.put(STAMP, GOOD)
    await hear(here, fetcher, QUOTING)
    here.http.put(STAMP, b"", status=gone)

    await here.db.write(revising.revise, _incoming(QUOTING))
    await look(here, fetcher)

    assert (await found(here)).state is QuoteState.REVOKED


async def test_a_server_that_is_down_revokes_nothing(here: Here, fetcher: Fetcher) -> None:
    here.http.put(STAMP, GOOD)
    await hear(here, fetcher, QUOTING)
    here.http.put(STAMP, b"", status=503)

    await here.db.write(revising.revise, _incoming(QUOTING))
    with pytest.raises(Unreachable):
        await look(here, fetcher)

    assert (await found(here)).state is QuoteState.ACCEPTED


async def test_only_the_author_withdraws_a_stamp(here: Here, fetcher: Fetcher) -> None:
    here.http.put(STAMP, GOOD)
    await hear(here, fetcher, QUOTING)

    by_a_neighbour = await here.db.write(quoting.withdrawn, STAMP, "https://far.example/users/eve")
    states = [(await found(here)).state]
    by_bob = await here.db.write(quoting.withdrawn, STAMP, BOB.uri)
    states.append((await found(here)).state)

    assert (by_a_neighbour, by_bob) == (False, True)
    assert states == [QuoteState.ACCEPTED, QuoteState.REVOKED]


async def test_what_is_quoted_may_be_gone(here: Here, fetcher: Fetcher) -> None:
    here.http.put(QUOTED["id"], b"", status=410)

    with pytest.raises(Gone):
        await hear(here, fetcher, QUOTING)

    assert (await found(here)).state is QuoteState.DELETED


async def test_quoting_oneself_needs_no_stamp(here: Here, fetcher: Fetcher) -> None:
    own = BOB.note(1, quote=QUOTED["id"])

    await hear(here, fetcher, own)

    assert (await found(here, own)).state is QuoteState.ACCEPTED


@pytest.mark.parametrize(("policy", "state"), [(True, QuoteState.PENDING), (False, QuoteState.ACCEPTED)])
async def test_a_form_that_asks_nobody_counts_where_nobody_could_be_asked(
    here: Here, fetcher: Fetcher, policy: bool, state: QuoteState
) -> None:
    if not policy:
        here.http.put(QUOTED["id"], {name: value for name, value in QUOTED.items() if name != "interactionPolicy"})
    legacy = CAROL.note(1, _misskey_quote=QUOTED["id"])

    await hear(here, fetcher, legacy)

    quote = await found(here, legacy)
    assert (quote.state, quote.legacy) == (state, True)


async def test_chains_of_quotes_have_an_end(here: Here, fetcher: Fetcher) -> None:
    """A post of interest quotes another, which quotes another: the third is brought, its own quote is not."""
    for number in range(2, 10):
        here.http.put(
            f"https://far.example/notes/{number}", BOB.note(number, quote=f"https://far.example/notes/{number + 1}")
        )
    first = CAROL.note(1, quote="https://far.example/notes/2")

    await hear(here, fetcher, first)
    for _ in range(10):
        await look(here, fetcher)

    known = [await here.db.read(posts.find_uri, f"https://far.example/notes/{number}") for number in range(2, 10)]
    assert [isinstance(post, Post) for post in known] == [True, True] + [False] * 6


async def test_a_ring_of_quotes_is_no_trap(here: Here, fetcher: Fetcher) -> None:
    here.http.put("https://far.example/notes/2", BOB.note(2, quote="https://far.example/notes/1"))
    first = BOB.note(1, quote="https://far.example/notes/2")

    await hear(here, fetcher, first)
    for _ in range(5):
        await look(here, fetcher)

    assert (await found(here, first)).state is QuoteState.ACCEPTED
