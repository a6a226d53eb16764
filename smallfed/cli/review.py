"""smallfed review: what strangers sent and the owner was not told of; it is released or binned, a wave as a whole."""

from typing import TYPE_CHECKING

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import ID, as_json, at_most
from smallfed.cli.tables import ago, clean, number, print_json, table, tell

if TYPE_CHECKING:
    from datetime import datetime

    from smallfed.domain.refusal import Refusal
    from smallfed.domain.wave import Wave

number_ = click.argument("number", metavar="ID", type=ID)


@click.group("review", invoke_without_command=True)
@as_json
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    r"""Look at what strangers sent and you were not told of, and why; release or bin it, a wave as a whole.

    What is released notifies you, and so does what comes that is like it. What is binned goes, and what comes that is
    like it is kept out for 30 days (`smallfed ledger` has a line for each). Nobody else learns of either.

    \b
    Examples:
      smallfed review show 116789
      smallfed review release 116789
      smallfed review bin 116790
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, as_json=as_json)


@command.command("list", short_help="List what waits.")
@click.option("--decided", is_flag=True, help="What you have released or binned instead.")
@at_most(100)
@as_json
@pass_invocation
def list_(invocation: Invocation, decided: bool, limit: int, as_json: bool) -> None:
    """List what waits, the latest first; what rules hold is there, too. The same as `smallfed review`."""
    from smallfed.cli.reach import reading
    from smallfed.services import reviewing
    from smallfed.store import waves

    with reading(invocation) as tx:
        box, now = reviewing.box(tx, limit=limit), tx.now
        found = waves.decided(tx, limit=limit) if decided else box.waves
    refused = [] if decided else box.refused
    if as_json:
        print_json({"waves": found, "refused": refused})
        return
    rows = [_row_of_wave(one, now, decided=decided) for one in found] + [_row_of_refusal(one, now) for one in refused]
    if not rows:
        click.echo("Nothing was decided lately." if decided else "Nothing waits: whatever came, you were told of.")
        return
    headings = ("ID", "WHAT", "STATE" if decided else "HELD", "PEOPLE", "SERVERS", "LAST", "BEGINS", "WHY")
    click.echo(table(headings, rows))


def _row_of_wave(one: "Wave", now: "datetime", *, decided: bool) -> tuple[object, ...]:
    kind = one.kind.value if one.items > 1 else "single"
    begins, why = clean(one.sample)[:40], clean(one.reason)
    state = one.state.value if decided else one.held
    return (one.id, kind, state, one.accounts, one.hosts, ago(one.last_at, now), begins, why)


def _row_of_refusal(one: "Refusal", now: "datetime") -> tuple[object, ...]:
    begins, why = clean(one.object or one.activity), clean(one.reason)
    return (one.id, "rule", one.times, 1, 1, ago(one.refused_at, now), begins, why)


@command.command("show", short_help="Show what is in a wave.")
@number_
@at_most(20)
@as_json
@pass_invocation
def show(invocation: Invocation, number: int, limit: int, as_json: bool) -> None:
    """Show what is in a wave: who sent it, what it says, and why you were not told of it."""
    from msgspec import structs

    from smallfed.cli.reach import reading
    from smallfed.services import reviewing
    from smallfed.store import waves

    with reading(invocation) as tx:
        wave = waves.get(tx, number)
        found = reviewing.show(tx, wave, limit=limit)
    if as_json:
        print_json({**structs.asdict(wave), "things": found})
        return
    for one in found:
        click.echo(f"@{clean(one.handle)}: {one.type} {clean(one.url)}")
        if one.text:
            click.echo(f"  {clean(' '.join(one.text.split()))}")
        if one.reason:
            click.echo(f"  {clean(one.reason)}")
    click.echo(f"{wave.state.value}: {wave.items} in all, by {_people(wave.accounts)}.")


def _people(many: int) -> str:
    return number(many, "stranger")


@command.command("release", short_help="Be told of it after all.")
@number_
@as_json
@pass_invocation
def release(invocation: Invocation, number: int, as_json: bool) -> None:
    """Be told of a wave after all, and of what comes that is like it; or let in what a rule holds."""
    _do(invocation, "review.release", number, "{} is released.", as_json=as_json)


@command.command("bin", short_help="Take it away.")
@number_
@as_json
@pass_invocation
def bin_(invocation: Invocation, number: int, as_json: bool) -> None:
    """Take a wave away, and keep out what comes that is like it. It can be undone for three days."""
    _do(
        invocation,
        "review.bin",
        number,
        f"{{}} is binned; `smallfed review undo {number}` brings it back.",
        as_json=as_json,
    )


@command.command("undo", short_help="Bring back what was binned.")
@number_
@as_json
@pass_invocation
def undo(invocation: Invocation, number: int, as_json: bool) -> None:
    """Bring back what was binned in the last three days: it waits again."""
    _do(invocation, "review.undo", number, "{} waits again.", as_json=as_json)


@command.command("unlearn", short_help="Forget what it was like.")
@number_
@as_json
@pass_invocation
def unlearn(invocation: Invocation, number: int, as_json: bool) -> None:
    """Forget what a wave was like that you released or binned: what comes is judged by itself again."""
    _do(invocation, "review.unlearn", number, "What comes that is like it is judged by itself: {}.", as_json=as_json)


def _do(invocation: Invocation, name: str, number: int, words: str, *, as_json: bool) -> None:
    from smallfed.cli.reach import call

    done = call(invocation, name, number=number)
    tell(done, words.format(clean(done["what"])), as_json=as_json)
