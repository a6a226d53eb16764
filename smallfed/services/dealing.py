"""Dealing: whether the house deals with a server: hears it, asks it, takes its pictures, sends to it.

``judging`` has the table of all that is judged, and where.

Spec: PROTOCOL §9.2.
"""

from collections.abc import Collection

from smallfed.domain.purge import PURGED
from smallfed.domain.refused import Refused
from smallfed.domain.rule import SILENT, Action, Judgement, Verdict
from smallfed.policy import rules as policy
from smallfed.policy.rules.facts import Facts
from smallfed.services import describing
from smallfed.store import accounts, domain_blocks, purges, refusals, rules, standings
from smallfed.store.tx import Tx


def may_ask(tx: Tx, name: str, url: str = "") -> Refused | None:
    """Judge whether ``url``, or anything, may be fetched from a host."""
    if purges.holds(tx, url):
        return Refused(PURGED)
    if domain_blocks.covers(tx, name):
        return Refused(f"{name} is blocked here.")
    verdict = keeps_out(tx, name)
    if verdict is None or refusals.is_asked_for(tx, name, url):
        return None
    return Refused(f"{name} is refused here: {verdict.rule}.")


def wants_media(tx: Tx, name: str, account: int | None = None) -> bool:
    """Whether pictures may be fetched from a host, and of an account, where it is known whose they are."""
    said = _judged(tx, name)
    if domain_blocks.gives_no_pictures(tx, name) or said.refusal is not None or said.says(Action.STRIP):
        return False
    if account is None:
        return True
    if standings.hides_pictures(tx, account) or domain_blocks.covers_account(tx, account):
        return False
    book, author = rules.book(tx), accounts.get(tx, account)
    return not book or not policy.judge(book, describing.sender(tx, author.uri, author), tx.now).says(Action.STRIP)


def unwanted_hosts(tx: Tx, hosts: Collection[str]) -> dict[str, str]:
    """Return those of ``hosts`` to which nothing is sent because of a rule, and which rule that is."""
    found = {name: keeps_out(tx, name) for name in hosts} if rules.book(tx) else {}
    return {name: f"not sent: {verdict.rule}" for name, verdict in found.items() if verdict is not None}


def keeps_out(tx: Tx, name: str) -> Verdict | None:
    """Return what refuses whatever comes from a host, whoever sends it."""
    return _judged(tx, name).refusal


def _judged(tx: Tx, name: str) -> Judgement:
    """Return what rules say of a host as a whole."""
    book = rules.book(tx)
    return policy.judge(book, Facts(hosts=(name,)), tx.now) if book else SILENT
