"""Moderation of complaints: the owner's own, and those about the owner.

Spec: https://docs.joinmastodon.org/methods/admin/reports/.
"""

from collections.abc import Callable
from functools import partial

from smallfed.domain.report import Report
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask, Handler
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities.moderation import AdminReport
from smallfed.mastodon.params import identifier
from smallfed.mastodon.present import Presenter
from smallfed.mastodon.presenting import moderation
from smallfed.mastodon.replying import Part
from smallfed.mastodon.routes.reports import category_of, rule_ids
from smallfed.services import reporting
from smallfed.store import houses, reports
from smallfed.store.paging import Page
from smallfed.store.reports import Choice
from smallfed.store.tx import Tx

PATH = "/api/v1/admin/reports"
READ, WRITE = owner("admin:read:reports"), owner("admin:write:reports")
DECISIONS: dict[str, Callable[[Tx, int], Report]] = {
    "assign_to_self": partial(reporting.assign, assigned=True),
    "unassign": partial(reporting.assign, assigned=False),
    "resolve": reporting.resolve,
    "reopen": reporting.reopen,
}


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.get(PATH, READ, newest)
    door.get(f"{PATH}/<number>", READ, one)
    door.put(f"{PATH}/<number>", WRITE, change)
    for name, decide in DECISIONS.items():
        door.post(f"{PATH}/<number>/{name}", WRITE, _decision(decide))


async def newest(ask: Ask) -> Part:
    """Answer complaints, newest first: those that are not done with, unless ``resolved`` ones are wanted."""
    asked = ask.params
    by, about = asked.integer("account_id"), asked.integer("target_account_id")
    return await ask.read(_newest, ask.page(default=100, most=200), bool(asked.flag("resolved")), by, about)


def _newest(show: Presenter, page: Page, resolved: bool, by: int | None, about: int | None) -> Part:
    by_owner = True if by is not None else None
    if by is not None and by != houses.owner_id(show.tx):  # who else complained is not known
        return Part(items=[], ids=[])
    found = reports.newest(show.tx, page, Choice(resolved=resolved, account=about, by_owner=by_owner))
    return Part(items=moderation.reports(show, found), ids=[report.id for report in found])


async def one(ask: Ask, number: str) -> AdminReport:
    """Answer one complaint."""
    return await ask.read(lambda show: moderation.reports(show, [reports.get(show.tx, identifier(number))])[0])


async def change(ask: Ask, number: str) -> AdminReport:
    """Put a complaint into another category."""
    category, rules = category_of(ask.params), rule_ids(ask.params)

    def sort(show: Presenter) -> AdminReport:
        return _shown(show, reporting.sort(show.tx, identifier(number), category=category, rules=rules))

    return await ask.write(sort)


def _decision(decide: Callable[[Tx, int], Report]) -> Handler:
    async def handler(ask: Ask, number: str) -> AdminReport:
        return await ask.write(lambda show: _shown(show, decide(show.tx, identifier(number))))

    return handler


def _shown(show: Presenter, report: Report) -> AdminReport:
    return moderation.reports(show, [report])[0]
