"""smallfed media refetch: originals that are not kept any more, or could not be had, are fetched again."""

from typing import Any

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.exits import Exit
from smallfed.cli.flags import as_json
from smallfed.cli.tables import clean, number, print_json


@click.command("refetch", short_help="Fetch originals again that are not kept, or failed.")
@click.argument("target")
@as_json
@pass_invocation
def refetch(invocation: Invocation, target: str, as_json: bool) -> int:
    """Fetch originals again that are not kept any more, or could not be had. Takes the running server.

    TARGET is a server (far.example), an account (@user@far.example), or the address of a post or a person. What comes
    takes its place within the budget like everything else. Exit code 1 when something did not come.
    """
    from smallfed.cli.reach import ask

    came, failed, after = 0, list[dict[str, Any]](), 0
    while True:
        said = ask(invocation, "media.refetch", target=target, after=after)
        came, failed = came + said["came"], failed + said["failed"]
        if said["after"] is None:
            break
        after = said["after"]
        if not as_json:
            click.echo(f"{number(came, 'file')} so far …", err=True)
    if as_json:
        print_json({"came": came, "failed": failed})
    else:
        for each in failed:
            click.echo(f"{clean(each['url'])}: {clean(each['reason'])}")
        click.echo(f"{number(came, 'file')} came, {number(len(failed), 'file')} did not.")
    return Exit.FAILED if failed else Exit.OK
