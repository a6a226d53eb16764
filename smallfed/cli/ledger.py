"""smallfed ledger: what was refused and by which rule; a second look at it, and why something never came."""

from typing import Any

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import ID, as_json, at_most
from smallfed.cli.tables import ago, clean, number, print_json, table, tell

ACTIONS = ("reject", "drop", "hold", "no-notify", "hide", "strip-media", "sensitive")

line = click.argument("line", metavar="ID", type=ID)


@click.group("ledger", invoke_without_command=True)
@as_json
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    r"""Look at what was refused, and by which rule; let it in after all, or make a rule of it.

    It is kept for `[federation] ledger_days`. Of blocked servers only who sent what is known. What was refused at the
    door before anybody was believed (signatures that do not hold, too much, too large) is counted by day, reason and
    the server that somebody said to be of: anybody can say so, and there is nothing to let in. What was of no use to
    you, not allowed or not understood is in `smallfed replay`; `smallfed ledger why` looks at all of it.

    \b
    Examples:
      smallfed ledger why https://example.org/@bob/116
      smallfed ledger list --host spam.example
      smallfed ledger release 116789
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(summary, as_json=as_json)


@command.command("summary", short_help="Count what is kept, by rule.")
@as_json
@pass_invocation
def summary(invocation: Invocation, as_json: bool) -> None:
    """Count what is kept, by rule, the most frequent first. The same as `smallfed ledger`."""
    from smallfed.cli.reach import reading
    from smallfed.store import refusals

    with reading(invocation) as tx:
        found, size = refusals.summary(tx), refusals.size(tx)
    if as_json:
        print_json({"bytes": size, "rules": found})
    elif not found:
        click.echo("Nothing was refused.")
    else:
        rows = [(one.times, one.hosts, clean(one.rule), clean(one.reason)) for one in found]
        click.echo(table(("TIMES", "SERVERS", "RULE", "REASON"), rows))


@command.command("list", short_help="List or search what was refused.")
@click.option("--host", metavar="HOST", help="What one server sent.")
@click.option("--about", metavar="ID", help="What has this id: of an actor, an activity, a post.")
@click.option("--text", metavar="TEXT", help="What has this text in its rule, reason or ids.")
@click.option("--held", is_flag=True, help="Only what waits for you.")
@click.option("--door", is_flag=True, help="Only what was refused before anybody was believed.")
@at_most()
@as_json
@pass_invocation
def list_(
    invocation: Invocation,
    host: str | None,
    about: str | None,
    text: str | None,
    held: bool,
    door: bool,
    limit: int,
    as_json: bool,
) -> None:
    r"""List or search what was refused, the latest first.

    What was refused at the door before anybody was believed has a line a day, and no actor: the server is only what
    somebody says.

    \b
    Examples:
      smallfed ledger list --host spam.example
      smallfed ledger list --door --text signature
    """
    from smallfed.cli.reach import reading
    from smallfed.services import naming
    from smallfed.store import refusals

    which = refusals.Which(host=host and naming.server(host), about=about, text=text, held=held, door=door or None)
    with reading(invocation) as tx:
        found, now = refusals.newest(tx, which, limit=limit), tx.now
    if as_json:
        print_json(found)
    elif not found:
        click.echo("Nothing that is kept matches.")
    else:
        rows = [
            (
                one.id,
                clean(one.type),
                one.times,
                "released" if one.released_at else one.action.value,
                ago(one.refused_at, now),
                clean(one.who),
                clean(one.object or one.activity),
                clean(f"{one.reason} ({one.rule})"),
            )
            for one in found
        ]
        click.echo(table(("ID", "TYPE", "TIMES", "WHAT", "WHEN", "ACTOR", "ABOUT", "WHY"), rows))


@command.command("show", short_help="Show one line, with what came.")
@line
@as_json
@pass_invocation
def show(invocation: Invocation, line: int, as_json: bool) -> None:
    """Show one line, with the post as it came where that is kept."""
    from msgspec import structs

    from smallfed.cli.reach import reading
    from smallfed.store import refusals

    with reading(invocation) as tx:
        found, raw = refusals.get(tx, line), refusals.raw(tx, line)
    text = None if raw is None else raw.decode("utf-8", "replace")
    if as_json:
        print_json({**structs.asdict(found), "raw": text})
        return
    for name, value in structs.asdict(found).items():
        click.echo(f"{name + ':':<13}{clean(str(value))}")
    click.echo(clean(text) if text is not None else "What came is not kept.")


@command.command("release", short_help="Let something in after all.")
@line
@as_json
@pass_invocation
def release(invocation: Invocation, line: int, as_json: bool) -> None:
    """Let something in after all, as if it had come now. A post is read at its origin again."""
    from smallfed.cli.reach import call

    done = call(invocation, "ledger.release", number=line)
    tell(done, f"{clean(done['type'])} by {clean(done['actor'])} is let in.", as_json=as_json)


@command.command("make-rule", short_help="Make a rule about who sent something.")
@line
@click.argument("action", type=click.Choice(ACTIONS))
@click.option(
    "--family", type=click.Choice(("actor", "domain")), default="actor", show_default=True, help="Whom it is about."
)
@as_json
@pass_invocation
def make_rule(invocation: Invocation, line: int, action: str, family: str, as_json: bool) -> None:
    """Make a rule about who sent something, or about their whole server."""
    from smallfed.cli.reach import call

    made = call(invocation, "ledger.make_rule", number=line, family=family, action=action)
    words = f"Rule {made['id']}: {made['family']} {clean(made['match'])}: {made['action']}."
    tell(made, words, as_json=as_json)


@command.command("why", short_help="Say why something never came.")
@click.argument("about", metavar="URL|ACTOR|HOST")
@as_json
@pass_invocation
def why(invocation: Invocation, about: str, as_json: bool) -> None:
    r"""Say why you never got something: what stands in its way, and what was refused or ignored of it.

    Of a post of yours it says to whom that was not sent, and why.

    \b
    Examples:
      smallfed ledger why https://example.org/@bob/116
      smallfed ledger why @bob@example.org
      smallfed ledger why example.org
    """
    from smallfed.cli.reach import reading
    from smallfed.services import explaining

    with reading(invocation) as tx:
        found: list[Any] = explaining.why(tx, about)
        now = tx.now
    if as_json:
        print_json(found)
    elif not found:
        click.echo(explaining.NOTHING)
    else:
        for one in found:
            when = "" if one.at is None else f" ({ago(one.at, now)})"
            click.echo(f"{one.what}: {clean(one.why)}{when}")
        click.echo(number(len(found), "finding") + ".")
