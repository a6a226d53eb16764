"""What accounts show first, read where they live."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from smallfed.domain.account import Account
from smallfed.errors import Invalid, Unreachable
from smallfed.policy.budgets import Purpose
from smallfed.store import accounts, bookmarks, posts
from smallfed.workers import featuring
from smallfed.workers.fetching import Fetcher
from tests.workers.far import Person
from tests.workers.house import Here, living

BOB, CAROL, EVE = Person("bob@far.example"), Person("carol@far.example"), Person("eve@evil.example")
FEATURED = f"{BOB.uri}/featured"
COLLECTION = {"id": FEATURED, "type": "OrderedCollection"}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with living(tmp_path) as here:
        yield here


@pytest.fixture
def fetcher(here: Here) -> Fetcher:
    return Fetcher(here.db, here.http, here.clock, here.identity)


@pytest.fixture
async def bob(here: Here, fetcher: Fetcher) -> Account:
    """Return who shows something first; his posts 1 to 3 can be had."""
    BOB.settle(here.http, featured=FEATURED)
    CAROL.settle(here.http)
    for number in (1, 2, 3):
        here.http.put(f"https://far.example/notes/{number}", BOB.note(number))
    return await fetcher.actor(BOB.uri)


async def shown(here: Here, fetcher: Fetcher, bob: Account) -> set[str]:
    """Read the collection; return the last parts of the ids of what is stored as shown first."""
    await featuring.feature(here.db, fetcher, BOB.uri, fetcher.documents.errand(Purpose.STRANGER))
    pinned = await here.db.read(bookmarks.pins, bob.id)
    known = await here.db.read(posts.several, pinned)
    return {known[post].uri.rpartition("/")[2] for post in pinned}


def page(*items: object) -> dict[str, Any]:
    return {"type": "OrderedCollectionPage", "orderedItems": list(items)}


NOTE = "https://far.example/notes/{}".format
URIS = [NOTE(2), NOTE(1)]


@pytest.mark.parametrize(
    ("said", "pinned"),
    [
        ({"orderedItems": URIS}, ["2", "1"]),
        ({"type": "Collection", "items": NOTE(3)}, ["3"]),
        ({"orderedItems": [BOB.note(7), NOTE(1), {"type": "Link", "href": NOTE(2)}]}, ["7", "1", "2"]),
        ({"orderedItems": []}, []),
        ({}, []),
        ({"first": page(*URIS)}, ["2", "1"]),
        ({"first": f"{FEATURED}?page=1"}, ["3"]),
        ({"orderedItems": [NOTE("absent"), BOB.uri, NOTE(1), 5, None, {"type": "Hashtag", "name": "#x"}]}, ["1"]),
    ],
)
async def test_every_shape_of_it(
    here: Here, fetcher: Fetcher, bob: Account, said: dict[str, Any], pinned: list[str]
) -> None:
    """By id or embedded, at once or on a page; what is no post or cannot be had is passed over."""
    here.http.put(FEATURED, COLLECTION | said)
    here.http.put(f"{FEATURED}?page=1", {"id": f"{FEATURED}?page=1"} | page(NOTE(3)))

    assert await shown(here, fetcher, bob) == set(pinned)

    assert (await here.db.read(accounts.get, bob.id)).featured_at is not None


@pytest.mark.parametrize(
    "item",
    [
        CAROL.note(8),
        BOB.note(8, attributedTo=EVE.uri),
        EVE.note(8),
        EVE.note(8, attributedTo=BOB.uri),
        EVE.note(8)["id"],
        "https://home.example/users/alice/notes/1",
    ],
)
async def test_only_their_own(here: Here, fetcher: Fetcher, bob: Account, item: object) -> None:
    """What others said is neither shown nor taken from here; other servers are not asked."""
    here.http.put(FEATURED, COLLECTION | {"orderedItems": [item, NOTE(1)]})
    here.http.put(NOTE(8), CAROL.note(8))

    assert await shown(here, fetcher, bob) == {"1"}
    assert here.http.count("evil.example") == 0


async def test_there_is_an_end(here: Here, fetcher: Fetcher, bob: Account) -> None:
    here.http.put(FEATURED, COLLECTION | {"orderedItems": [BOB.note(number) for number in range(100, 130)]})

    assert await shown(here, fetcher, bob) == {str(number) for number in range(100, 120)}


async def test_what_a_pinned_post_answers_is_not_fetched(here: Here, fetcher: Fetcher, bob: Account) -> None:
    here.http.put(FEATURED, COLLECTION | {"orderedItems": [BOB.note(9, inReplyTo="https://evil.example/notes/1")]})

    assert await shown(here, fetcher, bob) == {"9"}
    assert await here.db.read(lambda tx: tx.all("SELECT uri FROM fetches")) == []


def gone(here: Here) -> None:
    here.http.put(FEATURED, b"", status=410)


def elsewhere(here: Here) -> None:
    there = f"{EVE.uri}/featured"
    here.http.put(FEATURED, COLLECTION | {"id": there, "orderedItems": URIS}, at=there)


def other(here: Here) -> None:
    here.http.put(FEATURED, BOB.note(1, id=FEATURED))


def down(here: Here) -> None:
    here.http.put(FEATURED, b"", status=503)


@pytest.mark.parametrize(
    ("happens", "error", "left"),
    [(gone, None, set()), (elsewhere, Invalid, {"1"}), (other, Invalid, {"1"}), (down, Unreachable, {"1"})],
)
async def test_no_collection(
    here: Here,
    fetcher: Fetcher,
    bob: Account,
    happens: Callable[[Here], None],
    error: type[Exception] | None,
    left: set[str],
) -> None:
    """Only where there certainly is none, nothing is shown first any more."""
    here.http.put(FEATURED, COLLECTION | {"orderedItems": [NOTE(1)]})
    assert await shown(here, fetcher, bob) == {"1"}
    happens(here)

    if error is None:
        assert await shown(here, fetcher, bob) == left
    else:
        with pytest.raises(error):
            await shown(here, fetcher, bob)
        assert len(await here.db.read(bookmarks.pins, bob.id)) == len(left)
