"""The dashboard of those who run a server: what happened day by day, what there is most of, who stayed.

Spec: https://docs.joinmastodon.org/methods/admin/measures/, …/dimensions/, …/retention/, …/trends/. Measures and
dimensions that mean nothing on a server of one person are left out of the answer.
"""

import platform
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from smallfed import __version__
from smallfed.errors import Invalid
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import moment
from smallfed.mastodon.entities.moderation import (
    AdminCohort,
    AdminDimension,
    AdminDimensionData,
    AdminMeasure,
    AdminMeasureData,
    CohortData,
)
from smallfed.mastodon.params import limit
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.routes import trends
from smallfed.pages.trees import Tree
from smallfed.store import accounts, measuring
from smallfed.store.measuring import Line, Span
from smallfed.store.tx import Tx

READ = owner("admin:read")
LONGEST = timedelta(days=366)
DAY = timedelta(days=1)

Dimension = Callable[[Presenter, Span, int], list[AdminDimensionData]]
"""(presenter, span, how many at most) → what there is most of."""


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.post("/api/v1/admin/measures", READ, measures)
    door.post("/api/v1/admin/dimensions", READ, dimensions)
    door.post("/api/v1/admin/retention", READ, retention)
    door.get("/api/v1/admin/trends/tags", READ, trends.tags)
    door.get("/api/v1/admin/trends/statuses", READ, trends.statuses)
    door.get("/api/v1/admin/trends/links", READ, trends.links)


# Days -----------------------------------------------------------------------------------------------------------------
def _span(asked: Tree) -> Span:
    """Return the days that are asked for, the last one included."""
    since, last = _day(asked, "start_at"), _day(asked, "end_at")
    if last < since:
        raise Invalid("end_at should not be before start_at")
    if last - since > LONGEST:
        raise Invalid("a year at once is the most")
    return Span(since=since, until=last + DAY)


def _day(asked: Tree, name: str) -> datetime:
    text = asked.text(name)
    try:
        day = datetime.fromisoformat(text or "")
    except ValueError as why:
        raise Invalid(f"{name} should be a day, such as 2026-03-01") from why
    if not 2000 <= day.year <= 2200:
        raise Invalid(f"{name} should be a day of these times")
    day = day.astimezone(UTC) if day.tzinfo else day.replace(tzinfo=UTC)
    return day.replace(hour=0, minute=0, second=0, microsecond=0)


def _dates(span: Span) -> list[datetime]:
    days = (span.until - span.since).days
    return [span.since + DAY * number for number in range(days)]


# Measures -------------------------------------------------------------------------------------------------------------
async def measures(ask: Ask) -> list[AdminMeasure]:
    """Answer how much there was of each thing that is asked for, day by day."""
    span, asked = _span(ask.params), ask.params
    wanted = [key for key in dict.fromkeys(asked.texts("keys")) if key in measuring.MEASURES]
    domains = {key: (asked.tree(key) or Tree({})).text("domain") or "" for key in wanted if key.startswith("instance_")}
    missing = [key for key, domain in domains.items() if not domain]
    if missing:
        raise Invalid(f"{missing[0]}[domain] should name a server")
    return await ask.long_read(lambda show: [_measure(show.tx, key, span, domains.get(key, "")) for key in wanted])


def _measure(tx: Tx, key: str, span: Span, domain: str) -> AdminMeasure:
    count = measuring.MEASURES[key]
    span = Span(since=span.since, until=span.until, domain=domain.lower())
    before = Span(since=span.since - (span.until - span.since), until=span.since, domain=span.domain)
    found = count(tx, span)
    return AdminMeasure(
        key=key,
        total=str(_total(key, found)),
        previous_total=str(_total(key, count(tx, before))),
        data=[
            AdminMeasureData(date=moment(day), value=str(found.get(day.date().isoformat(), 0))) for day in _dates(span)
        ],
    )


def _total(key: str, found: Mapping[str, int]) -> int:
    """Add days up; who was active on several days is one person."""
    return max(found.values(), default=0) if key == "active_users" else sum(found.values())


# Dimensions -----------------------------------------------------------------------------------------------------------
async def dimensions(ask: Ask) -> list[AdminDimension]:
    """Answer what there is most of, of each kind that is asked for."""
    span, most = _span(ask.params), limit(ask.params, default=10, most=100)
    wanted = [key for key in dict.fromkeys(ask.params.texts("keys")) if key in DIMENSIONS]
    return await ask.long_read(
        lambda show: [AdminDimension(key=key, data=DIMENSIONS[key](show, span, most)) for key in wanted]
    )


def _counted(count: Callable[[Tx, Span, int], list[Line]]) -> Dimension:

    def lines(show: Presenter, span: Span, most: int) -> list[AdminDimensionData]:
        found = count(show.tx, span, most)
        return [AdminDimensionData(key=one.key, human_key=one.key, value=str(one.count)) for one in found]

    return lines


def _versions(show: Presenter, _span: Span, _most: int) -> list[AdminDimensionData]:
    known = {"smallfed": __version__, "Python": platform.python_version(), "SQLite": measuring.engine(show.tx)}
    return [
        AdminDimensionData(key=name.lower(), human_key=name, value=version, human_value=version)
        for name, version in known.items()
    ]


def _space(show: Presenter, _span: Span, _most: int) -> list[AdminDimensionData]:
    size = measuring.size(show.tx)
    words = f"{size / (1 << 20):.1f} MB"
    return [AdminDimensionData(key="sqlite", human_key="SQLite", value=str(size), unit="bytes", human_value=words)]


DIMENSIONS: Mapping[str, Dimension] = {
    "languages": _counted(measuring.languages),
    "servers": _counted(measuring.servers),
    "sources": _counted(measuring.sources),
    "software_versions": _versions,
    "space_usage": _space,
}


# Retention ------------------------------------------------------------------------------------------------------------
async def retention(ask: Ask) -> list[AdminCohort]:
    """Answer, for each day or month, how many of those who joined in it were active later: the owner, if anybody."""
    span, frequency = _span(ask.params), ask.params.text("frequency") or "day"
    if frequency not in ("day", "month"):
        raise Invalid("frequency should be day or month")
    return await ask.long_read(_retention, span, monthly=frequency == "month")


def _retention(show: Presenter, span: Span, *, monthly: bool) -> list[AdminCohort]:
    person = accounts.owner(show.tx)
    joined = _begins(person.published_at or person.created_at, monthly=monthly)
    periods = _periods(span, monthly=monthly)
    active = {
        _begins(datetime.fromisoformat(day).replace(tzinfo=UTC), monthly=monthly)
        for day in measuring.active_users(show.tx, span)
    }
    return [
        AdminCohort(
            period=moment(period),
            frequency="month" if monthly else "day",
            data=[
                CohortData(date=moment(later), rate=float(stayed), value=str(int(stayed)))
                for later in periods[number:]
                for stayed in [period == joined and (later in active or later == joined)]
            ],
        )
        for number, period in enumerate(periods)
    ]


def _begins(when: datetime, *, monthly: bool) -> datetime:
    day = when.replace(hour=0, minute=0, second=0, microsecond=0)
    return day.replace(day=1) if monthly else day


def _periods(span: Span, *, monthly: bool) -> list[datetime]:
    return list(dict.fromkeys(_begins(day, monthly=monthly) for day in _dates(span)))
