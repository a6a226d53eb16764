"""A data set of FIRES that grows, takes back, forgets and breaks: only what has changed is read of it, day by day."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from trio.testing import MockClock

from smallfed import translate
from smallfed.domain.domain_block import Severity
from smallfed.runtime.clock import VirtualClock
from smallfed.store import blocklist_entries
from smallfed.workers.list_sources import PAGES
from tests.fediverse.houses import Fediverse, House
from tests.fediverse.test_lists import add, held, known

HOST = "fires.example"
BASE = f"https://{HOST}/datasets/1"
PAGE = f"https://{HOST}/datasets/dni-list"
MANY = [f"spam{number}.example" for number in range(30)]
Json = dict[str, Any]


class FiresServer:
    """A data set as the server of those who wrote the specification keeps it (0.8.0), with small pages.

    ``slips``: as there, the next page of a full one begins after the change that it should begin with. ``onward``:
    where the snapshot says that changes are. ``kept``: so many changes are in the snapshot, which stays as it was.
    """

    def __init__(self, page: int = 4, *, slips: bool = False, onward: str = "") -> None:
        self.changes: list[Json] = []
        self.asked: list[str] = []
        self.status: dict[str, int] = {}
        self.kept: int | None = None
        self._page, self._slips, self._onward = page, slips, onward

    def say(self, policy: str, *names: str) -> None:
        """Recommend this of these."""
        self._add(names, type="Recommendation", recommendedPolicy=policy, recommendedFilters=[], labels=[])

    def take_back(self, *names: str) -> None:
        """Retract what is said of these."""
        self._add(names, type="Retraction")

    def forget(self, name: str, *, mark: bool) -> None:
        """Have never said anything of it; ``mark``: and say that something is gone."""
        self.changes = [one for one in self.changes if one.get("entityKey") != name]
        if mark:
            self.changes.append({"id": f"{BASE}/changes/{self._next():04}", "type": "Tombstone"})

    def _add(self, names: Sequence[str], **said: object) -> None:
        for name in names:
            kind = "actor" if "://" in name else "domain"
            id_ = f"{BASE}/changes/{self._next():04}"
            self.changes.append({"id": id_, "entityKind": kind, "entityKey": name} | said)

    def _next(self) -> int:
        return int(str(self.changes[-1]["id"])[-4:]) + 1 if self.changes else 1

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a GET."""
        path, query = scope["path"], parse_qs(scope["query_string"].decode())
        what = path.rpartition("/")[2]
        since = query.get("since", [""])[0]
        self.asked.append(f"{what} {since}".strip())
        status = self.status.get(what, 200)
        wants_json = b"json" in dict(scope["headers"])[b"accept"]
        headers = [(b"content-type", b"application/json" if wants_json else b"text/html")]
        body: bytes = b"<html>"
        if status != 200:
            body = b'{"error":"no"}'
        elif what == "dni-list" and wants_json:
            status, headers = 302, [(b"location", BASE.encode())]
        elif what != "dni-list":
            body = json.dumps(getattr(self, f"_{what}", self._1)(since)).encode()
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _1(self, _: str) -> Json:
        endpoints = {"snapshot": f"{BASE}/snapshot", "changes": f"{BASE}/changes"}
        return {"type": "Dataset", "id": BASE, "url": PAGE, "name": "DNI", "endpoints": endpoints}

    def _snapshot(self, _: str) -> Json:
        latest = {one.get("entityKey", one["id"]): one for one in self.changes[: self.kept]}
        items = sorted(latest.values(), key=lambda one: str(one["id"]), reverse=True)
        onward = {"changes": self._onward or self._where(items[0])} if items else {}
        return {"type": "Collection", "dataset": BASE, "orderedItems": items} | onward

    def _changes(self, since: str) -> Json:
        after = [one for one in self.changes if one["id"][-4:] > since]
        here, rest = after[: self._page], after[self._page :]
        said: Json = {"type": "OrderedCollectionPage", "dataset": BASE, "orderedItems": here}
        if here:
            said["next"] = self._where(rest[0] if rest and self._slips else here[-1])
        return said

    def _where(self, one: Json) -> str:
        return f"{BASE}/changes?since={one['id'][-4:]}"


def serve(fediverse: Fediverse, server: FiresServer) -> FiresServer:
    """Put a data set on the net."""
    fediverse.wire.doors[HOST] = server
    return server


async def day(fediverse: Fediverse, server: FiresServer) -> list[str]:
    """Let a day go by, and return what was asked of the server on it."""
    server.asked.clear()
    await fediverse.wait(hours=26)
    return server.asked


async def read(house: House, server: FiresServer, *, after: int = 0) -> list[str]:
    """Have it read now, ``after`` so many days, and return what was asked of the server."""
    assert house.app is not None
    clock = house.app.parts.clock
    assert isinstance(clock, VirtualClock)
    clock.jump(timedelta(days=after))
    server.asked.clear()
    await house.command("lists.refresh", name=(await known(house)).name)
    return server.asked


def blocked(*names: str) -> dict[str, Severity]:
    """Return what blocks of these look like."""
    return dict.fromkeys(names, Severity.SUSPEND)


async def test_only_what_changed_is_read(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """From the page for people on; after the snapshot only changes, over several pages; a week later all of it."""
    (alice,) = await fediverse.houses("alice@a.example")
    server = serve(fediverse, FiresServer())
    server.say("drop", "bad.example", *MANY)
    server.say("filter", "loud.example")

    await add(alice, PAGE)
    first, start = list(server.asked), await held(alice)
    quiet = list(await day(fediverse, server))
    server.say("drop", "loud.example", "new.example", "https://c.example/users/eve", "x.example", "y.example")
    server.take_back("bad.example", "x.example")
    busy, after, size = list(await day(fediverse, server)), await held(alice), (await known(alice)).size
    later = [list(await read(alice, server, after=days)) for days in (4, 4, 1)]
    assert alice.app is not None
    (word,) = await alice.app.parts.db.read(blocklist_entries.words, "bad.example")

    assert first == ["dni-list", "1", "snapshot", "changes 0032"]
    assert start == blocked("bad.example", *MANY) | {"loud.example": Severity.SILENCE}
    assert quiet == ["changes 0032"]
    assert busy == ["changes 0032", "changes 0036", "changes 0039"]
    assert after == blocked("loud.example", "new.example", "y.example", *MANY)
    assert size == len(after) + 1
    assert later == [["changes 0039"], ["dni-list", "1", "snapshot", "changes 0039"], ["changes 0039"]]
    assert word.retracted_at is not None
    assert not word.counts
    assert await held(alice) == after


@pytest.mark.parametrize(
    ("slips", "mark", "status"),
    [(True, False, 200), (False, True, 200), (False, False, 404), (False, False, 400), (False, False, 500)],
    ids=["slips", "tombstone", "gone", "not understood", "broken"],
)
async def test_where_changes_do_not_say_all_the_snapshot_is_read(
    autojump_clock: MockClock, fediverse: Fediverse, slips: bool, mark: bool, status: int
) -> None:
    """Nothing is missed because of a page that leaves one out, a change that is gone, or a page that is not there."""
    (alice,) = await fediverse.houses("alice@a.example")
    server = serve(fediverse, FiresServer(slips=slips))
    server.say("drop", "bad.example", *MANY)
    await add(alice, BASE)

    server.status["changes"] = status
    server.forget("bad.example", mark=mark)
    server.say("drop", "v.example", "w.example", "x.example", "y.example", "z.example")
    asked = list(await read(alice, server))

    assert asked[:3] == ["changes 0031", "1", "snapshot"]
    assert await held(alice) == blocked("v.example", "w.example", "x.example", "y.example", "z.example", *MANY)
    assert (await known(alice)).reason == ""


async def test_a_server_that_asks_for_patience_has_it(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """It is not asked for the snapshot instead, which is larger; nothing is lost meanwhile."""
    (alice,) = await fediverse.houses("alice@a.example")
    server = serve(fediverse, FiresServer())
    server.say("drop", *MANY)
    await add(alice, BASE)

    server.status["changes"] = 429
    server.say("drop", "bad.example")
    asked, patient = set(await day(fediverse, server)), await known(alice)
    del server.status["changes"]
    await day(fediverse, server)

    assert asked == {"changes 0030"}
    assert (patient.state.value, "asks us to come later" in patient.reason) == ("failing", True)
    assert await held(alice) == blocked("bad.example", *MANY)


async def test_when_much_has_changed_the_snapshot_is_read(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """After some pages, of which nothing is taken over."""
    (alice,) = await fediverse.houses("alice@a.example")
    server = serve(fediverse, FiresServer(page=1))
    server.say("drop", *MANY)
    await add(alice, BASE)

    more = [f"more{number}.example" for number in range(PAGES)]
    server.say("drop", *more)
    asked = list(await read(alice, server))

    pages = [f"changes {number:04}" for number in range(30, 31 + PAGES)]
    assert asked == [*pages[:-1], "1", "snapshot", pages[-1]]
    assert await held(alice) == blocked(*MANY, *more)


async def test_changes_make_no_list_longer_than_a_list_may_be(
    autojump_clock: MockClock, fediverse: Fediverse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every hour they may name some thousands more; what it said before counts."""
    (alice,) = await fediverse.houses("alice@a.example")
    server = serve(fediverse, FiresServer(page=30))
    server.say("drop", *MANY)
    await add(alice, BASE)
    monkeypatch.setattr(translate.blocklists, "MOST", 40)

    server.say("drop", *(f"more{number}.example" for number in range(20)))
    await day(fediverse, server)
    grown = await known(alice)
    server.take_back(*(f"more{number}.example" for number in range(10)))
    await day(fediverse, server)

    assert (grown.state.value, grown.reason, grown.size) == ("failing", "it has more than 40 entries by now", 30)
    assert await held(alice) == blocked(*MANY, *(f"more{number}.example" for number in range(10, 20)))


@pytest.mark.parametrize("onward", ["https://a.example/c", "http://fires.example/c", "https://nobody.example/c"])
async def test_changes_that_cannot_be_asked_for_are_not_missed(
    autojump_clock: MockClock, fediverse: Fediverse, onward: str
) -> None:
    """Where a snapshot leads to the house itself, to no safe address or to nobody, it is read instead."""
    (alice,) = await fediverse.houses("alice@a.example")
    server = serve(fediverse, FiresServer(onward=onward))
    server.say("drop", *MANY)
    await add(alice, BASE)

    server.say("drop", "bad.example")
    asked = list(await read(alice, server))

    assert asked == ["1", "snapshot"]
    assert await held(alice) == blocked("bad.example", *MANY)
    assert (await known(alice)).reason == ""


async def test_what_is_forgotten_without_a_word_goes_within_a_week(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    """As of a list that names it no more."""
    (alice,) = await fediverse.houses("alice@a.example")
    server = serve(fediverse, FiresServer())
    server.say("drop", "bad.example", *MANY)
    await add(alice, BASE)

    server.forget("bad.example", mark=False)
    await read(alice, server)
    at_first = await held(alice)
    await read(alice, server, after=8)

    assert at_first == blocked("bad.example", *MANY)
    assert await held(alice) == blocked(*MANY)


async def test_what_has_changed_since_an_old_snapshot_is_not_undone(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    """Their server keeps one when a file is imported; so what was retracted there stays so when all of it is read."""
    (alice,) = await fediverse.houses("alice@a.example")
    server = serve(fediverse, FiresServer())
    server.say("drop", "bad.example", *MANY)
    server.kept = len(server.changes)
    server.take_back("bad.example")
    server.say("drop", "new.example")

    await add(alice, BASE)
    first = await held(alice)
    server.say("drop", "newer.example")
    await read(alice, server)
    asked = list(await read(alice, server, after=8))

    assert first == blocked("new.example", *MANY)
    assert asked == ["1", "snapshot", "changes 0031", "changes 0034"]
    assert await held(alice) == first | blocked("newer.example")


async def test_changes_that_take_back_all_of_a_short_list_are_believed(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    """Each is retracted by its name, and is back; a list that is merely empty is not believed (``test_lists``)."""
    (alice,) = await fediverse.houses("alice@a.example")
    server = serve(fediverse, FiresServer())
    server.say("drop", "bad.example", "worse.example")
    await add(alice, BASE)

    server.take_back("bad.example", "worse.example")
    await read(alice, server)

    assert await held(alice) == {}
    assert (await known(alice)).state.value == "fine"


async def test_changes_that_take_back_nearly_all_wait_for_the_owner(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    """As a list does that has suddenly become short; the changes are not lost meanwhile, nor by a crash."""
    (alice,) = await fediverse.houses("alice@a.example")
    server = serve(fediverse, FiresServer(page=100))
    server.say("drop", *MANY)
    await add(alice, BASE)

    server.take_back(*MANY[:20])
    await read(alice, server)
    doubted, waiting = await known(alice), await held(alice)
    await alice.kill()
    await alice.begin()
    server.say("drop", "bad.example")
    believed = await alice.command("lists.refresh", name=BASE, believe=True)

    assert (doubted.state.value, doubted.reason) == ("held", "it has only 10 of its 30 entries left")
    assert waiting == blocked(*MANY)
    assert (believed["state"], believed["new"], believed["gone"]) == ("fine", 1, 20)
    assert await held(alice) == blocked("bad.example", *MANY[20:])


async def test_what_was_taken_back_by_the_owner_is_read_whole_again(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    """Changes alone would not bring it back."""
    (alice,) = await fediverse.houses("alice@a.example")
    server = serve(fediverse, FiresServer())
    server.say("drop", *MANY)
    made = await add(alice, BASE)

    await alice.command("lists.take_back", name=made["name"])
    await fediverse.wait(minutes=5)
    nothing = await held(alice)
    server.asked.clear()
    await alice.command("lists.change", name=made["name"], trust={"paused": False})
    await fediverse.wait(minutes=5)

    assert nothing == {}
    assert server.asked == ["1", "snapshot", "changes 0030"]
    assert await held(alice) == blocked(*MANY)


async def test_it_goes_on_where_it_was_when_it_breaks_in_between(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    """Nothing was taken over of a feed of which the second page did not come; both come the next time."""
    (alice,) = await fediverse.houses("alice@a.example")
    server = serve(fediverse, FiresServer())
    server.say("drop", *MANY)
    await add(alice, BASE)
    before = await known(alice)

    server.say("drop", "v.example", "w.example", "x.example", "y.example", "z.example")
    fediverse.wire.trouble[HOST] = "refused"
    await day(fediverse, server)
    failing = await known(alice)
    del fediverse.wire.trouble[HOST]
    await day(fediverse, server)

    assert (failing.state.value, failing.onward) == ("failing", before.onward)
    assert (await known(alice)).state.value == "fine"
    assert await held(alice) == blocked("v.example", "w.example", "x.example", "y.example", "z.example", *MANY)
