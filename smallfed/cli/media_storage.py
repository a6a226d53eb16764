"""smallfed media storage: which files are on this machine, which in the bucket, and what is on its way."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import as_json
from smallfed.cli.tables import ahead, clean, number, print_json, table

if TYPE_CHECKING:
    from datetime import datetime

    from smallfed.domain.placement import Placed, Placement

SHOWN = 10  # files that fail


@click.command("storage", short_help="Say which files are where, and what is on its way.")
@as_json
@click.option("--retry", is_flag=True, help="Try everything that waits now, not when its time has come.")
@pass_invocation
def storage(invocation: Invocation, *, as_json: bool, retry: bool) -> None:
    """Say which files are on this machine, which in the bucket, and what is on its way.

    What waits is brought there as soon as the bucket can be reached, however long that takes; until then it is on this
    machine. Nothing is deleted here before it has been read back from there unchanged.
    """
    from smallfed.cli.reach import call, reading
    from smallfed.store import placements

    if retry:
        call(invocation, "storage.hasten")
    with reading(invocation) as tx:
        bucket, told, failing, now = (
            placements.bucket(tx),
            placements.summary(tx),
            placements.failing(tx, SHOWN),
            tx.now,
        )
        here = _only_here(invocation.data / "media", set(placements.names(tx)))
    place = None if bucket is None else bucket.place
    if as_json:
        print_json(_counted(place, here, told, failing))
    else:
        _print(place, here, told, failing, now)


def _only_here(folder: Path, held: set[str]) -> tuple[int, int]:
    """Return how many files have nothing to do with the bucket, and how many bytes they have."""
    from smallfed.runtime.storage import names_below

    paths = [folder / name for names in names_below(folder) for name in names if name not in held]
    return len(paths), sum(path.stat().st_size for path in paths if path.exists())


def _counted(
    place: str | None, here: tuple[int, int], told: "list[Placed]", failing: "list[Placement]"
) -> dict[str, Any]:
    return {
        "bucket": place,
        "only_here": {"files": here[0], "bytes": here[1]},
        "there": sum(each.files for each in told if each.there and not each.waiting),
        "there_bytes": sum(each.size for each in told if each.there and not each.waiting),
        "waiting": sum(each.files for each in told if each.waiting),
        "failing": sum(each.files for each in told if each.failing),
        "rows": told,
        "errors": [
            {"name": each.name, "wanted": each.wanted, "attempts": each.attempts, "due": each.due, "error": each.error}
            for each in failing
        ],
    }


def _print(
    place: str | None, here: tuple[int, int], told: "list[Placed]", failing: "list[Placement]", now: "datetime"
) -> None:
    click.echo(f"The bucket is {place}." if place else "There is no bucket ([s3] in smallfed.toml).")
    rows = [("only on this machine", here[0], _bytes(here[1]))] if here[0] else []
    rows += [(_said(each), each.files, _bytes(each.size) if each.size else "") for each in told]
    if rows:
        click.echo(table(("WHERE", "FILES", "SIZE"), rows))
    for each in failing:
        again = "" if each.due is None else f" (again {ahead(each.due, now)})"
        click.echo(f"{each.name}: {clean(each.error)}{again}")
    if (more := sum(each.files for each in told if each.failing) - len(failing)) > 0:
        click.echo(f"… and {number(more, 'file')} more that failed last time.")


def _said(each: "Placed") -> str:
    ways = {
        "here": "on the way back here",
        "both": "on the way, to be on both" if each.waiting else "on this machine and in the bucket",
        "bucket": "on the way into the bucket" if each.waiting else "in the bucket",
        "nowhere": "to be removed from the bucket",
    }
    return ways[each.wanted] + (", failed last time" if each.failing else "")


def _bytes(size: int) -> str:
    for unit, amount in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= amount:
            return f"{size / amount:.1f} {unit}"
    return f"{size} bytes"
