"""The owner sees who asks to follow, what was complained of, what is held, and what holds for servers."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import Struct, json
from quart import Response

from smallfed.domain.domain_block import DomainBlock, Origin, Severity
from smallfed.domain.refusal import Refusal
from smallfed.domain.report import Report
from smallfed.errors import NotFound
from smallfed.pages.answers import page
from smallfed.pages.quart import parts
from smallfed.services import releasing, reporting, requesting, resolving, reviewing
from smallfed.services.requesting import Waiting
from smallfed.store import accounts, domain_allows, domain_blocks, posts, refusals, reports
from smallfed.store.paging import Page
from smallfed.store.refusals import Total
from smallfed.store.reports import Choice
from smallfed.store.tx import Tx
from smallfed.text.sanitise import plain
from smallfed.web import changing, login

_read = json.Decoder(dict[str, Any]).decode

PATH = "/moderation"
MOST = 100  # of each; one more is looked for, to say that there are
SAMPLES = 5  # posts of a complaint
HELD = 20  # things that rules hold

WORDS = {Severity.SILENCE: "limited", Severity.NOOP: "noted"}
BY = {Origin.OWNER: "you", Origin.LISTS: "lists", Origin.MODE: "the mode of this server"}
DECISIONS: Mapping[str, Callable[[Tx, int], object]] = {"resolve": reporting.resolve, "dismiss": resolving.dismiss}


class Complaint(Struct, frozen=True, kw_only=True):
    """A complaint as shown: about whom, and how the posts begin that it names."""

    report: Report
    about: str
    named: Sequence[str]


class Held(Struct, frozen=True, kw_only=True):
    """A line of the ledger that waits: who it is by, and how it begins where that is kept."""

    line: Refusal
    name: str
    url: str
    text: str


class Server(Struct, frozen=True, kw_only=True):
    """What holds for a server, in words."""

    domain: str
    standing: str
    by: str
    comment: str
    block: DomainBlock


class Standing(Struct, frozen=True, kw_only=True):
    """All that the page shows.

    ``waves`` and ``single``: what strangers sent; ``held``: the latest that rules hold; ``by_lists``: how many servers
    lists keep away or limit; ``closed``: only who is allowed is let in.
    """

    asking: Sequence[Waiting]
    complaints: Sequence[Complaint]
    waves: int
    single: int
    held: Sequence[Held]
    more_held: bool
    refused: Sequence[Total]
    servers: Sequence[Server]
    by_lists: int
    closed: bool
    allowed: Sequence[str]


async def show() -> Response:
    """Show it."""
    visit = await login.inside(PATH)
    if isinstance(visit, Response):
        return visit
    house = parts()
    standing = await house.db.long_read(look)
    days = house.config.federation.ledger_days
    return page("moderation.html", visit=visit, house=house.identity.here, standing=standing, most=MOST, days=days)


def look(tx: Tx) -> Standing:
    """Return what there is. May look at all of the ledger: for a thread."""
    waves, single = reviewing.counts(tx)
    held = refusals.newest(tx, refusals.Which(held=True), limit=HELD + 1)
    some = Page(limit=MOST + 1)
    found = reports.newest(tx, some, Choice(resolved=False))
    return Standing(
        asking=requesting.waiting(tx)[: MOST + 1],
        complaints=[_complaint(tx, report) for report in found],
        waves=waves,
        single=single,
        held=[_held(tx, line) for line in held[:HELD]],
        more_held=len(held) > HELD,
        refused=refusals.summary(tx)[:10],
        servers=[_server(block) for block in domain_blocks.newest(tx, some, Origin.OWNER)],
        by_lists=domain_blocks.count(tx, Origin.LISTS),
        closed=domain_blocks.is_closed(tx),
        allowed=[one.domain for one in domain_allows.newest(tx, some)],
    )


def _held(tx: Tx, line: Refusal) -> Held:
    account, raw = accounts.find_uri(tx, line.actor), refusals.raw(tx, line.id)
    said = _read(raw).get("content") if raw is not None else None
    text = " ".join(plain(said).split()) if isinstance(said, str) else ""
    name = f"@{account.handle}" if account is not None else line.host
    return Held(line=line, name=name, url=line.object or line.actor, text=text)


def _complaint(tx: Tx, report: Report) -> Complaint:
    found = posts.several(tx, report.posts[:SAMPLES])
    told = (" ".join(plain(found[post].content).split()) for post in report.posts if post in found)
    named = [words for words in told if words]
    return Complaint(report=report, about=accounts.get(tx, report.account_id).handle, named=named)


def _server(block: DomainBlock) -> Server:
    comment = block.private_comment or block.public_comment
    return Server(domain=block.domain, standing=standing(block), by=BY[block.origin], comment=comment, block=block)


def standing(block: DomainBlock) -> str:
    """Return what holds for a server, in words."""
    flags = {
        "no pictures": block.reject_media,
        "no complaints": block.reject_reports,
        "nothing by relays": block.no_relay,
        "muted": block.mute,
    }
    also = [words for words, holds in flags.items() if holds]
    return ", ".join(also if block.severity is Severity.NOOP and also else [_state(block), *also])


def _state(block: DomainBlock) -> str:
    if block.cuts:
        return "blocked for good" if block.final_at else "blocked, follows frozen"
    return WORDS[block.severity]


# What can be done here ------------------------------------------------------------------------------------------------
async def close_report(number: int, how: str) -> Response:
    """Be done with a complaint."""
    return await changing.change(PATH, "report.closed", partial(_close, how=how), number)


def _close(tx: Tx, number: int, *, how: str) -> None:
    decide = DECISIONS.get(how)
    if decide is None:
        raise NotFound("Record not found")
    decide(tx, number)


async def decide_request(account: int, how: str) -> Response:
    """Let somebody follow the owner who asked, or not."""
    return await changing.change(PATH, "request.decided", partial(_decide, how=how), account)


def _decide(tx: Tx, account: int, *, how: str) -> None:
    if how not in ("accept", "reject"):
        raise NotFound("Record not found")
    requesting.decide(tx, accounts.get(tx, account), accept=how == "accept")


async def let_in(line: int) -> Response:
    """Let in what is held."""
    return await changing.change(PATH, "ledger.released", releasing.release, line)
