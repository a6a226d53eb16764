"""Reporting: the owner complains of others, others complain of the owner, and the owner decides that it is done.

Spec: PROTOCOL §9.1 (Flag); CLIENT_API §10; https://docs.joinmastodon.org/methods/reports/, …/admin/reports/.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from hashlib import sha256

from smallfed.domain.account import Account, Kind
from smallfed.domain.events import ReportFiled, ReportReceived
from smallfed.domain.incoming import Flag
from smallfed.domain.post import Post, Visibility
from smallfed.domain.refused import Refused
from smallfed.domain.report import Category, Deed, Report
from smallfed.domain.uris import host
from smallfed.errors import Invalid
from smallfed.policy.reporting import may_name, may_report
from smallfed.policy.sites import site
from smallfed.store import accounts, blocks, domain_blocks, follows, houses, ids, mentions, posts, reports
from smallfed.store.tx import Tx


# Of the owner ---------------------------------------------------------------------------------------------------------
def file(
    tx: Tx,
    account: Account,
    *,
    named: Sequence[int],
    comment: str,
    category: Category,
    rules: Sequence[int],
    forward: Sequence[str],
) -> Report:
    """Keep a complaint of the owner about ``account``, and have the servers ``forward`` told of it.

    They may be that of the account, and those of whom the reported posts answer; of all others nobody is told, nor of
    those that are cut off. Of the posts ``named`` those stay that are theirs and that the owner may see. Invalid when
    it is about the owner.
    """
    if account.local:
        raise Invalid("You cannot report yourself")
    number = ids.fresh(tx, "reports")
    seen = posts.several_visible(tx, named, houses.owner_id(tx))
    report = Report(
        id=number,
        account_id=account.id,
        flag=houses.get(tx).thing("reports", number),
        category=category,
        comment=comment,
        posts=tuple(post.id for post in seen.values() if post.account_id == account.id),
        rules=tuple(rules),
        forwarded=account.host in forward and not domain_blocks.covers_account(tx, account.id),
        created_at=tx.now,
        updated_at=tx.now,
    )
    reports.put(tx, report)
    tx.announce(ReportFiled(report=number, hosts=tuple(forward)))
    return report


# About the owner ------------------------------------------------------------------------------------------------------
def receive(tx: Tx, flag: Flag) -> Refused | None:
    """Keep a complaint of others, with the server it came from; who made it is nobody's business here.

    The owner is the one complained of, and the one who reads it. Refused says why it is not kept.
    """
    server, reporter = host(flag.actor) or "", accounts.find_uri(tx, flag.actor)
    digest = None if flag.id is None else sha256(flag.id.encode()).hexdigest()
    refused = _unheard(tx, server, reporter, digest)
    if refused is not None:
        return refused
    owner = accounts.owner(tx)
    concerned = [post for post in map(partial(_own_post, tx), flag.objects) if post is not None]
    named = [post.id for post in concerned if may_name(post.visibility, concerned=_has(tx, post, server))]
    if not named and owner.uri not in flag.objects:
        return Refused("It is about nobody and nothing here.")
    report = Report(
        id=ids.fresh(tx, "reports"),
        account_id=owner.id,
        host=server,
        site=site(server),
        server_id=reporter.id if reporter is not None and _is_server(reporter) else None,
        flag=digest,
        comment=flag.comment,
        posts=tuple(dict.fromkeys(named)),
        created_at=tx.now,
        updated_at=tx.now,
    )
    reports.put(tx, report)
    tx.announce(ReportReceived(report=report.id))
    return None


def _unheard(tx: Tx, server: str, reporter: Account | None, digest: str | None) -> Refused | None:
    """Judge by who complains, and by what was heard before."""
    if reporter is not None and reporter.local:
        return Refused("The owner cannot complain of the owner.")
    names = {server} | ({reporter.host} if reporter is not None else set())
    if any(domain_blocks.wants_no_reports(tx, name) for name in names):
        return Refused("The owner wants no complaints of that server.")
    refused = may_report(
        lately=reports.count_since(tx, site(server), timedelta(days=1)),
        blocked=reporter is not None and blocks.has(tx, houses.owner_id(tx), reporter.id),
    )
    if refused is None and digest is not None and reports.heard(tx, digest):
        return Refused("It was heard before.")
    return refused


def _own_post(tx: Tx, uri: str) -> Post | None:
    number = houses.get(tx).note_id(uri)
    found = None if number is None else posts.find(tx, number)
    return found if found is not None and found.local and found.boost_of_id is None else None


def _has(tx: Tx, post: Post, server: str) -> bool:
    """Whether somebody of ``server`` was sent a post of the owner."""
    if mentions.reach(tx, post.id, server):
        return True
    return post.visibility is Visibility.PRIVATE and follows.reach(tx, post.account_id, server)


def _is_server(reporter: Account) -> bool:
    """Whether this is the actor of a server, by which it speaks without saying who wanted it."""
    return reporter.kind is Kind.APPLICATION or reporter.username == reporter.host


# The owner's decisions ------------------------------------------------------------------------------------------------
def assign(tx: Tx, report: int, *, assigned: bool) -> Report:
    """Note whether the owner is looking into a report; NotFound."""
    return _change(tx, report, assigned=assigned)


def resolve(tx: Tx, report: int, *deeds: Deed) -> Report:
    """Note that the owner is done with a report, by these deeds and by those before; NotFound."""
    before = reports.get(tx, report).deeds
    return _change(tx, report, acted_at=tx.now, deeds=tuple(dict.fromkeys((*before, *deeds))))


def reopen(tx: Tx, report: int) -> Report:
    """Note that the owner is not done with a report after all; NotFound. What was done about it stays so."""
    done = tuple(deed for deed in reports.get(tx, report).deeds if deed is not Deed.DISMISSED)
    return _change(tx, report, acted_at=None, deeds=done)


def sort(tx: Tx, report: int, *, category: Category | None, rules: Sequence[int] | None) -> Report:
    """Put a report into another category; None leaves things as they are. NotFound."""
    found = reports.get(tx, report)
    return _change(
        tx,
        report,
        category=found.category if category is None else category,
        rules=found.rules if rules is None else tuple(rules),
    )


def _change(tx: Tx, report: int, **fields: object) -> Report:
    reports.change(tx, reports.get(tx, report).id, **fields)
    return reports.get(tx, report)
