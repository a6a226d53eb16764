"""smallfed export: what you may take along, as the files that Mastodon writes."""

import click

from smallfed.cli.context import Invocation, pass_invocation

KINDS = ("follows", "followers", "blocks", "mutes", "domain-blocks", "bookmarks", "lists")


@click.command("export")
@click.argument("kind", metavar="KIND", type=click.Choice(KINDS))
@click.option("--severed", is_flag=True, help="Only those that the block of a domain has ended: follows, followers.")
@pass_invocation
def command(invocation: Invocation, kind: str, *, severed: bool) -> None:
    r"""Write your follows, followers, blocks, mutes, blocked domains, bookmarks or lists to standard output.

    KIND is follows, followers, blocks, mutes, domain-blocks, bookmarks or lists. The form is that of Mastodon's export,
    so that every server which can read that can read this.

    What a block has ended can be imported again once it is lifted.

    \b
    Examples:
      smallfed export follows > following_accounts.csv
      smallfed export follows --severed > lost.csv
    """
    from typing import cast

    from smallfed.cli.reach import reading
    from smallfed.domain.bulk import Kind
    from smallfed.store import exports
    from smallfed.translate import tables

    known = cast("Kind", kind)
    if severed and known not in exports.SEVERED:
        raise click.UsageError(f"--severed is for {' and '.join(exports.SEVERED)}: a block ends nothing else.")
    with reading(invocation) as tx:
        lines = exports.severed(tx, known) if severed else exports.lines(tx, known)
    click.echo(tables.write(known, lines), nl=False)
