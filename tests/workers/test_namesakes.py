"""A handle that has another id now: the server has begun anew, or somebody has taken a name that was free."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from smallfed.domain.account import Account
from smallfed.runtime.bell import Bell
from smallfed.runtime.clock import seeded
from smallfed.store import accounts, follows
from smallfed.store.tx import Tx
from smallfed.workers.errands import Errands
from smallfed.workers.fetching import Fetcher
from smallfed.workers.lookup import Finder
from smallfed.workers.works import works
from tests import world
from tests.workers.far import ACTIVITY, JRD, Person
from tests.workers.house import Here, living

OLD = Person("bob@far.example")
NEW = "https://far.example/people/7"
DAY = 24 * 3600.0


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with living(tmp_path) as here:
        yield here


def befriend(tx: Tx) -> None:
    bob = accounts.find_uri(tx, OLD.uri)
    assert bob is not None
    world.befriend(tx, accounts.owner(tx), bob, reblogs=False)


def followed(tx: Tx) -> dict[str, tuple[bool, bool]]:
    """Return whom the owner follows: actor id → accepted, with boosts."""
    known = follows.between(tx, accounts.owner(tx).id)
    return {accounts.get(tx, follow.target_id).uri: (follow.accepted, follow.reblogs) for follow in known}


def begin_anew(here: Here) -> None:
    """Let WebFinger give the handle to another id."""
    here.http.put(NEW, OLD.actor(id=NEW, inbox=f"{NEW}/inbox", outbox=None, followers=None, following=None))
    here.http.put(OLD.webfinger_url, OLD.webfinger(links=[{"rel": "self", "type": ACTIVITY, "href": NEW}]), type_=JRD)


async def look_up(here: Here, handle: str = "@bob@far.example") -> Account:
    """Look for somebody a day later, and let the errands be done."""
    fetcher = Fetcher(here.db, here.http, here.clock, here.identity)
    async with trio.open_nursery() as nursery:
        await trio.sleep(2 * DAY)
        found = await Finder(here.db, fetcher).handle(handle)
        await nursery.start(Errands(here.db, here.clock, seeded(1), Bell(), works(here.db, fetcher)).run)
        await trio.sleep(60)
        nursery.cancel_scope.cancel()
    return found


async def meet(here: Here) -> None:
    OLD.settle(here.http)
    await Fetcher(here.db, here.http, here.clock, here.identity).actor(OLD.uri)
    await here.db.write(befriend)


@pytest.mark.parametrize(
    "status",
    [pytest.param(404, id="the old id is unknown"), pytest.param(200, id="both ids are served, one has the handle")],
)
async def test_who_began_anew_is_followed_there(here: Here, autojump_clock: MockClock, status: int) -> None:
    """The new server knows nothing of the follow, so it is asked; until it says yes, the old one stays."""
    await meet(here)
    begin_anew(here)
    here.http.put(OLD.uri, OLD.actor(), status=status)

    found = await look_up(here)

    assert (found.uri, found.handle) == (NEW, "bob@far.example")
    assert await here.db.read(followed) == {OLD.uri: (True, False), NEW: (False, False)}


async def test_who_was_renamed_is_not_replaced(here: Here, autojump_clock: MockClock) -> None:
    """Bob is robert now, and somebody else has taken the name."""
    await meet(here)
    begin_anew(here)
    robert = "https://far.example/.well-known/webfinger?resource=acct:robert@far.example"
    here.http.put(OLD.uri, OLD.actor(preferredUsername="robert"))
    here.http.put(robert, OLD.webfinger(subject="acct:robert@far.example"), type_=JRD)

    found = await look_up(here)

    renamed = await here.db.read(accounts.find_uri, OLD.uri)
    assert found.uri == NEW
    assert renamed is not None
    assert renamed.handle == "robert@far.example"
    assert await here.db.read(followed) == {OLD.uri: (True, False)}


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param({"status": 503}, id="its server is down"),
        pytest.param({"status": 401}, id="it will not be read"),
    ],
)
async def test_who_cannot_be_asked_stays(here: Here, autojump_clock: MockClock, trouble: dict[str, Any]) -> None:
    await meet(here)
    begin_anew(here)
    here.http.put(OLD.uri, b"", **trouble)

    await look_up(here)

    assert await here.db.read(followed) == {OLD.uri: (True, False)}


async def test_a_handle_that_webfinger_does_not_confirm_replaces_nobody(here: Here, autojump_clock: MockClock) -> None:
    """Somebody else on the server may call themselves bob, while WebFinger does not answer."""
    await meet(here)
    begin_anew(here)
    here.http.put(OLD.webfinger_url, b"", status=503)
    here.http.put(OLD.uri, b"", status=404)

    await Fetcher(here.db, here.http, here.clock, here.identity).actor(NEW)
    await look_up(here)

    assert await here.db.read(followed) == {OLD.uri: (True, False)}
