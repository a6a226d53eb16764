"""Reports in the API: what is kept, what their server hears, what the owner is told."""

import json
from typing import Any

import pytest

from smallfed.config.showing import Instance
from smallfed.domain.account import Kind
from smallfed.domain.incoming import Flag
from smallfed.domain.post import Visibility
from smallfed.mastodon.entities import Notification, Report
from smallfed.services import reporting
from smallfed.store.tx import Tx
from tests import world
from tests.mastodon.api import Api
from tests.mastodon.facts import say

PATH = "/api/v1/reports"
RULED = Instance(rules=("Be kind", "No advertising"))
BOB = "https://peer.example/users/bob"


def sent(tx: Tx) -> list[tuple[str, str, int, Any]]:
    """Return (inbox, type, whether the server itself speaks, activity) of what waits to be sent."""
    rows = tx.all("SELECT d.inbox, b.type, b.by_server, b.body FROM deliveries d JOIN bodies b ON b.id = d.body_id")
    return [(inbox, kind, by_server, json.loads(body)) for inbox, kind, by_server, body in rows]


async def test_forwarded(api: Api) -> None:
    """Their server hears it from this server, and nothing in it tells who lives here."""
    bob, carol = await api.know("bob@peer.example"), await api.know("carol@other.example")
    theirs, others = await api.do(world.say, bob), await api.do(world.say, carol)

    made = await api.ask(
        "POST",
        PATH,
        json={
            "account_id": str(bob.id),
            "status_ids": [str(theirs.id), str(others.id), "404"],
            "comment": " rude ",
            "forward": True,
            "category": "spam",
        },
    )

    report = made.of(Report)
    assert report == Report(
        id=report.id,
        action_taken=False,
        action_taken_at=None,
        category="spam",
        comment="rude",
        forwarded=True,
        created_at="2026-03-01T12:00:00.000Z",
        status_ids=[str(theirs.id)],
        rule_ids=[],
        target_account=report.target_account,
    )
    ((inbox, kind, by_server, flag),) = await api.parts.db.read(sent)
    assert (inbox, kind, by_server) == (f"{BOB}/inbox", "Flag", 1)
    assert flag == {
        "@context": flag["@context"],
        "id": f"https://home.example/reports/{report.id}",
        "type": "Flag",
        "actor": "https://home.example/actor",
        "to": [BOB],
        "object": [BOB, theirs.uri],
        "content": "rude",
    }
    assert "alice" not in json.dumps(flag)


async def test_those_who_were_answered_are_told(api: Api) -> None:
    """Where the owner wants it: of what they were told or everybody can read, and of nothing else."""
    bob, carol, dora = [await api.know(f"{name}.example") for name in ("bob@peer", "carol@other", "dora@third")]
    answers = {"in_reply_to_account_id": carol.id}
    rude = await api.do(world.say, bob, **answers)
    private = await api.do(world.say, bob, visibility=Visibility.UNLISTED)
    secret = await api.do(world.say, bob, visibility=Visibility.PRIVATE)
    await api.do(world.befriend, api.owner, bob)
    named = [rude.id, private.id, secret.id]

    hosts = ["Other.example", "third.example", "nobody"]
    report = await api.post(
        PATH, Report, account_id=bob.id, forward="true", **{"status_ids[]": named, "forward_to_domains[]": hosts}
    )

    ((inbox, _, by_server, flag),) = await api.parts.db.read(sent)
    assert (inbox, by_server, report.forwarded) == (carol.inbox, 1, False)
    assert flag["object"] == [bob.uri, rude.uri, private.uri]
    assert dora.inbox != inbox


async def test_nobody_is_told_unless_it_is_wanted(api: Api) -> None:
    bob = await api.know("bob@peer.example")

    await api.post(PATH, Report, account_id=bob.id, **{"forward_to_domains[]": ["peer.example"]})
    await api.post(PATH, Report, account_id=bob.id, forward="true", **{"forward_to_domains[]": []})

    assert len(await api.parts.db.read(sent)) == 1  # an empty list in a form says nothing: their own server


async def test_kept_here(api: Api) -> None:
    api.configure(instance=RULED)
    bob = await api.know("bob@peer.example")

    report = await api.post(PATH, Report, account_id=bob.id, **{"rule_ids[]": ["1", "2", "1"]})

    assert (report.forwarded, report.category, report.rule_ids, report.comment) == (False, "violation", ["1", "2"], "")
    assert await api.parts.db.read(sent) == []


@pytest.mark.parametrize(
    ("said", "status", "error"),
    [
        ({"account_id": "404"}, 404, "Record not found"),
        ({}, 404, "Record not found"),
        ({"category": "boring"}, 422, "Validation failed: Category is not included in the list"),
        ({"comment": "x" * 1001}, 422, "Validation failed: Comment is too long (maximum is 1000 characters)"),
        ({"account_id": "owner"}, 422, "You cannot report yourself"),
        ({"rule_ids[]": "3"}, 422, "Validation failed: Rule ids does not reference valid rules"),
        ({"rule_ids[]": "first"}, 422, "Validation failed: Rule ids does not reference valid rules"),
    ],
)
async def test_what_cannot_be(api: Api, said: dict[str, str], status: int, error: str) -> None:
    api.configure(instance=RULED)
    bob = await api.know("bob@peer.example")
    form = {"account_id": str(bob.id)} | said if said else {}
    if form.get("account_id") == "owner":
        form["account_id"] = str(api.owner.id)

    answer = await api.ask("POST", PATH, form=form)

    assert (answer.status, answer.json()["error"]) == (status, error)


async def test_a_complaint_about_the_owner(api: Api) -> None:
    """It is told as coming from a server; who complained is not to be found anywhere."""
    await api.know("bob@peer.example")
    server = await api.know("third.example@third.example", kind=Kind.APPLICATION)
    said = await say(api, "Hello")
    await api.do(reporting.receive, Flag(id=f"{BOB}#1", actor=BOB, objects=(said.uri,), comment="rude"))
    await api.do(reporting.receive, Flag(id=f"{server.uri}#1", actor=server.uri, objects=(said.uri,), comment="bad"))

    by_server, by_somebody = await api.get("/api/v1/notifications", list[Notification], **{"types[]": "admin.report"})
    raw = (await api.ask("GET", "/api/v1/notifications")).body

    assert isinstance(by_server.report, Report)
    assert isinstance(by_somebody.report, Report)
    assert (by_server.account.acct, by_server.report.comment) == ("third.example@third.example", "bad")
    assert (by_somebody.account.acct, by_somebody.report.comment) == ("alice", "rude\n\n(peer.example)")
    assert by_somebody.report.status_ids == [said.id]
    assert by_somebody.report.target_account.acct == "alice"
    assert b"bob" not in raw
