"""smallfed export: what you may take along, as the files that Mastodon writes."""

import click

from smallfed.cli.context import Invocation, pass_invocation

KINDS = ("follows", "followers", "blocks", "mutes", "domain-blocks", "bookmarks", "lists")


@click.command("export")
@click.argument("kind", metavar="KIND", type=click.Choice(KINDS))
@pass_invocation
def command(invocation: Invocation, kind: str) -> None:
    r"""Write your follows, followers, blocks, mutes, blocked domains, bookmarks or lists to standard output.

    KIND is follows, followers, blocks, mutes, domain-blocks, bookmarks or lists. The form is that of Mastodon's export,
    so that every server which can read that can read this.

    \b
    Example:
      smallfed export follows > following_accounts.csv
    """
    from typing import cast

    from smallfed.cli.reach import reading
    from smallfed.domain.bulk import Kind
    from smallfed.store import exports
    from smallfed.translate import tables

    known = cast("Kind", kind)
    with reading(invocation) as tx:
        lines = exports.lines(tx, known)
    click.echo(tables.write(known, lines), nl=False)
