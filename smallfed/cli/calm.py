"""smallfed calm: for a while only followers notify, in a thread or at all."""

import click
from click.core import ParameterSource

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import as_json
from smallfed.cli.tables import ahead, clean, minute, print_json, table, tell


@click.command("calm")
@click.argument("about", metavar="[POST_URL]", required=False)
@click.option("--everywhere", is_flag=True, help="Not in one thread, but at all.")
@click.option("--for", "lasting", metavar="SPAN", default="1d", show_default=True, help="How long, e.g. 6h or 7d.")
@click.option("--end", is_flag=True, help="Want calm no longer.")
@as_json
@pass_invocation
def command(
    invocation: Invocation, about: str | None, everywhere: bool, lasting: str, end: bool, as_json: bool
) -> None:
    r"""Let only those notify you who follow you already, or whom you follow: in a thread, or everywhere.

    What others say meanwhile is held: `smallfed review` has it, as one, to be released or binned, and your apps list
    it as filtered notifications. Without a post, and without --everywhere, it lists where there is calm.

    \b
    Examples:
      smallfed calm https://example.org/@me/116
      smallfed calm --everywhere --for 6h
      smallfed calm https://example.org/@me/116 --end
    """
    from smallfed.cli.reach import call

    if about is not None and everywhere:
        raise click.UsageError("a thread or --everywhere, not both")
    if about is None and not everywhere:
        if end or click.get_current_context().get_parameter_source("lasting") is ParameterSource.COMMANDLINE:
            raise click.UsageError("say where: POST_URL or --everywhere")
        _list(invocation, as_json=as_json)
        return
    if end:
        done = call(invocation, "calm.end", about=about)
        held = done["held"]
        waits = "" if held is None else f" {held['held']} held meanwhile: `smallfed review show {held['id']}`."
        words = f"{clean(done['where'])}: everybody notifies again.{waits}"
    else:
        done = call(invocation, "calm.begin", about=about, lasting=lasting)
        words = f"{clean(done['where'])}: only your followers notify, until {minute(done['until'])}."
    tell(done, words, as_json=as_json)


def _list(invocation: Invocation, *, as_json: bool) -> None:
    from smallfed.cli.reach import reading
    from smallfed.services import calming
    from smallfed.store import calms

    with reading(invocation) as tx:
        found, now = [(calming.name(tx, one.root), one.until) for one in calms.every(tx)], tx.now
    if as_json:
        print_json([{"where": where, "until": until} for where, until in found])
    elif not found:
        click.echo("Nowhere: everybody notifies. `smallfed calm POST_URL` wants calm in a thread for a day.")
    else:
        click.echo(table(("WHERE", "ENDS"), [(clean(where), ahead(until, now)) for where, until in found]))
