"""smallfed lists: borrow the judgement of others, and keep your own."""

from pathlib import Path
from typing import Any

import click

from smallfed.cli import lists_showing as showing
from smallfed.cli.context import Invocation, fail, pass_invocation
from smallfed.cli.flags import as_json
from smallfed.cli.lists_agreeing import apply, decide, preview, reckon
from smallfed.cli.lists_trust import trust, trusting
from smallfed.cli.tables import clean, number, print_json, tell


@click.group("lists", invoke_without_command=True)
@as_json
@pass_invocation
@click.pass_context
def command(context: click.Context, invocation: Invocation, as_json: bool) -> None:
    r"""Subscribe to block lists of others; see what they would cut, agree or not, and undo it.

    Nothing is blocked because one list says so, unless you give it that weight; whoever follows you or is followed by
    you is never cut off before you have decided it yourself. What only a list held ends when it says so no more.

    \b
    Examples:
      smallfed lists preview https://lists.example/blocks.csv
      smallfed lists add https://lists.example/blocks.csv --weight 2
      smallfed lists preview
      smallfed lists apply
      smallfed lists decide friends.example ignore
    """
    if context.invoked_subcommand is None:
        showing.overview(invocation, as_json=as_json)


@command.command("list")
@as_json
@pass_invocation
def list_(invocation: Invocation, as_json: bool) -> None:
    """Show the lists, what they say, and what waits for you."""
    showing.overview(invocation, as_json=as_json)


@command.command("show")
@click.argument("what")
@as_json
@pass_invocation
def show(invocation: Invocation, what: str, as_json: bool) -> None:
    r"""Show a list by its name; or of a server or somebody which lists name them, since when, and what holds.

    \b
    Examples:
      smallfed lists show lists.example/blocks
      smallfed lists show bad.example
    """
    showing.show(invocation, what, as_json=as_json)


@command.command("add")
@click.argument("source", metavar="URL|FILE")
@trusting
@as_json
@pass_invocation
def add(invocation: Invocation, /, source: str, as_json: bool, **given: Any) -> None:
    r"""Subscribe to the list at an address, or take over one from a file (again: the newer one replaces it).

    \b
    Examples:
      smallfed lists add https://lists.example/blocks.csv --weight 2 --automatic
      smallfed lists add ~/my-own-list.csv --max limit --label spam
    """
    from smallfed.cli.reach import call

    if "://" not in source:
        _add_file(invocation, Path(source), trust(given), as_json=as_json)
        return
    made = call(invocation, "lists.subscribe", url=source, trust=trust(given))
    outcome = _read_now(invocation, made["name"])
    if as_json:
        print_json({"list": made, "outcome": outcome})
        return
    if outcome is None:
        click.echo(f"{clean(made['name'])} is read when the server runs.")
    elif "error" in outcome:
        name = clean(made["name"])
        click.echo(f"You subscribe to {name}, but it could not be read: {clean(outcome['error'])}")
        click.echo(f"It is tried again; if the address is wrong, `smallfed lists remove {name}` ends that.")
    else:
        showing.tell_outcome(outcome)
        click.echo("`smallfed lists preview` shows what would come of it, `smallfed lists apply` agrees.")


def _read_now(invocation: Invocation, name: str) -> dict[str, Any] | None:
    from smallfed.cli.reach import attempt

    outcome: dict[str, Any] | None = attempt(invocation, "lists.refresh", name=name)
    return outcome


def _add_file(invocation: Invocation, path: Path, trusted: dict[str, Any], *, as_json: bool) -> None:
    from smallfed.cli.lists_file import take_over

    taken = take_over(invocation, path, trusted)
    reckon(invocation)
    name, read = taken.made["name"], taken.read
    if as_json:
        print_json({"list": taken.made, "dropped": read.dropped})
        return
    click.echo(f"{clean(name)} has {number(len(read.entries), 'entry', 'entries')}, {taken.new} of them new.")
    showing.tell_dropped([(drop.count, drop.reason, drop.examples) for drop in read.dropped])


@command.command("set")
@click.argument("list_name", metavar="NAME")
@trusting
@click.option("--pause/--resume", "paused", default=None, help="Read it no more for now; what it said counts.")
@as_json
@pass_invocation
def change(invocation: Invocation, /, list_name: str, paused: bool | None, as_json: bool, **given: Any) -> None:
    """Trust a list more or less than before."""
    from smallfed.cli.reach import call

    wanted = trust(given) | ({} if paused is None else {"paused": paused})
    if not wanted:
        raise click.UsageError("say what shall be otherwise: --weight, --max, --label, --automatic, …")
    made = call(invocation, "lists.change", name=list_name, trust=wanted)
    reckon(invocation)
    tell(made, f"{clean(made['name'])}: {showing.terms(made)}.", as_json=as_json)


@command.command("remove")
@click.argument("name")
@as_json
@pass_invocation
def remove(invocation: Invocation, name: str, as_json: bool) -> None:
    """Want a list no more: what only it held ends, and follows that it had frozen are back."""
    from smallfed.cli.reach import call

    gone = call(invocation, "lists.unsubscribe", name=name)
    reckon(invocation)
    tell(gone, f"{clean(gone['name'])} is gone, and what only it held.", as_json=as_json)


@command.command("retract")
@click.argument("name")
@as_json
@pass_invocation
def retract(invocation: Invocation, name: str, as_json: bool) -> None:
    """Let nothing count that a list says; it is paused until you `lists set NAME --resume`."""
    from smallfed.cli.reach import call

    known = call(invocation, "lists.take_back", name=name)
    reckon(invocation)
    tell(known, f"What {clean(known['name'])} says does not count any more.", as_json=as_json)


@command.command("refresh")
@click.argument("name", required=False)
@click.option("--believe", is_flag=True, help="Believe it even if nearly nothing is left of it.")
@as_json
@pass_invocation
def refresh(invocation: Invocation, name: str | None, believe: bool, as_json: bool) -> None:
    """Read a list now, or all but those that are paused."""
    from smallfed.cli.reach import ask

    if name is None and believe:
        raise click.UsageError("say which list you believe")
    if name is None:
        _refresh_all(invocation, as_json=as_json)
        return
    outcome = ask(invocation, "lists.refresh", name=name, believe=believe)
    print_json([outcome]) if as_json else showing.tell_outcome(outcome)


def _refresh_all(invocation: Invocation, *, as_json: bool) -> None:
    """Read them one after the other; one that cannot be read keeps no other from it."""
    from smallfed.cli.reach import attempt, needs_server, reading
    from smallfed.store import blocklists

    with reading(invocation) as tx:
        names = [one.name for one in blocklists.every(tx) if one.url is not None and not one.paused]
    outcomes = [{"name": name} | (attempt(invocation, "lists.refresh", name=name) or needs_server()) for name in names]
    unread = [f"{clean(one['name'])} could not be read: {clean(one['error'])}" for one in outcomes if "error" in one]
    if as_json:
        print_json(outcomes)
    for outcome in [] if as_json else outcomes:
        if "error" not in outcome:
            showing.tell_outcome(outcome)
    if unread:
        fail("; ".join(unread))


@command.command("export")
@pass_invocation
def export(invocation: Invocation) -> None:
    """Print what you block and limit yourself, as Mastodon reads it. Your private comments are not in it."""
    from smallfed.cli.reach import reading
    from smallfed.store import domain_blocks
    from smallfed.translate.blocklists import write

    with reading(invocation) as tx:
        click.echo(write(domain_blocks.own(tx)), nl=False)


@command.command("diff")
@click.argument("name")
@as_json
@pass_invocation
def diff(invocation: Invocation, name: str, as_json: bool) -> None:
    """Read a list and show how it differs from what it said before; nothing comes of it."""
    from smallfed.cli.reach import ask

    found = ask(invocation, "lists.diff", name=name)
    print_json(found) if as_json else showing.tell_diff(found)


for below in (preview, apply, decide):
    command.add_command(below)
