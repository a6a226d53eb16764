"""What the commands about servers and people share: whom is meant, what it would cut, and how that is said."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from smallfed.cli.tables import clean, number, table

if TYPE_CHECKING:
    from datetime import datetime

    from smallfed.domain.domain_block import DomainBlock
    from smallfed.services.freezing import Impact
    from smallfed.store.tx import Tx

SHOWN = 20  # names of people, before the rest is counted
FLAGS = ("reject_media", "reject_reports", "no_relay", "mute")

preview = click.option("--preview", "--dry-run", is_flag=True, help="Say what would happen, and do nothing.")


def is_person(target: str) -> bool:
    """Whether a target is somebody, @user@example.org or their address, and not a whole server."""
    if "://" in target:
        return bool(target.partition("://")[2].strip("/").partition("/")[2])
    rest = target.strip().removeprefix("@")
    return "@" in rest or (target.strip() != rest and "." not in rest)


def plain(impact: "Impact") -> dict[str, object]:
    """Return what is cut or comes back as JSON has it."""
    from msgspec import structs

    return structs.asdict(impact)


def cuts(impact: "Impact") -> str:
    """Return what a block cuts and hides."""
    said = [
        f"cuts {number(len(impact.following), 'person', 'people')} you follow" if impact.following else "",
        f"cuts {number(len(impact.followers), 'follower')}" if impact.followers else "",
        f"freezes {number(impact.requests, 'request')} to follow" if impact.requests else "",
        f"hides {number(impact.posts, 'post')}" if impact.posts else "",
        f"puts away {number(impact.notifications, 'notification')}" if impact.notifications else "",
    ]
    nothing = "cuts nobody and hides nothing" + ("" if impact.people else ": nobody there was ever met here")
    return ", ".join(filter(None, said)) or nothing


def ends(impact: "Impact") -> str:
    """Return what ends for good when a block becomes final, and what only stays hidden."""
    said = [
        f"{number(len(impact.following), 'follow')} of yours" * bool(impact.following),
        number(len(impact.followers), "follower") * bool(impact.followers),
        f"{number(impact.requests, 'request')} to follow" * bool(impact.requests),
        f"{number(impact.notifications, 'notification')} of theirs" * bool(impact.notifications),
    ]
    ended = ", ".join(filter(None, said)) or "nothing"
    hidden = f"; {number(impact.posts, 'post stays', 'posts stay')} hidden, and go as those of strangers do"
    return ended + hidden * bool(impact.posts)


def back(impact: "Impact") -> str:
    """Return what lifting a block brings back."""
    said = [
        f"{number(len(impact.following), 'person', 'people')} you follow (they are asked again)"
        * bool(impact.following),
        number(len(impact.followers), "follower") * bool(impact.followers),
        f"{number(impact.requests, 'request')} to follow" * bool(impact.requests),
        number(impact.posts, "post") * bool(impact.posts),
        number(impact.notifications, "notification") * bool(impact.notifications),
    ]
    return ", ".join(filter(None, said)) or "nothing"


def meanwhile(impact: "Impact") -> str:
    """Return what becomes of what a block turned away while it held; "" where that is nothing."""
    again = f"{number(impact.again, 'thing is', 'things are')} asked for again"
    never = (
        f"{number(impact.never, 'other')} cannot be had any more (likes, votes, requests to follow, reports, and what"
        " was more than the ledger keeps)"
    )
    said = [again * bool(impact.again), never * bool(impact.never)]
    return "; ".join(filter(None, said)) + "." * any(said)


def people(headline: str, handles: Sequence[str]) -> str:
    """Return names below a line that says who they are; "" for none."""
    if not handles:
        return ""
    shown = [f"  @{clean(handle)}" for handle in handles[:SHOWN]]
    rest = [f"  and {len(handles) - SHOWN} more"] if len(handles) > SHOWN else []
    return "\n".join([headline, *shown, *rest])


def tell_people(impact: "Impact") -> None:
    """Print who is cut."""
    for headline, handles in (("You follow:", impact.following), ("They follow you:", impact.followers)):
        if handles:
            click.echo(people(headline, handles))


def listed(blocks: "Sequence[DomainBlock]", now: "datetime") -> str:
    """Return what holds for servers as a table."""
    from smallfed.cli.tables import ago

    rows = [
        (
            clean(one.domain),
            one.severity.value,
            _flags(one),
            "" if not one.cuts else "final" if one.final_at else "frozen",
            "you" if one.origin.value == "owner" else one.origin.value,
            ago(one.created_at, now),
            clean(one.private_comment or one.public_comment),
        )
        for one in blocks
    ]
    return table(("DOMAIN", "SEVERITY", "BESIDES", "FOLLOWS", "BY", "SINCE", "COMMENT"), rows)


def _flags(one: "DomainBlock") -> str:
    return " ".join(name.replace("_", "-") for name in FLAGS if getattr(one, name))


def look_ahead(tx: "Tx", domain: str) -> "Impact":
    """Return what there is with a server; Invalid for what cannot be blocked."""
    from smallfed.services import blocking, freezing

    return freezing.impact(tx, blocking.foreign(tx, domain, blocking.clean_pattern))


def look_back(tx: "Tx", domain: str) -> "tuple[Impact, str]":
    """Return what lifting what holds for a server brings back, and why nothing, if so; NotFound when nothing holds."""
    from smallfed.services import freezing, moderating

    known = moderating.noted(tx, domain)
    if not known.cuts:
        why = f"{known.domain} is limited, not blocked: nothing is frozen that could come back."
    else:
        why = moderating.kept_away(tx, known.domain, but=known.id)
    return freezing.Impact(domain=known.domain) if why else freezing.impact(tx, known.domain, cut_off=True), why


def holds(made: "Mapping[str, Any]") -> str:
    """Return all that holds for a server, as a call answers it."""
    flags = [name.replace("_", "-") for name in FLAGS if made[name]]
    return ", ".join([*([] if made["severity"] == "noop" else [made["severity"]]), *flags])
