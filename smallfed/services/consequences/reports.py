"""What follows from complaints: the other server hears of the owner's, the owner of those of others.

The server itself says it, and nothing in it tells that it was the owner.

Spec: PROTOCOL §9.1; CLIENT_API §7 (admin.report).
"""

from collections.abc import Callable, Sequence
from typing import Any

from smallfed.domain import events
from smallfed.domain.account import Account
from smallfed.domain.events import Event
from smallfed.domain.post import Post
from smallfed.domain.report import Report
from smallfed.policy.reporting import may_pass_on
from smallfed.protocol.emitted import Activity
from smallfed.services import notifying
from smallfed.services.consequences.sending import say_to
from smallfed.store import accounts, houses, posts, reports
from smallfed.store.tx import Tx
from smallfed.translate import outward


def _forward(tx: Tx, event: events.ReportFiled) -> None:
    report = reports.get(tx, event.report)
    found = posts.several(tx, report.posts)
    account, named = accounts.get(tx, report.account_id), [found[post] for post in report.posts if post in found]
    if account.host in event.hosts:
        say_to(tx, _flag(tx, report, account, named), account)
    answered = accounts.several(tx, {post.in_reply_to_account_id for post in named if post.in_reply_to_account_id})
    by_host = {person.host: person for person in answered.values() if not person.local}  # of each server, one is enough
    for host, person in by_host.items():
        theirs = [post for post in named if may_pass_on(post, person.id)]
        if host in event.hosts and host != account.host and theirs:
            say_to(tx, _flag(tx, report, account, theirs), person)


def _flag(tx: Tx, report: Report, account: Account, named: Sequence[Post]) -> Activity:
    return outward.flag(
        houses.get(tx),
        uri=houses.get(tx).thing("reports", report.id),
        account=account.uri,
        posts=[post.uri for post in named],
        comment=report.comment,
    )


def _tell(tx: Tx, event: events.ReportReceived) -> None:
    report = reports.get(tx, event.report)
    notifying.tell_report(tx, report.server_id, report.id)


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.ReportFiled: _forward,
    events.ReportReceived: _tell,
}
