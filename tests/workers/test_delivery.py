"""Delivering in virtual time: schedules, outages, order, crashes, slow hosts, double knocks."""

from collections.abc import AsyncIterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import trio
from msgspec import structs
from trio.testing import MockClock

from smallfed.errors import Unavailable
from smallfed.policy.retrying import WAITS
from smallfed.runtime.client import NoAnswer
from smallfed.store import deliveries, hosts
from smallfed.store.deliveries import Delivery, Which
from smallfed.workers import courier, delivery
from smallfed.workers.lanes import may_overlap
from tests.workers.post_office import DAY, START, Behaviour, Office, Request, open_office

FAR = "https://far.example/inbox"
REFUSED = NoAnswer("connect", "far.example takes no connection")
HUNG = 40.0  # longer than anybody waits


@pytest.fixture
async def office(tmp_path: Path, autojump_clock: MockClock) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as office:
        yield office


# The schedule -------------------------------------------------------------------------------------------------------
async def test_one_delivery(office: Office, autojump_clock: MockClock) -> None:
    async with office.at_work():
        await office.send(FAR)
        await trio.sleep(1)

    assert office.network.bodies("far.example") == ["one"]
    assert await office.states() == [(FAR, "delivered", "HTTP 202")]


async def test_what_the_host_asks_to_repeat_is_repeated_on_schedule(office: Office, autojump_clock: MockClock) -> None:
    office.network.script["far.example"] = [503, 502, 408, 202]

    async with office.at_work():
        await office.send(FAR)
        await trio.sleep(DAY)

    assert office.network.times("far.example") == pytest.approx([0, 30, 150, 630], abs=1)
    assert await office.states() == [(FAR, "delivered", "HTTP 202")]


async def test_a_delivery_is_given_up_after_eight_days(office: Office, autojump_clock: MockClock) -> None:
    office.network.script["far.example"] = [500]

    async with office.at_work():
        await office.send(FAR)
        await trio.sleep(30 * DAY)

    expected = [sum(WAITS[:count]) for count in range(len(WAITS) + 1)]
    assert office.network.times("far.example") == pytest.approx(expected, abs=1)
    assert await office.states() == [(FAR, "failed", "HTTP 500, 12 times")]


async def test_retry_after_holds_for_the_whole_host(office: Office, autojump_clock: MockClock) -> None:
    office.network.script["far.example"] = [(429, {"retry-after": "3600"}), 202]

    async with office.at_work():
        for number in range(3):
            await office.send(FAR, body=str(number))
        await trio.sleep(DAY)

    assert office.network.times("far.example") == pytest.approx([0, 3600, 3600, 3600], abs=1)
    assert {state for _, state, _ in await office.states()} == {"delivered"}


@pytest.mark.parametrize("status", [301, 303, 400, 403, 404, 405, 410, 422, 501])
async def test_a_refusal_is_final(office: Office, autojump_clock: MockClock, status: int) -> None:
    office.network.script["far.example"] = [status]

    async with office.at_work():
        await office.send(FAR)
        await trio.sleep(30 * DAY)

    assert len(office.network.requests) == (2 if status == 400 else 1)
    assert await office.states() == [(FAR, "failed", f"HTTP {status}")]


async def test_an_inbox_that_is_gone_is_skipped_for_a_week(office: Office, autojump_clock: MockClock) -> None:
    office.network.script["far.example"] = [410, 202]

    async with office.at_work():
        await office.send(FAR, body="first")
        await trio.sleep(DAY)
        await office.send(FAR, body="skipped")
        await trio.sleep(7 * DAY)
        await office.send(FAR, body="tried again")
        await trio.sleep(1)

    assert office.network.bodies("far.example") == ["first", "tried again"]
    assert [state for _, state, _ in await office.states()] == ["failed", "failed", "delivered"]


async def test_a_redirect_within_the_host_is_followed_once(office: Office, autojump_clock: MockClock) -> None:
    office.network.script["far.example"] = [(307, {"location": "/new-inbox"}), 202]
    office.network.script["moved.example"] = [(308, {"location": "https://elsewhere.example/inbox"})]

    async with office.at_work():
        await office.send(FAR, "https://moved.example/inbox")
        await trio.sleep(1)

    assert [request.url for request in office.network.requests if "far" in request.url] == [
        FAR,
        "https://far.example/new-inbox",
    ]
    assert await office.states() == [
        (FAR, "delivered", "HTTP 202"),
        ("https://moved.example/inbox", "failed", "HTTP 308"),
    ]


# Silence and the circuit breaker ------------------------------------------------------------------------------------
async def test_a_silent_host_is_asked_ever_more_rarely_by_one_delivery_at_a_time(
    office: Office, autojump_clock: MockClock
) -> None:
    office.network.script["far.example"] = [REFUSED]

    async with office.at_work():
        for number in range(20):
            await office.send(FAR, body=str(number))
        await trio.sleep(4 * DAY)

    rests = [*WAITS[:8], DAY, DAY]
    expected = [sum(rests[:count]) for count in range(len(rests) + 1)]
    assert office.network.times("far.example") == pytest.approx(expected, abs=2)
    assert set(office.network.bodies("far.example")) == {"0"}


async def test_a_host_that_was_away_for_three_days_gets_everything_once_and_in_order(
    office: Office, autojump_clock: MockClock
) -> None:
    def away(request: Request) -> int | NoAnswer:
        return REFUSED if request.at < 3 * DAY else 202

    office.network.rules["far.example"] = away

    async with office.at_work():
        for number in range(30):
            await office.send(FAR, body=str(number))
            await trio.sleep(DAY / 10)
        await trio.sleep(2 * DAY)

    arrived = [r.body.decode() for r in office.network.requests if r.at >= 3 * DAY]
    assert arrived == [str(number) for number in range(30)]
    assert {state for _, state, _ in await office.states()} == {"delivered"}


async def test_what_waits_for_a_dead_host_is_given_up_after_eight_days_each(
    office: Office, autojump_clock: MockClock
) -> None:
    office.network.script["far.example"] = [REFUSED]

    async with office.at_work():
        await office.send(FAR, body="old")
        await trio.sleep(7.8 * DAY)
        await office.send(FAR, body="young")
        await trio.sleep(2 * DAY)

    (_, first, answer), (_, second, _) = await office.states()
    assert (first, second) == ("failed", "waiting")
    assert answer == "no answer from far.example for 189 hours; last: far.example takes no connection"


async def test_a_host_that_writes_to_us_gets_what_waits_at_once(office: Office, autojump_clock: MockClock) -> None:
    office.network.rules["far.example"] = lambda request: REFUSED if request.at < 2 * DAY else 202

    async with office.at_work():
        await office.send(FAR)
        await trio.sleep(2 * DAY + 60)
        await office.db.write(hosts.seen, "far.example")
        office.bell.ring()
        await trio.sleep(1)

    assert office.network.times("far.example")[-1] == pytest.approx(2 * DAY + 60, abs=1)
    assert await office.states() == [(FAR, "delivered", "HTTP 202")]


async def test_when_it_was_we_who_were_cut_off_everybody_is_tried_as_soon_as_one_answers(
    office: Office, autojump_clock: MockClock
) -> None:
    names = ["far.example", "near.example", "late.example"]
    office.network.rules = {name: lambda request: REFUSED if request.at < DAY else 202 for name in names}
    office.network.script["dead.example"] = [REFUSED]

    async with office.at_work():
        await office.send("https://dead.example/inbox")
        await trio.sleep(DAY / 4)
        await office.send("https://fine.example/inbox")  # so it is dead.example that was silent until here
        await trio.sleep(1)
        await office.send(*[f"https://{name}/inbox" for name in names[:2]])
        await trio.sleep(DAY / 2)
        await office.send(f"https://{names[2]}/inbox")
        await trio.sleep(2 * DAY)

    back = [office.network.times(name)[-1] for name in names]
    assert max(back) - min(back) < 1
    assert min(back) == pytest.approx(0.75 * DAY + sum(WAITS[:6]), abs=5), "the last to fall silent is asked first"
    assert not [at for at in office.network.times("dead.example") if abs(at - min(back)) < 60]


async def test_a_delivery_that_meets_silence_while_others_are_answered_is_alone_to_blame(
    office: Office, autojump_clock: MockClock
) -> None:
    office.network.rules["far.example"] = lambda request: HUNG if request.body == b"poison" else 202

    async with office.at_work():
        await office.send(FAR, body="poison", post=1)
        await office.send(FAR, body="before", post=2)
        for number in range(20):
            await trio.sleep(3600)
            await office.send(FAR, body=str(number), post=3)

    delays = [round(r.at % 3600) for r in office.network.requests if r.body != b"poison"]
    assert max(delays) <= 61, "nobody waited longer than for its patience and one rest"
    assert [state for _, state, _ in await office.states()] == ["waiting", *["delivered"] * 20, "waiting"]


async def test_a_hanging_delivery_does_not_open_the_circuit_by_itself(
    office: Office, autojump_clock: MockClock
) -> None:
    office.network.rules["far.example"] = lambda request: HUNG if request.body == b"poison" else 202

    async with office.at_work():
        await office.send(FAR, body="poison")
        await trio.sleep(4 * 3600)
        await office.send(FAR, body="healthy")
        await trio.sleep(1)

    assert office.network.bodies("far.example")[-1] == "healthy"


# Order, crashes, stops ----------------------------------------------------------------------------------------------
async def test_a_host_gets_one_after_the_other(office: Office, autojump_clock: MockClock) -> None:
    office.network.script["far.example"] = [3.0]

    async with office.at_work():
        for number in range(20):
            await office.send(FAR, body=str(number))
        await trio.sleep(100)

    assert office.network.bodies("far.example") == [str(number) for number in range(20)]
    assert office.network.most_in_flight == {"far.example": 1}


async def test_two_at_once_where_order_does_not_matter(office: Office, autojump_clock: MockClock) -> None:
    office.network.script["far.example"] = [3.0]
    inboxes = [f"https://far.example/users/{name}/inbox" for name in range(20)]

    async with office.at_work():
        await office.send(*inboxes)
        await trio.sleep(40)

    assert office.network.most_in_flight == {"far.example": 2}
    assert {state for _, state, _ in await office.states()} == {"delivered"}


ITEM = Delivery(
    id=1,
    body_id=1,
    host="far.example",
    inbox=FAR,
    failures=0,
    denials=0,
    activity="https://home.example/1",
    type="Create",
    post_id=None,
    to_followers=False,
    scheme=None,
    gone=False,
)


@pytest.mark.parametrize(
    ("about", "overlap"),
    [
        ([(1, None), (1, None)], True),  # one activity, two inboxes
        ([(1, 7), (2, 8)], True),  # two posts
        ([(1, 7), (2, 7)], False),  # a post and its edit
        ([(1, 7), (1, 7), (2, 7)], False),
        ([(1, None), (2, None)], False),  # a Follow and its Undo, for all we know
        ([(1, 7), (2, None)], False),
    ],
)
def test_what_may_overlap(about: list[tuple[int, int | None]], overlap: bool) -> None:
    items = [structs.replace(ITEM, body_id=body, post_id=post) for body, post in about]

    assert may_overlap(items) is overlap


async def test_a_crash_loses_nothing_and_keeps_the_order(office: Office, autojump_clock: MockClock) -> None:
    office.network.script["far.example"] = [15.0]
    with trio.move_on_after(20):  # one is delivered, the next is on its way
        async with office.at_work():
            for number in range(5):
                await office.send(FAR, body=str(number))
            await trio.sleep_forever()
    office.network.script["far.example"] = [202]
    before = len(office.network.requests)

    async with office.at_work():
        await trio.sleep(1)

    assert (before, office.network.bodies("far.example")) == (2, ["0", "1", "1", "2", "3", "4"])
    assert {state for _, state, _ in await office.states()} == {"delivered"}


async def test_a_stop_puts_down_what_is_known(office: Office, autojump_clock: MockClock) -> None:
    with trio.move_on_after(delivery.PACE * 1.5):  # the answer has come, and no turn has been taken since
        async with office.at_work():
            await office.send(FAR)
            await trio.sleep_forever()

    assert await office.states() == [(FAR, "delivered", "HTTP 202")]


async def test_what_is_dropped_on_its_way_is_told_as_it_ended(office: Office, autojump_clock: MockClock) -> None:
    office.network.script["far.example"] = [5.0]
    office.network.rules["deaf.example"] = lambda request: 503

    async with office.at_work():
        await office.send(FAR, "https://deaf.example/inbox")
        await trio.sleep(1)
        await office.db.write(deliveries.drop, Which(), why="superseded")
        await trio.sleep(DAY)

    assert [state for _, state, _ in await office.states()] == ["delivered", "dropped"]
    assert len(office.network.requests) == 2


# Others are not delayed ---------------------------------------------------------------------------------------------
async def test_slow_and_dead_hosts_delay_nobody(office: Office, autojump_clock: MockClock) -> None:
    inboxes = [f"https://{number}.example/inbox" for number in range(1000)]
    for number in range(1000):
        if number % 10 == 3:
            office.network.script[f"{number}.example"] = [HUNG]
        if number % 10 == 7:
            office.network.script[f"{number}.example"] = [NoAnswer("dns", "no such name")]

    async with office.at_work():
        await office.send(*inboxes)
        await trio.sleep(25)  # the hanging ones are all on their way
        await office.send(*inboxes, body="two")
        await trio.sleep(4)

    healthy = [r.at for r in office.network.requests if r.body == b"one" and r.url[8:].split(".")[0][-1] not in "37"]
    again = [r.at - 25 for r in office.network.requests if r.body == b"two"]
    assert (len(healthy), max(healthy) < 2) == (800, True)
    assert (len(again), max(again) < 2) == (900 - 100, True)


async def test_a_hundred_silent_hosts_in_a_row_hold_nobody_up(office: Office, autojump_clock: MockClock) -> None:
    silent = [f"https://a{number}.example/inbox" for number in range(200)]
    office.network.script = {inbox.split("/")[2]: [HUNG] for inbox in silent}

    async with office.at_work():
        await office.send(*silent, *[f"https://b{number}.example/inbox" for number in range(800)])
        await trio.sleep(2)

    arrived = [request.at for request in office.network.requests if request.url.startswith("https://b")]
    assert (len(arrived), max(arrived) < 0.5) == (800, True)


async def test_known_slow_hosts_leave_room(office: Office, autojump_clock: MockClock) -> None:
    def hang(request: Request) -> float:
        return HUNG

    slow = [f"https://slow{number}.example/inbox" for number in range(700)]
    office.network.rules = {inbox.split("/")[2]: hang for inbox in slow}
    async with office.at_work():
        await office.send(*slow)
        await trio.sleep(120)
        await office.db.write(deliveries.hasten, Which())
        office.bell.ring()
        await trio.sleep(5)
        begun = trio.current_time()
        await office.send(*[f"https://{number}.example/inbox" for number in range(100)], body="two")
        await trio.sleep(2)

    arrived = [r.at - begun for r in office.network.requests if r.body == b"two"]
    assert (len(arrived), max(arrived) < 1) == (100, True)
    assert max(office.network.most_in_flight.values()) == 1


# Signatures ---------------------------------------------------------------------------------------------------------
async def test_a_host_that_wants_the_other_scheme_is_remembered(office: Office, autojump_clock: MockClock) -> None:
    office.network.rules["far.example"] = lambda request: 202 if request.scheme == "rfc9421" else 401

    async with office.at_work():
        await office.send(FAR, body="one")
        await trio.sleep(1)
        await office.send(FAR, body="two")
        await trio.sleep(1)

    assert [(r.body, r.scheme) for r in office.network.requests] == [
        (b"one", "cavage"),
        (b"one", "rfc9421"),
        (b"two", "rfc9421"),
    ]
    assert await office.db.read(hosts.scheme, "far.example") == "rfc9421"


async def test_a_challenge_is_answered_once(office: Office, autojump_clock: MockClock) -> None:
    """Who asks for a signature with its own nonce gets it; who is not content even then has refused."""
    challenge = 'sig1=("@method" "@target-uri" "content-digest");created;nonce="n1"'

    def content(request: Request) -> Behaviour:
        return (
            202
            if 'nonce="n1"' in request.headers.get("signature-input", "")
            else (401, {"accept-signature": challenge})
        )

    office.network.rules["far.example"] = content
    office.network.rules["sour.example"] = lambda request: (401, {"accept-signature": challenge})

    async with office.at_work():
        await office.send(FAR)
        await office.send("https://sour.example/inbox")
        await trio.sleep(1)

    assert [len(office.network.bodies(host)) for host in ("far.example", "sour.example")] == [2, 2]
    assert await office.db.read(hosts.scheme, "far.example") == "rfc9421"
    assert [state for _, state, _ in await office.states()] == ["delivered", "waiting"]


async def test_a_202_is_no_proof(office: Office, autojump_clock: MockClock) -> None:
    async with office.at_work():
        await office.send(FAR)
        await trio.sleep(1)

    assert await office.db.read(hosts.scheme, "far.example") is None


async def test_401_whichever_way_is_retried_three_times(office: Office, autojump_clock: MockClock) -> None:
    office.network.script["far.example"] = [401]
    await office.db.write(hosts.learned, "far.example", "rfc9421")

    async with office.at_work():
        await office.send(FAR)
        await trio.sleep(30 * DAY)

    assert [r.scheme for r in office.network.requests] == ["rfc9421", "cavage", *["cavage", "rfc9421"] * 3]
    assert office.network.times("far.example")[::2] == pytest.approx([0, 30, 150, 630], abs=1)
    assert await office.states() == [(FAR, "failed", "HTTP 401, whichever way it is signed")]
    assert await office.db.read(hosts.scheme, "far.example") is None


async def test_what_was_signed_long_ahead_is_signed_again(office: Office, autojump_clock: MockClock) -> None:
    office.network.script["far.example"] = [4.0]
    inboxes = [f"https://far.example/users/{name}/inbox" for name in range(8)]
    others = [f"https://{number}.example/inbox" for number in range(20)]

    async with office.at_work():
        await office.send(*inboxes, *others)
        await trio.sleep(20)

    ages = [
        START + timedelta(seconds=r.at) - parsedate_to_datetime(r.headers["date"])
        for r in office.network.requests
        if "far.example" in r.url
    ]
    assert len(ages) == 8
    assert max(ages) < courier.STALE + timedelta(seconds=1)


# Trouble ------------------------------------------------------------------------------------------------------------
async def test_a_bug_in_one_delivery_is_that_deliverys_failure(office: Office, autojump_clock: MockClock) -> None:
    office.network.rules["far.example"] = lambda request: RuntimeError("a bug") if request.body == b"poison" else 202

    async with office.at_work():
        await office.send(FAR, body="poison")
        await office.send(FAR, body="healthy")
        await trio.sleep(1)

    assert await office.states() == [
        (FAR, "waiting", "RuntimeError('a bug')"),
        (FAR, "delivered", "HTTP 202"),
    ]


async def test_trouble_of_our_own_blames_nobody(office: Office, autojump_clock: MockClock) -> None:
    proxy = NoAnswer("proxy", "the proxy takes no connection")
    office.network.script["far.example"] = [proxy, Unavailable("out of file descriptors"), 202]

    async with office.at_work():
        await office.send(FAR)
        await trio.sleep(100)

    assert office.network.times("far.example") == pytest.approx([0, delivery.HOLD, 2 * delivery.HOLD], abs=1)
    known = await office.db.read(hosts.health, ["far.example"])
    assert (known["far.example"].failures, known["far.example"].last_error) == (0, None)


async def test_an_address_that_is_none_is_given_up(office: Office, autojump_clock: MockClock) -> None:
    office.network.script["far.example"] = [NoAnswer("url", "'https://far.example/inbox' is not an https URL")]

    async with office.at_work():
        await office.send(FAR)
        await trio.sleep(1)

    assert await office.states() == [(FAR, "failed", "'https://far.example/inbox' is not an https URL")]
