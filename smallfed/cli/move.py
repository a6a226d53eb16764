"""smallfed move: live elsewhere from now on, and take your followers along."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import as_json, yes
from smallfed.cli.questions import confirm
from smallfed.cli.tables import ago, clean, number, print_json, table, tell

if TYPE_CHECKING:
    from smallfed.store.tx import Tx

SHOWN = 20  # moves of others


@click.command("move")
@click.argument("target", required=False)
@click.option("--status", is_flag=True, help="Show how far a move has got, and who of those you follow has moved.")
@click.option("--cancel", is_flag=True, help="Live here again. Followers who have gone stay there.")
@click.option("--dry-run", is_flag=True, help="Check everything, say what would happen, and do nothing.")
@yes
@as_json
@pass_invocation
def command(
    invocation: Invocation, target: str | None, status: bool, cancel: bool, dry_run: bool, yes: bool, as_json: bool
) -> None:
    r"""Move to another account of yours, TARGET, and take your followers along.

    First make this account an alias of the new one, over there. Then your profile here says where you live, your
    followers' servers are asked to follow you there, and nobody can follow you here. Your posts stay; to write here
    again, come back. You cannot move again within thirty days.

    \b
    Examples:
      smallfed move @me@new.example.org --dry-run
      smallfed move @me@new.example.org
      smallfed move --status
      smallfed move --cancel
    """
    if bool(target) + status + cancel != 1:
        raise click.UsageError("say where to: TARGET; or --status, or --cancel")
    if status:
        _show(invocation, as_json=as_json)
    elif cancel:
        _cancel(invocation, yes=yes, as_json=as_json)
    else:
        _move(invocation, str(target), dry_run=dry_run, yes=yes, as_json=as_json)


def _move(invocation: Invocation, target: str, *, dry_run: bool, yes: bool, as_json: bool) -> None:
    from smallfed.cli.reach import ask

    plan: dict[str, Any] = ask(invocation, "move.plan", target=target)
    who = f"{clean(plan['handle'])} ({clean(plan['target'])})"
    if dry_run:
        if as_json:
            print_json(plan)
        else:
            click.echo(
                f"You can move to {who}: {number(plan['followers'], 'follower')} will be asked to follow you there."
            )
        return
    if not yes:
        confirm(f"Move to {who} with {number(plan['followers'], 'follower')}? You can do so once in thirty days.")
    done = ask(invocation, "move.begin", target=target)
    words = f"You have moved to {who}. `smallfed move --status` shows how far your followers are told."
    tell(done, words, as_json=as_json)


def _cancel(invocation: Invocation, *, yes: bool, as_json: bool) -> None:
    from smallfed.cli.reach import call, database

    database(invocation)
    if not yes:
        confirm("Live here again?")
    done = call(invocation, "move.cancel")
    words = f"You live here again, no longer at {clean(done['target'])}. Who followed you there still does."
    tell(done, words, as_json=as_json)


def _show(invocation: Invocation, *, as_json: bool) -> None:
    from smallfed.cli.reach import reading

    with reading(invocation) as tx:
        facts, now = _facts(tx), tx.now
    if as_json:
        print_json(facts)
        return
    _show_own(facts["own"], now)
    if facts["others"]:
        click.echo("\nOf those you follow, mute or block:")
        rows = [(one["from"], one["to"], ago(one["at"], now), one["state"]) for one in facts["others"]]
        click.echo(table(("FROM", "TO", "WHEN", "STATE"), rows))


def _facts(tx: "Tx") -> dict[str, Any]:
    from smallfed.store import accounts, departures, follows, houses, moves

    owner, last = accounts.owner(tx), departures.last(tx)
    own: dict[str, Any] | None = None
    if last is not None:
        own = {
            "target": last.target,
            "begun_at": last.begun_at,
            "cancelled_at": last.cancelled_at,
            "followers_then": last.followers,
            "followers_left": follows.count(tx, owner.id, followers=True),
            "deliveries": departures.deliveries(tx, houses.get(tx).departure(last.id)),
        }
    others = [
        {
            "from": clean(old.handle),
            "to": clean(new.handle),
            "at": move.heard_at,
            "state": "asked to follow there" if move.settled_at is None else "done" if move.followed else "kept away",
        }
        for move, old, new in moves.latest(tx, SHOWN)
    ]
    return {"own": own, "others": others}


def _show_own(own: dict[str, Any] | None, now: datetime) -> None:
    if own is None:
        click.echo("You have never moved.")
        return
    click.echo(f"You moved to {clean(own['target'])} {ago(own['begun_at'], now)}.")
    if own["cancelled_at"] is not None:
        click.echo(f"You came back {ago(own['cancelled_at'], now)}.")
    click.echo(f"Followers: {own['followers_then']} then, {own['followers_left']} still here.")
    told = ", ".join(f"{count} {state}" for state, count in own["deliveries"].items())
    click.echo(f"Servers told: {told or 'none, or more than a week ago'}.")
