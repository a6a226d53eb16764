"""smallfed relays: who passes public posts on to you, and yours to others; what it brings, and what it costs."""

from time import monotonic, sleep
from typing import Any

import click

from smallfed.cli import relays_showing as showing
from smallfed.cli.context import Invocation, fail, pass_invocation
from smallfed.cli.flags import as_json
from smallfed.cli.tables import clean, print_json, tell
from smallfed.text.sizes import size

WAIT = 5.0  # seconds for a relay to answer, while somebody looks on

relay_name = click.argument("relay", metavar="URL|HOST")


@click.group("relays", invoke_without_command=True)
@as_json
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    r"""Have public posts passed on to you by relays, and yours to others; see what that brings and costs.

    What a relay brings stands in the federated timeline, under hashtags, in search and in trends, and nowhere else. It
    goes after `[storage] keep_relayed_posts`, unless you have done something about it.

    \b
    Examples:
      smallfed relays add https://relay.example/inbox
      smallfed relays filters relay.example --language en --no-bots
      smallfed relays show relay.example
      smallfed relays remove relay.example
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, as_json=as_json)


@command.command("add", short_help="Subscribe to a relay.")
@click.argument("url")
@click.option(
    "--kind", "style", type=click.Choice(("mastodon", "litepub")), help="What kind it is, if that is not found out."
)
@click.option("--receive-only", is_flag=True, help="Take what it brings, and send it nothing.")
@click.option("--send-only", is_flag=True, help="Send it what you publish, and take nothing.")
@as_json
@pass_invocation
def add(
    invocation: Invocation, url: str, style: str | None, receive_only: bool, send_only: bool, as_json: bool
) -> None:
    r"""Subscribe to a relay. It may accept at once, ask its owner first, or refuse.

    Relays as Mastodon knows them are given by their inbox, those of Pleroma and Akkoma by their actor; those for a
    hashtag are both.

    \b
    Examples:
      smallfed relays add https://relay.example/inbox
      smallfed relays add https://relay.example/actor
      smallfed relays add https://relay.example/tag/cats
    """
    from smallfed.cli.reach import call

    if receive_only and send_only:
        raise click.UsageError("--receive-only and --send-only leave nothing")
    direction = "receive" if receive_only else "send" if send_only else None
    asked = _answered(invocation, call(invocation, "relays.add", address=url, style=style, direction=direction))
    words = showing.answer(asked)
    if as_json:
        print_json(asked)
    if asked["state"] in ("refused", "lost"):
        fail(words)
    if not as_json:
        click.echo(words)


def _answered(invocation: Invocation, asked: dict[str, Any]) -> dict[str, Any]:
    """Wait a moment for the answer, if a server runs that could hear it."""
    from msgspec import to_builtins

    from smallfed.cli.reach import reading
    from smallfed.control import SOCKET
    from smallfed.services import billing, relaying

    until = monotonic() + WAIT
    while asked["state"] in ("new", "pending") and monotonic() < until and (invocation.data / SOCKET).exists():
        sleep(0.2)
        with reading(invocation) as tx:
            found = billing.bill(tx, relaying.named(tx, asked["address"]))
        asked = to_builtins(found.as_json())
    return asked


@command.command("list", short_help="List relays, with what they brought in a month.")
@click.option("--days", type=click.IntRange(1, 400), default=30, show_default=True, help="Of how many days.")
@as_json
@pass_invocation
def list_(invocation: Invocation, days: int, as_json: bool) -> None:
    """List relays, with what came of each in a month. The same as `smallfed relays`."""
    from smallfed.cli.reach import reading
    from smallfed.services import billing

    with reading(invocation) as tx:
        found, now = billing.bills(tx, days=days), tx.now
    if as_json:
        print_json([each.as_json() for each in found])
        return
    if not found:
        click.echo("There are no relays: `smallfed relays add URL`.")
        return
    showing.tell_bills(found, now)


@command.command("show", short_help="Show one relay, day by day.")
@relay_name
@click.option("--days", type=click.IntRange(1, 400), default=30, show_default=True, help="How many days.")
@as_json
@pass_invocation
def show(invocation: Invocation, relay: str, days: int, as_json: bool) -> None:
    """Show a relay: how it stands, what it may bring, what it brought and cost day by day, and what was refused."""
    from msgspec import structs

    from smallfed.cli.reach import reading
    from smallfed.errors import NotFound
    from smallfed.services import billing, relaying

    with reading(invocation) as tx:
        try:
            known = relaying.named(tx, relay)
        except NotFound as error:
            fail(error.message)
        bill, each_day = billing.bill(tx, known, days=days), billing.by_day(tx, known, days=days)
    if as_json:
        told = [structs.asdict(one) | {"day": showing.iso(one.day)} for one in each_day]
        print_json(bill.as_json() | {"by_day": told})
        return
    showing.tell_bill(bill, each_day)


@command.command("remove", short_help="Be done with a relay.")
@relay_name
@as_json
@pass_invocation
def remove(invocation: Invocation, relay: str, as_json: bool) -> None:
    """Unsubscribe from a relay. What it brought stays for its time; its bill goes."""
    _do(invocation, "relays.remove", "{address} is no relay of yours any more.", as_json=as_json, relay=relay)


@command.command("pause", short_help="Take nothing from a relay for now.")
@relay_name
@as_json
@pass_invocation
def pause(invocation: Invocation, relay: str, as_json: bool) -> None:
    """Take nothing from a relay for now, and send it nothing; it is not told, and need not accept you again."""
    _do(invocation, "relays.pause", "{address} is paused.", as_json=as_json, relay=relay, paused=True)


@command.command("resume", short_help="Go on with a relay that is paused.")
@relay_name
@as_json
@pass_invocation
def resume(invocation: Invocation, relay: str, as_json: bool) -> None:
    """Go on with a relay that is paused."""
    _do(invocation, "relays.pause", "{address} goes on.", as_json=as_json, relay=relay, paused=False)


@command.command("caps", short_help="Say how much a relay may bring on a day.")
@relay_name
@click.option("--posts", type=click.IntRange(0), help="How many posts are kept.")
@click.option("--bytes", "bytes_", metavar="SIZE", help='How much may come, e.g. "50 MB".')
@click.option("--fetches", type=click.IntRange(0), help="How many requests to other servers.")
@click.option(
    "--direction", type=click.Choice(("both", "receive", "send")), help="Take what it brings, send it yours, or both."
)
@as_json
@pass_invocation
def caps(
    invocation: Invocation,
    relay: str,
    posts: int | None,
    bytes_: str | None,
    fetches: int | None,
    direction: str | None,
    as_json: bool,
) -> None:
    r"""Say how much a relay may bring and cost on one day (UTC), and which way it goes.

    What comes beyond that is counted, and not taken.

    \b
    Examples:
      smallfed relays caps relay.example --posts 500 --bytes "20 MB"
      smallfed relays caps relay.example --direction receive
    """
    from smallfed.config.amounts import read_size

    try:
        heaviest = None if bytes_ is None else read_size(bytes_)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--bytes") from error
    given = {"posts": posts, "bytes": heaviest, "fetches": fetches}
    wanted = {name: value for name, value in given.items() if value is not None}
    if not (wanted or direction):
        raise click.UsageError("say how much: --posts, --bytes, --fetches, or what it is for: --direction")
    words = "{address}: {caps[posts]} posts, {weight} and {caps[fetches]} requests a day."
    _do(invocation, "relays.caps", words, as_json=as_json, relay=relay, caps=wanted, direction=direction)


@command.command("filters", short_help="Say which posts of a relay you want.")
@relay_name
@click.option("--tag", "tags", multiple=True, metavar="NAME", help="Only with one of these hashtags.")
@click.option("--without-tag", "without_tags", multiple=True, metavar="NAME", help="Not with one of these.")
@click.option("--language", "languages", multiple=True, metavar="CODE", help="Only in one of these languages.")
@click.option("--only-media/--any-media", default=None, help="Only with a picture, film or sound.")
@click.option("--only-bio/--any-bio", default=None, help="Only by people who say who they are.")
@click.option("--no-bots/--bots", default=None, help="Not by machines.")
@click.option("--no-sensitive/--sensitive", default=None, help="Nothing covered.")
@click.option("--replies/--no-replies", default=None, help="Answers to others, too.")
@click.option("--clear", is_flag=True, help="Forget what was said before.")
@as_json
@pass_invocation
def filters(invocation: Invocation, /, relay: str, as_json: bool, clear: bool, **wanted: Any) -> None:
    r"""Say which posts of a relay you want. What is not said stays as it is; options that can be repeated are lists.

    \b
    Examples:
      smallfed relays filters relay.example --language en --language de --no-bots
      smallfed relays filters relay.example --clear --tag cats
    """
    said = {name: value for name, value in wanted.items() if value is not None and value != ()}
    if not (said or clear):
        raise click.UsageError("say what you want: --tag, --language, --no-bots, … or --clear")
    words = "{address}: what is wanted is noted; `smallfed relays show {host}` shows it."
    _do(invocation, "relays.filters", words, as_json=as_json, relay=relay, filters=said, anew=clear)


def _do(invocation: Invocation, name: str, words: str, *, as_json: bool, **args: object) -> None:
    from smallfed.cli.reach import call

    done = call(invocation, name, **args)
    tell(done, clean(words.format(**done, weight=size(done["caps"]["bytes"]))), as_json=as_json)
