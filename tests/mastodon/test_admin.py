"""The API of those who run a server, for one who runs it for herself."""

from hashlib import sha256
from typing import Any

import pytest
import trio
from msgspec import structs

from smallfed.config.showing import Instance
from smallfed.domain.account import Account
from smallfed.domain.blocklist import Entry
from smallfed.domain.finding import Stand
from smallfed.domain.incoming import Flag
from smallfed.inbox.outcome import Done, Outcome
from smallfed.mastodon.entities import Report, Status
from smallfed.mastodon.entities.about import Rule
from smallfed.mastodon.entities.moderation import AdminAccount, AdminDomainAllow, AdminDomainBlock, AdminReport
from smallfed.services import blocking, muting, reckoning, reporting, trusting
from smallfed.services.trusting import Trust
from smallfed.store import blocklists, blocks, domain_blocks, findings, follows, mutes
from smallfed.store.tx import Tx
from tests import world
from tests.inbox.arriving import act, arrive
from tests.mastodon.api import Api
from tests.mastodon.facts import say

BLOCKS, ALLOWS, REPORTS = (f"/api/v1/admin/{name}" for name in ("domain_blocks", "domain_allows", "reports"))
ACCOUNTS = "/api/v1/admin/accounts"
ADMIN = "read write admin:read admin:write"


@pytest.fixture
async def admin(api: Api) -> Api:
    """Return the API, asked with a token for everything."""
    api.token = await api.grant(ADMIN)
    return api


# Domain blocks --------------------------------------------------------------------------------------------------------
async def test_a_domain_from_note_to_block_and_back(admin: Api) -> None:
    """Only a suspended domain is cut off; every word about it is kept."""
    bob = await admin.know("bob@sub.bad.example")
    owner = admin.owner
    await admin.do(world.befriend, bob, owner)
    wish = {"domain": "https://Bad.example/", "private_comment": "hm", "obfuscate": True, "reject_media": True}

    made = await admin.post(BLOCKS, AdminDomainBlock, **wish)
    cut_by_silence = await admin.parts.db.read(domain_blocks.covers, "sub.bad.example")
    still = await admin.parts.db.read(follows.has, bob.id, owner.id)
    suspended = (await admin.ask("PUT", f"{BLOCKS}/{made.id}", json={"severity": "suspend"})).of(AdminDomainBlock)
    cut = await admin.parts.db.read(domain_blocks.covers, "sub.bad.example")
    after = await admin.parts.db.read(follows.has, bob.id, owner.id)
    noted = (await admin.ask("PUT", f"{BLOCKS}/{made.id}", json={"severity": "noop"})).of(AdminDomainBlock)
    let_in = not await admin.parts.db.read(domain_blocks.covers, "bad.example")
    listed = await admin.get(BLOCKS, list[AdminDomainBlock])
    gone = await admin.ask("DELETE", f"{BLOCKS}/{made.id}")

    assert made == AdminDomainBlock(
        id=made.id,
        domain="bad.example",
        digest=sha256(b"bad.example").hexdigest(),
        created_at="2026-03-01T12:00:00.000Z",
        severity="silence",
        reject_media=True,
        reject_reports=False,
        private_comment="hm",
        public_comment="",
        obfuscate=True,
        no_relay=False,
        mute=False,
        origin="owner",
        final_at=None,
    )
    assert (cut_by_silence, still, suspended.severity, cut, after) == (False, True, "suspend", True, False)
    assert (suspended.private_comment, noted.severity, let_in, listed) == ("hm", "noop", True, [noted])
    assert (gone.status, gone.json()) == (200, {})
    assert (await admin.ask("GET", f"{BLOCKS}/{made.id}")).status == 404


async def test_what_lists_hold_is_shown_and_lifted(admin: Api) -> None:
    """Because of whom, since when; lifted it is the owner's word, and stays so whatever lists go on saying."""
    bob = await admin.know("bob@bad.example")
    owner = admin.owner
    known = await admin.do(trusting.subscribe, "https://lists.example/a.csv", Trust(name="A", weight=2, automatic=True))
    entries = [Entry(subject="bad.example", comment="spam", note="seen by C"), Entry(subject="worse.example")]
    await admin.do(_say, known.id, entries)

    rows = {one.domain: one for one in await admin.get(BLOCKS, list[AdminDomainBlock])}
    (bad, worse) = rows["bad.example"], rows["worse.example"]
    one = await admin.get(f"{BLOCKS}/{bad.id}", AdminDomainBlock)
    changed = (await admin.ask("PUT", f"{BLOCKS}/{worse.id}", json={"severity": "silence"})).of(AdminDomainBlock)
    gone = await admin.ask("DELETE", f"{BLOCKS}/{bad.id}")
    await admin.do(_say, known.id, [structs.replace(entry, comment="again") for entry in entries])
    left = await admin.get(BLOCKS, list[AdminDomainBlock])
    await admin.do(world.befriend, owner, bob)
    found = await admin.parts.db.read(findings.find, "bad.example")
    late = await admin.ask("DELETE", f"{BLOCKS}/{bad.id}")
    await admin.do(reckoning.forget, "bad.example")
    waiting = await admin.parts.db.read(findings.find, "bad.example")

    assert one == bad
    assert (bad.origin, bad.severity, bad.public_comment) == ("lists", "suspend", "spam")
    assert bad.private_comment == "Because of A since 2026-03-01"
    assert (changed.origin, changed.severity) == ("owner", "silence")
    assert changed.private_comment == "Because of A since 2026-03-01"
    assert gone.status == 200
    assert [(row.domain, row.origin) for row in left] == [("worse.example", "owner")]
    assert found is not None
    assert (found.state, found.holds) == (Stand.IGNORED, None)
    assert late.status == 404
    assert await admin.parts.db.read(follows.has, owner.id, bob.id)
    assert waiting is not None
    assert (waiting.state, waiting.holds) == (Stand.WAITING, None)


async def test_what_two_lists_hold_says_because_of_both(admin: Api) -> None:
    """And of the other alone when one takes it back; then it is as much as that one weighs."""
    for name in ("A", "B"):
        trust = Trust(name=name, automatic=True)
        known = await admin.do(trusting.subscribe, f"https://lists.example/{name}.csv", trust)
        await admin.do(_say, known.id, [Entry(subject="bad.example", comment=f"by {name}")])
        await trio.sleep(0.01)

    (both,) = await admin.get(BLOCKS, list[AdminDomainBlock])
    await admin.do(_take_back, "A", "bad.example")
    (one,) = await admin.get(BLOCKS, list[AdminDomainBlock])
    await admin.do(_take_back, "B", "bad.example")
    none = await admin.get(BLOCKS, list[AdminDomainBlock])

    assert (both.severity, both.public_comment) == ("suspend", "by A")
    assert both.private_comment == "Because of A since 2026-03-01 and B since 2026-03-01"
    assert (one.severity, one.public_comment) == ("silence", "by B")
    assert one.private_comment == "Because of B since 2026-03-01"
    assert none == []


def _take_back(tx: Tx, name: str, subject: str) -> None:
    trusting.retract(tx, blocklists.get(tx, name).id, [subject])
    while reckoning.go_on(tx):
        pass


def _say(tx: Tx, number: int, entries: list[Entry]) -> None:
    trusting.take(tx, number, entries)
    while reckoning.go_on(tx):
        pass


async def test_what_was_only_noted_can_be_blocked_by_the_owner_as_a_user(admin: Api) -> None:
    await admin.post(BLOCKS, AdminDomainBlock, domain="bad.example", severity="noop")
    before = (await admin.ask("GET", "/api/v1/domain_blocks")).json()

    await admin.do(blocking.block_domain, "bad.example")

    assert before == []
    assert (await admin.ask("GET", "/api/v1/domain_blocks")).json() == ["bad.example"]
    assert [one.severity for one in await admin.get(BLOCKS, list[AdminDomainBlock])] == ["suspend"]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({}, "Validation failed: Domain can't be blank"),
        ({"domain": "no domain"}, "'no domain' is not a domain; it should look like example.org"),
        (
            {"domain": "home.example"},
            "This server lives on home.example: it cannot be kept away, and need not be let in.",
        ),
        ({"domain": "known.example"}, "Validation failed: Domain has already been taken"),
        ({"domain": "x.example", "severity": "hard"}, "severity should be suspend, silence or noop"),
        ({"domain": "x.example", "public_comment": "x" * 2001}, "public_comment should have at most 2000 characters"),
    ],
)
async def test_what_cannot_be_blocked(admin: Api, said: dict[str, str], error: str) -> None:
    await admin.do(blocking.block_domain, "known.example")

    answer = await admin.ask("POST", BLOCKS, form=said)

    assert (answer.status, answer.json()["error"]) == (422, error)


async def test_pages_of_domain_blocks(admin: Api) -> None:
    made = [await admin.post(BLOCKS, AdminDomainBlock, domain=f"{n}.example", severity="noop") for n in range(3)]
    made = sorted(made, key=lambda one: int(one.id), reverse=True)

    first = await admin.ask("GET", BLOCKS, query={"limit": 2})
    second = await admin.get(BLOCKS, list[AdminDomainBlock], limit=2, max_id=made[1].id)

    assert first.of(list[AdminDomainBlock]) == made[:2]
    assert f"max_id={made[1].id}" in first.headers["link"]
    assert second == made[2:]


async def test_complaints_of_a_server_can_be_refused(admin: Api) -> None:
    made = await admin.post(BLOCKS, AdminDomainBlock, domain="far.example", severity="noop", reject_reports="true")
    flag = act(Flag, objects=(admin.owner.uri,), comment="rude")

    refused = await admin.do(_flagged, flag)
    await admin.ask("PUT", f"{BLOCKS}/{made.id}", json={"reject_reports": False})

    assert getattr(refused, "reason", "") == "The owner wants no complaints of that server."
    assert await admin.do(_flagged, flag) == Done()


def _flagged(tx: Tx, flag: Flag) -> Outcome:
    return arrive(tx, flag)


# Allows, and what there is not ----------------------------------------------------------------------------------------
async def test_domain_allows_are_kept(admin: Api) -> None:
    made = await admin.post(ALLOWS, AdminDomainAllow, domain="Good.example")
    again = await admin.post(ALLOWS, AdminDomainAllow, domain="good.example")
    listed = await admin.get(ALLOWS, list[AdminDomainAllow])
    one = await admin.get(f"{ALLOWS}/{made.id}", AdminDomainAllow)
    gone = await admin.ask("DELETE", f"{ALLOWS}/{made.id}")

    assert made == again == one == listed[0]
    assert (gone.status, gone.json()) == (200, {})
    assert (made.domain, await admin.get(ALLOWS, list[AdminDomainAllow])) == ("good.example", [])


@pytest.mark.parametrize("name", ["email_domain_blocks", "ip_blocks", "canonical_email_blocks"])
async def test_what_only_servers_with_registrations_have(admin: Api, name: str) -> None:
    path = f"/api/v1/admin/{name}"

    made = await admin.ask("POST", path, form={"domain": "x.example", "ip": "10.0.0.1"})

    assert await admin.get(path, list[Any]) == []
    assert [(await admin.ask(how, f"{path}/1")).status for how in ("GET", "PUT", "DELETE")] == [404, 404, 404]
    assert made.status == 422
    assert made.json()["error"].startswith("Nobody can join this server: ")


# Complaints -----------------------------------------------------------------------------------------------------------
async def test_complaints_from_made_to_done(admin: Api) -> None:
    admin.configure(instance=Instance(rules=("Be kind", "No advertising")))
    bob = await admin.know("bob@peer.example")
    theirs = await admin.do(world.say, bob)
    made = await admin.post("/api/v1/reports", Report, account_id=bob.id, **{"status_ids[]": theirs.id})
    said = await say(admin, "Hello")
    await admin.do(reporting.receive, Flag(id=f"{bob.uri}#1", actor=bob.uri, objects=(said.uri,), comment="<p>no</p>"))

    about_owner, own = await admin.get(REPORTS, list[AdminReport])
    path = f"{REPORTS}/{own.id}"
    looked_at = await admin.post(f"{path}/assign_to_self", AdminReport)
    left = await admin.post(f"{path}/unassign", AdminReport)
    sorted_ = (await admin.ask("PUT", path, json={"category": "violation", "rule_ids": ["2"]})).of(AdminReport)
    refused = await admin.ask("PUT", path, json={"rule_ids": ["3"]})
    done = await admin.post(f"{path}/resolve", AdminReport)
    open_, resolved = [await admin.get(REPORTS, list[AdminReport], resolved=word) for word in ("false", "true")]
    again = await admin.post(f"{path}/reopen", AdminReport)

    assert (own.id, own.account.username, own.target_account.username) == (made.id, "alice", "bob")
    assert [status.id for status in own.statuses] == [str(theirs.id)]
    assert (about_owner.account.username, about_owner.target_account.username) == ("alice", "alice")
    assert about_owner.comment.endswith("(peer.example)")
    assert looked_at.assigned_account is not None
    assert left.assigned_account is None
    assert (sorted_.category, done.action_taken, done.action_taken_by_account is not None) == ("violation", True, True)
    assert (own.rules, sorted_.rules, refused.status) == ([], [Rule(id="2", text="No advertising")], 422)
    assert ([one.id for one in open_], [one.id for one in resolved]) == ([about_owner.id], [own.id])
    assert (again.action_taken, again.action_taken_at) == (False, None)
    assert (await admin.ask("GET", f"/api/v1/reports/{about_owner.id}")).status == 404
    by_others = await admin.get(REPORTS, list[AdminReport], account_id=bob.id)
    about_bob = await admin.get(REPORTS, list[AdminReport], target_account_id=bob.id)
    assert (by_others, [one.id for one in about_bob]) == ([], [own.id])


# People ---------------------------------------------------------------------------------------------------------------
async def test_who_there_is(admin: Api) -> None:
    bob, carol = await admin.know("bob@peer.example", name="Bobby"), await admin.know("carol@other.example")
    await admin.do(_shun, bob, carol)

    async def names(path: str = ACCOUNTS, **wanted: Any) -> set[str]:
        return {one.username for one in await admin.get(path, list[AdminAccount], **wanted)}

    v2 = "/api/v2/admin/accounts"
    assert await names() == {"alice", "bob", "carol"}
    assert await names(remote="true") == await names(v2, origin="remote") == {"bob", "carol"}
    assert await names(local="true") == await names(v2, permissions="staff") == {"alice"}
    assert await names(suspended="true") == await names(v2, status="suspended") == {"bob"}
    assert await names(silenced="true") == {"carol"}
    assert await names(v2, status="active") == {"alice", "carol"}
    assert await names(v2, status="pending") == await names(email="a@b.example") == set()
    assert await names(by_domain="Peer.example") == await names(display_name="bob") == {"bob"}
    assert await names(username="CAR") == {"carol"}


def _shun(tx: Tx, bob: Account, carol: Account) -> None:
    blocking.block(tx, bob)
    muting.mute(tx, carol)


async def test_what_can_be_done_about_people(admin: Api) -> None:
    """Suspending is the owner's block, silencing is muting; a complaint that led to it is done with."""
    bob = await admin.know("bob@peer.example")
    report = await admin.post("/api/v1/reports", Report, account_id=bob.id)
    path = f"{ACCOUNTS}/{bob.id}"

    acted = await admin.ask("POST", f"{path}/action", json={"type": "suspend", "report_id": report.id})
    await admin.ask("POST", f"{path}/action", form={"type": "silence"})
    both = await admin.get(path, AdminAccount)
    blocked = await admin.parts.db.read(blocks.has, admin.owner.id, bob.id)
    muted = await admin.parts.db.read(mutes.find, bob.id)
    one = await admin.post(f"{path}/unsuspend", AdminAccount)
    none = await admin.post(f"{path}/unsilence", AdminAccount)
    done = await admin.get(f"{REPORTS}/{report.id}", AdminReport)

    assert (acted.status, acted.json()) == (200, {})
    assert (both.suspended, both.silenced, blocked, muted is not None) == (True, True, True, True)
    assert (one.suspended, one.silenced, none.silenced, done.action_taken) == (False, True, False, True)


@pytest.mark.parametrize(
    ("how", "path", "form", "word"),
    [
        ("POST", "action", {"type": "disable"}, "cannot be done on a server of one person"),
        ("POST", "action", {"type": "sensitive"}, "cannot be done on a server of one person"),
        ("POST", "approve", {}, "Nobody can join"),
        ("POST", "reject", {}, "Nobody can join"),
        ("POST", "enable", {}, "Nobody but you logs in"),
        ("POST", "unsensitive", {}, "post by post"),
        ("DELETE", "", {}, "own server can delete it"),
    ],
)
async def test_what_cannot(admin: Api, how: str, path: str, form: dict[str, str], word: str) -> None:
    bob = await admin.know("bob@peer.example")

    answer = await admin.ask(how, f"{ACCOUNTS}/{bob.id}/{path}".rstrip("/"), form=form)
    owner = await admin.ask("POST", f"{ACCOUNTS}/{admin.owner.id}/action", form={"type": "suspend"})

    assert (answer.status, owner.status) == (422, 422)
    assert word in answer.json()["error"]
    assert "your own account" in owner.json()["error"]


# Who may --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("scopes", "path", "status"),
    [
        ("read write", REPORTS, 403),
        ("admin:read:reports", REPORTS, 200),
        ("admin:read:reports", BLOCKS, 403),
        ("admin:read", BLOCKS, 200),
        ("admin:write", BLOCKS, 403),
        ("admin:read:accounts", ACCOUNTS, 200),
        ("admin:read:ip_blocks", "/api/v1/admin/ip_blocks", 200),
        ("admin:read:canonical_email_blocks", "/api/v1/admin/canonical_email_blocks", 200),
    ],
)
async def test_scopes(api: Api, scopes: str, path: str, status: int) -> None:
    token = await api.grant(scopes)

    assert (await api.ask("GET", path, token=token)).status == status
    assert (await api.ask("GET", path, token="")).status == 401


async def test_apps_are_told_which_screens_to_show(admin: Api) -> None:
    role = (await admin.ask("GET", "/api/v1/accounts/verify_credentials")).json()["role"]

    bits = int(role["permissions"])
    assert [bit for bit in range(20) if bits >> bit & 1] == [3, 4, 5, 7, 10]


async def test_what_is_suspended_is_not_seen(admin: Api) -> None:
    """The block of those who run the house is the block of the house."""
    bob = await admin.know("bob@bad.example")
    post = await admin.do(world.say, bob)
    before = await admin.ask("GET", f"/api/v1/statuses/{post.id}")

    await admin.post(BLOCKS, AdminDomainBlock, domain="bad.example", severity="suspend")
    account = await admin.get(f"{ACCOUNTS}/{bob.id}", AdminAccount)

    assert before.of(Status).id == str(post.id)
    assert account.suspended
