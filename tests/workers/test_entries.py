"""Whose word an entry in the outbox of a group is, and what that costs: the story is in fediverse/test_groups."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from trio.testing import MockClock

from smallfed.domain.account import Account, Kind
from smallfed.domain.incoming import Shown
from smallfed.policy.budgets import Purpose
from smallfed.protocol import jsonld
from smallfed.runtime.aside import Aside
from smallfed.services import borrowing
from smallfed.workers.entries import Entries
from smallfed.workers.fetching import Fetcher
from smallfed.workers.proving import FRESH, Proving
from tests.workers.far import Person
from tests.workers.house import Here, living
from tests.workers.test_believing import NOW, proven, prover
from tests.workers.test_intake import BOB, NOTE, create

GROUP = Person("birds@lemmy.example")


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with living(tmp_path) as here:
        BOB.settle(here.http, **prover())
        here.http.put(NOTE, BOB.note(content="<p>At its origin</p>"))
        yield here


async def said(here: Here, inner: bytes) -> tuple[str, list[str]]:
    """What a group shows by wrapping ``inner``: the text of the post, and what was asked to know that."""
    group: Account = await here.know("birds@lemmy.example", kind=Kind.GROUP)
    fetcher = Fetcher(here.db, here.http, here.clock, here.identity)
    await fetcher.actor(BOB.uri)
    here.http.asked.clear()
    entries = Entries(
        here.db, fetcher, Proving(fetcher, here.clock, Aside(threads=False)), here.clock, take=borrowing.take
    )
    outer: dict[str, Any] = {"id": f"{GROUP.uri}/1", "type": "Announce", "actor": group.uri}
    document = jsonld.read(msgspec.json.encode(outer | {"object": msgspec.json.decode(inner)}))
    found = await entries.said(group, f"{GROUP.uri}/1", document, fetcher.documents.errand(Purpose.OWNER))
    assert isinstance(found, Shown)
    return found.post.content, here.http.asked


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(), ("<p>Note 1</p>", [])),
        (FRESH + timedelta(hours=1), ("<p>At its origin</p>", [NOTE])),
        (None, ("<p>At its origin</p>", [NOTE])),
    ],
    ids=["fresh", "old", "none"],
)
async def test_a_fresh_proof_of_its_author_spares_the_origin(
    autojump_clock: MockClock, here: Here, age: timedelta | None, expected: tuple[str, list[str]]
) -> None:
    activity = create(BOB.note())
    inner = msgspec.json.encode(activity) if age is None else proven(activity, at=NOW - age)

    assert await said(here, inner) == expected
