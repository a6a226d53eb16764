"""smallfed purge: something goes for good, wherever it is, and does not come back."""

import time
from typing import TYPE_CHECKING

import click

from smallfed.cli.context import Invocation, fail, pass_invocation
from smallfed.cli.flags import ID, as_json, yes
from smallfed.cli.questions import confirm
from smallfed.cli.tables import ago, clean, number, print_json, table, tell

if TYPE_CHECKING:
    from smallfed.domain.purge import Purge
    from smallfed.services.targeting import Plan

PATIENCE = 600.0  # seconds until this command does not watch any more; the server goes on
LOOK = 0.2


class _Purges(click.Group):
    """Whatever is none of its commands is what is to be purged."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant."""
        return super().resolve_command(ctx, args if args[0] in self.commands else ["now", *args])


@click.group("purge", cls=_Purges, no_args_is_help=True)
def command() -> None:
    r"""Remove a post, somebody or a file for good, and keep it from coming back.

    \b
      smallfed purge URL|ACTOR|SHA-256 [--dry-run] [--reason TEXT] [--yes]
                    [--json]
      smallfed purge list
      smallfed purge forget ID

    A post goes with its earlier versions, pictures (also from the bucket, at once), boosts, notifications, and all that
    was kept of it as it came; somebody goes with everything they wrote. What is yours is deleted everywhere, as usual.
    Only hashes of ids, addresses and files are kept: whatever brings them again is refused. Backups, and copies that a
    proxy in front or a CDN keeps, are yours to look after.

    \b
    Examples:
      smallfed purge https://example.org/@eve/113 --dry-run
      smallfed purge @eve@example.org --reason "court order 12/26"
    """


@command.command("now", hidden=True)
@click.argument("target", metavar="URL|ACTOR|SHA-256")
@click.option("--dry-run", is_flag=True, help="Say what would go, and do nothing.")
@click.option("--reason", default="", metavar="TEXT", help="Why, for yourself.")
@yes
@as_json
@pass_invocation
def now(invocation: Invocation, target: str, dry_run: bool, reason: str, yes: bool, as_json: bool) -> None:
    """Remove something for good."""
    from smallfed.cli.reach import call, reading
    from smallfed.services import targeting

    with reading(invocation) as tx:
        plan = targeting.plan(tx, target)
    if not as_json:
        click.echo(_foretold(plan))
    if dry_run:
        if as_json:
            print_json(_plain_plan(plan))
        return
    if plan.here and not yes:
        confirm("Remove it for good?")
    done = _watched(invocation, call(invocation, "purge.begin", named=target, reason=reason)["id"])
    copies = [path.name for path in sorted(invocation.data.glob("smallfed-v*.db"))]
    if as_json:
        print_json({**_plain(done), "copies_of_database": copies})
        return
    went = f"{number(done.posts, 'post')} and {number(done.files, 'file')} went."
    click.echo(f"{went if plan.here else 'It was not here.'} It does not come back (purge {done.id}).")
    click.echo("Backups still have what they had, and so may a proxy in front or a CDN.")
    for name in copies:
        click.echo(f"So does {name}, the copy from before an upgrade: delete it when you do not need it.")


def _foretold(plan: "Plan") -> str:
    if not plan.here:
        return "It is not here; it will be kept from coming."
    said = [number(plan.posts, "post"), number(plan.boosts, "boost"), number(plan.files, "file")]
    more = [
        "It is yours: everybody is told to delete it." if plan.own else "",
        "You follow them: that ends." if plan.follows else "",
        "They follow you: that ends." if plan.followed else "",
        f"Your posts keep showing the file: {', '.join(plan.shown_by)}; purge those." if plan.shown_by else "",
    ]
    return "\n".join(
        [
            f"{plan.kind.value.capitalize()} of {clean(plan.host) or 'any server'}: {', '.join(said)}.",
            *filter(None, more),
        ]
    )


def _plain_plan(plan: "Plan") -> dict[str, object]:
    from msgspec import structs

    said = structs.asdict(plan)
    for name in ("words", "digests", "account_id"):
        del said[name]
    return said


def _plain(done: "Purge") -> dict[str, object]:
    from msgspec import structs

    said = structs.asdict(done)
    for name in ("words", "account_id"):
        del said[name]
    return said


@command.command("list", short_help="List what was purged.")
@as_json
@pass_invocation
def list_(invocation: Invocation, as_json: bool) -> None:
    """List what was purged, the latest first. What it was is not kept: only whence it came, and why it went."""
    from smallfed.cli.reach import reading
    from smallfed.store import purges

    with reading(invocation) as tx:
        found = [(one, purges.remembered(tx, one.id)) for one in purges.all_(tx)]
        moment = tx.now
    if as_json:
        print_json([{**_plain(one), "refused": refused} for one, refused in found])
    elif not found:
        click.echo("Nothing was purged.")
    else:
        rows = [
            (
                one.id,
                one.kind.value,
                clean(one.host),
                one.posts,
                one.files,
                refused,
                ago(one.begun_at, moment) if one.ended_at else "under way",
                clean(one.reason),
            )
            for one, refused in found
        ]
        click.echo(table(("ID", "WHAT", "FROM", "POSTS", "FILES", "REFUSED", "WHEN", "REASON"), rows))


@command.command("forget", short_help="Let something come back if it comes.")
@click.argument("purge", metavar="ID", type=ID)
@as_json
@pass_invocation
def forget(invocation: Invocation, purge: int, as_json: bool) -> None:
    """Let what was purged come back if it comes. Nothing is fetched by this."""
    from smallfed.cli.reach import call

    done = call(invocation, "purge.forget", number=purge)
    tell(done, f"Purge {done['id']} is forgotten: what it was is not refused any more.", as_json=as_json)


def _watched(invocation: Invocation, purge: int) -> "Purge":
    """Wait until the running server has done it, or do it here."""
    from smallfed.cli.reach import is_running, reading
    from smallfed.store import purges

    end = time.monotonic() + PATIENCE
    while is_running(invocation):
        with reading(invocation) as tx:
            known = purges.get(tx, purge)
        if known.ended_at is not None:
            return known
        if time.monotonic() > end:
            fail("it takes long; the server goes on with it, and `smallfed purge list` says when it has ended")
        time.sleep(LOOK)
    from smallfed.cli.purge_alone import carry_out

    return carry_out(invocation, purge)
