"""A list server that says things, changes, breaks, empties and comes back; nobody is lost on the way."""

from hashlib import sha256
from typing import Any

import pytest
from msgspec.json import encode
from trio.testing import MockClock

from smallfed.domain.blocklist import Blocklist, digest
from smallfed.domain.domain_block import Origin, Severity
from smallfed.errors import SmallfedError
from smallfed.store import blocklists, domain_blocks, findings
from smallfed.store.paging import Page
from tests.fediverse.houses import Fediverse, House, plain

ADDRESS = "https://lists.example/blocks.csv"
HEADER = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n"


def rows(*hosts: str) -> str:
    """Return a list that blocks these."""
    return HEADER + "".join(f"{host},suspend,false,false,spam,false\n" for host in hosts)


MANY = [f"spam{number}.example" for number in range(40)]


class ListServer:
    """A web server with one file."""

    def __init__(self, text: str) -> None:
        self.text, self.status = text, 200
        self.answered: list[int] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a GET, with a validator."""
        etag = f'"{sha256(self.text.encode()).hexdigest()[:16]}"'.encode()
        known = dict(scope["headers"]).get(b"if-none-match") == etag
        status = 304 if known and self.status == 200 else self.status
        self.answered.append(status)
        headers = [(b"etag", etag), (b"content-type", b"text/html")]  # nobody believes what they say of the type
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if status == 304 else self.text.encode()})


def serve(fediverse: Fediverse, text: str, host: str = "lists.example") -> ListServer:
    """Put a list on the net."""
    server = ListServer(text)
    fediverse.wire.doors[host] = server
    return server


async def known(house: House) -> Blocklist:
    """Return the one list there is."""
    assert house.app is not None
    (one,) = await house.app.parts.db.read(blocklists.every)
    return one


async def held(house: House) -> dict[str, Severity]:
    """Return what holds by the word of lists."""
    assert house.app is not None
    found = await house.app.parts.db.read(domain_blocks.newest, Page(limit=-1))
    return {one.domain: one.severity for one in found if one.origin is Origin.LISTS}


async def drafts(house: House) -> set[str]:
    """Return what waits for the owner's word."""
    assert house.app is not None
    return {one.subject for one in await house.app.parts.db.read(findings.waiting)}


async def between(house: House, account: str) -> tuple[bool, bool]:
    """Return whether somebody, and their server, is blocked as apps see it."""
    (found,) = await house.get("/api/v1/accounts/relationships", id=account)
    return found["blocking"], found["domain_blocking"]


async def add(house: House, url: str = ADDRESS, **trust: object) -> Any:
    """Subscribe as the command does, with a list that blocks by its own word and acts by itself."""
    made = await house.command("lists.subscribe", url=url, trust={"weight": 2, "automatic": True, **trust})
    return await house.command("lists.refresh", name=made["name"])


async def test_a_list_through_good_and_bad_days(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """It is read daily, once when nothing changed; errors and emptiness change nothing; what it takes back, ends."""
    (alice,) = await fediverse.houses("alice@a.example")
    server = serve(fediverse, rows("bad.example", *MANY))

    outcome = await add(alice)
    at_first = await held(alice)
    await fediverse.wait(hours=26)
    polite = list(server.answered)
    server.text = rows("worse.example", *MANY)
    await fediverse.wait(hours=26)
    changed = await held(alice)

    assert (outcome["size"], outcome["new"], outcome["state"]) == (41, 41, "fine")
    assert at_first == dict.fromkeys(["bad.example", *MANY], Severity.SUSPEND)
    assert polite == [200, 304]
    assert changed == dict.fromkeys(["worse.example", *MANY], Severity.SUSPEND)

    for text, status, state, why in (
        ("<html>It works!</html>", 200, "failing", "web page"),
        ("gone", 404, "failing", "404"),
        ("broken", 500, "failing", "500"),
        (HEADER, 200, "held", "it is empty"),
        (rows("worse.example"), 200, "held", "only 1 of its 41"),
    ):
        server.text, server.status = text, status
        await fediverse.wait(hours=26)
        one = await known(alice)
        assert (one.state.value, why in one.reason) == (state, True)
        assert await held(alice) == changed

    believed = await alice.command("lists.refresh", name=ADDRESS, believe=True)
    assert (believed["state"], believed["gone"]) == ("fine", 40)
    assert await held(alice) == {"worse.example": Severity.SUSPEND}
    server.text = rows(*MANY)
    await fediverse.wait(hours=26)
    assert await held(alice) == dict.fromkeys(MANY, Severity.SUSPEND)


async def test_nobody_is_cut_off_before_the_owner_says_so(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """It is seen before, it waits, it is agreed to; and when the list says it no more, everything is back."""
    alice, bob, _ = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    await alice.follow(bob)
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    said = await bob.say("hello from b")
    await fediverse.wait(minutes=1)
    server = serve(fediverse, rows("b.example", "c.example"))

    seen = await alice.command("lists.preview", url=ADDRESS, trust={"weight": 2})
    await add(alice)
    waiting = await drafts(alice)
    before = await held(alice)
    everyone = await alice.command("lists.agree")
    await fediverse.wait(minutes=1)
    untouched = (await alice.relation(bob))["following"]

    assert (seen["blocks"], seen["following"], seen["followers"], seen["posts"]) == (2, 1, 1, 1)
    assert [(cut["subject"], cut["following"], cut["posts"]) for cut in seen["cuts"]] == [
        ("b.example", (bob.handle,), 1)
    ]
    assert (waiting, before) == ({"b.example"}, {"c.example": Severity.SUSPEND})
    assert (everyone, untouched) == ({"agreed": 0, "waiting": 1, "more": False}, True)

    await alice.command("lists.agree", subjects=["b.example"])
    await fediverse.wait(minutes=1)
    cut = [plain(post) for post in await alice.home()]
    await bob.say("nobody hears this")
    server.text = rows("c.example")
    await alice.command("lists.refresh", name=ADDRESS)
    await fediverse.wait(minutes=30)
    back = await alice.relation(bob)

    assert cut == []
    assert (back["following"], back["followed_by"]) == (True, True)
    assert plain(said) in {plain(post) for post in await alice.home()}


async def test_an_ignored_server_stays_reachable(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Whatever lists say; a block that the owner has decided stays when they say nothing any more."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await alice.follow(bob)
    await fediverse.wait(minutes=1)
    server = serve(fediverse, rows("b.example", "bad.example"))
    await add(alice)

    await alice.command("lists.decide", about="b.example", choice="ignore")
    await alice.command("lists.decide", about="bad.example", choice="block")
    await alice.command("lists.agree", subjects=["b.example"])
    await fediverse.wait(minutes=1)
    ignored = (await alice.relation(bob))["following"], await drafts(alice)
    server.text = rows("other.example")
    await alice.command("lists.refresh", name=ADDRESS)
    assert alice.app is not None
    own = await alice.app.parts.db.read(domain_blocks.of, "bad.example")

    assert ignored == (True, set())
    assert own is not None
    assert own.private_comment.startswith("Because of lists.example/blocks since ")


async def test_two_lists_of_which_one_goes(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """What both say is blocked, what one says is limited; a crash in the middle loses nothing."""
    (alice,) = await fediverse.houses("alice@a.example")
    serve(fediverse, rows("both.example", "one.example"))
    serve(fediverse, "both.example\ntwo.example\n", "other.example")
    await add(alice, weight=1)
    await alice.command(
        "lists.subscribe", url="https://other.example/list.txt", trust={"automatic": True, "name": "other"}
    )
    await alice.kill()
    await alice.begin()
    await fediverse.wait(minutes=5)
    both = await held(alice)

    await alice.command("lists.unsubscribe", name="other")
    await alice.kill()
    await alice.begin()
    await fediverse.wait(minutes=5)

    assert both == {
        "both.example": Severity.SUSPEND,
        "one.example": Severity.SILENCE,
        "two.example": Severity.SILENCE,
    }
    assert await held(alice) == {"both.example": Severity.SILENCE, "one.example": Severity.SILENCE}


async def test_a_list_of_people(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Nothing of whom it names arrives, is shown or notified; others on their server are heard; then all is back."""
    alice, bob, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    for one, other in ((alice, carol), (carol, bob)):
        await one.follow(other)
    await fediverse.wait(minutes=1)
    await bob.say(f"@{alice.handle} before")
    await fediverse.wait(minutes=1)
    server = serve(fediverse, f"Account address\n{bob.handle}\n")

    told, them = len(await alice.notified("mention")), (await alice.relation(bob))["id"]
    await add(alice)
    shown = await between(alice, them)
    hidden = await alice.notified("mention")
    await bob.say(f"@{alice.handle} now")
    loved = await bob.say("to be boosted")
    await fediverse.wait(minutes=1)
    await carol.post(f"/api/v1/statuses/{(await carol.here(loved))['id']}/reblog")
    await carol.say("from next door")
    await fediverse.wait(minutes=1)
    cut = await alice.notified("mention"), await alice.read()
    server.text = "Account address\nsomebody@else.example\n"
    await alice.command("lists.refresh", name=ADDRESS)
    await bob.say(f"@{alice.handle} later")
    await fediverse.wait(minutes=1)

    assert (told, shown, hidden) == (1, (True, False), [])
    assert cut == ([], ["from next door"])
    assert len(await alice.notified("mention")) == 2


async def test_an_app_lets_in_whom_a_list_keeps_away(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """There they are blocked, and can be unblocked, people and servers; whatever the list goes on saying."""
    alice, bob, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    for one in (bob, carol):
        await one.say(f"@{alice.handle} hello")
    await fediverse.wait(minutes=1)
    ids = [(await alice.relation(one))["id"] for one in (bob, carol)]
    people = serve(fediverse, f"Account address\n{bob.handle}\n")
    servers = serve(fediverse, rows("c.example"), "other.example")
    await add(alice, name="people")
    await add(alice, "https://other.example/list.csv", name="servers")

    before = [await between(alice, account) for account in ids]
    await alice.post(f"/api/v1/accounts/{ids[0]}/unblock")
    await alice._call("DELETE", "/api/v1/domain_blocks", domain="c.example")
    people.text += "eve@bad.example\n"
    servers.text += "other.bad.example,suspend,false,false,,false\n"
    await fediverse.wait(hours=26)
    after = [await between(alice, account) for account in ids]
    await alice.command("lists.decide", about=f"@{bob.handle}", choice="lists")

    assert before == [(True, False), (False, True)]
    assert after == [(False, False), (False, False)]
    assert await held(alice) == {"other.bad.example": Severity.SUSPEND}
    assert await between(alice, ids[0]) == (True, False)


async def test_a_data_set_of_fires(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Its description says where its snapshot is; what is retracted there is back; it is read daily like any list."""
    (alice,) = await fediverse.houses("alice@a.example")
    base = "https://lists.example/datasets/1"
    endpoints = {"changes": f"{base}/changes", "snapshot": "https://data.example/datasets/1/snapshot"}
    about = {"type": "Dataset", "id": base, "name": "DNI List", "endpoints": endpoints}
    serve(fediverse, encode(about).decode())
    changes = {
        name: {"type": "Recommendation", "entityKind": "domain", "entityKey": name, "recommendedPolicy": policy}
        for name, policy in (("bad.example", "drop"), ("loud.example", "filter"))
    }
    snapshot = {"type": "OrderedCollection", "id": endpoints["snapshot"], "orderedItems": list(changes.values())}
    server = serve(fediverse, encode(snapshot).decode(), "data.example")

    outcome = await add(alice, base)
    at_first = await held(alice)
    await fediverse.wait(hours=26)
    retraction = {"type": "Retraction", "entityKind": "domain", "entityKey": "bad.example"}
    server.text = encode(snapshot | {"orderedItems": [retraction, changes["loud.example"]]}).decode()
    await fediverse.wait(hours=26)

    assert (outcome["state"], outcome["size"]) == ("fine", 2)
    assert at_first == {"bad.example": Severity.SUSPEND, "loud.example": Severity.SILENCE}
    assert server.answered == [200, 200, 200]
    assert await held(alice) == {"loud.example": Severity.SILENCE}
    assert (await known(alice)).reason == ""


async def test_a_hidden_name_holds_when_its_server_turns_up(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """A digest waits until somebody of that server is met, and not a moment longer."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    name = digest("b.example").partition(":")[2]
    serve(fediverse, f'[{{"domain":"*.ex*****","digest":"{name}","severity":"suspend"}}]')
    await add(alice)
    nothing = await held(alice)

    await bob.say(f"@{alice.handle} hello")
    await fediverse.wait(minutes=1)

    assert nothing == {}
    assert await held(alice) == {"b.example": Severity.SUSPEND}
    assert await alice.notified("mention") == []


async def test_addresses_that_are_none(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Each in its words."""
    (alice,) = await fediverse.houses("alice@a.example")

    for url, why in (("blocks.csv", "not a URL"), ("https://a.example/x", "our own"), ("ftp://b.example", "not a URL")):
        with pytest.raises(SmallfedError, match=why):
            await alice.command("lists.preview", url=url, trust={})
    with pytest.raises(SmallfedError, match="is no address of a list"):
        await alice.command("lists.subscribe", url="blocks.csv", trust={})
