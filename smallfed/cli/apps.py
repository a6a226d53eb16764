"""smallfed apps: who may act in your name."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import as_json
from smallfed.cli.tables import ago, clean, number, print_json, table, tell

if TYPE_CHECKING:
    from smallfed.store.apps import Grant


@click.group("apps", invoke_without_command=True)
@as_json
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    r"""List the apps you have let in, and show them out.

    \b
    Example:
      smallfed apps
      smallfed apps revoke Tusky
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, as_json=as_json)


@command.command("list", short_help="List the apps with their logins.")
@as_json
@pass_invocation
def list_(invocation: Invocation, as_json: bool = False) -> None:
    """List the apps with their logins and what each may do. The same as `smallfed apps`."""
    from smallfed.cli.reach import reading
    from smallfed.store import apps

    with reading(invocation) as tx:
        granted, now = apps.granted(tx), tx.now
    if as_json:
        print_json(granted)
    elif not granted:
        click.echo("No app has been let in yet.")
    else:
        click.echo(table(("LOGIN", "APP", "SINCE", "USED", "MAY"), _rows(granted, now)))


def _rows(granted: "list[Grant]", now: datetime) -> list[tuple[object, ...]]:
    return [
        (
            login.id,
            clean(grant.name),
            f"{login.created_at:%Y-%m-%d}",
            "never" if login.used_at is None else ago(login.used_at, now),
            " ".join(login.scopes),
        )
        for grant in granted
        for login in grant.logins
    ]


@command.command("revoke", short_help="Show an app out, or end one login.")
@click.argument("which", metavar="NAME|ID")
@as_json
@pass_invocation
def revoke(invocation: Invocation, which: str, as_json: bool) -> None:
    """Show out all apps of a name, or end the one login of an ID that `smallfed apps` lists.

    Their tokens are worth nothing at once: streams are closed, and pushes end. They can ask again.
    """
    from smallfed.cli.reach import call

    done = call(invocation, "apps.revoke", which=which)
    tell(done, f"{number(done['logins'], 'login')} ended.", as_json=as_json)
