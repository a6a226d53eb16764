"""In whose name it is asked for what a block turned away."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from trio.testing import MockClock

from smallfed.domain.account import Account
from smallfed.domain.post import Post, Visibility
from smallfed.errors import Invalid, NotFound
from smallfed.store import posts
from smallfed.store.fetches import Fetch
from smallfed.workers.fetching import Fetcher
from smallfed.workers.lifting import Lifting
from tests.workers.far import AS2, Person
from tests.workers.house import Here, living
from tests.world import say

BOB = Person("bob@far.example")
OWNER, SERVER = "https://home.example/users/alice#main-key", "https://home.example/actor#main-key"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with living(tmp_path) as here:
        yield here


async def read(here: Here, uri: str) -> None:
    lifting = Lifting(here.db, Fetcher(here.db, here.http, here.clock, here.identity), here.clock)
    await lifting.read(Fetch(uri=uri, kind="lifted", depth=0, attempts=1))


@pytest.mark.parametrize(
    ("visibility", "by"), [(Visibility.PUBLIC, SERVER), (Visibility.UNLISTED, SERVER), (Visibility.PRIVATE, OWNER)]
)
async def test_what_we_hold(here: Here, autojump_clock: MockClock, visibility: Visibility, by: str) -> None:
    """What is for everybody is asked for by the server: who blocks the owner shows it, and it is there still."""
    bob: Account = await here.know("bob@far.example")
    post: Post = await here.db.write(say, bob, visibility=visibility)

    with pytest.raises(NotFound):
        await read(here, post.uri)

    (headers,) = here.http.signed
    assert f'keyId="{by}"' in headers["signature"]


async def test_what_we_do_not_hold_is_asked_for_by_the_owner(here: Here, autojump_clock: MockClock) -> None:
    with pytest.raises(NotFound):
        await read(here, "https://far.example/notes/1")

    (headers,) = here.http.signed
    assert f'keyId="{OWNER}"' in headers["signature"]


@pytest.mark.parametrize(
    "said",
    [
        {"type": "Like", "actor": BOB.uri, "object": "https://home.example/users/alice/notes/1"},
        {"type": "Announce", "actor": "https://evil.example/users/eve", "object": "https://home.example/users/alice"},
        {"type": "Note", "attributedTo": "https://evil.example/users/eve", "content": "I am eve"},
    ],
)
async def test_only_what_its_own_server_says_counts(
    here: Here, autojump_clock: MockClock, said: dict[str, str]
) -> None:
    uri = "https://far.example/things/1"
    here.http.put(uri, {"@context": AS2, "id": uri, **said})

    with pytest.raises(Invalid):
        await read(here, uri)

    assert await here.db.read(posts.find_uri, uri) is None
