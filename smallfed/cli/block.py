"""smallfed block: keep a whole server away, or somebody; and look at what is kept away."""

import click

from smallfed.cli import standing
from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import as_json, yes
from smallfed.cli.questions import confirm
from smallfed.cli.tables import clean, print_json, tell

SHOWN = 100  # rows of lists


@click.command("block")
@click.argument("target", required=False)
@click.option("--final", is_flag=True, help="Make the block final: follows end, and those there are told.")
@click.option("--public-comment", metavar="TEXT", help="Why, for those who may read your blocks.")
@click.option("--private-comment", metavar="TEXT", help="Why, for yourself.")
@click.option("--obfuscate", is_flag=True, help="Show the name to others in part only.")
@standing.preview
@yes
@as_json
@pass_invocation
def command(
    invocation: Invocation,
    target: str | None,
    final: bool,
    public_comment: str | None,
    private_comment: str | None,
    obfuscate: bool,
    preview: bool,
    yes: bool,
    as_json: bool,
) -> None:
    r"""Block a server with everything below it, or somebody; without TARGET, list what holds for servers.

    Of a blocked server nothing comes in, nothing is shown and nothing is sent there. Follows in both directions are
    frozen: whoever lifts the block (`smallfed unblock`) has them back. Only --final ends them and says so over there.
    Where anybody is cut off you see whom before you agree. `*.example.org` means what is below, and not itself.

    \b
    Examples:
      smallfed block bad.example --preview
      smallfed block bad.example --public-comment "Harassment"
      smallfed block bad.example --final
      smallfed block @eve@good.example
    """
    said = {"public_comment": public_comment, "private_comment": private_comment, "obfuscate": obfuscate or None}
    wish: dict[str, object] = {name: value for name, value in said.items() if value is not None}
    if target is None:
        if wish or final or preview:
            raise click.UsageError("say what is meant: smallfed block HOST")
        _list(invocation, as_json=as_json)
    elif (wish or final) and standing.is_person(target):
        raise click.UsageError("comments, --obfuscate and --final are for servers, and this is somebody")
    elif standing.is_person(target):
        _person(invocation, target, preview=preview, yes=yes, as_json=as_json)
    elif final and wish:
        raise click.UsageError("--final only ends follows: say the rest in a call of its own")
    elif final:
        _finish(invocation, target, preview=preview, yes=yes, as_json=as_json)
    else:
        _domain(invocation, target, wish | {"severity": "suspend"}, preview=preview, yes=yes, as_json=as_json)


def _list(invocation: Invocation, *, as_json: bool) -> None:
    from smallfed.cli.reach import reading
    from smallfed.domain.domain_block import Origin
    from smallfed.store import domain_blocks
    from smallfed.store.paging import Page

    with reading(invocation) as tx:
        found, now = domain_blocks.newest(tx, Page(limit=-1)), tx.now
        closed = domain_blocks.is_closed(tx)
    if as_json:
        print_json(found)
        return
    own = [one for one in found if one.origin is Origin.OWNER]
    shown = found if len(found) - len(own) <= SHOWN else own
    if shown:
        click.echo(standing.listed(shown, now))
    if len(shown) < len(found):
        click.echo(f"{len(found) - len(shown)} more by lists: --json has all, `smallfed lists show HOST` says why.")
    if not found:
        click.echo("Nothing is blocked or limited: `smallfed block HOST`.")
    if closed:
        click.echo("Only servers that you allow are let in: `smallfed allow` lists them.")


def _domain(
    invocation: Invocation, target: str, wish: dict[str, object], *, preview: bool, yes: bool, as_json: bool
) -> None:
    from smallfed.cli.reach import call, reading
    from smallfed.store import domain_blocks

    with reading(invocation) as tx:
        impact = standing.look_ahead(tx, target)
        known = domain_blocks.of(tx, impact.domain)
    already = known is not None and known.cuts
    if preview and as_json:
        print_json(standing.plain(impact))
        return
    if not as_json:
        begins = f"{impact.domain} is blocked already, which" if already else f"Blocking {impact.domain}"
        click.echo(f"{begins} {standing.cuts(impact)}.")
        standing.tell_people(impact)
    if preview:
        return
    if impact.cuts_somebody and not (already or yes):
        confirm("Block it? Follows are frozen, not ended; nobody there is told.")
    made = call(invocation, "domain.set", domain=target, wish=wish)
    if as_json:
        print_json({"block": made, "impact": standing.plain(impact)})
    else:
        click.echo(
            f"{clean(made['domain'])} is blocked. `smallfed unblock {clean(made['domain'])}` brings all of it back."
        )


def _finish(invocation: Invocation, target: str, *, preview: bool, yes: bool, as_json: bool) -> None:
    from msgspec import convert

    from smallfed.cli.reach import call, reading
    from smallfed.services import freezing, moderating

    with reading(invocation) as tx:
        impact = freezing.ending(tx, moderating.blocked(tx, target))
    if preview and as_json:
        print_json(standing.plain(impact))
        return
    if not as_json:
        told = " Those there are told." * impact.cuts_somebody
        click.echo(f"Making the block of {impact.domain} final ends {standing.ends(impact)}.{told}")
        standing.tell_people(impact)
    if preview:
        return
    if impact.cuts_somebody and not yes:
        confirm("End these follows for good, and tell those there?")
    done = call(invocation, "domain.final", domain=target)
    ended = standing.ends(convert(done["impact"], freezing.Impact))
    tell(done, f"The block of {impact.domain} is final. For good ended: {ended}.", as_json=as_json)


def _person(invocation: Invocation, target: str, *, preview: bool, yes: bool, as_json: bool) -> None:
    from smallfed.cli.reach import call, reading
    from smallfed.control.moderation import person

    if preview:
        raise click.UsageError("--preview is for servers: to block somebody leaves no follow in either direction")
    with reading(invocation) as tx:
        person(tx, target)
    if not yes:
        confirm(f"Block {target}? No follow in either direction is left, and they are told.")
    done = call(invocation, "person.act", named=target, action="suspend")
    tell(done, f"@{clean(done['handle'])} is blocked.", as_json=as_json)
