"""smallfed requests: who asks to follow the owner, why they wait, and letting them in."""

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import as_json
from smallfed.cli.tables import ago, clean, number, print_json, table, tell


@click.group("requests", invoke_without_command=True)
@as_json
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Look at who asks to follow you and why they wait; let them in, or not.

    Which are accepted by themselves where you decide about followers is said in `[follow_requests]` in smallfed.toml.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, as_json=as_json)


@command.command("list", short_help="List who waits, and why.")
@as_json
@pass_invocation
def list_(invocation: Invocation, as_json: bool) -> None:
    """List who waits, who asked first before others. The same as `smallfed requests`."""
    from smallfed.cli.reach import reading
    from smallfed.services import requesting

    with reading(invocation) as tx:
        found, now = requesting.waiting(tx), tx.now
    if as_json:
        print_json([{"handle": one.account.handle, "asked_at": one.asked_at, "why": one.why} for one in found])
    elif not found:
        click.echo("Nobody asks to follow you.")
    else:
        rows = [(f"@{clean(one.account.handle)}", ago(one.asked_at, now), " ".join(one.why)) for one in found]
        click.echo(table(("WHO", "ASKED", "WAITS BECAUSE"), rows))


@command.command("accept", short_help="Let somebody follow you who asked.")
@click.argument("who", metavar="@USER@HOST")
@as_json
@pass_invocation
def accept(invocation: Invocation, who: str, as_json: bool) -> None:
    """Let somebody follow you who asked."""
    _decide(invocation, who, "@{} follows you.", accept=True, as_json=as_json)


@command.command("reject", short_help="Do not let somebody follow you who asked.")
@click.argument("who", metavar="@USER@HOST")
@as_json
@pass_invocation
def reject(invocation: Invocation, who: str, as_json: bool) -> None:
    """Do not let somebody follow you who asked; they are told so."""
    _decide(invocation, who, "@{} does not follow you.", accept=False, as_json=as_json)


@command.command("review", short_help="Let those in who need not wait any more.")
@as_json
@pass_invocation
def review(invocation: Invocation, as_json: bool) -> None:
    """Let those in who need not wait any more, by what smallfed.toml says. The server does so every hour."""
    from smallfed.cli.reach import call

    done = call(invocation, "requests.review")
    tell(done, f"{number(len(done['accepted']), 'request')} accepted.", as_json=as_json)


def _decide(invocation: Invocation, who: str, words: str, *, accept: bool, as_json: bool) -> None:
    from smallfed.cli.reach import call

    done = call(invocation, "requests.decide", named=who, accept=accept)
    tell(done, words.format(clean(done["handle"])), as_json=as_json)
