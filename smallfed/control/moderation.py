"""What the owner's commands may call about servers and people: name → a function of (tx, …); see ``calls``."""

from collections.abc import Callable
from typing import Any

from msgspec import convert, to_builtins

from smallfed.domain.account import Account
from smallfed.domain.report import Report
from smallfed.domain.rule import Action, Family
from smallfed.domain.uris import host
from smallfed.errors import NotFound
from smallfed.services import (
    acting,
    following,
    freezing,
    legislating,
    lifting,
    moderating,
    naming,
    purging,
    releasing,
    reporting,
    requesting,
    resolving,
)
from smallfed.services.blocking import clean_pattern
from smallfed.services.moderating import Wish
from smallfed.store import accounts, domain_allows, domain_blocks
from smallfed.store.tx import Tx

Json = Any


def set_domain(tx: Tx, *, domain: str, wish: Json) -> Json:
    """Let something hold for a server; answers all that holds for it by the owner's word."""
    return to_builtins(moderating.set_up(tx, domain, convert(wish, Wish)))


def lift_domain(tx: Tx, *, domain: str, follow_again: bool = False) -> Json:
    """Let nothing hold for a server any more by the owner's word.

    Answers what came back, whom the owner follows again by this, and what keeps the server away all the same.
    """
    known = moderating.noted(tx, domain)
    before = freezing.impact(tx, known.domain, cut_off=True)
    moderating.lift(tx, known.id)
    still = moderating.kept_away(tx, known.domain)
    again = [account for account in before.lost if follow_again and not still and _follow_again(tx, account)]
    is_back = known.cuts and known.final_at is None and not still
    return {
        "domain": known.domain,
        "back": to_builtins(before) if is_back else None,
        "followed_again": again,
        "kept_away": still,
    }


def _follow_again(tx: Tx, handle: str) -> bool:
    account = accounts.find_handle(tx, *handle.split("@"))
    if account is None or account.gone_at is not None or account.moved_to is not None:
        return False
    following.follow(tx, account)
    return True


def finish_domain(tx: Tx, *, domain: str) -> Json:
    """Make a block final; answers how many follows ended, and what else did."""
    before = freezing.ending(tx, moderating.blocked(tx, domain))
    return {"ended": moderating.finish(tx, domain), "impact": to_builtins(before)}


def allow_domain(tx: Tx, *, domain: str) -> Json:
    """Let a server in whatever lists and the mode of the house say; answers whether a block of the owner's holds."""
    made = moderating.allow(tx, domain)
    return {"domain": made.domain, "blocked_by": domain_blocks.holding(tx, made.domain.removeprefix("*."))}


def disallow_domain(tx: Tx, *, domain: str) -> Json:
    """Let nothing speak for a server any more."""
    known = domain_allows.find(tx, clean_pattern(domain))
    if known is None:
        raise NotFound(f"{domain} is not allowed by itself: `smallfed allow` lists what is.")
    moderating.disallow(tx, known.id)
    return {"domain": known.domain}


def act_on_person(tx: Tx, *, named: str, action: str) -> Json:
    """Do to somebody what ``acting.act`` can; answers who that is. NotFound for who was never met.

    When somebody is blocked no longer it also answers how much of what they sent meanwhile is asked for ``again``.
    """
    account = person(tx, named)
    again = {"again": len(lifting.foresee_person(tx, account).again)} if action == "unsuspend" else {}
    acting.act(tx, account, action)
    return {"handle": account.handle, "uri": account.uri, **again}


def person(tx: Tx, named: str) -> Account:
    """Return whom a handle or an address names; NotFound for who was never met here, Invalid for what names nobody."""
    if "://" in named:
        found = accounts.find_url(tx, named.strip())
    else:
        user, _, name = naming.handle(named).removeprefix("@").partition("@")
        found = accounts.find_handle(tx, user, name)
    if found is None:
        server = host(named.strip())
        whole = f"; their whole server is {server}" if server else ""
        raise NotFound(f"{named} was never met here: look them up in an app once, and type it again{whole}")
    return found


# Purges ---------------------------------------------------------------------------------------------------------------
def begin_purge(tx: Tx, *, named: str, reason: str = "") -> Json:
    """Begin to let something go for good; answers the number of the purge."""
    return {"id": purging.begin(tx, named, reason=reason).id}


def forget_purge(tx: Tx, *, number: int) -> Json:
    """Let what was purged come back if it comes; answers what it was, as far as that is known."""
    known = purging.forget(tx, number)
    return {"id": known.id, "kind": known.kind.value, "host": known.host, "reason": known.reason}


# Rules and the ledger -------------------------------------------------------------------------------------------------
def add_rule(tx: Tx, *, family: str, match: str, action: str, lasting: str | None = None, comment: str = "") -> Json:
    """Make a rule; answers it."""
    until = legislating.lasting(tx, lasting)
    made = legislating.make(
        tx, convert(family, Family), match, convert(action, Action), comment=comment, expires_at=until
    )
    return to_builtins(made)


def remove_rule(tx: Tx, *, number: int) -> Json:
    """Take a rule back; answers what it was."""
    return to_builtins(legislating.repeal(tx, number))


def release(tx: Tx, *, number: int) -> Json:
    """Let in what was refused; answers the line of the ledger."""
    return to_builtins(releasing.release(tx, number))


def make_rule(tx: Tx, *, number: int, family: str, action: str) -> Json:
    """Make a rule of a line of the ledger; answers it."""
    return to_builtins(releasing.make_rule(tx, number, convert(family, Family), convert(action, Action)))


# Requests -------------------------------------------------------------------------------------------------------------
def decide_request(tx: Tx, *, named: str, accept: bool) -> Json:
    """Let somebody follow the owner who asked, or not; answers who that is."""
    account = person(tx, named)
    requesting.decide(tx, account, accept=accept)
    return {"handle": account.handle}


def review_requests(tx: Tx) -> Json:
    """Let those in who need not wait on the terms of now; answers whom."""
    return {"accepted": requesting.review(tx)}


# Complaints -----------------------------------------------------------------------------------------------------------
def act_on_report(tx: Tx, *, number: int, wanted: Json) -> Json:
    """Do something about a complaint, and be done with it; answers it."""
    return _told(resolving.act(tx, number, convert(wanted, resolving.Action)))


def close_report(tx: Tx, *, number: int, how: str) -> Json:
    """Be done with a complaint, or not after all; answers it."""
    decisions: dict[str, Callable[[Tx, int], Report]] = {
        "resolve": reporting.resolve,
        "dismiss": resolving.dismiss,
        "reopen": reporting.reopen,
    }
    return _told(decisions[how](tx, number))


def _told(report: Report) -> Json:
    return {"id": report.id, "deeds": list(report.deeds), "open": report.acted_at is None}


CALLS: dict[str, Callable[..., Json]] = {
    "domain.set": set_domain,
    "domain.lift": lift_domain,
    "domain.final": finish_domain,
    "domain.allow": allow_domain,
    "domain.disallow": disallow_domain,
    "person.act": act_on_person,
    "requests.decide": decide_request,
    "requests.review": review_requests,
    "purge.begin": begin_purge,
    "purge.forget": forget_purge,
    "reports.act": act_on_report,
    "reports.close": close_report,
    "rules.add": add_rule,
    "rules.remove": remove_rule,
    "ledger.release": release,
    "ledger.make_rule": make_rule,
}
