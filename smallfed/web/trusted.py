"""What is to be seen of lists of others: what waits, each list, and because of whom something holds."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct

from smallfed.domain.blocklist import Blocklist, State, is_person
from smallfed.domain.domain_block import DomainBlock, Origin, Severity
from smallfed.domain.finding import Finding, Stand
from smallfed.errors import Invalid
from smallfed.policy.domains import chain
from smallfed.policy.quorum import Terms
from smallfed.services import foreseeing, trusting
from smallfed.services.foreseeing import Cut, Forecast
from smallfed.store import blocklist_entries, blocklists, domain_allows, domain_blocks, findings, unreckoned
from smallfed.store.blocklist_entries import Word
from smallfed.store.paging import Page
from smallfed.store.rows import listed
from smallfed.store.tx import Tx

MOST = 50  # of each

WORDS = {Severity.SUSPEND: "block", Severity.SILENCE: "limit", Severity.NOOP: "no pictures or complaints"}
STATES = {
    State.NEW: "not read yet",
    State.FINE: "",
    State.HELD: "not believed",
    State.FAILING: "cannot be read",
    State.BACK: "taken back",
    State.GONE: "going",
}
STANDS = {
    Stand.WAITING: "it waits for your word",
    Stand.AGREED: "you have agreed, and it is about to hold",
    Stand.HOLDING: "it holds as long as they say so",
    Stand.IGNORED: "you want nothing of it",
    Stand.TOUCHED: "you have decided, and it stays",
}


class Line(Struct, frozen=True, kw_only=True):
    """A list, and in words how it is kept and how far it is trusted."""

    known: Blocklist
    state: str
    terms: str


class About(Struct, frozen=True, kw_only=True):
    """What lists say of a subject, what holds, and by which allows of the owner it is let in; or why it is none."""

    asked: str
    subject: str = ""
    problem: str = ""
    words: Sequence[Word] = ()
    found: Finding | None = None
    rows: Sequence[DomainBlock] = ()
    allowed: Sequence[str] = ()


class Sight(Struct, frozen=True, kw_only=True):
    """All that the page shows.

    ``asking``: what waits where somebody is known to whom there is a tie; ``quiet``: what waits where people are known;
    ``rest``: the first of what waits besides; ``plain``: how much waits without ties. ``reckoning``: not all that was
    said has come to something yet.
    """

    now: datetime
    lists: Sequence[Line]
    forecast: Forecast
    asking: Sequence[Cut]
    quiet: Sequence[Cut]
    rest: Sequence[Finding]
    plain: int
    holding: int
    held: Sequence[DomainBlock]
    people: Sequence[Finding]
    decided: Sequence[Finding]
    terms: Terms
    reckoning: bool
    about: About | None


def look(tx: Tx, about: str) -> Sight:
    """Return what there is. Looks at many rows: for a thread."""
    forecast = foreseeing.waiting(tx)
    waiting = forecast.blocks + forecast.limits + forecast.others
    asking = [cut for cut in forecast.cuts if cut.asks]
    return Sight(
        now=tx.now,
        lists=[_line(known) for known in blocklists.every(tx)],
        forecast=forecast,
        asking=asking,
        quiet=[cut for cut in forecast.cuts if not cut.asks],
        rest=_rest(tx, {cut.subject for cut in forecast.cuts}),
        plain=waiting - len(asking),
        holding=domain_blocks.count(tx, Origin.LISTS),
        held=domain_blocks.newest(tx, Page(limit=MOST), Origin.LISTS),
        people=findings.people(tx, MOST),
        decided=findings.decided(tx, MOST),
        terms=blocklists.terms(tx),
        reckoning=unreckoned.is_waiting(tx),
        about=_about(tx, about) if about else None,
    )


def _rest(tx: Tx, known: Collection[str]) -> list[Finding]:
    return [one for one in findings.waiting(tx, MOST + len(known)) if one.subject not in known and one.severity][:MOST]


def _line(known: Blocklist) -> Line:
    said = [f"weight {known.weight}", f"at most {WORDS[known.ceiling]}"]
    said += [f"only {', '.join(known.labels)}"] if known.labels else []
    said += ["acts where nobody is cut off" if known.automatic else "asks you"]
    state = STATES[known.state] or ("resting" if known.paused else "")
    return Line(known=known, state=state, terms=", ".join(said))


def _about(tx: Tx, asked: str) -> About:
    try:
        subject = trusting.subject(tx, asked)
    except Invalid as why:
        return About(asked=asked, problem=why.message)
    is_server = not is_person(subject)
    return About(
        asked=asked,
        subject=subject,
        words=blocklist_entries.words(tx, subject),
        found=findings.find(tx, subject),
        rows=domain_blocks.covering(tx, subject) if is_server else (),
        allowed=domain_allows.of(tx, listed(list(chain(subject)))) if is_server else (),
    )
