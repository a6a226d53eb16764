"""The budget of the house, and the table that is printed beside it.

The figures are for a 2-core x86-64 machine; rates move by a third with the neighbours of a virtual machine, the
processor time of one request by a tenth.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

Better = Literal["more", "less"]


class Budget(Struct, frozen=True, kw_only=True):
    """What must hold, and what is aimed at."""

    what: str
    unit: str
    must: float
    aim: float
    better: Better = "less"

    def meets(self, value: float, mark: float) -> bool:
        """Whether ``value`` is as good as ``mark``."""
        return value >= mark if self.better == "more" else value <= mark


def _rate(what: str, must: float, aim: float) -> Budget:
    return Budget(what=what, unit="/s", must=must, aim=aim, better="more")


def _told(what: str) -> Budget:
    return Budget(what=f"notifications: 40 {what} (p99)", unit="ms", must=15, aim=10)


def _searched(what: str) -> Budget:
    return Budget(what=f"search: {what} (p99)", unit="ms", must=100, aim=30)


BUDGET: dict[str, Budget] = {
    "start": Budget(what="start until it answers", unit="s", must=1.2, aim=0.8),
    "idle": Budget(what="idle memory", unit="MB", must=75, aim=60),
    "accepted": _rate("inbox accepted, durable, RSA verified, 32 senders", 1200, 2500),
    "accepted p99": Budget(what="… its p99", unit="ms", must=50, aim=50),
    "processed": _rate("fully processed (stored, in timeline, notified)", 500, 1000),
    "bytes": Budget(what="bytes in the database per remote note", unit="B", must=4096, aim=2048),
    "strangers": _rate("strangers (key and profile fetched)", 150, 400),
    "fresh": _rate("deliveries, first contact over TLS", 500, 1000),
    "warm": _rate("deliveries, warm", 1100, 2000),
    "sick": Budget(what="healthy hosts' delay, a tenth dead, a tenth slow (p99)", unit="%", must=10, aim=10),
    "post": Budget(what="API answers a post with 10,000 deliveries", unit="ms", must=100, aim=30),
    "peak": Budget(what="memory with 100,000 deliveries queued", unit="MB", must=200, aim=120),
    "actor": _rate("cached public object: actor, bare", 2000, 6000),
    "note": _rate("cached public object: note, bare", 2000, 6000),
    "actor proxied": _rate("actor with the nginx of examples/", 15000, 40000),
    "note proxied": _rate("note with the nginx of examples/", 15000, 40000),
    "picture": _rate("picture of 50 kB, bare", 1000, 2500),
    "picture known": _rate("… that is known already (304)", 1000, 2500),
    "picture part": _rate("… 10 kB of it (206)", 1000, 2500),
    "picture proxied": _rate("… with the nginx of examples/", 5000, 15000),
    "film": Budget(what="processor time for a film of 40 MB", unit="ms", must=100, aim=20),
    "phones": Budget(what="memory for slow phones with a film each", unit="MB", must=50, aim=25),
    "picture meanwhile": _rate("picture of 50 kB meanwhile", 1000, 2500),
    "profile": _rate("profile page", 500, 2000),
    "home 1": Budget(what="home timeline of 40, 1 client (p99)", unit="ms", must=15, aim=10),
    "statuses 1": Budget(what="an account's 40 newest posts, 1 client (p99)", unit="ms", must=15, aim=10),
    "notifications": _told("one by one"),
    "notifications typed": _told("mentions and quotes"),
    "notifications grouped": _told("groups, mostly pictures"),
    "notifications whole": _told("groups, whole accounts"),
    "search rare": _searched("a rare word"),
    "search common": _searched("a common word"),
    "search operators": _searched("three operators and a word"),
    "search beginning": _searched("the beginning of a common word"),
    "search people": _searched("people by a prefix"),
    "search everything": _searched("people, posts and hashtags at once"),
    "lists": Budget(what="a list of 50,000 holds", unit="s", must=30, aim=10),
    "lists meanwhile": Budget(what="… home meanwhile (p99)", unit="ms", must=100, aim=50),
    "lists match": Budget(what="… whether a server on it is blocked", unit="µs", must=100, aim=30),
    "lists no match": Budget(what="… or one that is not", unit="µs", must=50, aim=15),
    "heard": Budget(what="an event reaches 50 WebSockets, 500 activities/s", unit="ms", must=100, aim=50),
    "sent heard": Budget(what="… from sent to our inbox", unit="ms", must=100, aim=50),
    "heard p99": Budget(what="… its p99", unit="ms", must=500, aim=250),
    "relayed": Budget(what="home timeline while a relay brings 50 posts/s (p99, more)", unit="%", must=20, aim=10),
    "home 16": Budget(what="home timeline of 40, 16 clients (p99)", unit="ms", must=60, aim=35),
}


class Row(Struct, frozen=True, kw_only=True):
    """One figure. ``name`` is a key of ``BUDGET``; ``note`` says how it came about."""

    name: str
    value: float
    note: str = ""

    @property
    def verdict(self) -> str:
        """Return how it stands against the budget, in a word."""
        budget = BUDGET[self.name]
        if budget.meets(self.value, budget.aim):
            return "aim"
        return "holds" if budget.meets(self.value, budget.must) else "MISSED"


HEADINGS = ("what", "ours", "must", "aim", "", "how")


def table(rows: Iterable[Row]) -> str:
    """Return the rows beside the budget, as text."""
    lines = [HEADINGS, *(_line(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n".join(_laid_out(line, widths) for line in lines)


def _line(row: Row) -> tuple[str, ...]:
    budget = BUDGET[row.name]
    must, aim = (
        f"{'≥' if budget.better == 'more' else '≤'} {_figure(mark, budget.unit)}" for mark in (budget.must, budget.aim)
    )
    return (budget.what, _figure(row.value, budget.unit), must, aim, row.verdict, row.note)


def _figure(value: float, unit: str) -> str:
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".replace(" /s", "/s")


def _laid_out(line: Sequence[str], widths: Sequence[int]) -> str:
    what, ours, must, aim, verdict, how = (
        text.rjust(width) if 1 <= column <= 3 else text.ljust(width)
        for column, (text, width) in enumerate(zip(line, widths, strict=True))
    )
    return f"{what}  {ours}  {must}  {aim}  {verdict}  {how}".rstrip()
