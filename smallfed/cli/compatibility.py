"""smallfed compatibility: what your apps asked for that this server does not have."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import as_json
from smallfed.cli.tables import ago, clean, number, print_json, table

if TYPE_CHECKING:
    from smallfed.domain.shortfall import Noted


@click.command("compatibility")
@click.option("--app", metavar="NAME", help="Of this app only.")
@as_json
@click.option("--forget", is_flag=True, help="Forget what was counted, and begin anew.")
@pass_invocation
def command(invocation: Invocation, *, app: str | None, as_json: bool, forget: bool) -> None:
    r"""Say what your apps asked for that this server does not have.

    For each app: features that are answered as if there were nothing, requests that were answered with an error, and
    parameters that nobody looked at. Names only are kept, never what was in them. What happened in the last seconds
    may not be there yet. In parentheses: callers without a login, by what they call themselves.

    \b
    Example:
      smallfed compatibility --app Tusky
    """
    from smallfed.cli.reach import call, reading
    from smallfed.store import shortfalls

    if forget:
        click.echo(f"{number(call(invocation, 'compatibility.forget'), 'line')} forgotten.")
        return
    with reading(invocation) as tx:
        noted, now = shortfalls.listed(tx, app=app), tx.now
    if as_json:
        print_json([_told(each) for each in noted])
    elif not noted:
        click.echo("Nothing was missed.")
    else:
        click.echo(table(("APP", "ASKED", "WHAT", "TIMES", "LAST"), [_row(each, now) for each in noted]))


def _told(noted: "Noted") -> dict[str, object]:
    one = noted.shortfall
    return {
        "app": one.app,
        "logged_in": one.known,
        "method": one.method,
        "route": one.route,
        "what": one.what,
        "name": one.name,
        "count": noted.count,
        "first_at": noted.first_at,
        "last_at": noted.last_at,
    }


def _row(noted: "Noted", now: datetime) -> tuple[object, ...]:
    one = noted.shortfall
    app = clean(one.app) or "unnamed"
    what = {"stub": "nothing here yet", "error": f"answered {one.name}", "parameter": f"ignored: {one.name}"}[one.what]
    return (
        app if one.known else f"({app})",
        f"{clean(one.method)} {clean(one.route)}",
        what,
        noted.count,
        ago(noted.last_at, now),
    )
