"""smallfed allow: let a server in, whatever lists and the mode of this server say."""

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import as_json
from smallfed.cli.tables import ago, clean, print_json, table


@click.command("allow")
@click.argument("host", required=False)
@click.option("--remove", is_flag=True, help="Allow it no longer.")
@as_json
@pass_invocation
def command(invocation: Invocation, host: str | None, remove: bool, as_json: bool) -> None:
    r"""Let a server in with everything below it; without HOST, list what is allowed.

    With `mode = "allow-list"` only these servers are let in. Otherwise lists of others cannot block them. What you
    have blocked yourself stays blocked, unless what you allow is a part of it.

    \b
    Examples:
      smallfed allow friends.example
      smallfed allow good.hosting.example
    """
    if host is None and remove:
        raise click.UsageError("say what is meant: smallfed allow --remove HOST")
    if host is None:
        _list(invocation, as_json=as_json)
        return
    from smallfed.cli.reach import call

    done = call(invocation, "domain.disallow" if remove else "domain.allow", domain=host)
    if as_json:
        print_json(done)
    elif remove:
        click.echo(f"{clean(done['domain'])} is allowed no longer.")
    elif done["blocked_by"] is not None:
        click.echo(f"{clean(done['domain'])} is allowed, but you block {clean(done['blocked_by'])}, which holds.")
    else:
        click.echo(f"{clean(done['domain'])} is allowed.")


def _list(invocation: Invocation, *, as_json: bool) -> None:
    from smallfed.cli.reach import reading
    from smallfed.store import domain_allows
    from smallfed.store.paging import Page

    with reading(invocation) as tx:
        found, now = domain_allows.newest(tx, Page(limit=-1)), tx.now
    if as_json:
        print_json(found)
    elif not found:
        click.echo("No server is allowed by itself: `smallfed allow HOST`.")
    else:
        click.echo(table(("DOMAIN", "SINCE"), [(clean(one.domain), ago(one.created_at, now)) for one in found]))
