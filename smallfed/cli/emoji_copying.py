"""smallfed emoji copy: custom emoji of other servers, when you may."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.tables import clean, number, print_json, table

if TYPE_CHECKING:
    from smallfed.cli.emoji_packs import Report

AT_ONCE = 8  # that are fetched together
SHOWN = 50  # that are listed one by one before the question
QUESTION = (
    "They were made by somebody, and are under the rules of that server and whatever licence they have.\n"
    "May you copy them?"
)


@click.command("copy", short_help="Copy emoji of another server, when you may.")
@click.argument("what", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that a server lists; with --from.")
@click.option("--from", "host", metavar="HOST", help="The server, e.g. social.example.org.")
@click.option("--as", "name", metavar="NAME", help="Another name for a single one.")
@click.option("--category", metavar="TEXT", help="Where apps list them, whatever is said there.")
@click.option("--overwrite", is_flag=True, help="Let them take the place of yours that have the same name.")
@click.option("--yes", is_flag=True, help="You may copy them: do not ask.")
@click.option("--dry-run", is_flag=True, help="Only say what would be copied.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs; with --yes or --dry-run.")
@pass_invocation
def copy(
    invocation: Invocation,
    what: tuple[str, ...],
    everything: bool,
    host: str | None,
    name: str | None,
    category: str | None,
    overwrite: bool,
    yes: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    r"""Copy emoji of another server, when you may.

    WHAT is :name:@HOST, the address of an emoji, or that of a picture. You are shown what would be copied, and the
    licence where one is told, and asked: nothing is ever copied on its own. This takes the running server.

    \b
    Examples:
      smallfed emoji copy :blobcat:@social.example.org
      smallfed emoji copy --all --from social.example.org --dry-run
    """
    _require_sense(what, everything=everything, host=host, name=name)
    if as_json and not (yes or dry_run):
        raise click.UsageError("--json asks nothing: add --yes if you may copy them, or --dry-run.")
    offers = _offers(invocation, what, host, name)
    if category is not None:
        offers = [offer | {"category": category} for offer in offers]
    fresh = [offer for offer in offers if overwrite or not offer["taken"]]
    if dry_run and as_json:
        print_json(offers)
        return
    if not as_json:
        _show(offers, fresh)
    if dry_run or not (fresh or as_json):
        return
    if not yes:
        from smallfed.cli.questions import confirm

        confirm(QUESTION)
    _copy(invocation, offers, fresh, overwrite=overwrite, as_json=as_json)


def _require_sense(what: Sequence[str], *, everything: bool, host: str | None, name: str | None) -> None:
    if everything != (host is not None):
        raise click.UsageError("--all and --from belong together: --all --from HOST.")
    if everything == bool(what):
        raise click.UsageError("say which: :name:@HOST, an address, or --all --from HOST.")
    if name is not None and len(what) != 1:
        raise click.UsageError("--as is for a single one.")


def _offers(invocation: Invocation, what: Sequence[str], host: str | None, name: str | None) -> list[dict[str, Any]]:
    from smallfed.cli.reach import ask

    if host is not None:
        found: list[dict[str, Any]] = ask(invocation, "emoji.offers", host=host)
        return found
    found, by_host = [], dict[str, list[str]]()
    for one in what:
        if "://" in one:
            found += ask(invocation, "emoji.offers", url=one, alias=name)
        else:
            shortcode, at, server = one.strip().strip(":").replace(":@", "@").partition("@")
            if not (shortcode and at and server):
                raise click.UsageError(f"{one!r} is neither :name:@HOST nor an address.")
            by_host.setdefault(server.lower(), []).append(shortcode)
    for server, names in by_host.items():
        found += ask(invocation, "emoji.offers", host=server, names=names)
    return [offer | {"shortcode": name} for offer in found] if name is not None else found


def _show(offers: Sequence[dict[str, Any]], fresh: Sequence[dict[str, Any]]) -> None:
    from smallfed.imaging.emojis import LARGEST

    told = [(f":{each['shortcode']}:", each["category"], each["license"] or "not told", each["url"]) for each in fresh]
    rows = [[clean(text) for text in line] for line in told[:SHOWN]]
    if rows:
        click.echo(table(("NAME", "CATEGORY", "LICENCE", "PICTURE"), rows))
    if len(fresh) > SHOWN:
        click.echo(f"… and {len(fresh) - SHOWN} more")
    kept = len(offers) - len(fresh)
    most = max(1, len(fresh) * LARGEST >> 20)
    click.echo(
        f"{number(len(fresh), 'emoji', 'emoji')} to copy"
        + f", {most} MB at the most" * bool(fresh)
        + (f"; {kept} with a name that you have already stay out (--overwrite)." if kept else ".")
    )


def _copy(
    invocation: Invocation,
    offers: Sequence[dict[str, Any]],
    fresh: Sequence[dict[str, Any]],
    *,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Have the server copy a few at a time: what was copied stays, whenever this is stopped."""
    from smallfed.cli.emoji_packs import Report
    from smallfed.cli.reach import ask

    report = Report(quiet=as_json)
    for offer in offers:
        if offer not in fresh:
            report.tell(offer["shortcode"], "kept")
    told = [{key: value for key, value in offer.items() if key != "taken"} for offer in fresh]
    for start in range(0, len(told), AT_ONCE):
        some = told[start : start + AT_ONCE]
        for each in ask(invocation, "emoji.copy", offers=some, overwrite=overwrite, consented=True):
            report.tell(each["shortcode"], each["outcome"], each["reason"])
        _progress(report, len(offers), as_json=as_json)
    report.close(doing="copied")


def _progress(report: "Report", whole: int, *, as_json: bool) -> None:
    if not as_json and whole > AT_ONCE:
        click.echo(f"{len(report.outcomes)} of {whole}", err=True)
