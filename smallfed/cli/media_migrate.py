"""smallfed media migrate: bring the files of media into the bucket, or back.

What is to be done are rows, so it is done to its end whatever happens in between: by the running server, or, where none
runs, right here.
"""

import sys
import time

import click

from smallfed.cli.context import Invocation, fail, pass_invocation
from smallfed.cli.flags import as_json
from smallfed.cli.tables import clean, number, print_json

LOOKS = 0.5  # seconds between two looks at how far it is


@click.command("migrate", short_help="Bring your files into the bucket, or back.")
@click.option("--to", "target", type=click.Choice(["bucket", "local"]), required=True, help="Where they are to be.")
@click.option(
    "--remove-source", is_flag=True, help="Delete them where they were, once they are whole in the new place."
)
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--no-wait", is_flag=True, help="Leave it to the running server, and do not wait for it.")
@as_json
@pass_invocation
def migrate(
    invocation: Invocation, *, target: str, remove_source: bool, dry_run: bool, no_wait: bool, as_json: bool
) -> None:
    """Bring the files of your media into the bucket, or back to this machine.

    It can be interrupted at any moment and goes on where it was: by itself when the server runs (Ctrl-C ends only the
    watching), otherwise when you type it again. Each file is read in its new place and compared by its hash before it
    counts as there, and before --remove-source deletes it in the old one. Profile pictures and emoji stay on this
    machine in any case; they are small, and everybody asks for them.
    """
    from smallfed.cli.reach import database, is_running

    database(invocation)
    wanted = {"bucket": "bucket" if remove_source else "both", "local": "here" if remove_source else "both"}[target]
    if dry_run:
        _say_foreseen(invocation, target, wanted, as_json=as_json)
        return
    by_server = is_running(invocation)
    if not by_server:
        _work(invocation, transfer=False)
    moves = _schedule(invocation, target, wanted)
    if not as_json:
        click.echo(f"{number(moves, 'file')} to move.")
    if not by_server:
        _work(invocation, transfer=True)
    elif not no_wait:
        _watch(invocation)
    if as_json:
        print_json({"to": target, "moves": moves, "waiting": _count(invocation)[0]})
    elif not (by_server and no_wait):
        click.echo("Everything is where it is wanted.")


def _schedule(invocation: Invocation, target: str, wanted: str) -> int:
    """Write down what is to be done, a slice in each transaction; return how many files there are to be moved."""
    from smallfed.cli.reach import call
    from smallfed.runtime.storage import names_below

    if target == "bucket":
        call(invocation, "storage.move", names=[], wanted=wanted)  # which says whether there is a bucket
        for names in names_below(invocation.data / "media"):
            call(invocation, "storage.move", names=names, wanted=wanted)
        call(invocation, "storage.hasten")
    else:
        after: str | None = ""
        while after is not None:
            after = call(invocation, "storage.turn", wanted=wanted, after=after)
    return _count(invocation)[0]


def _count(invocation: Invocation) -> tuple[int, int, str]:
    """Return how many files wait, how many of them failed last time, and why one of them did."""
    from smallfed.cli.reach import reading
    from smallfed.store import placements

    with reading(invocation) as tx:
        failing = placements.failing(tx, 1)
        return placements.waiting(tx), placements.failing_count(tx), failing[0].error if failing else ""


def _watch(invocation: Invocation) -> None:
    """Show how far the server is until nothing waits any more, or all that waits has failed."""
    total = waiting = _count(invocation)[0]
    while waiting:
        time.sleep(LOOKS)
        waiting, failing, why = _count(invocation)
        _show(total, waiting)
        if waiting == failing > 0:
            fail(f"{number(waiting, 'file')} could not be moved yet; the server tries again by itself: {clean(why)}")


def _show(total: int, waiting: int) -> None:
    if sys.stderr.isatty():
        done = max(0, total - waiting)
        click.echo(f"\r{done} of {number(max(total, done), 'file')}", nl=not waiting, err=True)


def _work(invocation: Invocation, *, transfer: bool) -> None:
    """Do it right here, without a server: note which bucket it is, and ``transfer`` what waits."""
    import trio

    from smallfed.runtime.clock import Clock
    from smallfed.runtime.locking import occupy
    from smallfed.store.opening import prepare

    with occupy(invocation.data):
        prepare(invocation.data / "smallfed.db", now=Clock().now())
        why = trio.run(_in_house, invocation, transfer)
    if why is not None:
        fail(f"not everything could be moved; type it again, or start the server, to go on: {clean(why)}")


async def _in_house(invocation: Invocation, transfer: bool) -> str | None:
    import trio

    from smallfed.runtime.aside import Aside
    from smallfed.runtime.bell import Bell
    from smallfed.runtime.bucket import opened
    from smallfed.runtime.clock import Clock, chance
    from smallfed.runtime.database import Database
    from smallfed.runtime.hub import Hub
    from smallfed.runtime.storage import Storage
    from smallfed.services import consequences
    from smallfed.workers.transferring import Transferring, use_bucket

    clock, aside, data = Clock(), Aside(), invocation.data
    db = Database(data / "smallfed.db", clock, publish=Hub().publish, then=consequences.follow, aside=aside)
    storage = Storage(db, aside, data / "media", opened(invocation.config.s3))
    async with trio.open_nursery() as base:
        await base.start(db.run)
        await use_bucket(db, storage)
        why = None
        if transfer:
            base.start_soon(_progress, invocation)
            why = await Transferring(db, clock, chance, aside, storage, Bell()).finish()
        base.cancel_scope.cancel()
    return why


async def _progress(invocation: Invocation) -> None:
    import trio

    total = _count(invocation)[0]
    while True:
        await trio.sleep(LOOKS)
        _show(total, _count(invocation)[0])


def _say_foreseen(invocation: Invocation, target: str, wanted: str, *, as_json: bool) -> None:
    moves, deletes = _foreseen(invocation, target, wanted)
    if as_json:
        print_json({"to": target, "moves": moves, "deletes": deletes})
    else:
        into, then = ("into the bucket", "here") if target == "bucket" else ("here", "in the bucket")
        click.echo(f"{number(moves, 'file')} would be brought {into}, {deletes} deleted {then} afterwards.")


def _foreseen(invocation: Invocation, target: str, wanted: str) -> tuple[int, int]:
    """Return how many files a migration would move, and how many it would delete afterwards."""
    from smallfed.cli.reach import reading
    from smallfed.domain.placement import Wanted
    from smallfed.runtime.storage import names_below
    from smallfed.store import placements

    with reading(invocation) as tx:
        held = {each.name: each for each in placements.after(tx, "", -1)}
    here = {name for names in names_below(invocation.data / "media") for name in names}
    if target == "bucket":
        moved = sum(name not in held or not held[name].there for name in here)
        deleted = sum(name.startswith("files/") for name in here) if wanted == Wanted.BUCKET else 0
    else:
        moved = sum(name not in here for name in held)
        deleted = len(held) if wanted == Wanted.HERE else 0
    return moved, deleted
