"""smallfed media prune: copies of others' media go now."""

import sys
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, TypeVar

import click

from smallfed.cli.context import Invocation, fail, pass_invocation
from smallfed.cli.flags import as_json
from smallfed.cli.tables import clean, number, print_json, table
from smallfed.text.sizes import size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from smallfed.policy.evicting import Kept
    from smallfed.store.forgetting import Share
    from smallfed.store.holdings import Choice
    from smallfed.store.tx import Tx

T = TypeVar("T")

BATCH = 100  # files in one call


@click.command("prune", short_help="Let copies of others' media go now.")
@click.option("--older-than", metavar="SPAN", help='Only what nobody has looked at for so long, e.g. "30 days".')
@click.option("--host", metavar="HOST", help="Only of one server.")
@click.option("--account", metavar="@USER@HOST", help="Only of one account.")
@click.option("--previews", is_flag=True, help="Thumbnails as well.")
@click.option("--touched", is_flag=True, help="Also what you liked, boosted, bookmarked or answered.")
@click.option("--posts", is_flag=True, help="Show which old posts would go, by server; they go by themselves, daily.")
@click.option("--dry-run", is_flag=True, help="Only show what would go.")
@as_json
@pass_invocation
def prune(
    invocation: Invocation,
    older_than: str | None,
    host: str | None,
    account: str | None,
    previews: bool,
    touched: bool,
    posts: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Let copies of others' media go now: what was not looked at longest goes first. Yours never go.

    What goes is fetched again when you look at it, as long as its server has it.
    """
    if posts:
        _show_posts(invocation, as_json=as_json)
        return
    span = None if older_than is None else _span(older_than)
    gone: dict[str, list[int]] = {}
    for _ in range(2 if previews else 1):  # thumbnails after what they show
        chosen = _chosen(invocation, span, host, account, touched=touched, previews=previews)
        if not dry_run:
            _let_go(invocation, [kept for _, kept in chosen])
        for key, kept in chosen:
            gone.setdefault(key, []).append(kept.size)
    lines = sorted(((key, len(sizes), sum(sizes)) for key, sizes in gone.items()), key=lambda line: -line[2])
    if as_json:
        print_json([{"host": key, "files": files, "bytes": bytes_} for key, files, bytes_ in lines])
        return
    files, bytes_ = sum(line[1] for line in lines), sum(line[2] for line in lines)
    if lines:
        click.echo(table(("FROM", "FILES", "SIZE"), [(clean(key), count, size(all_)) for key, count, all_ in lines]))
    click.echo(f"{number(files, 'file')}, {size(bytes_)}, {'would go' if dry_run else 'went'}.")


def _chosen(
    invocation: Invocation,
    span: "timedelta | None",
    host: str | None,
    account: str | None,
    *,
    touched: bool,
    previews: bool,
) -> "list[tuple[str, Kept]]":
    """Return what is meant, with where it came from, the longest unseen first."""
    from smallfed.cli.reach import reading
    from smallfed.policy.evicting import Part, Standing
    from smallfed.store import holdings

    with reading(invocation) as tx:
        choice = _choice(tx, span, host, account)
        found = sorted(holdings.kept(tx, choice), key=lambda kept: kept.seen_at)
        hosts = holdings.hosts(tx)
    return [
        (hosts.get(kept.copy, ""), kept)
        for kept in found
        if (touched or kept.standing is not Standing.TOUCHED) and (previews or kept.part is Part.ORIGINAL)
    ]


def _choice(tx: "Tx", span: "timedelta | None", host: str | None, account: str | None) -> "Choice":
    from smallfed.store.holdings import Choice

    return Choice(
        host=None if host is None else host.strip().lower(),
        account=None if account is None else _account(tx, account),
        unseen_since=None if span is None else tx.now - span,
    )


def _account(tx: "Tx", named: str) -> int:
    from smallfed.store import accounts

    username, _, host = named.strip().removeprefix("@").partition("@")
    known = accounts.find_handle(tx, username, host.lower())
    if known is None:
        fail(f"there is no account {named!r} here: give it as @user@example.org")
    return known.id


def _span(text: str) -> "timedelta":
    from smallfed.config.amounts import read_span

    try:
        return read_span(text.strip())
    except ValueError as error:
        fail(f"--older-than {error}")


def _let_go(invocation: Invocation, chosen: "Sequence[Kept]") -> None:
    """Evict in batches, by the running server or here; say how far it is where somebody watches."""
    from smallfed.cli.reach import call

    for batch in batches(chosen, "letting go"):
        call(invocation, "media.evict", chosen=batch)
    if chosen:
        delete_discarded(invocation)


def batches(items: "Sequence[T]", doing: str) -> "Iterator[Sequence[T]]":
    """Go through items by the hundred; say how far it is where somebody watches."""
    slices = [items[at : at + BATCH] for at in range(0, len(items), BATCH)]
    if not sys.stderr.isatty():
        yield from slices
        return
    with click.progressbar(slices, label=doing, file=sys.stderr) as watched:
        yield from watched


def delete_discarded(invocation: Invocation) -> None:
    """Delete files that nothing refers to any more, unless the server runs: then it does so by itself."""
    from smallfed.cli.reach import database
    from smallfed.runtime import files
    from smallfed.runtime.clock import Clock, chance
    from smallfed.runtime.locking import Occupied, occupy
    from smallfed.store import discards
    from smallfed.store.opening import open_writer
    from smallfed.store.tx import Tx

    path = database(invocation)
    try:
        with occupy(invocation.data), closing(open_writer(path)) as sql:
            tx = Tx(sql, now=Clock().now(), dice=chance)
            while names := discards.some(tx):
                for name in names:
                    files.remove(invocation.data / "media" / name)
                discards.forget(tx, names)
    except Occupied:
        return


def _show_posts(invocation: Invocation, *, as_json: bool) -> None:
    from smallfed.cli.reach import reading
    from smallfed.store import forgetting
    from smallfed.workers.forgetting import terms

    with reading(invocation) as tx:
        shares = forgetting.would_go(tx, terms(invocation.config.storage))
    if as_json:
        print_json(shares)
        return
    if shares:
        click.echo(table(("FROM", "POSTS", "ABOUT"), [_post_row(share) for share in shares]))
    posts, bytes_ = sum(share.posts for share in shares), sum(share.bytes for share in shares)
    click.echo(f"{number(posts, 'post')}, about {size(bytes_)} of the database, will go within a day.")


def _post_row(share: "Share") -> tuple[str, int, str]:
    return clean(share.host), share.posts, size(share.bytes)
