"""smallfed password: replace a lost password."""

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import as_json
from smallfed.cli.secret_input import ask_password, hashed
from smallfed.cli.tables import print_json


@click.command()
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
@click.option("--revoke-tokens/--keep-tokens", default=None, help="Log all apps out as well, or do not ask.")
@as_json
@pass_invocation
def command(invocation: Invocation, *, password_stdin: bool, revoke_tokens: bool | None, as_json: bool) -> None:
    """Replace your password, also while the server runs.

    All browsers are logged out. Apps stay logged in unless you revoke their tokens too: do that when somebody else
    may have used the old password.
    """
    from smallfed.cli.reach import call, database

    database(invocation)
    password = ask_password(from_stdin=password_stdin)
    if revoke_tokens is None:
        revoke_tokens = not password_stdin and click.confirm("Log all apps out as well?", default=False, err=True)
    done = call(invocation, "password", password=hashed(password), revoke=revoke_tokens)
    if as_json:
        print_json(done)
        return
    click.echo(f"The password is replaced; {done['revoked']} app tokens were revoked.")
