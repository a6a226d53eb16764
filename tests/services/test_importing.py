"""Files of another server, taken in: what is kept, what goes, what a line does."""

from typing import Any

import pytest

from smallfed.domain.account import Account
from smallfed.domain.bulk import Kind, Line
from smallfed.domain.events import ImportQueued
from smallfed.errors import Conflict, Forbidden, Invalid, NotFound, SmallfedError
from smallfed.services import blocking, bookmarking, importing, listing, muting
from smallfed.store import exports, follows, imports, lists
from smallfed.store.tx import Tx
from smallfed.translate import tables
from tests.world import befriend, later, say

BOB, CAROL = "bob@far.example", "carol@other.example"


def line(address: str, number: int = 1, **wanted: Any) -> dict[str, Any]:
    return {"number": number, "address": address, "host": address.partition("@")[2], **wanted}


def bring(tx: Tx, kind: Kind, *lines: dict[str, Any], overwrite: bool = False) -> dict[str, int]:
    number = importing.begin(tx, kind=kind, overwrite=overwrite)["import"]
    importing.add(tx, number=number, lines=list(lines))
    return importing.start(tx, number=number)


def due(tx: Tx) -> list[str]:
    return [waiting.line.address for waiting in imports.due(tx, busy=[], limit=99)]


def here(tx: Tx, kind: Kind) -> list[str]:
    return [each.address for each in exports.lines(tx, kind)]


@pytest.fixture
def everything(tx: Tx, owner: Account, bob: Account, carol: Account) -> None:
    """Let there be two of each kind, bob's and carol's."""
    for account, languages in ((bob, ("de", "en")), (carol, None)):
        befriend(tx, owner, account, reblogs=account is bob, notify=account is carol, languages=languages)
        befriend(tx, account, owner)
        listing.enter(tx, "Friends", account)
        listing.enter(tx, f"Of {account.username}", account)
        muting.mute(tx, account, notifications=account is bob)
        bookmarking.bookmark(tx, say(tx, account, uri=f"{account.uri}/1"))
        later(tx, seconds=1)
    for domain in ("evil.example", "worse.example"):
        blocking.block_domain(tx, domain)


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        (
            "follows",
            "Account address,Show boosts,Notify on new posts,Languages\n"
            f'{BOB},true,false,"de, en"\n{CAROL},false,true,\n',
        ),
        ("followers", f"Account address\n{BOB}\n{CAROL}\n"),
        ("mutes", f"Account address,Hide notifications\n{BOB},true\n{CAROL},false\n"),
        ("domain-blocks", "evil.example\nworse.example\n"),
        ("bookmarks", "https://far.example/users/bob/1\nhttps://other.example/users/carol/1\n"),
        ("blocks", ""),
        ("lists", f"Friends,{BOB}\nOf bob,{BOB}\nFriends,{CAROL}\nOf carol,{CAROL}\n"),
    ],
)
def test_what_is_exported(tx: Tx, everything: None, kind: Kind, file: str) -> None:
    written = tables.write(kind, exports.lines(tx, kind))

    assert (sorted(written.splitlines()) if kind == "lists" else written) == (
        sorted(file.splitlines()) if kind == "lists" else file
    )


def test_requests_and_mutes_that_are_over_are_not_exported(tx: Tx, owner: Account, bob: Account) -> None:
    befriend(tx, owner, bob, accepted=False)
    tx.run("INSERT INTO mutes (id, target_id, expires_at, created_at) VALUES (1, ?, 1, 0)", bob.id)

    assert here(tx, "follows") == here(tx, "mutes") == []


def test_nothing_waits_before_the_start(tx: Tx, owner: Account) -> None:
    number = importing.begin(tx, kind="follows", overwrite=False)["import"]
    importing.add(tx, number=number, lines=[line(BOB)])
    importing.add(tx, number=number, lines=[line(CAROL, 2)])
    before = due(tx)

    started = importing.start(tx, number=number)

    assert before == []
    assert started == {"lines": 2, "removed": 0}
    assert due(tx) == [BOB, CAROL]
    assert tx.announced == [ImportQueued()]
    with pytest.raises(Conflict):
        importing.start(tx, number=number)
    with pytest.raises(Conflict):
        importing.add(tx, number=number, lines=[line(BOB)])


@pytest.mark.parametrize("kind", ["follows", "mutes", "domain-blocks", "bookmarks"])
def test_what_is_overwritten(tx: Tx, everything: None, kind: Kind) -> None:
    """Goes at the start; what is in the file stays where it is. Case does not matter."""
    first, second = here(tx, kind)

    started = bring(tx, kind, line(first.upper() if "//" not in first else first), overwrite=True)

    assert started == {"lines": 1, "removed": 1}
    assert here(tx, kind) == [first]
    assert second


def test_lists_that_are_overwritten(tx: Tx, everything: None) -> None:
    """Who is not in the file leaves the list, and a list that is not in the file goes, an empty one too."""
    listing.create(tx, "Empty")

    started = bring(tx, "lists", line(BOB, title="Friends"), line(CAROL, 2, title="New"), overwrite=True)

    assert started == {"lines": 2, "removed": 3}
    assert [(each.title, each.address) for each in exports.lines(tx, "lists")] == [("Friends", BOB)]
    assert [each.title for each in lists.every(tx)] == ["Friends"]
    assert here(tx, "follows") == [BOB, CAROL]


def test_lists_that_are_brought(tx: Tx, owner: Account, bob: Account, carol: Account) -> None:
    """Missing ones are made; who is not followed is asked, who is followed keeps what is wanted of them."""
    befriend(tx, owner, bob, reblogs=False, notify=True)
    rows = [
        (BOB, "Friends", bob),
        (CAROL, "Friends", carol),
        (CAROL, "Work", carol),
        ("alice@home.example", "Me", owner),
    ]
    bring(tx, "lists", *(line(address, number, title=title) for number, (address, title, _) in enumerate(rows)))
    known = {address: account for address, _, account in rows}

    for _ in rows:
        for waiting in imports.due(tx, busy=[], limit=9):
            importing.apply(tx, waiting, known[waiting.line.address])

    assert {(each.title, each.address) for each in exports.lines(tx, "lists")} == {row[1::-1] for row in rows}
    first, second = follows.find(tx, owner.id, bob.id), follows.find(tx, owner.id, carol.id)
    assert first is not None
    assert second is not None
    assert (first.accepted, first.reblogs, first.notify) == (True, False, True)
    assert (second.accepted, second.reblogs, second.notify) == (False, True, False)
    assert follows.find(tx, owner.id, owner.id) is None
    assert imports.progress(tx)[0].done == 4


def test_merging_removes_nothing(tx: Tx, everything: None) -> None:
    assert bring(tx, "follows", line("new@far.example")) == {"lines": 1, "removed": 0}
    assert here(tx, "follows") == [BOB, CAROL]


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda tx: importing.begin(tx, kind="followers", overwrite=False), Invalid),
        (lambda tx: importing.begin(tx, kind="everything", overwrite=False), Invalid),
        (lambda tx: importing.start(tx, number=5), NotFound),
        (lambda tx: importing.add(tx, number=5, lines=[]), NotFound),
        (lambda tx: bring(tx, "follows", {"number": "x"}), Invalid),
        (lambda tx: bring(tx, "follows", overwrite=True), Invalid),
    ],
)
def test_what_is_refused(tx: Tx, everything: None, call: Any, error: type[SmallfedError]) -> None:
    with pytest.raises(error):
        call(tx)

    assert here(tx, "follows") == [BOB, CAROL]


def test_each_host_has_one_line_at_a_time(tx: Tx, owner: Account) -> None:
    names = ["a@one.example", "b@one.example", "c@two.example"]
    bring(tx, "follows", *(line(name, number) for number, name in enumerate(names)))

    assert due(tx) == ["a@one.example", "c@two.example"]
    assert [each.line.address for each in imports.due(tx, busy=["one.example"], limit=9)] == ["c@two.example"]


def test_a_line_is_done(tx: Tx, owner: Account, bob: Account) -> None:
    """With what is wanted of it; who is followed already is adjusted."""
    wanted = line(BOB, reblogs=False, notify=True, languages=["de"])
    bring(tx, "follows", wanted)
    (waiting,) = imports.due(tx, busy=[], limit=9)

    importing.apply(tx, waiting, bob)

    follow = follows.find(tx, owner.id, bob.id)
    assert follow is not None
    assert (follow.accepted, follow.reblogs, follow.notify, follow.languages) == (False, False, True, ("de",))
    assert due(tx) == []
    assert [(each.done, each.failed, each.waiting) for each in imports.progress(tx)] == [(1, 0, 0)]


def test_what_stands_between(tx: Tx, owner: Account, bob: Account) -> None:
    blocking.block(tx, bob)
    bring(tx, "follows", line(BOB))
    (waiting,) = imports.due(tx, busy=[], limit=9)

    with pytest.raises(Forbidden):
        importing.apply(tx, waiting, bob)
    with pytest.raises(Invalid):
        importing.apply(tx, waiting, say(tx, bob))


def test_what_failed_can_be_tried_again(tx: Tx, owner: Account) -> None:
    bring(tx, "follows", line(BOB))
    (waiting,) = imports.due(tx, busy=[], limit=9)
    imports.settle(tx, waiting.id, failed="Nobody there.")
    (failure,) = imports.failures(tx)

    assert importing.again(tx) == {"again": 1}

    assert (failure.address, failure.state, failure.reason) == (BOB, "failed", "Nobody there.")
    assert due(tx) == [BOB]
    assert isinstance(waiting.line, Line)
