"""What is refused at the door before anybody is believed: counted in the ledger by whom they say to be, and told."""

import json
import random
import sqlite3
from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec import structs
from trio.testing import MockClock

from smallfed.domain.knock import OTHERS
from smallfed.errors import Conflict
from smallfed.federation import accepting
from smallfed.policy.knocking import BY_CALLER
from smallfed.protocol.signatures.keys import PrivateKey
from smallfed.protocol.signatures.signing import sign
from smallfed.services import explaining, moderating
from smallfed.store import refusals
from smallfed.store.refusals import Which
from tests.fediverse.crowds import Crowd, Person
from tests.fediverse.houses import Fediverse, House, keys_of
from tests.fediverse.test_authorized_fetch import AP, close, get
from tests.fediverse.wire import call

Lines = list[tuple[str, str]]
OWN, OTHER = (PrivateKey.from_pem(keys_of(name)["owner-rsa"][1]) for name in ("crowd", "stranger"))


class Sender:
    """Somebody on far.example, who signs as everybody does, or not quite."""

    def __init__(self, fediverse: Fediverse, to: House) -> None:
        self.fediverse, self.to = fediverse, to
        self.crowd = Crowd(fediverse.wire, random.Random(1))
        self.person: Person = self.crowd.join("far.example")

    async def send(
        self,
        *,
        body: bytes | None = None,
        key: PrivateKey = OWN,
        key_id: str = "",
        late: float = 0,
        host: str = "a.example",
        change: Callable[[Lines], Lines] = lambda lines: lines,
        sent: bytes | None = None,
        **fields: str,
    ) -> int:
        """Send a Follow, or ``body``, signed so many hours ago; return the status. ``sent`` is sent instead."""
        assert self.to.app is not None
        if body is None:
            body = json.dumps({**self.crowd.does(self.person, "Follow", self.to.actor), **fields}).encode()
        lines = sign(
            "POST",
            f"https://{host}/inbox",
            body,
            key_id=key_id or f"{self.person.uri}#main-key",
            key=key,
            now=self.fediverse.wire.clock.now() - timedelta(hours=late),
            scheme="cavage",
        )
        told = [(name.lower().encode(), value.encode()) for name, value in change(lines)]
        answer = await call(self.to.app.front, "POST", "/inbox", told, body if sent is None else sent)
        return answer.status

    async def ledger(self) -> list[tuple[str, str, str, int]]:
        """Return what was refused of whom before anybody was believed, when it has been written down."""
        assert self.to.app is not None
        await self.fediverse.wait(seconds=15)
        found = await self.to.app.parts.db.read(refusals.newest, Which(door=True), limit=99)
        return sorted((one.host, one.type, one.rule, one.times) for one in found)


def without(*names: str) -> Callable[[Lines], Lines]:
    return lambda lines: [line for line in lines if line[0].lower() not in names]


def with_(name: str, value: str) -> Callable[[Lines], Lines]:
    return lambda lines: [*without(name)(lines), (name, value)]


def weak(lines: Lines) -> Lines:
    return [
        (name, value.replace('"rsa-sha256"', '"hmac-sha256"').replace("hs2019", "hmac-sha256")) for name, value in lines
    ]


@pytest.mark.parametrize(
    ("how", "status", "line"),
    [
        ({"change": without("signature")}, 401, ("far.example", "unsigned")),
        ({"key": OTHER}, 401, ("far.example", "signature")),
        ({"late": 2}, 401, ("far.example", "time")),
        ({"late": -2}, 401, ("far.example", "time")),
        ({"host": "b.example"}, 401, ("far.example", "host")),
        ({"sent": b'{"type":"Follow","actor":"https://far.example/users/x"}'}, 401, ("far.example", "digest")),
        ({"key_id": "https://far.example/nobody#main-key"}, 401, ("far.example", "key")),
        ({"key_id": "https://down.example/users/x#main-key"}, 503, ("down.example", "unreachable")),
        ({"id": "https://other.example/1"}, 401, ("far.example", "origin")),
        ({"change": weak}, 401, ("far.example", "weak")),
        ({"change": with_("content-type", "text/html")}, 415, ("far.example", "type")),
        ({"change": with_("content-encoding", "gzip")}, 415, ("far.example", "type")),
        ({"body": b"{"}, 400, ("far.example", "malformed")),
        ({"body": b"{", "change": without("signature")}, 400, ("", "malformed")),
        ({"change": with_("content-length", "many")}, 400, ("far.example", "malformed")),
        ({"change": with_("content-length", "2000000")}, 413, ("far.example", "size")),
        ({"body": b"[" * 1_100_000}, 413, ("far.example", "size")),
    ],
)
async def test_whatever_is_refused_has_its_line(
    autojump_clock: MockClock, fediverse: Fediverse, how: dict[str, object], status: int, line: tuple[str, str]
) -> None:
    (alice,) = await fediverse.houses("alice@a.example")
    sender = Sender(fediverse, alice)

    answers = [await sender.send(**how) for _ in range(3)]  # type: ignore[arg-type]
    found = await sender.ledger()
    honest = await sender.send()

    host, rule = line
    assert answers == [status] * 3
    assert found == [(host, "POST", f"door: {rule}", 3)]
    assert honest == 202
    assert await sender.ledger() == found


async def test_too_much_and_too_full(
    autojump_clock: MockClock, fediverse: Fediverse, monkeypatch: pytest.MonkeyPatch
) -> None:
    (alice,) = await fediverse.houses("alice@a.example")
    sender = Sender(fediverse, alice)

    with monkeypatch.context() as patched:
        patched.setattr(accepting, "WAITING_LIMIT", 0)
        full = await sender.send()
    failed = [await sender.send(body=b'{"type":"Follow","actor":"x"}', late=2) for _ in range(302)]

    assert (full, {*failed}, failed[-1]) == (503, {401, 429}, 429)
    assert await sender.ledger() == [
        ("far.example", "POST", "door: full", 1),
        ("far.example", "POST", "door: rate", failed.count(429)),
        ("far.example", "POST", "door: time", failed.count(401)),
    ]


async def test_nobody_fills_the_ledger_by_saying_to_be_of_many_servers(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    """Whoever is cut off is refused before anybody looks at the signature: more names than some are only counted."""
    (alice,) = await fediverse.houses("alice@a.example")
    assert alice.app is not None
    await alice.app.parts.db.write(moderating.close, closed=True)
    sender = Sender(fediverse, alice)

    answers = {await sender.send(key_id=f"https://s{number}.example/k") for number in range(3 * BY_CALLER)}
    knocks = await sender.ledger()
    lines = await alice.app.parts.db.read(refusals.newest, Which(door=False), limit=999)

    assert answers == {403}
    assert sorted(line.host for line in lines) == sorted(f"s{number}.example" for number in range(BY_CALLER))
    assert sum(times for *_, times in knocks) == 2 * BY_CALLER
    assert {rule for _, _, rule, _ in knocks} == {"door: shut out"}
    assert [times for host, _, _, times in knocks if host == OTHERS] == [BY_CALLER]


def signed_get(fediverse: Fediverse, house: House, sender: Sender, key: PrivateKey) -> list[tuple[bytes, bytes]]:
    """Return the headers with which ``sender`` reads the owner of a house, signed by ``key`` as by their own."""
    signed = sign(
        "GET",
        house.actor,
        None,
        key_id=f"{sender.person.uri}#main-key",
        key=key,
        now=fediverse.wire.clock.now(),
        scheme="cavage",
    )
    return [(name.lower().encode(), value.encode()) for name, value in signed if name.lower() != "host"]


async def test_what_may_not_be_read(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """With authorized fetch: whoever does not sign, or not well."""
    (alice,) = await fediverse.houses("alice@a.example")
    sender = Sender(fediverse, alice)
    await close(alice)
    headers = signed_get(fediverse, alice, sender, OTHER)

    answers = [await get(alice, "/users/alice", AP), await get(alice, "/users/alice", *headers)]

    assert [answer.status for answer in answers] == [401, 401]
    assert await sender.ledger() == [("", "GET", "door: unsigned", 1), ("far.example", "GET", "door: signature", 1)]


@pytest.mark.parametrize("blocked", ["server", "person"])
async def test_who_is_kept_away_is_told_nothing_and_counted(
    autojump_clock: MockClock, fediverse: Fediverse, blocked: str
) -> None:
    """With authorized fetch: of a blocked server nobody's key is asked for; of a blocked person it holds."""
    (alice,) = await fediverse.houses("alice@a.example")
    sender = Sender(fediverse, alice)
    await close(alice)
    if blocked == "server":
        await alice.post("/api/v1/domain_blocks", domain="far.example")
    else:
        await sender.send()
        await fediverse.wait(seconds=15)
        handle = f"{sender.person.uri.rpartition('/')[2]}@far.example"
        found = await alice.get("/api/v1/accounts/lookup", acct=handle)
        await alice.post(f"/api/v1/accounts/{found['id']}/block")
    headers = signed_get(fediverse, alice, sender, OWN)

    answer = await get(alice, "/users/alice", *headers)

    assert (answer.status, json.loads(answer.body)) == (404, {"error": "not found"})
    assert await sender.ledger() == [("far.example", "GET", "door: kept out", 1)]


@pytest.mark.parametrize(
    ("path", "headers", "status", "rule"),
    [
        (f"/{'a' * 9000}", [], 414, "address"),
        (f"/inbox?{'a' * 9000}", [], 414, "address"),
        ("/inbox", [(b"x", b"y" * 17_000)], 431, "head"),
        ("/inbox", [(b"x", b"y")] * 101, 431, "head"),
        ("/inbox", [(b"content-length", b"1"), (b"transfer-encoding", b"chunked")], 400, "framing"),
    ],
    ids=["path", "query", "long", "many", "framing"],
)
async def test_what_no_honest_client_sends_is_of_nobody(
    autojump_clock: MockClock,
    fediverse: Fediverse,
    path: str,
    headers: list[tuple[bytes, bytes]],
    status: int,
    rule: str,
) -> None:
    """Whoever it names is not looked at."""
    (alice,) = await fediverse.houses("alice@a.example")
    sender = Sender(fediverse, alice)
    assert alice.app is not None
    told = [(b"host", b"a.example"), (b"signature", b'keyId="https://far.example/k",signature="AA"'), *headers]

    answers = [await call(alice.app.front, "POST", path, told, b"") for _ in range(2)]

    assert [(answer.status, answer.header("connection")) for answer in answers] == [(status, "close")] * 2
    assert await sender.ledger() == [("", "POST", f"door: {rule}", 2)]


def _about(sender: Sender, person: Person, **fields: str) -> bytes:
    return json.dumps({**sender.crowd.does(person, "Like", sender.to.actor), **fields}).encode()


async def test_nobody_learns_by_the_answer_what_was_purged(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Who does not sign well is told what everybody is told; who signs well is thanked, and nothing is kept.

    The server of somebody who was purged is asked for nothing: they are told what everybody is who signs badly.
    """
    (alice,) = await fediverse.houses("alice@a.example")
    sender = Sender(fediverse, alice)
    other, gone = sender.person, sender.crowd.join("far.example")
    for person in (other, gone):
        await sender.crowd.send(alice, sender.crowd.says(person, "hello", names=[alice.actor]))
    await fediverse.wait(minutes=5)
    purged = "https://far.example/notes/purged"
    for named in (purged, gone.uri):
        await alice.command("purge.begin", named=named)
        await fediverse.wait(minutes=1)
    began = len(fediverse.wire.asked)

    async def answers(person: Person, **fields: str) -> list[int]:
        body, key_id = _about(sender, person, **fields), f"{person.uri}#main-key"
        return [
            await sender.send(body=body, key_id=key_id, change=without("signature")),
            await sender.send(body=body, key_id=key_id, key=OTHER),
            await sender.send(body=body, key_id=key_id),
        ]

    of_nothing = await answers(other, object="https://far.example/notes/other")
    of_purged = await answers(other, object=purged)
    by_purged = await answers(gone)
    in_their_name = await sender.send(key_id=f"{gone.uri}#main-key")
    handed_over = await sender.send(body=_about(sender, gone), key_id=f"{other.uri}#main-key")
    gone_for_good = await sender.send(body=_about(sender, gone, type="Delete", object=gone.uri))

    assert of_nothing == of_purged == [401, 401, 202]
    assert by_purged == [401, 401, 401]
    assert (in_their_name, handed_over, gone_for_good) == (401, 202, 202)
    asked = {one.path for one in fediverse.wire.asked[began:] if one.method == "GET"}
    assert not any(gone.uri.endswith(path) for path in asked)
    assert alice.app is not None
    with sqlite3.connect(alice.config.data / "smallfed.db") as sql:
        kept = sql.execute("SELECT order_key FROM inbound WHERE type = 'Like'").fetchall()
    assert kept == [("https://far.example/notes/other",)]
    assert await sender.ledger() == [
        ("far.example", "POST", "door: signature", 2),
        ("far.example", "POST", "door: unsigned", 3),
    ]


async def test_why_did_i_never_get_it(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Somebody's server signs with a wrong key for days; restarts lose nothing, time does."""
    (alice,) = await fediverse.houses("alice@a.example")
    options = structs.replace(alice.config.federation, ledger_days=3)
    alice.config = structs.replace(alice.config, federation=options)
    sender = Sender(fediverse, alice)
    handle = f"@{sender.person.uri.rpartition('/')[2]}@far.example"
    for _ in range(2):
        for _ in range(4):
            await sender.send(key=OTHER)
        await fediverse.wait(days=1)
    await sender.send(late=2)
    await alice.end()
    await alice.begin()
    assert alice.app is not None
    db = alice.app.parts.db

    person = await db.read(explaining.why, handle)
    post = await db.read(explaining.why, "https://far.example/notes/1")
    line = (await db.read(refusals.newest, Which(host="far.example"), limit=1))[0]
    refused = [await told(alice, name, number=line.id, **more) for name, more in MEANT.items()]
    await fediverse.wait(days=4)

    said = [
        "on 1 day 1 request by somebody who says to be of far.example was refused: It was signed at another time than"
        " now; one of the two clocks may be wrong. (door: time)",
        "on 2 days 8 requests by somebody who says to be of far.example were refused: The signature is not that of the"
        " key it names. (door: signature)",
    ]
    assert [one.why for one in person if one.what == "door"] == said
    assert [one.why for one in post] == said
    assert "nothing of it was kept" in refused[0]
    assert "nobody has proven to be of the server" in refused[1]
    assert await alice.app.parts.db.read(explaining.why, "far.example") == []


MEANT: dict[str, dict[str, str]] = {"ledger.release": {}, "ledger.make_rule": {"family": "domain", "action": "drop"}}


async def told(house: House, name: str, **args: object) -> str:
    """Return with which words a command is refused."""
    with pytest.raises(Conflict) as caught:
        await house.command(name, **args)
    return caught.value.message
