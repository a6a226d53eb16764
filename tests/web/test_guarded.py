"""Whatever page the owner's browser happens to visit: it sends no form of ours, and no address changes facts."""

import re

from werkzeug.routing import Rule

from smallfed.domain.domain_block import Severity
from smallfed.domain.incoming import Flag
from smallfed.domain.relay import Style
from smallfed.services import relaying, reporting, trusting
from smallfed.services.moderating import Wish, set_up
from smallfed.services.trusting import Trust
from smallfed.store import accounts, blocklists, domain_blocks, relays, reports
from smallfed.store.paging import Page as Limits
from smallfed.store.reports import Choice
from smallfed.store.tx import Tx
from tests.pages.place import HOME, Place

BOOKS = ("sessions", "halfway", "login_failures", "copies")  # what looking at pages may write down
OURS = re.compile(r"/(?:api|oauth|auth)/")  # has tests of its own


async def furnish(place: Place) -> dict[str, int]:
    """Let there be something that every address of a page may be about; return its numbers by what they are called."""

    def some(tx: Tx) -> dict[str, int]:
        owner, eve = accounts.owner(tx), "https://bad.example/users/eve"
        assert reporting.receive(tx, Flag(id=f"{eve}#1", actor=eve, objects=(owner.uri,), comment="x")) is None
        set_up(tx, "bad.example", Wish(severity=Severity.SUSPEND))
        relaying.add(tx, "https://relay.example/inbox", style=Style.MASTODON)
        trusting.subscribe(tx, "https://far.example/list", Trust(name="far"))
        (report,) = reports.newest(tx, Limits(limit=1), Choice())
        return {
            "/moderation/reports": report.id,
            "/blocks": domain_blocks.newest(tx, Limits(limit=1))[0].id,
            "/relays": relays.every(tx)[0].id,
            "/blocklists": blocklists.every(tx)[0].id,
        }

    return await place.do(some)


def addresses(rule: Rule, numbers: dict[str, int]) -> list[str]:
    """Return addresses of a page, for every word that it may end with."""
    number = next((each for start, each in numbers.items() if rule.rule.startswith(start)), 1)
    path = re.sub(r"<int:\w+>", str(number), rule.rule)
    words = ("remove", "drop", "pause", "release", "bin", "accept", "resolve", "lift") if "<" in path else ("",)
    return [re.sub(r"<\w+>", word, path) for word in words]


def rules(place: Place, method: str) -> list[Rule]:
    found = [rule for rule in place.app.url_map.iter_rules() if method in (rule.methods or ())]
    return [rule for rule in found if not OURS.match(rule.rule) and not rule.rule.startswith(("/static", "/@"))]


def facts(tx: Tx) -> dict[str, list[tuple[object, ...]]]:
    """Return all that the house knows, but for the books."""
    names = [
        name for (name,) in tx.all("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%fts5%'")
    ]
    return {name: tx.all(f"SELECT * FROM {name}") for name in names if name not in BOOKS and "search" not in name}


async def test_no_other_site_sends_a_form_of_ours(place: Place) -> None:
    """With the owner's cookie, which browsers send along; nor does a stranger with a seal of their own."""
    numbers, owner, stranger = await furnish(place), await place.owner(), place.browser()
    seal = (await owner.get("/preferences")).forms[0].fields["seal"]
    own = (await stranger.get("/login")).forms[0].fields["seal"]
    paths = [path for rule in rules(place, "POST") for path in addresses(rule, numbers) if path != "/setup"]
    before = await place.do(facts)

    answers, outside = {}, {}
    for path in paths:
        tried = [(seal, origin) for origin in ("https://evil.example", "null", "http://home.example")]
        tried += [("", HOME), (own, HOME)]
        answers[path] = {
            (await owner.post(path, {"seal": each}, headers={"Origin": origin})).status for each, origin in tried
        }
        if path not in ("/login", "/logout"):
            page = await stranger.post(path, {"seal": own}, headers={"Origin": HOME})
            outside[path] = page.status, page.headers.get("location", "")[:6]

    assert {path: each for path, each in answers.items() if each not in ({403}, {404})} == {}  # 404: no such word
    assert len([each for each in answers.values() if each == {403}]) > 50
    assert {path: each for path, each in outside.items() if each not in ((303, "/login"), (404, ""))} == {}
    assert await place.do(facts) == before


async def test_looking_changes_nothing(place: Place) -> None:
    """A picture on somebody's page can make a browser open any address of ours."""
    numbers, owner = await furnish(place), await place.owner()
    paths = [path for rule in rules(place, "GET") for path in addresses(rule, numbers)]
    before = await place.do(facts)

    statuses = {path: (await owner.get(f"{path}?about=bad.example&next=//evil.example")).status for path in paths}

    assert {path: status for path, status in statuses.items() if status >= 500} == {}
    assert len(paths) > 30
    assert await place.do(facts) == before


async def test_what_may_not_be_framed_or_kept(place: Place) -> None:
    numbers, owner = await furnish(place), await place.owner()
    paths = [path for rule in rules(place, "GET") for path in addresses(rule, numbers)]

    pages = {path: await owner.get(path) for path in paths}

    owners = {path: page for path, page in pages.items() if 'name="seal"' in page.text}
    assert len(owners) > 10
    for path, page in owners.items():
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"], path
        assert "unsafe" not in page.headers["content-security-policy"], path
        assert (page.headers["x-frame-options"], page.headers["cache-control"]) == ("DENY", "private, no-store"), path
