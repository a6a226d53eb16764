"""smallfed setup: begin without a page."""

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import as_json
from smallfed.cli.secret_input import ask_password, hashed
from smallfed.cli.tables import print_json


@click.command()
@click.option("--domain", required=True, metavar="DOMAIN", help="Public name that serves you, e.g. social.example.org.")
@click.option("--user", "username", required=True, metavar="NAME", help="Your handle: letters, digits and _.")
@click.option("--name", default="", metavar="TEXT", help="Your display name; the handle when left out.")
@click.option(
    "--account-domain",
    default="",
    metavar="DOMAIN",
    help="Domain of your handle, where it differs from --domain: @me@example.org served from social.example.org.",
)
@click.option("--trial", is_flag=True, help="Just try it: --domain is localhost:PORT, nothing leaves this machine.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
@as_json
@pass_invocation
def command(
    invocation: Invocation,
    domain: str,
    username: str,
    name: str,
    account_domain: str,
    *,
    trial: bool,
    password_stdin: bool,
    as_json: bool,
) -> None:
    r"""Set the server up: domain, handle and password.

    The domain becomes part of every address you publish and cannot be changed later.

    \b
    Example:
      printf '%s\n' 'a few long words' |
        smallfed setup --domain social.example.org --user alice --password-stdin
    """
    from smallfed.cli.reach import call, require_empty
    from smallfed.services.settling import clean_domain, clean_username
    from smallfed.workers.keymaking import fresh_keys

    require_empty(invocation)
    beginning = {
        "username": clean_username(username),
        "name": name,
        "domain": clean_domain(domain, trial=trial),
        "account_domain": clean_domain(account_domain or domain, trial=trial),
        "trial": trial,
        "password": hashed(ask_password(from_stdin=password_stdin)),
        "keys": fresh_keys(),
    }
    done = call(invocation, "setup", beginning=beginning)
    if as_json:
        print_json(done)
        return
    click.echo(f"You are @{done['handle']}, at {done['base']}.")
    proxy = "" if trial else ", with a reverse proxy in front (see examples/)"
    click.echo(f"Next: `smallfed run`{proxy}, then log in with a Mastodon app.")
