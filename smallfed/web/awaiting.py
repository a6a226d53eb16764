"""What waits for the owner, and what is under way: the lines at the top of the owner's pages."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from msgspec import Struct

from smallfed.domain.blocklist import State
from smallfed.domain.scheduled_post import ScheduledPost
from smallfed.services import reviewing
from smallfed.store import (
    accounts,
    backlog,
    blocklists,
    findings,
    follows,
    inbound,
    notification_requests,
    pushes,
    refusals,
    reports,
)
from smallfed.store.tx import Tx
from smallfed.web.words import counted


class Line(Struct, frozen=True, kw_only=True):
    """One thing that waits. ``path`` is a page of ours with more, ``command`` one at the terminal; "" for none."""

    what: str
    where: str = ""
    path: str = ""
    command: str = ""


def waiting(tx: Tx, written: Sequence[ScheduledPost], *, ledger_days: int) -> list[Line]:
    """Return what waits, what asks for the owner first. ``written`` are the drafts and posts for later."""
    return [*_asking(tx, written, ledger_days), *_under_way(tx)]


def _asking(tx: Tx, written: Sequence[ScheduledPost], ledger_days: int) -> Iterator[Line]:
    if stuck := sum(bool(post.problem) for post in written):
        yield Line(what=f"{counted(stuck, 'post', 'posts')} could not be published.", path="/drafts")
    if people := follows.count(tx, accounts.owner(tx).id, followers=True, accepted=False):
        yield Line(
            what=f"{counted(people, 'person asks', 'people ask')} to follow you.",
            path="/moderation",
            where="Your app lists them as follow requests, too.",
        )
    together, single = reviewing.counts(tx)
    if together:
        what = counted(together, "wave of what strangers send is", "waves of what strangers send are")
        yield Line(what=f"{what} held.", path="/review")
    people, _ = notification_requests.pending(tx)
    if people:
        yield Line(
            what=f"Notifications from {counted(people, 'person', 'people')} are held back.",
            where="Your app lists them as filtered notifications.",
            path="/review" if single else "",
        )
    if (oldest := refusals.oldest_held(tx)) is not None:
        held = counted(refusals.count_held(tx), "post or activity is", "posts and activities are")
        yield Line(
            what=f"{held} held by what you have said.",
            where=f"The oldest goes {_ahead(oldest + timedelta(days=ledger_days) - tx.now)}, if you do not let it in.",
            path="/moderation",
        )
    if complaints := reports.count_open(tx):
        yield Line(
            what=f"{counted(complaints, 'report from another server is', 'reports from other servers are')} open.",
            path="/moderation",
            command="smallfed reports",
        )
    yield from _of_lists(tx)


def _ahead(span: timedelta) -> str:
    return "within a day" if span < timedelta(days=1) else f"in {counted(span.days, 'day', 'days')}"


def _of_lists(tx: Tx) -> Iterator[Line]:
    if drafts := findings.count_waiting(tx):
        yield Line(
            what=f"{counted(drafts, 'entry of lists that you subscribe to waits', 'entries of lists wait')}"
            " for your word.",
            path="/blocklists",
        )
    for known in blocklists.every(tx):
        if known.state in (State.HELD, State.FAILING):
            trouble = "is not believed" if known.state is State.HELD else "could not be read"
            yield Line(what=f"The list {known.name} {trouble}: {known.reason}.", path="/blocklists")


def _under_way(tx: Tx) -> Iterator[Line]:
    sending = backlog.tally(tx)
    if sending.deliveries:
        what = f"{counted(sending.deliveries, 'delivery waits', 'deliveries wait')} to go out to"
        silent = f"; {sending.silent} did not answer last time" if sending.silent else ""
        yield Line(what=f"{what} {counted(sending.servers, 'server', 'servers')}{silent}.", command="smallfed queue")
    if pushing := sum(service.waiting for service in pushes.by_host(tx)):
        what = counted(pushing, "push notification waits", "push notifications wait")
        yield Line(what=f"{what} to reach your apps.", command="smallfed queue")
    if parked := inbound.count_parked(tx):
        what = counted(parked, "activity of others waits", "activities of others wait")
        yield Line(what=f"{what} for something that cannot be fetched now.", command="smallfed replay")
