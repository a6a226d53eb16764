"""Deliveries and settlements: claiming, the books after every kind of outcome, and the one invariant."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from smallfed.policy.retrying import OPEN_AFTER, PATIENCE, GiveUp, Retry, Sent, Silence
from smallfed.store import deliveries, hosts
from smallfed.store.deliveries import Delivery, Which, claim
from smallfed.store.settlements import Lost, Outcome, Settled, Untried, settle
from smallfed.store.tx import Tx
from tests.workers.post_office import queue
from tests.world import NOW, empty_tx, later

FAR, NEAR = "https://far.example/inbox", "https://near.example/inbox"
REFUSED, HUNG = Silence("refused"), Silence("timeout", reached=True)
Result = Sent | Retry | GiveUp | Silence | Untried


def take(tx: Tx, *, limit: int = 10, busy: tuple[str, ...] = (), slow: bool = False) -> list[Delivery]:
    return claim(tx, limit=limit, busy=busy, slow=slow).items


def end(tx: Tx, item: Delivery, result: Result) -> Settled:
    answered = isinstance(result, Sent | Retry | GiveUp)
    return settle(tx, [Outcome(item=item, result=result, begun=tx.now, answered=answered)])


def row(tx: Tx, columns: str = "state, attempts, failures, answer") -> tuple[object, ...]:
    found: tuple[object, ...] = tx.one(f"SELECT {columns} FROM deliveries ORDER BY id LIMIT 1")
    return found


# Claiming -----------------------------------------------------------------------------------------------------------
def test_a_claim_brings_everything_that_is_needed(tx: Tx) -> None:
    number = queue(tx, [FAR], body="one", post=7)
    hosts.learned(tx, "far.example", "rfc9421")

    taken = claim(tx, limit=1, busy=())

    expected = Delivery(
        id=1,
        body_id=number,
        host="far.example",
        inbox=FAR,
        failures=0,
        denials=0,
        activity="https://home.example/one",
        type="Create",
        post_id=7,
        to_followers=False,
        scheme="rfc9421",
        gone=False,
    )
    assert (taken.items, taken.bodies) == ([expected], {number: b"one"})
    assert row(tx, "state, attempts") == ("waiting", 1)


def test_an_old_scheme_is_not_believed(tx: Tx) -> None:
    hosts.learned(tx, "far.example", "rfc9421")
    queue(later(tx, days=31), [FAR], body="one")

    assert [item.scheme for item in take(tx)] == [None]


def test_of_each_host_the_oldest_and_not_too_many(tx: Tx) -> None:
    for number in range(deliveries.PER_HOST + 2):
        queue(tx, [FAR, NEAR], body=str(number))

    taken = take(tx, limit=1)

    assert [(item.host, item.activity[-1]) for item in taken] == [("far.example", n) for n in "01234567"]


def test_nothing_for_the_busy_the_early_and_the_resting(tx: Tx) -> None:
    queue(tx, [FAR], body="one")
    hosts.pause(tx, "far.example", until=NOW + timedelta(hours=1))
    hosts.recount(tx, ["far.example"])

    assert take(tx) == []
    assert take(later(tx, hours=2), busy=("far.example",)) == []
    assert take(tx, limit=0) == []
    assert len(take(tx)) == 1


def test_of_a_host_that_was_silent_only_one(tx: Tx) -> None:
    for number in range(3):
        queue(tx, [FAR], body=str(number))
    hosts.silent(tx, "far.example", until=NOW, why="refused")
    hosts.recount(tx, ["far.example"])

    assert [item.activity[-1] for item in take(tx)] == ["0"]


def test_slow_hosts_are_claimed_apart(tx: Tx) -> None:
    queue(tx, [FAR, NEAR], body="one")
    hosts.slow(tx, ["far.example"])

    assert [item.host for item in take(tx)] == ["near.example"]
    assert [item.host for item in take(tx, slow=True)] == ["far.example"]


# Settling -----------------------------------------------------------------------------------------------------------
def test_delivered(tx: Tx) -> None:
    queue(tx, [FAR], body="one")
    (item,) = take(tx)

    settled = end(tx, item, Sent("HTTP 202"))

    assert settled == Settled()
    assert row(tx) == ("delivered", 1, 0, "HTTP 202")
    assert hosts.next_due(tx) is None


def test_to_be_retried(tx: Tx) -> None:
    queue(tx, [FAR], body="one")
    (item,) = take(tx)

    end(tx, item, Retry(30.0, "HTTP 503"))

    assert row(tx) == ("waiting", 1, 1, "HTTP 503")
    assert hosts.next_due(tx) == NOW + timedelta(seconds=30)


def test_given_up(tx: Tx) -> None:
    queue(tx, [FAR], body="one")
    (item,) = take(tx)

    settled = end(tx, item, GiveUp("HTTP 410", gone=True))

    lost = Lost(host="far.example", inbox=FAR, activity="https://home.example/one", why="HTTP 410")
    assert settled == Settled(lost=[lost], gone=[FAR])
    assert row(tx) == ("failed", 1, 0, "HTTP 410")
    queue(tx, [FAR], body="two")
    assert [item.gone for item in take(tx)] == [True]
    assert [item.gone for item in take(later(tx, days=8))] == [False]


def test_not_tried_after_all(tx: Tx) -> None:
    queue(tx, [FAR], body="one")
    (item,) = take(tx)

    end(tx, item, Untried())

    assert row(tx) == ("waiting", 0, 0, None)
    assert hosts.next_due(tx) == NOW


def test_a_host_that_cannot_be_reached_keeps_the_place_of_the_delivery(tx: Tx) -> None:
    queue(tx, [FAR], body="one")
    (item,) = take(tx)

    end(tx, item, REFUSED)

    assert row(tx) == ("waiting", 1, 0, "refused")
    assert row(tx, "due") == (int(NOW.timestamp() * 1000),)
    rest = (hosts.next_due(tx) or NOW) - NOW
    assert timedelta(seconds=30) <= rest <= timedelta(seconds=37.5)


def test_two_silences_at_once_count_once(tx: Tx) -> None:
    queue(tx, [FAR], body="one")
    queue(tx, [FAR], body="two")

    settle(tx, [Outcome(item=item, result=REFUSED, begun=NOW) for item in take(tx)])

    assert hosts.health(tx, ["far.example"])["far.example"].failures == 1


def test_the_circuit_opens_and_closes(tx: Tx) -> None:
    queue(tx, [FAR], body="one")
    told = []
    for _ in range(OPEN_AFTER + 1):
        (item,) = take(later(tx, days=1))
        told.append(end(tx, item, REFUSED))
    (item,) = take(later(tx, days=1))
    told.append(end(tx, item, Sent("HTTP 202")))

    opened = Settled(opened={"far.example": "refused"})
    assert told == [*[Settled()] * (OPEN_AFTER - 1), opened, Settled(), Settled(closed=["far.example"])]


def test_what_is_too_old_for_a_silent_host_is_given_up_with_it(tx: Tx) -> None:
    queue(tx, [FAR], body="old")
    queue(later(tx, seconds=PATIENCE), [FAR], body="young")
    item = take(tx)[0]

    settled = end(tx, item, REFUSED)

    assert [lost.activity for lost in settled.lost] == ["https://home.example/old"]
    assert [state for (state,) in tx.all("SELECT state FROM deliveries ORDER BY id")] == ["failed", "waiting"]


@pytest.mark.parametrize(
    ("result", "state"),
    [
        (Sent("HTTP 202"), "delivered"),  # it did arrive
        (Retry(30.0, "HTTP 503"), "dropped"),
        (GiveUp("HTTP 404"), "dropped"),
        (HUNG, "dropped"),
        (REFUSED, "dropped"),
    ],
)
def test_what_was_dropped_meanwhile(tx: Tx, result: Result, state: str) -> None:
    queue(tx, [FAR], body="one")
    (item,) = take(tx)
    deliveries.drop(tx, Which(), why="superseded")

    settled = end(tx, item, result)

    answer = "HTTP 202" if state == "delivered" else "superseded"
    assert (row(tx, "state, answer"), settled.lost) == ((state, answer), [])


def test_what_a_host_turned_out_to_take(tx: Tx) -> None:
    queue(tx, [FAR], body="one")
    (item,) = take(tx)

    settle(tx, [Outcome(item=item, result=Sent("HTTP 202"), begun=NOW, answered=True, learned="rfc9421")])
    assert hosts.scheme(tx, "far.example") == "rfc9421"

    known = structs.replace(item, scheme="rfc9421")
    settle(tx, [Outcome(item=known, result=Retry(30.0, "HTTP 401"), begun=NOW, answered=True, unlearn=True)])
    assert hosts.scheme(tx, "far.example") is None


# The owner's hand ---------------------------------------------------------------------------------------------------
def test_hastening_revives_what_failed_and_closes_circuits(tx: Tx) -> None:
    queue(tx, [FAR], body="one")
    hosts.silent(tx, "far.example", until=NOW + timedelta(days=1), why="refused")
    tx.run("UPDATE deliveries SET state = 'failed', failures = 12, denials = 3")
    hosts.recount(tx, ["far.example"])

    changed = deliveries.hasten(later(tx, hours=1), Which(host="far.example"))

    assert changed == [(1, "far.example")]
    assert row(tx, "state, failures, denials") == ("waiting", 0, 0)
    assert hosts.next_due(tx) == NOW


@pytest.mark.parametrize(("type_", "state"), [("Create", "failed"), ("Announce", "failed"), ("Delete", "waiting")])
def test_a_post_that_is_deleted_is_not_revived(tx: Tx, type_: str, state: str) -> None:
    queue(tx, [FAR], body="one", type_=type_, post=99)
    tx.run("UPDATE deliveries SET state = 'failed'")

    deliveries.hasten(tx, Which())

    assert row(tx, "state") == (state,)


def test_what_was_dropped_stays_dropped(tx: Tx) -> None:
    queue(tx, [FAR], body="one")
    deliveries.drop(tx, Which(), why="dropped by the owner")

    assert deliveries.hasten(tx, Which()) == []
    assert (row(tx), hosts.next_due(tx)) == (("dropped", 0, 0, "dropped by the owner"), None)


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (Which(), {"far.example", "near.example"}),
        (Which(host="far.example"), {"far.example"}),
        (Which(post=2), {"near.example"}),
        (Which(id=1), {"far.example"}),
        (Which(host="far.example", post=2), set()),
    ],
)
def test_which_deliveries_are_meant(tx: Tx, which: Which, expected: set[str]) -> None:
    queue(tx, [FAR], body="one", post=1)
    queue(tx, [NEAR], body="two", post=2)

    assert {host for _, host in deliveries.drop(tx, which, why="test")} == expected


# The invariant ------------------------------------------------------------------------------------------------------
HOSTS = [f"h{number}.example" for number in range(3)]
RESULTS: list[Result] = [
    Sent("HTTP 202"),
    Retry(30.0, "HTTP 503"),
    Retry(600.0, "HTTP 429", rest=600.0),
    GiveUp("HTTP 404"),
    GiveUp("HTTP 410", gone=True),
    Untried(),
    REFUSED,
    HUNG,
]
steps = st.one_of(
    st.tuples(st.just("put"), st.sampled_from(HOSTS)),
    st.tuples(st.just("claim"), st.integers(1, 3)),
    st.tuples(st.just("settle"), st.lists(st.sampled_from(RESULTS), min_size=1, max_size=8)),
    st.tuples(st.just("wait"), st.sampled_from([0.5, 31.0, 3600.0, 90_000.0, 700_000.0])),
    st.tuples(st.just("seen"), st.sampled_from(HOSTS)),
    st.tuples(st.just("retry"), st.sampled_from(HOSTS)),
    st.tuples(st.just("drop"), st.sampled_from(HOSTS)),
    st.tuples(st.just("slow"), st.sampled_from(HOSTS)),
)


class Story:
    """A queue and a worker in its simplest form."""

    def __init__(self) -> None:
        self.tx = empty_tx()
        self.held: list[Delivery] = []
        self.count = 0

    def do(self, step: tuple[str, object]) -> None:
        match step:
            case ("put", str(host)):
                self.count += 1
                queue(self.tx, [f"https://{host}/inbox"], body=str(self.count))
            case ("claim", int(limit)):
                busy = {item.host for item in self.held}
                fresh = take(self.tx, limit=limit, busy=tuple(busy))
                assert not busy & {item.host for item in fresh}
                self.held += fresh
            case ("settle", list(results)):
                outcomes = [
                    Outcome(item=item, result=result, begun=self.tx.now, answered=isinstance(result, Sent | Retry))
                    for item, result in zip(self.held, results, strict=False)
                ]
                self.held = self.held[len(outcomes) :]
                settle(self.tx, outcomes)
            case ("wait", float(seconds)):
                later(self.tx, seconds=seconds)
            case ("seen", str(host)):
                hosts.seen(self.tx, host)
            case ("retry", str(host)):
                deliveries.hasten(self.tx, Which(host=host))
            case ("drop", str(host)):
                deliveries.drop(self.tx, Which(host=host), why="dropped by the owner")
            case ("slow", str(host)):
                hosts.slow(self.tx, [host])

    def check(self) -> None:
        wrong = self.tx.all(
            "SELECT host, next_due, open_until FROM hosts WHERE next_due IS NOT (SELECT"
            " max(min(due), ifnull(hosts.open_until, 0)) FROM deliveries WHERE host = hosts.host AND state = 'waiting')"
        )
        homeless = self.tx.all(
            "SELECT host FROM deliveries WHERE state = 'waiting' AND host NOT IN (SELECT host FROM hosts)"
        )
        assert (wrong, homeless) == ([], [])


@settings(max_examples=50, deadline=None)
@given(st.lists(steps, min_size=20, max_size=50))
def test_when_a_host_is_due_is_always_true(story: list[tuple[str, object]]) -> None:
    world = Story()

    for step in story:
        world.do(step)
        world.check()


@settings(max_examples=40, deadline=None)
@given(st.lists(steps, min_size=15, max_size=40))
def test_nothing_is_forgotten(story: list[tuple[str, object]]) -> None:
    """Whatever happened, a worker that goes on finds everything that waits."""
    world = Story()
    for step in story:
        world.do(step)
    world.held = []

    for _ in range(200):
        due = hosts.next_due(world.tx)
        if due is None:
            break
        world.tx.now = max(world.tx.now, due)
        slow = not (items := take(world.tx))
        for item in take(world.tx, slow=True) if slow else items:
            end(world.tx, item, Sent("HTTP 202"))

    assert world.tx.all("SELECT id FROM deliveries WHERE state = 'waiting'") == []
