"""People, complaints and domains as apps that moderate see them.

Spec: CLIENT_API §10; https://docs.joinmastodon.org/entities/Admin_Account/ and those beside it.
"""

from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from typing import Protocol

from smallfed.domain.account import Account
from smallfed.domain.domain_block import DomainAllow, DomainBlock, Origin
from smallfed.domain.house import House
from smallfed.domain.post import Post
from smallfed.domain.report import Report
from smallfed.mastodon import entities
from smallfed.mastodon.entities import maybe, moment
from smallfed.mastodon.entities.about import Rule
from smallfed.mastodon.entities.moderation import AdminAccount, AdminDomainAllow, AdminDomainBlock, AdminReport
from smallfed.mastodon.presenting.reports import words
from smallfed.store import accounts, houses, moderation, posts
from smallfed.store.tx import Tx

NOBODY = entities.Role(id="-99", name="", permissions="0")
"""The role of people on other servers."""


class Shows(Protocol):
    """What is asked of the presenter."""

    tx: Tx
    house: House
    viewer: int | None

    def accounts(self, known: Collection[Account]) -> list[entities.Account]:
        """Return these accounts, in their order."""

    def statuses(self, wanted: Sequence[Post]) -> list[entities.Status]:
        """Return these posts and boosts, in their order."""


def people(show: Shows, known: Sequence[Account]) -> list[AdminAccount]:
    """Return these accounts, in their order."""
    standings = moderation.standings(show.tx, [person.id for person in known])
    locale = houses.owner(show.tx).language
    return [
        AdminAccount(
            id=str(person.id),
            username=person.username,
            domain=None if person.local else person.host,
            created_at=moment(person.published_at or person.created_at if person.local else person.created_at),
            locale=locale if person.local else None,
            role=entities.Role() if person.local else NOBODY,
            silenced=standings[person.id].silenced,
            suspended=standings[person.id].suspended,
            account=shown,
        )
        for person, shown in zip(known, show.accounts(known), strict=True)
    ]


def reports(show: Shows, known: Sequence[Report], rules: Sequence[Rule]) -> list[AdminReport]:
    """Return these complaints, in their order; ``rules`` are those of the server.

    Of those about the owner only the server is told that they came from.
    """
    owner = houses.owner_id(show.tx)
    wanted = {owner, *(r.account_id for r in known), *(r.server_id for r in known if r.server_id is not None)}
    found = accounts.several(show.tx, wanted)
    persons = dict(zip(found, people(show, list(found.values())), strict=True))
    seen = posts.several_visible(show.tx, {post for report in known for post in report.posts}, show.viewer)
    statuses = {int(status.id): status for status in show.statuses(list(seen.values()))}
    return [_report(report, persons, statuses, rules, persons[owner]) for report in known]


def _report(
    report: Report,
    persons: Mapping[int, AdminAccount],
    statuses: Mapping[int, entities.Status],
    rules: Sequence[Rule],
    owner: AdminAccount,
) -> AdminReport:
    return AdminReport(
        id=str(report.id),
        action_taken=report.acted_at is not None,
        action_taken_at=maybe(report.acted_at),
        category=report.category.value,
        comment=words(report),
        forwarded=report.forwarded,
        created_at=moment(report.created_at),
        updated_at=moment(report.updated_at),
        account=owner if report.server_id is None else persons[report.server_id],
        target_account=persons[report.account_id],
        assigned_account=owner if report.assigned else None,
        action_taken_by_account=None if report.acted_at is None else owner,
        statuses=[statuses[post] for post in report.posts if post in statuses],
        rules=[rule for rule in rules if int(rule.id) in report.rules],
    )


def domain_block(known: DomainBlock) -> AdminDomainBlock:
    """Return what holds for a domain."""
    return AdminDomainBlock(
        id=str(known.id),
        domain=known.domain,
        digest=sha256(known.domain.encode()).hexdigest(),
        created_at=moment(known.created_at),
        severity=known.severity.value,
        reject_media=known.reject_media,
        reject_reports=known.reject_reports,
        private_comment=known.private_comment,
        public_comment=known.public_comment,
        obfuscate=known.obfuscate,
        no_relay=known.no_relay,
        mute=known.mute,
        origin="lists" if known.origin is Origin.LISTS else "owner",
        final_at=maybe(known.final_at),
    )


def domain_allow(known: DomainAllow) -> AdminDomainAllow:
    """Return a domain that is allowed."""
    return AdminDomainAllow(id=str(known.id), domain=known.domain, created_at=moment(known.created_at))
