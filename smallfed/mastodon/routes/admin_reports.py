"""Moderation of complaints: the owner's own, and those about the owner.

Spec: https://docs.joinmastodon.org/methods/admin/reports/.
"""

from collections.abc import Callable, Sequence
from functools import partial

from smallfed.domain.report import Report
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask, Handler
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities.moderation import AdminReport
from smallfed.mastodon.params import identifier
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.presenting import moderation
from smallfed.mastodon.replying import Part
from smallfed.mastodon.routes.about import ruled
from smallfed.mastodon.routes.reports import category_of, rule_ids
from smallfed.services import reporting
from smallfed.store import houses, reports
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


def _present(ask: Ask) -> Callable[[Presenter, Sequence[Report]], list[AdminReport]]:
    """Return what presents complaints, with the rules of this server."""
    return partial(moderation.reports, rules=ruled(ask.parts.config.instance.rules))


async def newest(ask: Ask) -> Part:
    """Answer complaints, newest first: those that are not done with, unless ``resolved`` ones are wanted."""
    asked, page, present = ask.params, ask.page(default=100, most=200), _present(ask)
    by, about = asked.integer("account_id"), asked.integer("target_account_id")
    choice = Choice(resolved=bool(asked.flag("resolved")), account=about, by_owner=None if by is None else True)

    def find(show: Presenter) -> Part:
        if by is not None and by != houses.owner_id(show.tx):  # who else complained is not known
            return Part(items=[], ids=[])
        found = reports.newest(show.tx, page, choice)
        return Part(items=present(show, found), ids=[report.id for report in found])

    return await ask.read(find)


async def one(ask: Ask, number: str) -> AdminReport:
    """Answer one complaint."""
    present = _present(ask)
    return await ask.read(lambda show: present(show, [reports.get(show.tx, identifier(number))])[0])


async def change(ask: Ask, number: str) -> AdminReport:
    """Put a complaint into another category, or say which rules were broken."""
    category, rules = category_of(ask.params), rule_ids(ask)
    return await _decide(ask, number, partial(reporting.sort, category=category, rules=rules))


def _decision(decide: Callable[[Tx, int], Report]) -> Handler:
    async def handler(ask: Ask, number: str) -> AdminReport:
        return await _decide(ask, number, decide)

    return handler


async def _decide(ask: Ask, number: str, decide: Callable[[Tx, int], Report]) -> AdminReport:
    present = _present(ask)
    return await ask.write(lambda show: present(show, [decide(show.tx, identifier(number))])[0])
