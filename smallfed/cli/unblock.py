"""smallfed unblock: lift what holds for a server, or the block or mute of somebody; see first what comes back."""

from typing import TYPE_CHECKING

import click

from smallfed.cli import standing
from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import as_json
from smallfed.cli.tables import clean, number, print_json, tell

if TYPE_CHECKING:
    from smallfed.services.freezing import Impact


@click.command("unblock")
@click.argument("target")
@click.option("--follow-again", is_flag=True, help="After a final block: ask those again whom you followed there.")
@standing.preview
@as_json
@pass_invocation
def command(invocation: Invocation, target: str, follow_again: bool, preview: bool, as_json: bool) -> None:
    r"""Lift a block or a limit of a server, or of somebody. What a block had frozen is back at once.

    Whom you follow there is asked again, in case they have let you go meanwhile, and what they wrote is read. What the
    block turned away is asked for again, as far as the ledger has its address. The block of somebody had frozen no
    follows: it ended them.

    \b
    Examples:
      smallfed unblock bad.example --preview
      smallfed unblock bad.example
      smallfed unblock @eve@good.example
    """
    if standing.is_person(target):
        (_look_back_on if preview else _person)(invocation, target, as_json=as_json)
    elif preview:
        _look_back(invocation, target, as_json=as_json)
    else:
        _lift(invocation, target, follow_again=follow_again, as_json=as_json)


def _look_back_on(invocation: Invocation, target: str, *, as_json: bool) -> None:
    from smallfed.cli.reach import reading
    from smallfed.control.moderation import person
    from smallfed.services import lifting

    with reading(invocation) as tx:
        account = person(tx, target)
        again = len(lifting.foresee_person(tx, account).again)
    words = f"No follow comes back. Of what @{clean(account.handle)} sent meanwhile, {_things(again)} asked for again."
    tell({"handle": account.handle, "uri": account.uri, "again": again}, words, as_json=as_json)


def _person(invocation: Invocation, target: str, *, as_json: bool) -> None:
    from smallfed.cli.reach import call

    call(invocation, "person.act", named=target, action="unsilence")
    done = call(invocation, "person.act", named=target, action="unsuspend")
    meanwhile = f" Of what they sent meanwhile, {_things(done['again'])} asked for again." if done["again"] else ""
    tell(done, f"@{clean(done['handle'])} is neither blocked nor muted any more.{meanwhile}", as_json=as_json)


def _things(count: int) -> str:
    return number(count, "thing is", "things are") if count else "nothing is"


def _look_back(invocation: Invocation, target: str, *, as_json: bool) -> None:
    from smallfed.cli.reach import reading

    with reading(invocation) as tx:
        impact, why_nothing = standing.look_back(tx, target)
    if as_json:
        print_json(standing.plain(impact))
    elif why_nothing:
        click.echo(why_nothing)
    else:
        click.echo(f"Lifting the block of {impact.domain} brings back: {standing.back(impact)}.")
        _tell_meanwhile(impact)
        standing.tell_people(impact)
        if impact.lost:
            click.echo(standing.people("You followed these until the block was final (--follow-again):", impact.lost))


def _tell_meanwhile(impact: "Impact") -> None:
    said = standing.meanwhile(impact)
    if said:
        click.echo(f"Of what it turned away: {said}")


def _lift(invocation: Invocation, target: str, *, follow_again: bool, as_json: bool) -> None:
    from msgspec import convert

    from smallfed.cli.reach import call
    from smallfed.services.freezing import Impact

    done = call(invocation, "domain.lift", domain=target, follow_again=follow_again)
    if as_json:
        print_json(done)
        return
    click.echo(f"You keep {clean(done['domain'])} away no longer.")
    if done["kept_away"]:
        click.echo(clean(done["kept_away"]))
    if done["back"] is not None:
        back = convert(done["back"], Impact)
        click.echo(f"Back: {standing.back(back)}.")
        _tell_meanwhile(back)
    if done["followed_again"]:
        click.echo(f"You ask to follow {number(len(done['followed_again']), 'person', 'people')} again.")
