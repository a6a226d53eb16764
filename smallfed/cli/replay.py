"""smallfed replay: what came in and led to nothing, why, and a hand to have it handled again."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import ID, as_json, at_most, yes
from smallfed.cli.questions import confirm
from smallfed.cli.tables import ago, clean, number, print_json, table

if TYPE_CHECKING:
    from smallfed.store.keeping import State

F = TypeVar("F", bound=Callable[..., object])


def chosen(f: F) -> F:
    """Give a command the flags that say which activities are meant."""
    for option in (
        click.option("--parked", is_flag=True, help="Only what still waits for something."),
        click.option("--host", metavar="HOST", help="What one server sent, e.g. social.example.org."),
        click.option("--reason", metavar="TEXT", help="What has this text in its reason."),
        click.option("--type", "kind", metavar="TYPE", help="What is of this type, e.g. Create."),
    ):
        f = option(f)
    return f


@click.group("replay", invoke_without_command=True)
@as_json
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Look at the activities that led to nothing, and why; have them handled again.

    What is ignored was of no use to you, was not allowed, or was not understood by this version. What is parked waits
    for something that cannot be had now, and is tried again by itself for three days. The letters as they came are
    kept for seven days, the reasons for thirty.

    After an upgrade that understands more: `smallfed replay again --reason TEXT`. Nothing happens twice by it.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(groups, as_json=as_json)


@command.command("groups", short_help="Count what is kept, by type and reason.")
@as_json
@pass_invocation
def groups(invocation: Invocation, as_json: bool) -> None:
    """Count what is kept, by type and reason, the most frequent first. The same as `smallfed replay`."""
    from smallfed.cli.reach import reading
    from smallfed.store import keeping

    with reading(invocation) as tx:
        found, now = keeping.groups(tx), tx.now
    if as_json:
        print_json(found)
    elif not found:
        click.echo("Nothing is kept: everything that came was understood and done.")
    else:
        rows = [
            (clean(one.type), one.state, one.times, one.letters, ago(one.since, now), clean(one.reason))
            for one in found
        ]
        click.echo(table(("TYPE", "STATE", "TIMES", "LETTERS", "SINCE", "REASON"), rows))


@command.command("list", short_help="List single activities.")
@chosen
@at_most()
@as_json
@pass_invocation
def list_(
    invocation: Invocation,
    kind: str | None,
    reason: str | None,
    host: str | None,
    parked: bool,
    limit: int,
    as_json: bool,
) -> None:
    r"""List single activities that were ignored or are parked, the latest first.

    A letter that is gone can not be handled again: it is kept for seven days.

    \b
    Example:
      smallfed replay list --type Create --host social.example.org
    """
    from smallfed.cli.reach import reading
    from smallfed.store import keeping

    states: tuple[State, ...] = ("parked",) if parked else keeping.STATES
    which = keeping.Which(type=kind, reason=reason, host=host and host.lower(), states=states)
    with reading(invocation) as tx:
        found, now = keeping.rows(tx, which, limit=limit), tx.now
    if as_json:
        print_json(found)
    elif not found:
        click.echo("Nothing that is kept matches.")
    else:
        rows = [
            (
                one.id,
                clean(one.type),
                one.state,
                ago(one.at, now),
                "kept" if one.letter else "gone",
                clean(one.actor),
                clean(one.activity),
                clean(one.reason),
            )
            for one in found
        ]
        click.echo(table(("ID", "TYPE", "STATE", "WHEN", "LETTER", "ACTOR", "ACTIVITY", "REASON"), rows))
        if len(found) == limit:
            click.echo(f"These are the latest {limit}; --limit shows more.")


@command.command("again", short_help="Have activities handled again.")
@chosen
@click.option("--id", "row", type=ID, metavar="ID", help="One of them, as in the list.")
@yes
@as_json
@pass_invocation
def again(
    invocation: Invocation,
    kind: str | None,
    reason: str | None,
    host: str | None,
    parked: bool,
    row: int | None,
    yes: bool,
    as_json: bool,
) -> None:
    r"""Have handled again what was ignored; with --parked, what is parked, without waiting for its time.

    What is meant has everything that you name; if you name nothing, you are asked. What blocked servers sent stays
    where it is, and so does what has lost its letter. Nothing happens twice, however often you do it.

    \b
    Example:
      smallfed replay again --type Create --reason "not understood"
    """
    from smallfed.cli.reach import call, database

    database(invocation)
    named = {"kind": kind, "reason": reason, "host": host, "row": row}
    args: dict[str, object] = {name: value for name, value in named.items() if value is not None}
    if not (args or yes):
        confirm(f"Handle everything again that {'is parked' if parked else 'was ignored'}?")
    answer: dict[str, int] = call(invocation, "replay.again", parked=parked, **args)
    if as_json:
        print_json(answer)
    else:
        _tell(answer)


def _tell(answer: dict[str, int]) -> None:
    click.echo(f"{number(answer['again'], 'activity', 'activities')} will be handled again.")
    for name, why in (
        ("gone", "gone: letters are kept for seven days."),
        ("blocked", "left alone: you block the server."),
        ("left", "left for later: type the same again when these are through."),
    ):
        if answer[name]:
            click.echo(f"{answer[name]} {why}")
