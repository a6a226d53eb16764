"""Flags: which complaints of others are kept, and what the owner hears of them."""

from typing import Any

import pytest

from smallfed.domain.account import Account, Kind
from smallfed.domain.events import ReportReceived
from smallfed.domain.incoming import Flag
from smallfed.domain.post import Visibility
from smallfed.domain.refusal import Path
from smallfed.domain.report import Report
from smallfed.domain.rule import Action, Verdict
from smallfed.inbox.outcome import Done, Ignored
from smallfed.policy.reporting import A_DAY
from smallfed.services import blocking
from smallfed.store import mentions, posts, refusals, reports
from smallfed.store.paging import Page
from smallfed.store.refusals import Came
from smallfed.store.reports import Choice
from smallfed.store.tx import Tx
from tests.conftest import Know
from tests.inbox.arriving import ALICE, BOB, act, arrive
from tests.world import befriend, say


def kept(tx: Tx) -> list[Report]:
    return reports.newest(tx, Page(limit=100), Choice())


def complain(*objects: str, number: int = 1, **changes: Any) -> Flag:
    return act(Flag, number, objects=objects, comment="rude", **changes)


def test_about_the_owner_and_a_post(tx: Tx, owner: Account, know: Know) -> None:
    """It is kept with the server it came from. Who made it is not."""
    know("bob@far.example")
    post = say(tx, owner, uri=f"{ALICE}/notes/77", id=77)
    flag = complain(ALICE, post.uri, "https://far.example/notes/1")

    outcome = arrive(tx, flag)

    (report,) = kept(tx)
    assert outcome == Done()
    assert report == Report(
        id=report.id,
        account_id=owner.id,
        host="far.example",
        site="far.example",
        flag=report.flag,
        comment="rude",
        posts=(77,),
        created_at=tx.now,
        updated_at=tx.now,
    )
    assert tx.announced == [ReportReceived(report=report.id)]
    assert "bob" not in str(tx.all("SELECT * FROM reports"))


def test_by_a_server_itself(tx: Tx, owner: Account, know: Know) -> None:
    server = know("far.example@far.example", kind=Kind.APPLICATION)

    arrive(tx, complain(ALICE, actor=server.uri))

    assert [report.server_id for report in kept(tx)] == [server.id]


@pytest.mark.parametrize("known", [True, False])
def test_by_whom_nobody_knows(tx: Tx, owner: Account, know: Know, known: bool) -> None:
    """Nothing is fetched for it: whoever signed it is enough."""
    if known:
        know("bob@far.example")

    assert arrive(tx, complain(ALICE)) == Done()


@pytest.mark.parametrize(
    ("visibility", "sent", "named"),
    [
        (Visibility.PUBLIC, False, True),
        (Visibility.UNLISTED, False, True),
        (Visibility.PRIVATE, False, False),
        (Visibility.PRIVATE, True, True),
        (Visibility.DIRECT, False, False),
        (Visibility.DIRECT, True, True),
    ],
)
def test_what_they_never_saw_is_not_confirmed(
    tx: Tx, owner: Account, know: Know, visibility: Visibility, sent: bool, named: bool
) -> None:
    """A complaint about a post that nobody there was sent is one about the owner, and alone it is none."""
    bob = know("bob@far.example")
    post = say(tx, owner, uri=f"{ALICE}/notes/77", id=77, visibility=visibility)
    if sent and visibility is Visibility.DIRECT:
        mentions.put(tx, post.id, bob.id)
    elif sent:
        befriend(tx, bob, owner)

    alone = arrive(tx, complain(post.uri))
    together = arrive(tx, complain(ALICE, post.uri, number=2))

    assert alone == (Done() if named else Ignored("It is about nobody and nothing here."))
    assert together == Done()
    assert kept(tx)[0].posts == ((77,) if named else ())


def test_about_others_it_is_none_of_ours(tx: Tx, owner: Account, know: Know) -> None:
    carol = know("carol@third.example")

    outcome = arrive(tx, complain(carol.uri, say(tx, carol).uri, f"{ALICE}/notes/404"))

    assert outcome == Ignored("It is about nobody and nothing here.")


def test_again_it_is_heard_once(tx: Tx, owner: Account) -> None:
    arrive(tx, complain(ALICE))

    assert arrive(tx, complain(ALICE)) == Ignored("It was heard before.")
    assert len(kept(tx)) == 1


def test_enough_is_enough(tx: Tx, owner: Account) -> None:
    outcomes = [arrive(tx, complain(ALICE, number=number)) for number in range(A_DAY + 1)]

    assert outcomes[-1] == Ignored("20 complaints of one domain in a day are enough.")
    assert outcomes[:-1] == [Done()] * A_DAY


def test_subdomains_have_no_say_of_their_own(tx: Tx, owner: Account) -> None:
    """A domain with as many names as it likes is heard as often as one."""
    for number in range(3 * A_DAY):
        actor = f"https://n{number}.far.example/users/{number}"
        last = arrive(tx, complain(ALICE, number=number, actor=actor, id=f"{actor}#flag"))
    other = arrive(tx, complain(ALICE, actor="https://else.example/users/eve", id="https://else.example/flags/1"))

    assert last == Ignored("20 complaints of one domain in a day are enough.")
    assert other == Done()
    assert len(kept(tx)) == A_DAY + 1


def test_whom_the_owner_blocks_is_not_heard(tx: Tx, owner: Account, know: Know) -> None:
    blocking.block(tx, know("bob@far.example"))

    assert arrive(tx, complain(ALICE)) == Ignored("The owner has blocked whoever complains.")


def test_in_anothers_name_it_is_nothing(tx: Tx, owner: Account) -> None:
    outcome = arrive(tx, complain(ALICE), signed_by="https://evil.example/users/eve")

    assert isinstance(outcome, Ignored)
    assert kept(tx) == []
    assert posts.find(tx, 1) is None
    assert BOB in outcome.reason or "signed by" in outcome.reason


def test_the_ledger_does_not_say_who_made_it(tx: Tx, owner: Account) -> None:
    """Wherever it was refused."""
    eve = "https://bad.example/users/eve"
    for path in Path:
        came = Came(path=path, actor=eve, host="bad.example", type="Flag", activity=f"{eve}#1", raw=b"{}")
        refusals.put(tx, came, Verdict(Action.REJECT, "bad.example is blocked.", "domain bad.example"))

    lines = refusals.newest(tx, refusals.Which(), limit=9)

    assert {(line.actor, line.host, line.activity, line.kept) for line in lines} == {
        ("https://bad.example", "bad.example", "", False)
    }
