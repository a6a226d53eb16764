"""smallfed boosts: whose boosts stand at home, for many people at once."""

import click

from smallfed.cli import standing
from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import as_json
from smallfed.cli.tables import clean, number, print_json

everybody = click.option("--everybody", is_flag=True, help="All whom you follow, and whom you follow from now on.")
target = click.argument("target", metavar="[@USER@HOST|HOST]", required=False)


@click.group("boosts", invoke_without_command=True)
@as_json
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    r"""Hide the boosts of people whom you follow, or show them again; what they write themselves stays.

    In apps the same is said in somebody's profile ("hide boosts").

    \b
    Examples:
      smallfed boosts hide @eve@good.example
      smallfed boosts hide news.example
      smallfed boosts hide --everybody
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, as_json=as_json)


@command.command("list", short_help="List whose boosts are hidden.")
@as_json
@pass_invocation
def list_(invocation: Invocation, as_json: bool) -> None:
    """List whose boosts are hidden. The same as `smallfed boosts`."""
    from smallfed.cli.reach import reading
    from smallfed.store import follows, houses, preferences

    with reading(invocation) as tx:
        found = follows.whose_boosts(tx, houses.owner_id(tx), host=None, wanted=False)
        usual = preferences.find(tx).boosts
    handles = [person.handle for _, person in found]
    if as_json:
        print_json({"hidden": handles, "from_now_on": "shown" if usual else "hidden"})
        return
    for handle in handles:
        click.echo(f"@{clean(handle)}")
    if not handles:
        click.echo("You are shown the boosts of everybody whom you follow.")
    if not usual:
        click.echo("Those of whom you follow from now on are hidden.")


@command.command("hide", short_help="Hide boosts of somebody, of a server, or of all.")
@target
@everybody
@as_json
@pass_invocation
def hide(invocation: Invocation, target: str | None, everybody: bool, as_json: bool) -> None:
    """Hide what somebody boosts; or everybody on a server whom you follow, and below it; or everybody."""
    _want(invocation, target, everybody=everybody, wanted=False, as_json=as_json)


@command.command("show", short_help="Show boosts of somebody, of a server, or of all.")
@target
@everybody
@as_json
@pass_invocation
def show(invocation: Invocation, target: str | None, everybody: bool, as_json: bool) -> None:
    """Show what they boost again; the newest of it comes home."""
    _want(invocation, target, everybody=everybody, wanted=True, as_json=as_json)


def _want(invocation: Invocation, target: str | None, *, everybody: bool, wanted: bool, as_json: bool) -> None:
    from smallfed.cli.reach import call

    if everybody == (target is not None):
        raise click.UsageError("name somebody, a server, or --everybody")
    if target is not None and standing.is_person(target):
        handles = call(invocation, "boosts.want", named=target, wanted=wanted)["handles"]
    else:
        handles, after = [], 0
        while after is not None:  # a hundred at a time, so that the server goes on meanwhile
            done = call(invocation, "boosts.sweep", host=target, wanted=wanted, after=after)
            handles, after = [*handles, *done["handles"]], done["after"]
    if everybody:
        call(invocation, "preferences.set", change={"boosts": wanted})
    if as_json:
        print_json({"handles": handles, "boosts": "shown" if wanted else "hidden"})
    elif not (handles or everybody):
        click.echo(f"Nothing changes: of whom you follow there, all are {'shown' if wanted else 'hidden'} already.")
    else:
        click.echo(f"Boosts of {number(len(handles), 'person', 'people')} are {'shown' if wanted else 'hidden'} now.")
