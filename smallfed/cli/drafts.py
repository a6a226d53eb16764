"""smallfed drafts: what is written and not published yet: drafts, posts for later, and what could not be published."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import as_json
from smallfed.cli.tables import ahead, clean, print_json, table, tell

if TYPE_CHECKING:
    from smallfed.domain.scheduled_post import ScheduledPost

SHOWN, WIDTH = 300, 60


@click.group("drafts", invoke_without_command=True)
@as_json
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    r"""Show drafts, posts for later, and what could not be published, with the reason.

    Apps show these in their list of scheduled posts. Whatever an app schedules for the year 2100 is a draft: give it a
    date to publish it then, in an app, or publish it here.

    \b
    Examples:
      smallfed drafts
      smallfed drafts list --json
      smallfed drafts publish 116153804390404135
      smallfed drafts drop 116153804390404135
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, as_json=as_json)


@command.command("publish")
@click.argument("number", type=int)
@as_json
@pass_invocation
def publish(invocation: Invocation, number: int, as_json: bool) -> None:
    """Publish one as soon as the server runs."""
    from smallfed.cli.reach import call

    done = call(invocation, "drafts.publish", number=number)
    tell(done, "It is published as soon as the server runs; `smallfed drafts` shows it until then.", as_json=as_json)


@command.command("drop")
@click.argument("number", type=int)
@as_json
@pass_invocation
def drop(invocation: Invocation, number: int, as_json: bool) -> None:
    """Forget one."""
    from smallfed.cli.reach import call

    done = call(invocation, "drafts.drop", number=number)
    tell(done, "It is forgotten.", as_json=as_json)


@command.command("list", short_help="List them, the newest first.")
@as_json
@pass_invocation
def list_(invocation: Invocation, as_json: bool = False) -> None:
    """List them, the newest first. The same as `smallfed drafts`."""
    from smallfed.cli.reach import reading
    from smallfed.store import scheduled_posts
    from smallfed.store.paging import Page

    with reading(invocation) as tx:
        now, found = tx.now, scheduled_posts.page(tx, Page(limit=SHOWN))
    if as_json:
        print_json([_facts(post) for post in found])
    elif found:
        click.echo(table(("ID", "WHEN", "TEXT"), [(post.id, _when(post, now), _text(post)) for post in found]))
    else:
        click.echo("Nothing is waiting to be published.")


def _facts(post: "ScheduledPost") -> dict[str, Any]:
    return {
        "id": str(post.id),
        "text": post.wish.text,
        "draft": post.draft,
        "scheduled_at": None if post.draft else post.scheduled_at,
        "problem": post.problem or None,
    }


def _when(post: "ScheduledPost", now: datetime) -> str:
    if post.draft:
        return "draft"
    return f"not published: {clean(post.problem)}" if post.problem else ahead(post.scheduled_at, now)


def _text(post: "ScheduledPost") -> str:
    text = clean(" ".join((post.wish.summary or post.wish.text).split()))
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
