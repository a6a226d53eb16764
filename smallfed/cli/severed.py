"""smallfed severed: the follows that blocks of servers have come between."""

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import ID, as_json
from smallfed.cli.tables import ago, clean, print_json, table


@click.command("severed")
@click.argument("number", metavar="[ID]", required=False, type=ID)
@as_json
@pass_invocation
def command(invocation: Invocation, number: int | None, as_json: bool) -> None:
    r"""List the blocks of servers that came between you and people there; with an ID, whom it has cut off.

    While that is frozen a block can be lifted, which brings all of them back (`smallfed unblock`). As files that can be
    imported again they are written by `smallfed export follows --severed`, or followers.

    \b
    Examples:
      smallfed severed
      smallfed severed 116153804390408805
    """
    if number is None:
        _list(invocation, as_json=as_json)
    else:
        _show(invocation, number, as_json=as_json)


def _list(invocation: Invocation, *, as_json: bool) -> None:
    from msgspec import structs

    from smallfed.cli.reach import reading
    from smallfed.store import severances
    from smallfed.store.paging import Page

    with reading(invocation) as tx:
        found, now = severances.newest(tx, Page(limit=-1)), tx.now
    if as_json:
        print_json([{**structs.asdict(one), "state": one.state} for one in found])
    elif not found:
        click.echo("Nothing has come between you and anybody.")
    else:
        rows = [
            (one.id, clean(one.target), one.state, one.following, one.followers, ago(one.created_at, now))
            for one in found
        ]
        click.echo(table(("ID", "SERVER", "STATE", "YOU FOLLOWED", "FOLLOWED YOU", "WHEN"), rows))


def _show(invocation: Invocation, number: int, *, as_json: bool) -> None:
    from smallfed.cli.reach import reading
    from smallfed.store import exports

    with reading(invocation) as tx:
        sides = {
            "following": [line.address for line in exports.of_severance(tx, "follows", number)],
            "followers": [line.address for line in exports.of_severance(tx, "followers", number)],
        }
    if as_json:
        print_json(sides)
        return
    for headline, handles in (("You followed:", sides["following"]), ("They followed you:", sides["followers"])):
        for line in [headline, *(f"  @{clean(handle)}" for handle in handles)] if handles else []:
            click.echo(line)
