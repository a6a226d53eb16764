"""smallfed check: whether everything is in order."""

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.exits import Exit


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON, for scripts.")
@pass_invocation
def command(invocation: Invocation, *, as_json: bool) -> int:
    """Verify the database and the files; changes nothing, works while the server runs.

    Looks at the integrity of the database file (page by page: a minute for some gigabytes), at references between
    rows, at rows that contradict each other, and for files that belong to nothing. Exit code 1 when anything was
    found.
    """
    from contextlib import closing

    from msgspec import json

    from smallfed.cli.reach import database
    from smallfed.store.checking import check, check_files
    from smallfed.store.opening import open_reader

    with closing(open_reader(database(invocation))) as sql:
        findings = check(sql)
    media = invocation.data / "media"
    if media.is_dir():
        findings += check_files(media, known_files())
    if as_json:
        click.echo(json.encode(findings))
    else:
        for finding in findings:
            click.echo(f"{finding.kind}: {finding.where}: {finding.what}")
        click.echo("Everything is in order." if not findings else f"{len(findings)} findings.")
    return Exit.FAILED if findings else Exit.OK


def known_files() -> frozenset[str]:
    """Return the names of files in the media folder that belong there."""
    return frozenset({"avatar.png", "header.png", "missing.png"})
