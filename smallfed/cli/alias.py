"""smallfed alias: other accounts of yours, which can be moved here."""

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import as_json
from smallfed.cli.tables import clean, print_json


@click.group("alias", invoke_without_command=True)
@as_json
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Name other accounts that are yours, so that they can be moved here.

    To bring your followers from another server: name the old account here, then start the move at the old server.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, as_json=as_json)


@command.command("list", short_help="List the aliases.")
@as_json
@pass_invocation
def list_(invocation: Invocation, as_json: bool) -> None:
    """List the aliases. The same as `smallfed alias`."""
    from smallfed.cli.reach import reading
    from smallfed.store import accounts

    with reading(invocation) as tx:
        aliases = accounts.owner(tx).also_known_as
    _print(aliases, as_json=as_json)


@command.command("add", short_help="Add an account of yours on another server.")
@click.argument("account")
@as_json
@pass_invocation
def add(invocation: Invocation, account: str, as_json: bool) -> None:
    r"""Add an account of yours on another server: @user@example.org, or its address.

    Everybody can see it in your profile. The server must be running.

    \b
    Example:
      smallfed alias add @me@old.example.org
    """
    from smallfed.cli.reach import ask

    _print(ask(invocation, "alias.add", named=account), as_json=as_json)


@command.command("remove", short_help="Remove an alias.")
@click.argument("account")
@as_json
@pass_invocation
def remove(invocation: Invocation, account: str, as_json: bool) -> None:
    """Remove an alias: @user@example.org, or its address as in the list."""
    from smallfed.cli.reach import call

    _print(call(invocation, "alias.remove", named=account), as_json=as_json)


def _print(aliases: "tuple[str, ...] | list[str]", *, as_json: bool) -> None:
    if as_json:
        print_json(list(aliases))
    elif not aliases:
        click.echo("There are no aliases.")
    for alias in [] if as_json else aliases:
        click.echo(clean(alias))
