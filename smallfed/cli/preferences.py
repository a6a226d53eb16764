"""smallfed preferences: who may quote and answer, and to whom counts are shown."""

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import as_json
from smallfed.cli.tables import print_json, table

WHO = click.Choice(["public", "followers", "nobody"])
ANSWERERS = click.Choice(["public", "followers", "following", "nobody"])
SEEN = click.Choice(["everybody", "me", "nobody"])


@click.command("preferences")
@click.option("--quotes", type=WHO, help="Who may quote what you post from now on.")
@click.option("--replies", type=ANSWERERS, help="Who may answer what you post from now on.")
@click.option("--follow-counts", type=SEEN, help="Who sees how many follow you, and whom you follow.")
@click.option("--post-counts", type=SEEN, help="Who sees how many like, boost and quote a post.")
@click.option("--boosts", type=click.Choice(["shown", "hidden"]), help="Of whom you follow from now on.")
@as_json
@pass_invocation
def command(
    invocation: Invocation,
    quotes: str | None,
    replies: str | None,
    follow_counts: str | None,
    post_counts: str | None,
    boosts: str | None,
    as_json: bool,
) -> None:
    r"""Say what others may do, and to whom counts are shown; without options, what you have said.

    Whom a post names may always answer it. An answer by anybody else than you let answer is held: nobody sees it, and
    `smallfed ledger list --held` has it, to be let in or not.

    Counts that you alone see (`me`) are 0 for others in apps, and left out on pages and in what other servers read;
    who it was is hidden as well. With `nobody` your own apps show you none, also of others' posts and people.

    \b
    Examples:
      smallfed preferences --replies followers
      smallfed preferences --follow-counts me --post-counts nobody
    """
    said = {"quotes": quotes, "replies": replies, "follow_counts": follow_counts, "post_counts": post_counts}
    change: dict[str, object] = {name: value for name, value in said.items() if value is not None}
    if boosts is not None:
        change["boosts"] = boosts == "shown"
    known = _changed(invocation, change) if change else _known(invocation)
    if as_json:
        print_json(known)
        return
    rows = [(name.replace("_", "-"), _word(value)) for name, value in known.items()]
    click.echo(table(("WHAT", "IS"), rows))


def _word(value: object) -> object:
    return value if isinstance(value, str) else "shown" if value else "hidden"


def _changed(invocation: Invocation, change: dict[str, object]) -> dict[str, object]:
    from smallfed.cli.reach import call

    known: dict[str, object] = call(invocation, "preferences.set", change=change)
    return known


def _known(invocation: Invocation) -> dict[str, object]:
    from msgspec import to_builtins

    from smallfed.cli.reach import reading
    from smallfed.store import preferences

    with reading(invocation) as tx:
        known: dict[str, object] = to_builtins(preferences.find(tx))
    return known
