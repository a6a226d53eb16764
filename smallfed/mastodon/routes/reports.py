"""Reports: the owner complains of somebody, to the records here and to their server.

Spec: CLIENT_API §10, §14 (Report); https://docs.joinmastodon.org/methods/reports/.
"""

from smallfed.domain.numbers import number as numbered
from smallfed.domain.report import Category
from smallfed.domain.uris import host
from smallfed.errors import Invalid, NotFound
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import Report
from smallfed.mastodon.params import identifier, identifiers
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.presenting import reports
from smallfed.pages.trees import Tree
from smallfed.policy.reporting import LONGEST_OWN, MOST_HOSTS, MOST_POSTS
from smallfed.services import reporting
from smallfed.store import accounts
from smallfed.store import reports as stored

WRITE = owner("write:reports")


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.post("/api/v1/reports", WRITE, file)
    door.get("/api/v1/reports/<number>", WRITE, one)


async def file(ask: Ask) -> Report:
    """Keep a complaint, and forward it if that is wanted."""
    asked = ask.params
    account = identifier(asked.text("account_id") or "")
    named = identifiers(asked, "status_ids")[:MOST_POSTS]
    rules, forward, hosts = rule_ids(ask), bool(asked.flag("forward")), _hosts(asked)
    comment, category = _comment(asked), category_of(asked) or (Category.VIOLATION if rules else Category.OTHER)

    def filed(show: Presenter) -> Report:
        about = accounts.get(show.tx, account)
        report = reporting.file(
            show.tx,
            about,
            named=named,
            comment=comment,
            category=category,
            rules=rules or (),
            forward=((about.host,) if hosts is None else hosts) if forward else (),
        )
        return reports.reports(show, [report])[0]

    return await ask.write(filed)


async def one(ask: Ask, number: str) -> Report:
    """Answer a complaint of the owner's own."""
    return await ask.read(_one, identifier(number))


def _one(show: Presenter, number: int) -> Report:
    report = stored.get(show.tx, number)
    if report.host is not None:
        raise NotFound("Record not found")
    return reports.reports(show, [report])[0]


def _hosts(asked: Tree) -> tuple[str, ...] | None:
    """Return which servers are to be told, None where that is not said: then it is the account's own."""
    if "forward_to_domains" not in asked:
        return None
    said = asked.texts("forward_to_domains")[:MOST_HOSTS]
    return tuple(name for name in dict.fromkeys(host(f"https://{text.strip()}") for text in said) if name is not None)


def _comment(asked: Tree) -> str:
    comment = (asked.text("comment") or "").strip()
    if len(comment) > LONGEST_OWN:
        raise Invalid(f"Validation failed: Comment is too long (maximum is {LONGEST_OWN} characters)")
    return comment


def category_of(asked: Tree) -> Category | None:
    """Return the category that is asked for, None when none is; Invalid for what is none."""
    word = asked.text("category")
    if not word:
        return None
    try:
        return Category(word)
    except ValueError as why:
        raise Invalid("Validation failed: Category is not included in the list") from why


def rule_ids(ask: Ask) -> tuple[int, ...] | None:
    """Return the numbers of rules that are named, None when nothing is said of them; Invalid when there is no such."""
    if "rule_ids" not in ask.params:
        return None
    there = range(1, len(ask.parts.config.instance.rules) + 1)
    named = dict.fromkeys(map(numbered, ask.params.texts("rule_ids")))
    known = tuple(rule for rule in named if rule is not None and rule in there)
    if len(known) < len(named):
        raise Invalid("Validation failed: Rule ids does not reference valid rules")
    return known
