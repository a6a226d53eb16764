"""How `smallfed relays` says what there is: relays, how each stands, and what it brings and costs."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from smallfed.cli.tables import ago, clean, table
from smallfed.text.sizes import size

if TYPE_CHECKING:
    from smallfed.domain.relay import Day, Filters
    from smallfed.services.billing import Bill

_STATES = {
    "new": "{address} is looked at, then asked, as soon as it can be reached: see `smallfed relays`.",
    "pending": "{address} is asked. It has not answered yet: see `smallfed relays`.",
    "accepted": "{address} accepts.",
    "refused": "{address} refuses. {reason}",
    "lost": "{address} cannot be asked. {reason} `smallfed relays remove {address}` is done with it.",
}

_TO_DO = "Ask again: `smallfed relays add {address}`; done with it: `smallfed relays remove {address}`"


def answer(asked: Mapping[str, Any]) -> str:
    """Return what a relay says to being asked."""
    return _STATES[asked["state"]].format(address=clean(asked["address"]), reason=clean(asked["trouble"] or ""))


def tell_bills(bills: "Sequence[Bill]", now: datetime) -> None:
    """Print the relays there are, with what came of each."""
    rows = [
        (
            clean(each.relay.address),
            each.standing,
            "" if each.relay.heard_at is None else ago(each.relay.heard_at, now),
            each.total.posts,
            size(each.total.bytes),
            each.total.fetches,
            f"{each.total.cpu / 1e6:.1f} s",
            each.total.read,
            each.total.touched,
        )
        for each in bills
    ]
    click.echo(table(("RELAY", "STATE", "HEARD", "POSTS", "BYTES", "FETCHES", "CPU", "READ", "TOUCHED"), rows))
    _tell_hints(bills)


def tell_bill(bill: "Bill", days: "Sequence[Day]") -> None:
    """Print how one relay stands, what it brought and cost day by day, and what was refused."""
    _tell_standing(bill)
    if days:
        columns = ("DAY", "HEARD", "POSTS", "KNOWN", "BYTES", "FETCHES", "CPU", "READ", "TOUCHED", "REFUSED")
        click.echo(table(columns, [_row(one) for one in days]))
    if bill.refused:
        rows = [(times, clean(reason)) for reason, times in bill.refused.items()]
        click.echo(table(("TIMES", "WHY NOT"), rows))
    _tell_hints([bill])


def _tell_hints(found: "Sequence[Bill]") -> None:
    for each in found:
        address = clean(each.relay.address)
        if each.trouble is not None:
            to_do = f". {_TO_DO.format(address=address)}" if each.again else ""
            click.echo(f"{address}: {clean(each.trouble.removesuffix('.') if to_do else each.trouble)}{to_do}")
        if each.hint is not None:
            click.echo(f"{each.hint} Drop it? `smallfed relays remove {address}`")


def _tell_standing(bill: "Bill") -> None:
    relay = bill.relay
    click.echo(f"{clean(relay.address)}: {bill.standing}")
    click.echo(f"Kind:     {relay.style or 'not known yet'}, actor {clean(relay.actor or 'not known yet')}")
    click.echo(f"Filters:  {clean(_typed(relay.filters))}")
    caps = relay.caps
    click.echo(f"A day:    {caps.posts} posts, {size(caps.bytes)}, {caps.fetches} requests; {bill.waiting} wait")


def _typed(filters: "Filters") -> str:
    """Return what of a relay is wanted, as `smallfed relays filters` is told it."""
    lists = (("tag", filters.tags), ("without-tag", filters.without_tags), ("language", filters.languages))
    flags = ("only_media", "only_bio", "no_bots", "no_sensitive", "replies")
    named = [f"--{option} {value}" for option, values in lists for value in values]
    said = [*named, *(f"--{flag.replace('_', '-')}" for flag in flags if getattr(filters, flag))]
    return " ".join(said) or "none: all that is for everybody, and answers nobody"


def _row(day: "Day") -> tuple[object, ...]:
    cpu, refused = f"{day.cpu / 1e6:.1f} s", sum(day.refused.values())
    costs = (day.heard, day.posts, day.known, size(day.bytes), day.fetches, cpu)
    return (iso(day.day), *costs, day.read, day.touched, refused)


def iso(day: int) -> str:
    """Return the date of a day, which is told as days since 1970."""
    return date.fromordinal(date(1970, 1, 1).toordinal() + day).isoformat()
