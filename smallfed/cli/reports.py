"""smallfed reports: complaints, the owner's and those about the owner, and what is done about them."""

from typing import Any

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import ID, as_json, at_most
from smallfed.cli.tables import ago, clean, print_json, table, tell

report = click.argument("report", metavar="ID", type=ID)


@click.group("reports", invoke_without_command=True)
@as_json
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    r"""Look at complaints, yours and those about you, and do something about them.

    Of a complaint about you only the server is known that it came from: who made it is not kept. Yours are made in an
    app, and sent on by this server in its own name, never in yours.

    \b
    Examples:
      smallfed reports show 116789
      smallfed reports act 116789 --block
      smallfed reports dismiss 116790
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, everything=False, limit=40, as_json=as_json)


@command.command("list", short_help="List complaints that are open, or all.")
@click.option("--all", "everything", is_flag=True, help="Also those that are done with.")
@at_most()
@as_json
@pass_invocation
def list_(invocation: Invocation, everything: bool, limit: int, as_json: bool) -> None:
    """List complaints that are open, the latest first. The same as `smallfed reports`."""
    from smallfed.cli.reach import reading
    from smallfed.store import accounts, reports
    from smallfed.store.paging import Page
    from smallfed.store.reports import Choice

    with reading(invocation) as tx:
        found = reports.newest(tx, Page(limit=limit), Choice(resolved=None if everything else False))
        people, now = accounts.several(tx, {one.account_id for one in found}), tx.now
    if as_json:
        print_json([_plain(one, people[one.account_id].handle) for one in found])
    elif not found:
        click.echo("There are no complaints." if everything else "No complaint is open.")
    else:
        rows = [
            (
                one.id,
                "you" if one.host is None else clean(one.host),
                f"@{clean(people[one.account_id].handle)}",
                one.category.value,
                len(one.posts),
                _state(one),
                ago(one.created_at, now),
                clean(" ".join(one.comment.split())[:60]),
            )
            for one in found
        ]
        click.echo(table(("ID", "FROM", "ABOUT", "WHY", "POSTS", "STATE", "WHEN", "COMMENT"), rows))


@command.command("show", short_help="Show one complaint, with the posts it names.")
@report
@as_json
@pass_invocation
def show(invocation: Invocation, report: int, as_json: bool) -> None:
    """Show one complaint, with the posts it names as far as they are there still."""
    from smallfed.cli.reach import reading
    from smallfed.store import accounts, posts, reports
    from smallfed.text.sanitise import plain

    with reading(invocation) as tx:
        one = reports.get(tx, report)
        handle, found, now = accounts.get(tx, one.account_id).handle, posts.several(tx, one.posts), tx.now
    named = [found[post] for post in one.posts if post in found]
    if as_json:
        told = [{"id": post.id, "uri": post.uri, "text": plain(post.content)} for post in named]
        print_json({**_plain(one, handle), "named": told})
        return
    lines = {
        "from": "you" if one.host is None else one.host,
        "about": f"@{handle}",
        "why": one.category.value,
        "state": _state(one),
        "made": ago(one.created_at, now),
        "told their server": "yes" if one.forwarded else "no",
        "comment": one.comment,
    }
    if one.host is not None:
        del lines["told their server"]
    for name, value in lines.items():
        click.echo(f"{name + ':':<19}{clean(value)}")
    for post in named:
        click.echo(f"post {post.id}: {clean(' '.join(plain(post.content).split()))}\n  {clean(post.uri)}")


@command.command("act", short_help="Do something about a complaint.")
@report
@click.option("--block", is_flag=True, help="Block the person you complained of, or the server that complains.")
@click.option("--limit", is_flag=True, help="Limit their server.")
@click.option("--mute", is_flag=True, help="Mute the person you complained of, or the server that complains.")
@click.option("--delete-own-post", "delete", multiple=True, metavar="ID|all", help="Delete a post of yours it names.")
@as_json
@pass_invocation
def act(
    invocation: Invocation,
    report: int,
    block: bool,
    limit: bool,
    mute: bool,
    delete: tuple[str, ...],
    as_json: bool,
) -> None:
    r"""Do something about a complaint, and be done with it. Several things can be done at once.

    \b
    Examples:
      smallfed reports act 116789 --delete-own-post all
      smallfed reports act 116790 --block --limit
    """
    wanted = {"block": block, "limit": limit, "mute": mute, "delete": list(delete)}
    _do(invocation, "reports.act", number=report, wanted=wanted, as_json=as_json)


@command.command("resolve", short_help="Be done with a complaint.")
@report
@as_json
@pass_invocation
def resolve(invocation: Invocation, report: int, as_json: bool) -> None:
    """Be done with a complaint; nothing else happens."""
    _do(invocation, "reports.close", number=report, how="resolve", as_json=as_json)


@command.command("dismiss", short_help="Be done with a complaint that has nothing in it.")
@report
@as_json
@pass_invocation
def dismiss(invocation: Invocation, report: int, as_json: bool) -> None:
    """Be done with a complaint that has nothing in it; whoever made it hears nothing."""
    _do(invocation, "reports.close", number=report, how="dismiss", as_json=as_json)


@command.command("reopen", short_help="Look at a complaint again.")
@report
@as_json
@pass_invocation
def reopen(invocation: Invocation, report: int, as_json: bool) -> None:
    """Look at a complaint again that was done with. What was done about it stays so."""
    _do(invocation, "reports.close", number=report, how="reopen", as_json=as_json)


def _do(invocation: Invocation, name: str, *, as_json: bool, **args: object) -> None:
    from smallfed.cli.reach import call

    done = call(invocation, name, **args)
    deeds = f" ({', '.join(done['deeds'])})" if done["deeds"] else ""
    state = "open again" if done["open"] else f"done with{deeds}"
    tell(done, f"Complaint {done['id']} is {state}.", as_json=as_json)


def _state(one: Any) -> str:
    if one.acted_at is None:
        return "looked into" if one.assigned else "open"
    return ", ".join(one.deeds) or "resolved"


def _plain(one: Any, handle: str) -> dict[str, object]:
    """Return a complaint for programs, without what only this server needs."""
    from msgspec import structs

    said = structs.asdict(one)
    for name in ("account_id", "server_id", "flag"):
        del said[name]
    return {**said, "about": handle, "own": one.host is None}
