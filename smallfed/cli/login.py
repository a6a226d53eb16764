"""smallfed login: what your login asks for, and the way back in."""

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import as_json
from smallfed.cli.tables import clean, number, print_json


@click.group("login", invoke_without_command=True)
@as_json
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    r"""Say what your login asks for besides the password; let the password be enough again.

    Codes and passkeys are set up in the browser, on the page /security of your server.

    \b
    Example:
      smallfed login
      smallfed login reset
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(show, as_json=as_json)


@command.command("show", short_help="Say what your login asks for.")
@as_json
@pass_invocation
def show(invocation: Invocation, as_json: bool) -> None:
    """Say what your login asks for. The same as `smallfed login`."""
    from smallfed.cli.reach import reading
    from smallfed.services.guarding import guard

    with reading(invocation) as tx:
        known = guard(tx)
    if as_json:
        print_json(
            {
                "more": known.more,
                "codes": known.codes,
                "recovery_left": known.recovery_left,
                "passkeys": [
                    {"name": each.name, "created_at": each.created_at, "used_at": each.used_at}
                    for each in known.passkeys
                ],
            }
        )
        return
    ways = [
        name for name, asked in (("a code from your app", known.codes), ("a passkey", known.ask_for_passkey)) if asked
    ]
    click.echo(f"After the password: {' or '.join(ways) if known.more else 'nothing more'}.")
    if known.more:
        click.echo(f"{number(known.recovery_left, 'recovery code')} left.")
    for each in known.passkeys:
        used = "never used" if each.used_at is None else f"last used {each.used_at:%Y-%m-%d}"
        click.echo(f"Passkey: {clean(each.name)} (since {each.created_at:%Y-%m-%d}, {used})")


@command.command("reset", short_help="Let the password be enough again.")
@click.option("--passkeys", is_flag=True, help="Forget your passkeys as well.")
@as_json
@pass_invocation
def reset(invocation: Invocation, *, passkeys: bool, as_json: bool) -> None:
    """Let the password be enough again: for when the app with the codes is lost, or the passkeys are.

    The secret of the codes and the recovery codes are forgotten. `smallfed password` replaces a lost password.
    """
    from smallfed.cli.reach import call

    done = call(invocation, "login.reset", passkeys=passkeys)
    if as_json:
        print_json(done)
        return
    forgotten = f"; {number(done['passkeys'], 'passkey')} forgotten" if passkeys else ""
    click.echo(f"The password is enough now{forgotten}.")
