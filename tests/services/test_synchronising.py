"""Servers who disagree about who follows whom: when we look, and what we then do."""

import pytest

from smallfed.domain.account import Account
from smallfed.domain.events import FetchQueued, FollowDenied, FollowDisowned, FollowGranted
from smallfed.protocol.synchronising import NOBODY, Synchronization, digest
from smallfed.services import blocking, synchronising
from smallfed.store import follows
from smallfed.store.tx import Tx
from tests.services.conftest import last_body, queued
from tests.world import befriend, later

ALICE = "https://home.example/users/alice"
CAROL = "https://home.example/users/carol"
HERS, STRANGE = digest([ALICE]), digest([CAROL])


def said(account: Account, digest_: str, **changes: str) -> Synchronization:
    values = {"collection": f"{account.uri}/followers", "url": f"{account.uri}/synchronization", "digest": digest_}
    return Synchronization(**(values | changes))


def asked(tx: Tx) -> list[tuple[str, str]]:
    """Return what shall be fetched, and forget it."""
    rows = tx.all("SELECT uri, kind FROM fetches")
    tx.run("DELETE FROM fetches")
    return [(uri, kind) for uri, kind in rows]


@pytest.mark.parametrize(
    ("state", "digest_", "looks"),
    [
        ("accepted", HERS, False),
        ("accepted", NOBODY, True),
        ("accepted", STRANGE, True),
        ("pending", HERS, True),
        ("pending", NOBODY, False),
        ("none", HERS, True),
        ("none", NOBODY, False),
        ("none", STRANGE, True),
    ],
)
def test_only_who_disagrees_looks(
    tx: Tx, owner: Account, bob: Account, state: str, digest_: str, *, looks: bool
) -> None:
    if state != "none":
        befriend(tx, owner, bob, accepted=state == "accepted")

    synchronising.hear(tx, bob.uri, said(bob, digest_))

    assert asked(tx) == ([(bob.uri, "followers")] if looks else [])
    assert tx.announced == ([FetchQueued()] if looks else [])


@pytest.mark.parametrize(
    "change",
    [
        {"collection": "https://far.example/users/carol/followers"},
        {"collection": f"{ALICE}/followers"},
        {"url": "https://other.example/list"},
        {"url": "http://far.example/list"},
        {"url": "https://far.example:8443/list"},
        {"url": "/list"},
        {"url": f"{ALICE}/followers"},
    ],
)
def test_nobody_speaks_for_another(tx: Tx, owner: Account, bob: Account, change: dict[str, str]) -> None:
    synchronising.hear(tx, bob.uri, said(bob, HERS, **change))

    assert asked(tx) == []


def test_strangers_cause_nothing(tx: Tx, owner: Account, bob: Account) -> None:
    synchronising.hear(tx, "https://far.example/users/nobody", said(bob, HERS))
    synchronising.hear(tx, owner.uri, said(owner, HERS))

    assert asked(tx) == []


def test_one_look_in_an_hour(tx: Tx, owner: Account, bob: Account, carol: Account) -> None:
    """Whatever is said meanwhile; others are others."""
    looks = []
    for minutes in (0, 20, 20, 25):
        later(tx, minutes=minutes)
        synchronising.hear(tx, bob.uri, said(bob, HERS))
        looks.append(asked(tx))
    synchronising.hear(tx, carol.uri, said(carol, HERS))

    assert looks == [[(bob.uri, "followers")], [], [], [(bob.uri, "followers")]]
    assert asked(tx) == [(carol.uri, "followers")]


@pytest.mark.parametrize(
    ("state", "digest_", "listed", "after", "event"),
    [
        ("accepted", NOBODY, [], None, FollowDenied),
        ("accepted", STRANGE, [CAROL], None, FollowDenied),
        ("accepted", NOBODY, [CAROL], "accepted", None),  # not the list that was announced
        ("accepted", STRANGE, [], "accepted", None),
        ("accepted", HERS, [], "accepted", None),
        ("accepted", NOBODY, [ALICE], "accepted", None),
        ("pending", HERS, [ALICE], "accepted", FollowGranted),
        ("pending", NOBODY, [], "pending", None),
        ("none", HERS, [ALICE], None, FollowDisowned),
        ("none", STRANGE, [CAROL, ALICE], None, FollowDisowned),
        ("none", STRANGE, [CAROL], None, None),
    ],
)
def test_what_is_settled(
    tx: Tx,
    owner: Account,
    bob: Account,
    state: str,
    digest_: str,
    listed: list[str],
    after: str | None,
    event: type | None,
) -> None:
    synchronising.hear(tx, bob.uri, said(bob, digest_, url=f"{bob.uri}/list"))
    tx.run("INSERT OR REPLACE INTO synchronizations VALUES (?, 'https://far.example/', ?, 0)", bob.id, digest_)
    if state != "none":
        befriend(tx, owner, bob, accepted=state == "accepted")
    tx.announced.clear()

    synchronising.settle(tx, bob.id, listed)

    known = follows.find(tx, owner.id, bob.id)
    assert (None if known is None else "accepted" if known.accepted else "pending") == after
    assert [type(each) for each in tx.announced] == ([] if event is None else [event])


def test_a_follow_we_do_not_know_is_taken_back(lively: Tx, owner: Account, bob: Account) -> None:
    """Embedded, with who follows whom, which is all that the other side can compare."""
    lively.run("INSERT INTO synchronizations VALUES (?, 'https://far.example/', ?, 0)", bob.id, HERS)

    synchronising.settle(lively, bob.id, [ALICE])

    undo = last_body(lively)
    assert queued(lively) == [("Undo", bob.inbox)]
    assert (undo["actor"], undo["object"]["type"]) == (ALICE, "Follow")
    assert (undo["object"]["actor"], undo["object"]["object"]) == (ALICE, bob.uri)


def test_who_is_blocked_is_told_too(lively: Tx, owner: Account, bob: Account) -> None:
    """That we do not follow them must be said, whatever stands between us."""
    blocking.block(lively, bob)
    queued(lively)
    lively.run("INSERT INTO synchronizations VALUES (?, 'https://far.example/', ?, 0)", bob.id, HERS)

    synchronising.settle(lively, bob.id, [ALICE])

    assert queued(lively) == [("Undo", bob.inbox)]


@pytest.mark.parametrize("listed", [[ALICE], [], [CAROL]])
@pytest.mark.parametrize("accepted", [True, False])
def test_what_is_frozen_is_left_alone(
    lively: Tx, owner: Account, bob: Account, listed: list[str], accepted: bool
) -> None:
    """Their list was announced before the block of their server, and is read after it."""
    tx = lively
    follow = befriend(tx, owner, bob, accepted=accepted)
    synchronising.hear(tx, bob.uri, said(bob, digest(listed)))
    blocking.block_domain(tx, "far.example")
    tx.announced.clear()

    synchronising.settle(tx, bob.id, listed)

    assert (tx.announced, queued(tx)) == ([], [])
    blocking.unblock_domain(tx, "far.example")
    assert follows.find(tx, owner.id, bob.id) == follow


def test_nothing_was_said(tx: Tx, owner: Account, bob: Account) -> None:
    befriend(tx, owner, bob)

    synchronising.settle(tx, bob.id, [])

    assert follows.has(tx, owner.id, bob.id)


def test_whom_the_house_keeps_away_is_not_compared(tx: Tx, owner: Account, bob: Account) -> None:
    """What is frozen neither thaws nor ends by what a server says that is not blocked itself."""
    befriend(tx, owner, bob, accepted=False)
    synchronising.hear(tx, bob.uri, said(bob, HERS))
    asked(tx)
    blocking.block_domain(tx, "far.example")
    tx.announced.clear()

    synchronising.settle(tx, bob.id, [ALICE])
    synchronising.hear(later(tx, hours=2), bob.uri, said(bob, STRANGE))

    assert (tx.announced, asked(tx)) == ([], [])
    known = follows.find(tx, owner.id, bob.id)
    assert known is not None
    assert known.frozen
    blocking.unblock_domain(tx, "far.example")
    known = follows.find(tx, owner.id, bob.id)
    assert known is not None
    assert (known.accepted, known.frozen) == (False, False)
