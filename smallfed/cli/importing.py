"""smallfed import: bring follows, blocks, mutes, blocked domains, bookmarks or lists from another server."""

from collections.abc import Mapping, Sequence
from typing import IO, TYPE_CHECKING, cast

import click

from smallfed.cli.context import Invocation, fail, pass_invocation
from smallfed.cli.flags import as_json, yes
from smallfed.cli.questions import confirm
from smallfed.cli.tables import ago, clean, number, print_json, table, tell

if TYPE_CHECKING:
    from smallfed.domain.bulk import Kind, Line, Unread

KINDS = ("follows", "blocks", "mutes", "domain-blocks", "bookmarks", "lists")
BATCH = 500  # lines in one call


@click.command("import")
@click.argument("kind", metavar="KIND", type=click.Choice(KINDS), required=False)
@click.argument("file", metavar="FILE", type=click.File("rb"), required=False)
@click.option("--merge", "mode", flag_value="merge", default="merge", help="Keep what is here (this is what happens).")
@click.option("--overwrite", "mode", flag_value="overwrite", help="Remove what is here and not in the file.")
@click.option("--dry-run", is_flag=True, help="Read the file, say what would happen, and do nothing.")
@click.option("--status", is_flag=True, help="Show how far imports have got, and what did not work and why.")
@click.option("--retry", is_flag=True, help="Try everything again that did not work.")
@yes
@as_json
@pass_invocation
def command(
    invocation: Invocation,
    kind: str | None,
    file: IO[bytes] | None,
    mode: str,
    dry_run: bool,
    status: bool,
    retry: bool,
    yes: bool,
    as_json: bool,
) -> None:
    r"""Bring follows, blocks, mutes, blocked domains, bookmarks or lists from another server.

    KIND is follows, blocks, mutes, domain-blocks, bookmarks or lists; FILE is what Mastodon and others export of that,
    and - is standard input. Each server is asked for one account a second, in the background: a file of two thousand
    may take half an hour. That goes on after a restart. Whoever is in a list of the file, and whom you do not follow
    yet, you will follow: only then can they be in a list.

    \b
    Examples:
      smallfed import follows following_accounts.csv --dry-run
      smallfed import follows following_accounts.csv
      smallfed import --status
    """
    if status + retry + bool(kind) != 1 or bool(kind) != bool(file):
        raise click.UsageError("say what to import: KIND FILE; or --status, or --retry")
    if status:
        _show(invocation, as_json=as_json)
    elif retry:
        _retry(invocation, as_json=as_json)
    elif file is not None:
        known = cast("Kind", kind)
        lines, unread = _read(file, known)
        if dry_run:
            _preview(invocation, known, lines, unread, overwrite=mode == "overwrite", as_json=as_json)
        else:
            _begin(invocation, known, lines, unread, overwrite=mode == "overwrite", yes=yes, as_json=as_json)


def _read(file: IO[bytes], kind: "Kind") -> "tuple[list[Line], list[Unread]]":
    from smallfed.domain.bulk import Line
    from smallfed.translate import tables

    read = tables.read(file.read(tables.LARGEST + 1), kind)
    lines = [line for line in read if isinstance(line, Line)]
    return lines, [line for line in read if not isinstance(line, Line)]


def _plan(invocation: Invocation, kind: "Kind", lines: "Sequence[Line]", *, overwrite: bool) -> dict[str, int]:
    from smallfed.cli.reach import reading
    from smallfed.store import exports

    with reading(invocation) as tx:
        here = {line.key for line in exports.lines(tx, kind)}
    wanted = {line.key for line in lines}
    removed = len(here - wanted) if overwrite else 0
    return {"new": len(wanted - here), "known": len(wanted & here), "removed": removed}


def _preview(
    invocation: Invocation,
    kind: "Kind",
    lines: "Sequence[Line]",
    unread: "Sequence[Unread]",
    *,
    overwrite: bool,
    as_json: bool,
) -> None:
    plan = _plan(invocation, kind, lines, overwrite=overwrite)
    if as_json:
        print_json({**plan, "unread": unread})
        return
    click.echo(f"{plan['new']} would be added, {plan['known']} are here already, {plan['removed']} would be removed.")
    _tell_unread(unread)


def _tell_unread(unread: "Sequence[Unread]") -> None:
    for line in unread:
        click.echo(f"Line {line.number} is left out, {clean(line.text)!r}: {line.reason}", err=True)


def _begin(
    invocation: Invocation,
    kind: "Kind",
    lines: "Sequence[Line]",
    unread: "Sequence[Unread]",
    *,
    overwrite: bool,
    yes: bool,
    as_json: bool,
) -> None:
    from msgspec import to_builtins

    from smallfed.cli.reach import call

    _tell_unread(unread)
    if not lines:
        fail("the file has no line that could be imported")
    plan = _plan(invocation, kind, lines, overwrite=overwrite)
    if plan["removed"] and not yes:
        what = "entries of your lists" if kind == "lists" else f"of your {kind}"
        confirm(f"Remove {plan['removed']} {what} that are not in the file?")
    begun = call(invocation, "import.begin", kind=kind, overwrite=overwrite)["import"]
    for start in range(0, len(lines), BATCH):
        call(invocation, "import.add", number=begun, lines=to_builtins(lines[start : start + BATCH]))
    started: Mapping[str, object] = call(invocation, "import.start", number=begun)
    if as_json:
        print_json({**started, "unread": unread})
    else:
        click.echo(
            f"{number(len(lines), 'line')} will be imported; `smallfed import --status` shows how far it has got."
        )


def _retry(invocation: Invocation, *, as_json: bool) -> None:
    from smallfed.cli.reach import call

    answer: dict[str, int] = call(invocation, "import.again")
    tell(answer, f"{number(answer['again'], 'line')} will be tried again.", as_json=as_json)


def _show(invocation: Invocation, *, as_json: bool) -> None:
    from smallfed.cli.reach import reading
    from smallfed.store import imports

    with reading(invocation) as tx:
        known, failures, now = imports.progress(tx), imports.failures(tx), tx.now
    if as_json:
        print_json({"imports": known, "failures": failures})
        return
    if not known:
        click.echo("Nothing has been imported.")
        return
    rows = [(one.kind, ago(one.created_at, now), one.waiting, one.done, one.failed) for one in known]
    click.echo(table(("KIND", "WHEN", "WAITING", "DONE", "FAILED"), rows))
    if failures:
        click.echo("\nWhat did not work, or not yet:")
        troubles = [(f.kind, f.number, clean(f.address), f.state, f.attempts, clean(f.reason)) for f in failures]
        click.echo(table(("KIND", "LINE", "ADDRESS", "STATE", "TRIES", "WHY"), troubles))
