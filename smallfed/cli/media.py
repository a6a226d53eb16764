"""smallfed media: what takes how much room and why, and a hand to prune, fetch again and verify."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import as_json
from smallfed.cli.media_migrate import migrate
from smallfed.cli.media_storage import storage
from smallfed.cli.pruning import prune
from smallfed.cli.refetching import refetch
from smallfed.cli.tables import clean, number, print_json, table
from smallfed.cli.verifying import verify
from smallfed.text.sizes import size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smallfed.runtime.folders import Weight
    from smallfed.services.sizing import Arrival, Details, Disk, Glance
    from smallfed.store.growth import Line
    from smallfed.store.holdings import Holding

OWN = {"files": "posts", "avatars": "avatars", "headers": "headers", "emojis": "emoji", "incoming": "being read"}
WHAT = {"touched": "what you touched", "followed": "people you follow", "stranger": "strangers", "lost": "nobody's"}


@click.group("media", invoke_without_command=True)
@click.option("--top", default=10, show_default=True, help="How many servers and people are listed.")
@as_json
@click.pass_context
def command(ctx: click.Context, top: int, as_json: bool) -> None:
    r"""Show what pictures, films and the database take on the disk and why; prune, fetch again, verify.

    Your own files stay for ever. Of others' copies are kept as long as there is room for them ([media] disk_budget in
    smallfed.toml): what you liked, boosted, bookmarked or answered longest, then people you follow, strangers for days.
    What has gone is fetched again when you look at it.

    \b
    Examples:
      smallfed media prune --older-than "30 days" --dry-run
      smallfed media refetch far.example
      smallfed media verify --repair
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(show, top=top, as_json=as_json)


@command.command("show", short_help="Show what takes how much room.")
@click.option("--top", default=10, show_default=True, help="How many servers and people are listed.")
@as_json
@pass_invocation
def show(invocation: Invocation, top: int, as_json: bool) -> None:
    """Show what takes how much room and why. The same as `smallfed media`."""
    from smallfed.cli.reach import reading
    from smallfed.services import sizing

    own, disk = _weighed(invocation), _disk(invocation)
    with reading(invocation) as tx:
        glance = sizing.glance(tx, disk, sum(weight.bytes for weight in own.values()))
        details, week = sizing.details(tx, top), sizing.arrived(tx, 7)
    if as_json:
        print_json({"glance": glance, "used": glance.used, "own": own, "copies": details, "week": week})
        return
    click.echo("\n".join(_glance(glance)))
    click.echo("\n" + _own_table(own))
    for heading, lines, words in _copies(details):
        if lines:
            click.echo("\n" + _holdings(heading, lines, words))
    for arrival in (glance.yesterday, week):
        if arrival.all.bytes:
            click.echo("\n" + "\n".join(_arrived(arrival)))


def _weighed(invocation: Invocation) -> "dict[str, Weight]":
    """Return what the owner's files weigh, by folder."""
    from smallfed.runtime.folders import weigh

    weights = weigh(invocation.data / "media")
    return {folder: weights[folder] for folder in OWN if folder in weights}


def _disk(invocation: Invocation) -> "Disk":
    from smallfed.cli.reach import database
    from smallfed.runtime.room import disk
    from smallfed.services.sizing import Disk

    free, total = disk(database(invocation).parent)
    config = invocation.config
    return Disk(free=free, total=total, reserve=config.storage.reserve, budget=config.media.disk_budget)


def _glance(glance: "Glance") -> list[str]:
    disk = glance.disk
    budget = "without a budget" if disk.budget is None else f"of {size(disk.budget)}"
    lines = [
        f"Pictures and films: {size(glance.used)} {budget} ({size(glance.own)} yours, {size(glance.copies)} copies).",
        f"Database: {size(glance.database)}.",
        f"Disk: {size(disk.free)} free of {size(disk.total)}; {size(disk.reserve)} are left free.",
    ]
    if disk.free < disk.reserve:
        lines.append("That is too little: nothing of others is kept until there is room again.")
    elif glance.days_left is not None:
        lines.append(f"As it went lately, the disk is full in {number(glance.days_left, 'day')}.")
    return lines


def _own_table(own: "dict[str, Weight]") -> str:
    rows = [(OWN[folder], weight.files, size(weight.bytes)) for folder, weight in own.items()]
    return table(("YOURS", "FILES", "SIZE"), rows) if rows else "There is nothing of yours yet."


def _copies(details: "Details") -> "Iterator[tuple[str, list[Holding], dict[str, str]]]":
    yield "WHAT IT IS TO YOU", details.standings, WHAT
    yield "WHY IT IS HERE", details.causes, {}
    yield "WHAT IT IS", details.subjects, {}
    yield "FROM", details.hosts, {}
    yield "OF", details.accounts, {}


def _holdings(heading: str, lines: "Sequence[Holding]", words: dict[str, str]) -> str:
    rows = [
        (clean(words.get(line.key, line.key)), line.files, size(line.bytes), line.previews, size(line.preview_bytes))
        for line in lines
    ]
    return table((heading, "COPIES", "SIZE", "THUMBNAILS", "SIZE"), rows)


def _arrived(arrival: "Arrival") -> list[str]:
    when = "Yesterday" if arrival.days == 1 else f"In the last {arrival.days} days"
    came = arrival.all
    lines = [
        f"{when} came {number(came.posts, 'post')} (about {size(came.post_bytes)}) and"
        f" {number(came.files, 'file')} ({size(came.file_bytes)}):",
        f"  by {_share(arrival.causes, came.bytes)}",
        f"  from {_share(arrival.hosts, came.bytes)}",
    ]
    if arrival.noisy is not None:
        lines.append(f"  {clean(arrival.noisy.key)} alone brought {arrival.noisy.bytes / came.bytes:.0%} of it.")
    return lines


def _share(lines: "Sequence[Line]", whole: int) -> str:
    return ", ".join(f"{clean(line.key)} {line.bytes / whole:.0%}" for line in lines)


for below in (prune, refetch, verify, storage, migrate):
    command.add_command(below)
