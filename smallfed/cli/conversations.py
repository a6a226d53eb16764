"""smallfed conversations: which were made whole, what that cost, and what today's budget still allows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import as_json
from smallfed.cli.tables import ago, clean, number, print_json, table

if TYPE_CHECKING:
    from smallfed.config import Conversations
    from smallfed.store.conversations import Conversation

MOST = 20


@click.command("conversations")
@click.option("--limit", default=MOST, show_default=True, help="How many of the latest conversations.")
@as_json
@pass_invocation
def command(invocation: Invocation, limit: int, as_json: bool) -> None:
    r"""Show which conversations were made whole, and what that cost.

    When you open a conversation in an app, what is missing of it is asked for; conversations of people you follow, and
    those that you are part of, are completed some minutes after they begin. The budgets are options:
    conversations.opened, conversations.aside, conversations.per_host and conversations.per_day.

    ENDED in the list is "complete", or the limit or the silent server that ended it. Whoever opens such a conversation
    again goes on where it ended.
    """
    from smallfed.cli.reach import reading
    from smallfed.store import conversations

    with reading(invocation) as tx:
        now = tx.now
        spent, looks = conversations.spent(tx, f"{now:%Y-%m-%d}"), conversations.latest(tx, limit)
    if as_json:
        print_json([{"spent": spent, "conversations": looks}])
        return
    click.echo(_today(spent, invocation.config.conversations))
    if looks:
        click.echo()
        click.echo(table(("WHEN", "WHY", "FOUND", "ASKED", "SERVERS", "SECONDS", "ENDED", "POST"), _rows(looks, now)))


def _today(spent: Mapping[str, int], limits: "Conversations") -> str:
    total = sum(spent.values())
    lines = [f"Today: {total} of {number(limits.per_day, 'request')}, to {number(len(spent), 'server')}."]
    full = [clean(host) for host, count in spent.items() if count >= limits.per_host]
    if full:
        lines.append(f"No more today for: {', '.join(full)}.")
    lines += [f"  {count:>6}  {clean(host)}" for host, count in list(spent.items())[:5]]
    return "\n".join(lines)


def _rows(looks: "Sequence[Conversation]", now: datetime) -> list[tuple[Any, ...]]:
    return [
        (
            ago(look.begun_at, now),
            "opened" if look.opened else "aside",
            look.found,
            look.fetched,
            look.hosts,
            f"{look.seconds:.1f}",
            clean(look.ended or "complete"),
            clean(look.uri),
        )
        for look in looks
    ]
