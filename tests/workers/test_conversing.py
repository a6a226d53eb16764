"""Conversations made whole: what is believed, what it costs, and where it ends."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trio
from trio.testing import MockClock

from smallfed.config import Conversations
from smallfed.domain.post import Post
from smallfed.errors import SmallfedError
from smallfed.policy import conversations as policy
from smallfed.runtime.bell import Bell
from smallfed.runtime.client import Answer
from smallfed.runtime.clock import seeded
from smallfed.runtime.no_answer import NoAnswer
from smallfed.services import blocking, receiving, removing
from smallfed.services.receiving import SENT
from smallfed.store import accounts, conversations, fetches, hosts, posts
from smallfed.store.conversations import Conversation
from smallfed.store.tx import Tx
from smallfed.translate import inward
from smallfed.workers.conversing import Conversing
from smallfed.workers.errands import Errands
from smallfed.workers.fetching import Fetcher
from smallfed.workers.works import works
from tests.workers.far import ACTIVITY, FakeHttp, Person
from tests.workers.house import Here, living
from tests.world import befriend

BOB, CAROL, EVE = Person("bob@far.example"), Person("carol@near.example"), Person("eve@evil.example")
PEOPLE = (BOB, CAROL, EVE)
ROOT = "https://far.example/notes/1"
CONTEXT = "https://far.example/contexts/1"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with living(tmp_path) as here:
        for person in PEOPLE:
            person.settle(here.http)
        yield here


class Reader:
    """Somebody who opens threads, in one life of the house."""

    def __init__(self, here: Here, nursery: trio.Nursery, limits: Conversations) -> None:
        self.here, self.nursery = here, nursery
        self.fetcher = Fetcher(here.db, here.http, here.clock, here.identity)
        self.conversing = Conversing(here.db, here.clock, seeded(1), here.identity, self.fetcher, limits)

    async def open(self, uri: str = ROOT) -> bool:
        """Open the thread of a post, and wait until all of it is there; whether anybody was asked for more."""
        post = await self.fetcher.post(uri)
        refresh = await self.conversing.open(post.id)
        if refresh is not None:
            await refresh.over.wait()
        return refresh is not None

    async def look(self, uri: str = ROOT) -> Conversation:
        """Return what the books say of the conversation."""
        found = await self.here.db.read(conversations.find, uri)
        assert found is not None
        return found

    async def held(self) -> set[str]:
        """Return the ids of all posts that we hold, without their scheme."""
        rows = await self.here.db.read(lambda tx: tx.all("SELECT uri FROM posts"))
        return {uri.removeprefix("https://") for (uri,) in rows}


async def reading(here: Here, nursery: trio.Nursery, **limits: int) -> Reader:
    reader = Reader(here, nursery, Conversations(**limits))
    await nursery.start(reader.conversing.run)
    return reader


@pytest.fixture
async def reader(here: Here) -> AsyncIterator[Reader]:
    async with trio.open_nursery() as nursery:
        yield await reading(here, nursery)
        nursery.cancel_scope.cancel()


def show(http: FakeHttp, author: Person, number: int, *replies: object, **fields: Any) -> str:
    """Let a post be had that has its replies inline; return its id."""
    note = author.note(number)
    whole = {"id": f"{note['id']}/replies", "type": "Collection", "items": list(replies), "totalItems": len(replies)}
    http.put(note["id"], note | {"replies": whole} | fields)
    http.put(whole["id"], whole)
    return str(note["id"])


def collect(http: FakeHttp, uri: str, *items: object, **fields: Any) -> None:
    http.put(uri, {"id": uri, "type": "OrderedCollection", "orderedItems": list(items)} | fields)


def act(number: int, kind: str, thing: object) -> dict[str, object]:
    return {"id": f"https://far.example/acts/{number}", "type": kind, "actor": BOB.uri, "object": thing}


# The collection of the whole ------------------------------------------------------------------------------------------
async def test_the_whole_is_read_where_its_origin_has_it(autojump_clock: MockClock, here: Here, reader: Reader) -> None:
    """By id, embedded, in activities, over pages, in any order. What is embedded by its own server is not asked for."""
    http = here.http
    show(http, BOB, 1, context=CONTEXT)
    embedded = BOB.note(2, inReplyTo=ROOT)
    carols = show(http, CAROL, 3, inReplyTo=embedded["id"])
    created = {
        "id": "https://far.example/acts/1",
        "type": "Create",
        "actor": BOB.uri,
        "object": BOB.note(4, inReplyTo=ROOT),
    }
    added = {
        "id": "https://far.example/acts/2",
        "type": "Add",
        "actor": BOB.uri,
        "object": show(http, BOB, 5, inReplyTo=ROOT),
    }
    liked = {"id": "https://far.example/acts/3", "type": "Like", "actor": BOB.uri, "object": ROOT}
    last = show(http, EVE, 6, inReplyTo=carols)
    collect(http, CONTEXT, last, carols, embedded, liked, first=None, next=f"{CONTEXT}?page=2")
    collect(http, f"{CONTEXT}?page=2", ROOT, created, added)

    await reader.open()

    numbers = {"far.example/notes/1", "far.example/notes/2", "near.example/notes/3", "far.example/notes/4"}
    assert await reader.held() == numbers | {"far.example/notes/5", "evil.example/notes/6"}
    assert (await reader.look()).ended is None
    assert [http.count(path) for path in ("far.example/notes/2", "far.example/notes/4", "/replies")] == [0, 0, 0]


async def test_a_collection_of_activities_by_id(autojump_clock: MockClock, here: Here, reader: Reader) -> None:
    """``contextHistory`` (FEP-f228), as streams and Hubzilla have it."""
    show(here.http, BOB, 1, contextHistory=CONTEXT)
    reply, create = show(here.http, CAROL, 2, inReplyTo=ROOT), "https://near.example/acts/1"
    here.http.put(create, {"id": create, "type": "Create", "actor": CAROL.uri, "object": reply})
    collect(here.http, CONTEXT, create)

    await reader.open()

    assert await reader.held() == {"far.example/notes/1", "near.example/notes/2"}


async def test_a_conversation_is_found_from_the_middle(autojump_clock: MockClock, here: Here, reader: Reader) -> None:
    """What is above comes with the collection, also where it does not name that itself."""
    middle = show(here.http, CAROL, 2, inReplyTo=ROOT)
    opened = show(here.http, EVE, 3, inReplyTo=middle, context=CONTEXT)
    show(here.http, BOB, 1)
    collect(here.http, CONTEXT, ROOT, middle, opened)

    await reader.open(opened)

    assert await reader.held() == {"far.example/notes/1", "near.example/notes/2", "evil.example/notes/3"}
    assert [here.http.asked.count(uri) for uri in (ROOT, middle, opened)] == [1, 1, 1]


@pytest.mark.parametrize(
    "context", ["https://far.example/nothing", "https://far.example/users/bob", "tag:far.example,1"]
)
async def test_what_is_no_collection(autojump_clock: MockClock, here: Here, reader: Reader, context: str) -> None:
    """Then replies are followed."""
    reply = show(here.http, CAROL, 2, inReplyTo=ROOT)
    show(here.http, BOB, 1, reply, context=context)

    await reader.open()

    assert await reader.held() == {"far.example/notes/1", "near.example/notes/2"}


async def test_a_reply_hides_nothing_of_the_whole(autojump_clock: MockClock, here: Here, reader: Reader) -> None:
    """Only who began a conversation says where all of it is."""
    evil, reply = "https://evil.example/contexts/1", show(here.http, CAROL, 3, inReplyTo=ROOT)
    opened = show(here.http, EVE, 2, inReplyTo=ROOT, context=evil)
    show(here.http, BOB, 1, opened, reply)
    collect(here.http, evil, opened, ROOT)

    await reader.open(opened)

    assert await reader.held() == {"far.example/notes/1", "evil.example/notes/2", "near.example/notes/3"}


# Replies --------------------------------------------------------------------------------------------------------------
async def test_pages_of_replies(autojump_clock: MockClock, here: Here, reader: Reader) -> None:
    """As Mastodon has them: a first page inline, the others behind it; pages of other servers are not turned."""
    replies, page = f"{ROOT}/replies", {"type": "CollectionPage", "partOf": f"{ROOT}/replies"}
    own, *others = [show(here.http, who, n, inReplyTo=ROOT) for n, who in ((2, BOB), (3, CAROL), (4, CAROL))]
    first = page | {"items": [own], "next": f"{replies}?page=2"}
    show(here.http, BOB, 1, replies={"id": replies, "type": "Collection", "first": first})
    here.http.put(replies, {"id": replies, "type": "Collection", "first": first})
    second, third = {"items": others[0], "next": f"{replies}?page=3"}, {"items": others[1:], "next": f"{EVE.uri}/more"}
    for number, what in ((2, second), (3, third)):
        here.http.put(f"{replies}?page={number}", page | {"id": f"{replies}?page={number}"} | what)

    await reader.open()

    assert await reader.held() == {uri.removeprefix("https://") for uri in (ROOT, own, *others)}
    assert here.http.count("evil.example") == 0


async def test_comments_of_a_video(autojump_clock: MockClock, here: Here, reader: Reader) -> None:
    comments = f"{ROOT}/comments"
    show(here.http, BOB, 1, type="Video", name="Film", replies=None, comments=comments)
    collect(here.http, comments, show(here.http, CAROL, 2, inReplyTo=ROOT))

    await reader.open()

    assert await reader.held() == {"far.example/notes/1", "near.example/notes/2"}


# Lies -----------------------------------------------------------------------------------------------------------------
def strangers_post(http: FakeHttp) -> object:
    return show(http, CAROL, 9)


def answer_to_another(http: FakeHttp) -> object:
    return show(http, CAROL, 9, inReplyTo=show(http, EVE, 8))


def forged(http: FakeHttp) -> object:
    return CAROL.note(9, inReplyTo=ROOT, content="<p>I never said that</p>")


def forged_although_there_is_one(http: FakeHttp) -> object:
    show(http, CAROL, 9)
    return CAROL.note(9, inReplyTo=ROOT, content="<p>I never said that</p>")


def in_anothers_name(http: FakeHttp) -> object:
    return BOB.note(9, inReplyTo=ROOT, attributedTo=CAROL.uri)


def for_followers(http: FakeHttp) -> object:
    return show(http, CAROL, 9, inReplyTo=ROOT, to=[f"{CAROL.uri}/followers"], cc=[])


def for_somebody(http: FakeHttp) -> object:
    return show(http, CAROL, 9, inReplyTo=ROOT, to=[EVE.uri], cc=[])


def nothing(http: FakeHttp) -> object:
    return "https://near.example/notes/9"


def an_actor(http: FakeHttp) -> object:
    return CAROL.uri


def ours(http: FakeHttp) -> object:
    return "https://home.example/users/alice/notes/9"


def no_url(http: FakeHttp) -> object:
    return {"id": "urn:uuid:9", "type": "Note"}


LIES = (strangers_post, answer_to_another, forged, forged_although_there_is_one, in_anothers_name, for_followers)


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("lie", [*LIES, for_somebody, nothing, an_actor, ours, no_url])
async def test_nobody_is_made_to_say_anything(
    autojump_clock: MockClock, here: Here, reader: Reader, lie: Any, whole: bool
) -> None:
    """What a collection names is kept only if its own server has it, for everybody, in this conversation."""
    thing = lie(here.http)
    honest = show(here.http, BOB, 2, inReplyTo=ROOT)
    if whole:
        show(here.http, BOB, 1, context=CONTEXT)
        collect(here.http, CONTEXT, thing, honest)
    else:
        show(here.http, BOB, 1, thing, honest)

    await reader.open()

    assert await reader.held() == {"far.example/notes/1", "far.example/notes/2"}
    assert here.http.count("home.example") == 0


async def test_a_lie_hides_nothing_elsewhere(autojump_clock: MockClock, here: Here, reader: Reader) -> None:
    """What did not belong to one conversation is asked for again where it does."""
    theirs = show(here.http, CAROL, 9, inReplyTo="https://evil.example/notes/8")
    there = show(here.http, EVE, 8, theirs)
    show(here.http, BOB, 1, theirs)

    await reader.open()
    await reader.open(there)

    assert "near.example/notes/9" in await reader.held()


# Ends -----------------------------------------------------------------------------------------------------------------
async def test_rings(autojump_clock: MockClock, here: Here, reader: Reader) -> None:
    """Each answers the other, and each names the other as its answer."""
    one, two = BOB.note(1)["id"], CAROL.note(2)["id"]
    show(here.http, BOB, 1, two, inReplyTo=two)
    show(here.http, CAROL, 2, one, inReplyTo=one)

    await reader.open()

    assert await reader.held() == {"far.example/notes/1", "near.example/notes/2"}
    assert [here.http.asked.count(uri) for uri in (one, two)] == [1, 1]


class Endless(dict[str, Any]):
    """Pages of which each leads to a further one."""

    def __init__(self, known: dict[str, Any], http: FakeHttp, make: Any) -> None:
        super().__init__(known)
        self._http, self._make = http, make

    def get(self, url: str, default: Any = None) -> Any:
        if url not in self and "evil.example/notes/" in url and url.rpartition("/")[2].isdigit():
            self._make(self._http, int(url.rpartition("/")[2]))
        return super().get(url, default)


def below(http: FakeHttp, number: int) -> None:
    show(http, EVE, number, EVE.note(number + 1)["id"], inReplyTo=EVE.note(number - 1)["id"])


def above(http: FakeHttp, number: int) -> None:
    show(http, EVE, number, inReplyTo=EVE.note(number + 1)["id"])


@pytest.mark.parametrize(("make", "most"), [(below, policy.DEEP), (above, policy.HIGH)])
async def test_chains_without_an_end(
    autojump_clock: MockClock, here: Here, reader: Reader, make: Any, most: int
) -> None:
    here.http.pages = Endless(here.http.pages, here.http, make)
    first = show(here.http, EVE, 1000) if make is above else show(here.http, EVE, 1000, EVE.note(1001)["id"])
    if make is above:
        above(here.http, 1000)

    await reader.open(first)

    assert most <= len(await reader.held()) <= most + 1
    assert here.http.count("/notes/1") <= 2 * most + 4


async def test_pages_without_an_end(autojump_clock: MockClock, here: Here, reader: Reader) -> None:
    replies = f"{ROOT}/replies"
    show(here.http, BOB, 1, replies=replies)
    for number in range(100):
        uri = f"{replies}?{number}" if number else replies
        collect(here.http, uri, next=f"{replies}?{number + 1}")

    await reader.open()

    assert here.http.count(replies) == policy.PAGES


# What it costs --------------------------------------------------------------------------------------------------------
def crowd(http: FakeHttp, number: int, author: Person = CAROL) -> set[str]:
    """Let many answer the first post, whose server does not say what answers them."""
    replies = [show(http, author, each, inReplyTo=ROOT, replies=None) for each in range(10, 10 + number)]
    show(http, BOB, 1, *replies)
    return {uri.removeprefix("https://") for uri in replies} | {"far.example/notes/1"}


async def test_the_budget_of_a_thread(autojump_clock: MockClock, here: Here) -> None:
    """It is never exceeded; whoever opens the thread again a minute later goes on where it ended."""
    whole = crowd(here.http, 12)
    async with trio.open_nursery() as nursery:
        reader = await reading(here, nursery, opened=10)
        await reader.fetcher.post(ROOT)
        before = len(here.http.asked)

        await reader.open()

        assert len(here.http.asked) - before == 10
        look = await reader.look()
        assert (look.opened, look.fetched, look.hosts, look.ended) == (True, 10, 1, "10 requests")
        assert look.found == len(await reader.held()) - 1 < 12
        assert not await reader.open()
        await trio.sleep(61)
        assert await reader.open()
        assert await reader.held() == whole
        assert (await reader.look()).ended is None
        nursery.cancel_scope.cancel()
    assert max(here.http.count(f"/notes/{number}") for number in range(10, 22)) <= 2  # once more if it was cut off


@pytest.mark.parametrize(
    ("limits", "ended"),
    [
        ({"per_host": 8}, "Today's 8 requests to near.example are used up."),
        ({"per_day": 8}, "Today's 8 requests for conversations are used up."),
    ],
)
async def test_the_budget_of_a_day(autojump_clock: MockClock, here: Here, limits: dict[str, int], ended: str) -> None:
    """It holds over a restart, and is new the next day."""
    whole = crowd(here.http, 10)
    async with trio.open_nursery() as nursery:
        reader = await reading(here, nursery, **limits)
        await reader.open()
        assert here.http.count("near.example") == 8
        assert (await reader.look()).ended == ended
        nursery.cancel_scope.cancel()
    async with trio.open_nursery() as nursery:
        reader = await reading(here, nursery, **limits)
        await trio.sleep(3600)
        await reader.open()
        assert here.http.count("near.example") == 8
        for _ in range(4):
            await trio.sleep(24 * 3600)
            await reader.open()
        nursery.cancel_scope.cancel()

    assert await reader.held() == whole
    days = await here.db.read(lambda tx: tx.all("SELECT DISTINCT day FROM conversation_spending ORDER BY day"))
    assert len(days) == 5


@pytest.mark.parametrize("limits", [{"opened": 0}, {"per_day": 0}])
async def test_switched_off(autojump_clock: MockClock, here: Here, limits: dict[str, int]) -> None:
    crowd(here.http, 3)
    async with trio.open_nursery() as nursery:
        reader = await reading(here, nursery, **limits)
        await reader.open()
        nursery.cancel_scope.cancel()

    assert here.http.count("near.example") == 0


async def test_when_it_is_looked_at_again(autojump_clock: MockClock, here: Here, reader: Reader) -> None:
    """Not within a quarter of an hour; then only where something can be new, the older a post the more seldom."""
    late = here.clock.now() - timedelta(days=4)
    old = show(here.http, CAROL, 2, inReplyTo=ROOT, published=late.isoformat())
    show(here.http, BOB, 1, old)
    await reader.open()
    asked = len(here.http.asked)

    await trio.sleep(14 * 60)
    assert not await reader.open()
    new = show(here.http, CAROL, 3, inReplyTo=ROOT)
    show(here.http, BOB, 1, old, new)
    await trio.sleep(2 * 60)
    assert await reader.open()

    assert await reader.held() == {"far.example/notes/1", "near.example/notes/2", "near.example/notes/3"}
    assert here.http.asked[asked:] == [f"{ROOT}/replies", new]
    await trio.sleep(16 * 3600)
    await reader.open()
    assert here.http.count(f"{old}/replies") == 1


# Who is slow ----------------------------------------------------------------------------------------------------------
async def test_a_slow_host_delays_nobody(autojump_clock: MockClock, here: Here, reader: Reader) -> None:
    """Its own posts come when they come; all others are there long before."""
    here.http.slow["evil.example"] = 12.0
    slow = [show(here.http, EVE, number, inReplyTo=ROOT) for number in range(50, 56)]
    quick = [show(here.http, CAROL, number, inReplyTo=ROOT) for number in range(10, 30)]
    show(here.http, BOB, 1, *slow, *quick)
    post = await reader.fetcher.post(ROOT)
    refresh = await reader.conversing.open(post.id)
    assert refresh is not None

    await trio.sleep(3)
    assert len(await reader.held()) == 21
    assert refresh.found == 20

    await refresh.over.wait()
    assert here.http.count("evil.example/notes") <= 6


def refused() -> SmallfedError:
    return NoAnswer("connect", "evil.example does not listen")


@pytest.mark.parametrize("silence", ["refused", "silent", "resting"])
async def test_a_dead_host_is_passed_over(autojump_clock: MockClock, here: Here, reader: Reader, silence: str) -> None:
    """After two silences, or at once where it is known; whoever opens the thread again does not ask it at once."""
    dead = [show(here.http, EVE, number, inReplyTo=ROOT) for number in range(50, 70)]
    show(here.http, BOB, 1, *dead, show(here.http, CAROL, 2, inReplyTo=ROOT))
    if silence == "silent":
        here.http.slow["evil.example"] = 10_000
    elif silence == "refused":
        here.http.pages.update({uri: refused() for uri in dead})
    else:
        await here.db.write(_rest, "evil.example")

    await reader.open()

    assert await reader.held() == {"far.example/notes/1", "near.example/notes/2"}
    assert here.http.count("evil.example") <= (0 if silence == "resting" else 3)
    look, asked = await reader.look(), len(here.http.asked)
    assert look.ended == "evil.example does not answer"
    assert look.seconds <= 31
    await trio.sleep(120)
    await reader.open()
    assert here.http.count("evil.example") + here.http.count("near.example/notes/2") <= 5
    assert len(here.http.asked) <= asked + 2


def _rest(tx: Tx, name: str) -> None:
    hosts.seen(tx, name)
    for _ in range(5):
        hosts.silent(tx, name, until=tx.now + timedelta(hours=1), why="silence")


async def test_who_asks_to_come_later_is_asked_later(autojump_clock: MockClock, here: Here, reader: Reader) -> None:
    """Seconds are waited for, hours are not."""
    replies = [show(here.http, EVE, number, inReplyTo=ROOT) for number in (5, 6)]
    show(here.http, BOB, 1, *replies)
    there = here.http.pages[replies[0]]
    calls: list[int] = []

    def later() -> Answer:
        calls.append(1)
        if len(calls) == 1:
            return Answer(429, replies[0], [("retry-after", "7")], b"")
        assert isinstance(there, Answer)
        return there

    here.http.pages[replies[0]] = later
    began = trio.current_time()

    await reader.open()

    assert len(await reader.held()) == 3
    assert 7 <= trio.current_time() - began < 12


# Who is not wanted ----------------------------------------------------------------------------------------------------
async def test_blocks_and_what_was_deleted(autojump_clock: MockClock, here: Here, reader: Reader) -> None:
    eve = await reader.fetcher.actor(EVE.uri)
    await here.db.write(blocking.block, eve)
    await here.db.write(blocking.block_domain, "blocked.example")
    dora = Person("dora@blocked.example")
    deleted = show(here.http, CAROL, 4, inReplyTo=ROOT)
    await here.db.write(removing.remove, deleted, CAROL.uri)
    names = [show(here.http, EVE, 2, inReplyTo=ROOT), show(here.http, dora, 3, inReplyTo=ROOT), deleted]
    show(here.http, BOB, 1, *names)

    await reader.open()

    assert await reader.held() == {"far.example/notes/1"}
    assert here.http.count("blocked.example") == 0
    assert here.http.count(deleted) == 0


async def test_context_is_not_at_home_until_it_is_sent(autojump_clock: MockClock, here: Here, reader: Reader) -> None:
    """The post of somebody whom the owner follows came by the thread first, and by delivery then."""
    for person in (BOB, CAROL):
        account = await reader.fetcher.actor(person.uri)
        await here.db.write(_follow, account.id)
    reply = show(here.http, CAROL, 2, inReplyTo=ROOT)
    show(here.http, BOB, 1, reply)

    await reader.open()
    assert not (await _post(here, reply)).in_home
    document = inward.jsonld.read(msgspec.json.encode(CAROL.note(2, inReplyTo=ROOT)))
    await here.db.write(receiving.receive, inward.post(document), SENT)

    assert (await _post(here, reply)).in_home


def _follow(tx: Tx, account: int) -> None:
    befriend(tx, accounts.owner(tx), accounts.get(tx, account))


async def _post(here: Here, uri: str) -> Post:
    found = await here.db.read(posts.find_uri, uri)
    assert found is not None
    return found


# Aside ----------------------------------------------------------------------------------------------------------------
async def test_what_is_completed_aside(autojump_clock: MockClock, here: Here, reader: Reader) -> None:
    """Rows of fetches, two at once and the others in their turn; within the smaller budget, and not twice."""
    bell, roots = Bell(), []
    for number in range(100, 104):
        reply = show(here.http, CAROL, number + 100, inReplyTo=BOB.note(number)["id"])
        roots.append(show(here.http, BOB, number, reply))
        await reader.fetcher.post(roots[-1])
        await here.db.write(fetches.put, roots[-1], kind="conversation")
    here.http.slow["near.example"] = 5.0
    every = works(here.db, reader.fetcher) | {"conversation": reader.conversing.complete}
    errands = Errands(here.db, here.clock, seeded(1), bell, every)

    async with trio.open_nursery() as nursery:
        await nursery.start(errands.run)
        await trio.sleep(1)
        assert here.http.count("near.example") == 2
        await trio.sleep(60)
        nursery.cancel_scope.cancel()

    assert await here.db.read(fetches.waiting) == 0
    assert [(await reader.look(root)).found for root in roots] == [1, 1, 1, 1]
    assert not (await reader.look(roots[0])).opened
    await here.db.write(fetches.put, roots[0], kind="conversation")
    asked = len(here.http.asked)
    [again] = await here.db.write(fetches.claim, limit=1)
    await reader.conversing.complete(again)
    assert len(here.http.asked) == asked


async def test_a_bug_about_one_post_is_that_posts_trouble(
    autojump_clock: MockClock, here: Here, reader: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> Any:
        raise ZeroDivisionError

    bad = show(here.http, CAROL, 2, inReplyTo=ROOT)
    here.http.pages[bad] = broken
    show(here.http, BOB, 1, bad, show(here.http, CAROL, 3, inReplyTo=ROOT))

    await reader.open()

    assert await reader.held() == {"far.example/notes/1", "near.example/notes/3"}
    assert "ZeroDivisionError" in caplog.text


async def test_two_who_open_one_thread_ask_once(autojump_clock: MockClock, here: Here, reader: Reader) -> None:
    crowd(here.http, 5)
    here.http.slow["near.example"] = 1.0
    post = await reader.fetcher.post(ROOT)

    one, two = await reader.conversing.open(post.id), await reader.conversing.open(post.id)

    assert one is two is not None
    assert reader.conversing.find(one.id) is one
    await one.over.wait()
    assert here.http.count("near.example/notes") == 5
    assert ACTIVITY in here.http.signed[-1]["accept"]
