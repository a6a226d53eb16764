"""Resolving: what the owner does about a complaint, in one step with being done with it.

Of the owner's own complaint it is about the person complained of. Of one about the owner it is about the server that it
came from, since nobody else is known, and about the owner's posts that it names. Nobody is told who did what.
"""

from collections.abc import Collection

from msgspec import Struct

from smallfed.domain.domain_block import Severity
from smallfed.domain.report import Deed, Report
from smallfed.errors import Invalid
from smallfed.services import acting, moderating, posting, reporting
from smallfed.services.moderating import Wish
from smallfed.store import accounts, domain_blocks, posts, reports
from smallfed.store.tx import Tx

ALL = "all"


class Action(Struct, frozen=True, kw_only=True):
    """What is to be done. ``delete``: which of the owner's posts go, by id, or ``all`` of those complained of."""

    block: bool = False
    limit: bool = False
    mute: bool = False
    delete: tuple[str, ...] = ()


def dismiss(tx: Tx, number: int) -> Report:
    """Note that there was nothing in a complaint; NotFound."""
    return reporting.resolve(tx, number, Deed.DISMISSED)


def act(tx: Tx, number: int, wanted: Action) -> Report:
    """Do what is wanted, and be done with the complaint; NotFound. Invalid says what cannot be done about it."""
    report = reports.get(tx, number)
    deeds = [
        *([Deed.BLOCKED] if wanted.block else []),
        *([Deed.LIMITED] if wanted.limit else []),
        *([Deed.MUTED] if wanted.mute else []),
        *([Deed.DELETED] if wanted.delete else []),
    ]
    if not deeds:
        raise Invalid("say what is to be done: --block, --limit, --mute, --delete-own-post; or resolve or dismiss it")
    if report.host is None:
        _about_others(tx, report, wanted)
    else:
        _about_owner(tx, report, report.host, wanted)
    return reporting.resolve(tx, number, *deeds)


def _about_others(tx: Tx, report: Report, wanted: Action) -> None:
    person = accounts.get(tx, report.account_id)
    if wanted.delete:
        raise Invalid("this complaint is yours, about somebody else: no post of yours is named in it")
    if wanted.block:
        acting.act(tx, person, "suspend")
    if wanted.mute:
        acting.act(tx, person, "silence")
    if wanted.limit:
        moderating.set_up(tx, person.host, Wish(severity=_at_least(tx, person.host, Severity.SILENCE)))


def _about_owner(tx: Tx, report: Report, host: str, wanted: Action) -> None:
    for post in _chosen(tx, report, wanted.delete):
        posting.delete(tx, post, media=True)
    if wanted.block or wanted.limit or wanted.mute:
        severity = Severity.SUSPEND if wanted.block else Severity.SILENCE if wanted.limit else None
        moderating.set_up(tx, host, Wish(severity=_at_least(tx, host, severity), mute=wanted.mute or None))


def _at_least(tx: Tx, host: str, severity: Severity | None) -> Severity | None:
    """Return what is to hold for a server that may be kept away further already: no action lifts a block."""
    known = domain_blocks.of(tx, host)
    return known.severity if known is not None and known.cuts else severity


def _chosen(tx: Tx, report: Report, wanted: Collection[str]) -> list[int]:
    """Return the posts complained of that are wanted and there still; Invalid for others."""
    there = [post for post in report.posts if post in posts.several(tx, report.posts)]
    if ALL in wanted:
        return there
    strange = [post for post in wanted if post not in map(str, there)]
    if strange:
        names = ", ".join(map(str, there)) or "none that is there still"
        raise Invalid(f"{strange[0]} is no post of yours that this complaint names; it names {names}")
    return [post for post in there if str(post) in wanted]
