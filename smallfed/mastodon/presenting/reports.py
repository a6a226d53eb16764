"""Reports as client apps see them.

Spec: CLIENT_API §14 (Report).
"""

from collections.abc import Collection, Sequence
from typing import Protocol

from smallfed.domain.account import Account
from smallfed.domain.report import Report
from smallfed.mastodon import entities
from smallfed.mastodon.entities import maybe, moment
from smallfed.store import accounts
from smallfed.store.tx import Tx


class Shows(Protocol):
    """What is asked of the presenter."""

    tx: Tx

    def accounts(self, known: Collection[Account]) -> list[entities.Account]:
        """Return these accounts, in their order."""


def reports(show: Shows, known: Sequence[Report]) -> list[entities.Report]:
    """Return these reports, in their order."""
    persons = accounts.several(show.tx, {report.account_id for report in known})
    shown = dict(zip(persons, show.accounts(persons.values()), strict=True))
    return [
        entities.Report(
            id=str(report.id),
            action_taken=report.acted_at is not None,
            action_taken_at=maybe(report.acted_at),
            category=report.category.value,
            comment=words(report),
            forwarded=report.forwarded,
            created_at=moment(report.created_at),
            status_ids=[str(post) for post in report.posts],
            rule_ids=[str(rule) for rule in report.rules],
            target_account=shown[report.account_id],
        )
        for report in known
    ]


def words(report: Report) -> str:
    """Return what was said, and by which server where nothing else tells that."""
    if report.host is None or report.server_id is not None:
        return report.comment
    return f"{report.comment}\n\n({report.host})".strip()
