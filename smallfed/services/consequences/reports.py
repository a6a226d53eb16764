"""What follows from complaints: the other server hears of the owner's, the owner of those of others.

The server itself says it, and nothing in it tells that it was the owner.

Spec: PROTOCOL §9.1; CLIENT_API §7 (admin.report).
"""

from collections.abc import Callable
from typing import Any

from smallfed.domain import events
from smallfed.domain.events import Event
from smallfed.services import notifying
from smallfed.services.consequences.sending import say_to
from smallfed.store import accounts, houses, posts, reports
from smallfed.store.tx import Tx
from smallfed.translate import outward


def _forward(tx: Tx, event: events.ReportFiled) -> None:
    if not event.forward:
        return
    report = reports.get(tx, event.report)
    account, named = accounts.get(tx, report.account_id), posts.several(tx, report.posts)
    flag = outward.flag(
        houses.get(tx),
        uri=houses.get(tx).thing("reports", report.id),
        account=account.uri,
        posts=[named[number].uri for number in report.posts if number in named],
        comment=report.comment,
    )
    say_to(tx, flag, account)


def _tell(tx: Tx, event: events.ReportReceived) -> None:
    report = reports.get(tx, event.report)
    notifying.tell_report(tx, report.server_id, report.id)


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.ReportFiled: _forward,
    events.ReportReceived: _tell,
}
