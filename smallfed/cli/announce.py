"""smallfed announce: notes for yourself that every app of yours shows."""

from datetime import UTC, datetime

import click

from smallfed.cli.context import Invocation, fail, pass_invocation
from smallfed.cli.exits import Exit
from smallfed.cli.flags import as_json
from smallfed.cli.tables import print_json, table, tell

FORMS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")
when = click.DateTime(formats=FORMS)


@click.command()
@click.argument("text", required=False)
@click.option("--starts", type=when, help="When what it is about begins, in the time of this machine.")
@click.option("--ends", type=when, help="When that ends; then it is shown no more.")
@click.option("--all-day", is_flag=True, help="Only the days of these count, not the hours.")
@click.option("--list", "listing", is_flag=True, help="List what is announced, also what is over.")
@click.option("--remove", metavar="ID", type=int, help="Take an announcement back.")
@as_json
@pass_invocation
def command(
    invocation: Invocation,
    *,
    text: str | None,
    starts: datetime | None,
    ends: datetime | None,
    all_day: bool,
    listing: bool,
    remove: int | None,
    as_json: bool,
) -> None:
    r"""Announce something in every app of yours, in Markdown, until you put it away there.

    The server itself announces what you should know: that the disk is nearly full, what an upgrade has left behind.

    \b
    Example:
      smallfed announce 'Back on Monday' --ends 2027-01-04
    """
    if sum((text is not None, listing, remove is not None)) != 1:
        fail("type either a TEXT, --list or --remove ID", Exit.USAGE)
    if listing:
        _list(invocation, as_json=as_json)
        return
    from smallfed.cli.reach import call

    if remove is not None:
        tell(call(invocation, "announce.remove", announcement=remove), "It is taken back.", as_json=as_json)
        return
    moments = {"starts_at": _moment(starts), "ends_at": _moment(ends)}
    done = call(invocation, "announce", text=text, all_day=all_day, **moments)
    words = f"It is announced; take it back with: smallfed announce --remove {done['id']}"
    tell(done, words, as_json=as_json)


def _moment(typed: datetime | None) -> str | None:
    return None if typed is None else typed.astimezone(UTC).isoformat()


def _list(invocation: Invocation, *, as_json: bool) -> None:
    from smallfed.cli.reach import reading
    from smallfed.store import announcements

    with reading(invocation) as tx:
        known = announcements.every(tx)
    if as_json:
        print_json(known)
        return
    if not known:
        click.echo("Nothing is announced: `smallfed announce TEXT`.")
        return
    rows = [
        (str(one.id), f"{one.published_at:%Y-%m-%d}", "read" if one.read else "", " ".join(one.text.split())[:60])
        for one in known
    ]
    click.echo(table(("ID", "SINCE", "", "TEXT"), rows))
