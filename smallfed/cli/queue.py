"""smallfed queue: what waits to be delivered to other servers and told to apps, and a hand to push it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from smallfed.cli.context import Invocation, fail, pass_invocation
from smallfed.cli.flags import as_json, yes
from smallfed.cli.questions import confirm
from smallfed.cli.tables import ago, ahead, clean, number, print_json, table, tell

if TYPE_CHECKING:
    from smallfed.store.backlog import Sending, Waiting
    from smallfed.store.pushes import Waiting as PushService
    from smallfed.store.tx import Tx

F = TypeVar("F", bound=Callable[..., object])


def chosen(f: F) -> F:
    """Give a command the flags that say which deliveries are meant."""
    for option in (
        click.option("--all", "everything", is_flag=True, help="Everything that waits."),
        click.option("--post", metavar="POST", help="What is about one of your posts: its number or its address."),
        click.option("--host", metavar="HOST", help="What is for one server, e.g. social.example.org."),
    ):
        f = option(f)
    return f


@click.group("queue", invoke_without_command=True)
@as_json
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Look at what waits to be delivered to other servers; retry it or drop it.

    A server that does not answer is asked again for eight days, ever more rarely; what waits for it stays in order and
    delays nobody else. As soon as it sends something to you, everything for it goes out at once. So there is seldom a
    reason to do anything here.

    What waits is merged before it is sent: edits into the post, and what was deleted or undone meanwhile is not sent at
    all. MERGED says how many deliveries that has spared a server.

    \b
    CIRCUIT in the list:
      closed   it answers; what waits was put off by it, or goes out now
      resting  it did not answer last time
      open     silent five times in a row; one delivery at a time asks again
    """  # noqa: D301 - click reads the character, not an escape
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, as_json=as_json)


@command.command("list", short_help="List the servers that something waits for.")
@as_json
@pass_invocation
def list_(invocation: Invocation, as_json: bool) -> None:
    """List the servers that something waits for, the longest waiting first. The same as `smallfed queue`."""
    from smallfed.cli.reach import reading
    from smallfed.store import backlog, pushes

    with reading(invocation) as tx:
        hosts, services, now = backlog.waiting(tx), pushes.by_host(tx), tx.now
    services = [service for service in services if service.waiting]
    if as_json:
        print_json(hosts)
        return
    if not hosts and not services:
        click.echo("Nothing waits: everything is delivered, or was given up.")
    if hosts:
        click.echo(
            table(
                ("SERVER", "WAITING", "MERGED", "SINCE", "NEXT TRY", "CIRCUIT", "LAST ANSWER"), _host_rows(hosts, now)
            )
        )
    if services:
        click.echo("\n" * bool(hosts) + _services(services, now))


@command.command("pushes", short_help="List the push services that something waits for.")
@as_json
@pass_invocation
def pushes_(invocation: Invocation, as_json: bool) -> None:
    """List the push services of your apps that something waits for, or that did not take something lately.

    What you are told goes to your apps while they do not run by way of these. A push is tried for two days, then it is
    no news any more; what was given up is listed for a week. An app that nothing reaches for a month is forgotten; it
    subscribes again when you open it.
    """
    from smallfed.cli.reach import reading
    from smallfed.store import pushes

    with reading(invocation) as tx:
        services, now = pushes.by_host(tx), tx.now
    words = _services(services, now) if services else "Nothing waits: your apps were told everything."
    tell(services, words, as_json=as_json)


@command.command("show", short_help="Show how far a post has got.")
@click.argument("post")
@as_json
@pass_invocation
def show(invocation: Invocation, post: str, as_json: bool) -> None:
    """Show how far a post has got: every delivery with its state, its last answer and its next try.

    POST is the post's number or its address. What is settled is forgotten after a week.

    \b
    Example:
      smallfed queue show https://social.example.org/@me/115617284038393856
    """  # noqa: D301 - click reads the character, not an escape
    from smallfed.cli.reach import reading
    from smallfed.store import backlog

    with reading(invocation) as tx:
        sendings, now = backlog.about(tx, _post(tx, post)), tx.now
    if as_json:
        print_json(sendings)
        return
    for activity in dict.fromkeys(sending.activity for sending in sendings):
        of_it = [sending for sending in sendings if sending.activity == activity]
        delivered = sum(sending.state == "delivered" for sending in of_it)
        click.echo(f"{of_it[0].type} {activity}: delivered to {delivered} of {len(of_it)}")
        click.echo(table(("INBOX", "STATE", "TRIES", "LAST ANSWER", "NEXT TRY"), _sending_rows(of_it, now)) + "\n")
    if not sendings:
        click.echo("Nothing is known of deliveries of this post: it went to nobody, or more than a week ago.")


@command.command("retry", short_help="Try now what waits, and again what had failed.")
@chosen
@as_json
@pass_invocation
def retry(invocation: Invocation, host: str | None, post: str | None, everything: bool, as_json: bool) -> None:
    """Try now what waits, and try again what had failed.

    What had failed gets the whole eight days again. Name --host or --post, or both, or --all.

    \b
    Example:
      smallfed queue retry --host social.example.org
    """  # noqa: D301 - click reads the character, not an escape
    answer = _call(invocation, "queue.retry", host=host, post=post, everything=everything)
    _print_count(answer, "retried", "Trying", as_json=as_json)


@command.command("drop", short_help="Give up what waits.")
@chosen
@yes
@as_json
@pass_invocation
def drop(
    invocation: Invocation, host: str | None, post: str | None, everything: bool, yes: bool, as_json: bool
) -> None:
    """Give up what waits; it will never be sent. Name --host or --post, or both, or --all.

    What is on its way this very moment may still arrive. Deletes are dropped like everything else: a server that never
    hears of a Delete keeps the post.

    \b
    Example:
      smallfed queue drop --host gone.example.org --yes
    """  # noqa: D301 - click reads the character, not an escape
    _require_choice(host, post, everything=everything)
    if not yes:
        meant = " and ".join(filter(None, [host and f"for {host}", post and f"about {post}"])) or "for everybody"
        confirm(f"Give up everything that waits {meant}?")
    answer = _call(invocation, "queue.drop", host=host, post=post, everything=everything)
    _print_count(answer, "dropped", "Dropped", as_json=as_json)


def _call(invocation: Invocation, name: str, *, host: str | None, post: str | None, everything: bool) -> dict[str, int]:
    from smallfed.cli.reach import call, reading

    _require_choice(host, post, everything=everything)
    args: dict[str, object] = {} if host is None else {"host": host}
    if post is not None:
        with reading(invocation) as tx:
            args["post"] = _post(tx, post)
    answer: dict[str, int] = call(invocation, name, **args)
    return answer


def _require_choice(host: str | None, post: str | None, *, everything: bool) -> None:
    if everything == bool(host or post):
        raise click.UsageError("say which: --host HOST, --post POST, or --all for everything")


def _post(tx: "Tx", named: str) -> int:
    from smallfed.store import backlog

    post = backlog.post_id(tx, named)
    if post is None:
        fail(f"{named!r} is not one of your posts: give its number or its address")
    return post


# Printing -----------------------------------------------------------------------------------------------------------
def _print_count(answer: dict[str, int], name: str, verb: str, *, as_json: bool) -> None:
    words = f"{verb} {number(answer[name], 'delivery', 'deliveries')} to {number(answer['hosts'], 'server')}."
    tell(answer, words, as_json=as_json)


def _host_rows(hosts: "Sequence[Waiting]", now: datetime) -> list[tuple[Any, ...]]:
    return [
        (
            host.host,
            host.waiting,
            host.merged or "",
            ago(host.oldest, now),
            ahead(host.next_try, now),
            host.circuit,
            clean(host.last_error),
        )
        for host in hosts
    ]


def _services(services: "Sequence[PushService]", now: datetime) -> str:
    rows = [
        (
            clean(one.host),
            one.waiting,
            one.failed or "",
            ago(one.oldest, now) if one.oldest else "",
            ahead(one.next_try, now) if one.next_try else "",
            clean(one.last_answer),
        )
        for one in services
    ]
    return table(("PUSH SERVICE", "WAITING", "GIVEN UP", "SINCE", "NEXT TRY", "LAST ANSWER"), rows)


def _sending_rows(sendings: "Sequence[Sending]", now: datetime) -> list[tuple[Any, ...]]:
    return [
        (
            clean(one.inbox),
            one.state,
            one.attempts,
            clean(one.answer),
            ahead(one.next_try, now) if one.next_try else "",
        )
        for one in sendings
    ]
