"""smallfed farewell: leaving the fediverse for good."""

from typing import TYPE_CHECKING

import click

from smallfed.cli.context import Invocation, fail, pass_invocation
from smallfed.cli.questions import typed
from smallfed.cli.tables import clean, number, print_json, table

if TYPE_CHECKING:
    from smallfed.domain.farewell import Farewell, Prospect
    from smallfed.store.farewells import Reached, Untold
    from smallfed.store.tx import Tx

SHOWN = 100  # inboxes listed by --status


@click.command("farewell")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--status", is_flag=True, help="Say how far a farewell has got.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs (with --dry-run or --status).")
@pass_invocation
def command(invocation: Invocation, dry_run: bool, status: bool, as_json: bool) -> None:
    r"""Leave the fediverse: tell every server that ever heard of you, and delete everything here. There is no undo.

    Every address of yours then answers 410 (Gone) for good. Keep the server running and keep the domain: who gets it
    after you would inherit your name.

    It asks you to type your handle. It works while the server runs; where none runs, start it afterwards, because it
    is the server that tells the others. Servers that are away are tried for eight days.

    \b
    Example:
      smallfed farewell --dry-run
    """
    if status:
        _status(invocation, as_json=as_json)
    elif dry_run:
        _dry_run(invocation, as_json=as_json)
    else:
        _leave(invocation)


def _dry_run(invocation: Invocation, *, as_json: bool) -> None:
    handle, prospect = _prospect(invocation)
    if as_json:
        print_json({name: getattr(prospect, name) for name in prospect.__struct_fields__})
    else:
        click.echo(_words(invocation, handle, prospect))


def _leave(invocation: Invocation) -> None:
    from smallfed.cli.reach import call

    handle, prospect = _prospect(invocation)
    click.echo(_words(invocation, handle, prospect), err=True)
    answer = typed(f"\nTo leave for good, type your handle ({handle})")
    told: dict[str, int] = call(invocation, "farewell", handle=answer)
    click.echo(f"Farewell. {_told(told['inboxes'], told['hosts'])} will be told; everything here is being deleted.")
    click.echo("Keep the server running (`smallfed run`). How far it is: `smallfed farewell --status`")


def _prospect(invocation: Invocation) -> "tuple[str, Prospect]":
    """Return the owner's handle and what would be done; fails where the owner has left already."""
    from smallfed.cli.reach import reading
    from smallfed.store import farewells, houses

    with reading(invocation) as tx:
        house = houses.get(tx)
        if house.left_at is not None:
            fail(f"@{house.handle} has left already; how far it is: `smallfed farewell --status`")
        return house.handle, farewells.prospect(tx)


def _words(invocation: Invocation, handle: str, found: "Prospect") -> str:
    blocked = f"\n  Not told: {number(found.blocked, 'server')} on domains that you block." if found.blocked else ""
    return (
        f"This is what `smallfed farewell` does to @{handle}. Nobody can undo it.\n"
        "\n"
        f"  Told: {_told(found.inboxes, found.hosts)}; who is away is tried for eight days.{blocked}\n"
        f"  Deleted here: {number(found.posts, 'post')} of yours, {number(found.others, 'post')} of others,"
        f" {number(found.followers, 'follower')}, {number(found.following, 'follow')},\n"
        "    your profile, pictures, notifications, bookmarks, lists, blocks, apps and sessions,\n"
        "    and the copies of the database that were kept before upgrades.\n"
        "  Stays: your handle and the domain, so that every address answers 410 (Gone) from now on;\n"
        "    the keys until nothing waits to be told any more; backups that you made elsewhere.\n"
        "  Others may keep copies: nobody can make them delete.\n"
        "\n"
        "Before you go, take what you want to keep: stop the server and copy\n"
        f"  {invocation.data}\n"
        "Do you only want to live elsewhere? Then move instead, and your followers come along; after this they cannot."
    )


def _told(inboxes: int, hosts: int) -> str:
    return f"{number(inboxes, 'inbox', 'inboxes')} on {number(hosts, 'server')}"


# How far ------------------------------------------------------------------------------------------------------------
def _status(invocation: Invocation, *, as_json: bool) -> None:
    from smallfed.cli.reach import reading

    with reading(invocation) as tx:
        farewell, reached, untold = _how_far(tx)
    if as_json:
        left = [{name: getattr(one, name) for name in one.__struct_fields__} for one in untold]
        facts = {name: getattr(part, name) for part in (farewell, reached) for name in part.__struct_fields__}
        print_json([facts | {"untold": left}])
        return
    click.echo(f"Told: {reached.delivered} of {number(farewell.inboxes, 'inbox', 'inboxes')}")
    click.echo(f"Deleted here: {'everything' if farewell.cleared_at else 'not everything yet; the server is at it'}")
    if farewell.ended_at is not None:
        click.echo("Nothing waits any more, and the keys are destroyed. Keep answering 410: keep the server running.")
    elif reached.waiting == 0:
        click.echo("Nothing waits any more; the server destroys the keys within the hour.")
    if untold:
        rows = [(clean(one.inbox), one.state, one.attempts, clean(one.answer)) for one in untold]
        click.echo("\n" + table(("NOT TOLD", "STATE", "TRIES", "LAST ANSWER"), rows))
        if len(untold) == SHOWN:
            click.echo(f"These are the first {SHOWN}.")


def _how_far(tx: "Tx") -> "tuple[Farewell, Reached, list[Untold]]":
    from smallfed.store import farewells

    farewell = farewells.find(tx)
    if farewell is None:
        fail("nobody has left here: `smallfed farewell --dry-run` says what leaving would do")
    return farewell, farewells.reached(tx), farewells.untold(tx, SHOWN)
