"""smallfed token: an access token for a script or a bot."""

import click

from smallfed.cli.context import Invocation, pass_invocation


@click.command()
@click.option("--app", required=True, metavar="NAME", help="A name to know it by later, e.g. backup-bot.")
@click.option("--scopes", default="read", show_default=True, metavar="SCOPES", help="As in the API, space separated.")
@pass_invocation
def command(invocation: Invocation, app: str, scopes: str) -> None:
    r"""Print a new access token, and nothing else, on standard output.

    It is shown this once; smallfed keeps only its hash.

    \b
    Example:
      TOKEN=$(smallfed token --app bot --scopes "read write:statuses")
      curl -H "Authorization: Bearer $TOKEN" \
        https://social.example.org/api/v1/accounts/verify_credentials
    """
    from hashlib import sha256

    from smallfed.cli.reach import call
    from smallfed.runtime.clock import secret

    token = secret()
    call(invocation, "token", app=app, scopes=scopes, digest=sha256(token.encode()).hexdigest())
    click.echo(token)
