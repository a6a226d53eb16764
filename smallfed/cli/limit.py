"""smallfed limit: keep a server out of sight, without its pictures, its complaints, or what relays bring of it."""

import click

from smallfed.cli import standing
from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import as_json
from smallfed.cli.tables import clean, tell


@click.command("limit")
@click.argument("target")
@click.option("--reject-media", is_flag=True, help="Show and fetch none of its pictures.")
@click.option("--reject-reports", is_flag=True, help="Take no complaints from it.")
@click.option("--no-relay", is_flag=True, help="Take nothing of it that a relay brings.")
@click.option("--mute", is_flag=True, help="Read nothing of it, and hear of nothing there; follows go on.")
@click.option("--visible", is_flag=True, help="Only these: leave its people in public timelines and notifications.")
@click.option("--public-comment", metavar="TEXT", help="Why, for those who may read your blocks.")
@click.option("--private-comment", metavar="TEXT", help="Why, for yourself.")
@as_json
@pass_invocation
def command(
    invocation: Invocation,
    target: str,
    reject_media: bool,
    reject_reports: bool,
    no_relay: bool,
    mute: bool,
    visible: bool,
    public_comment: str | None,
    private_comment: str | None,
    as_json: bool,
) -> None:
    r"""Limit a server with everything below it, or mute somebody.

    Whoever lives on a limited server, and is not followed by you, appears in no public timeline, no trends and no
    suggestions, cannot notify you, and has to ask before following you. `smallfed unblock` lifts it.

    \b
    Examples:
      smallfed limit noisy.example
      smallfed limit pictures.example --visible --reject-media
      smallfed limit @eve@good.example
    """
    from smallfed.cli.reach import call, reading
    from smallfed.services.blocking import clean_pattern
    from smallfed.store import domain_blocks

    flags = {"reject_media": reject_media, "reject_reports": reject_reports, "no_relay": no_relay, "mute": mute}
    said = {"public_comment": public_comment, "private_comment": private_comment}
    if standing.is_person(target):
        if visible or any(flags.values()) or any(text is not None for text in said.values()):
            raise click.UsageError("these options are for servers, and this is somebody, who is muted")
        done = call(invocation, "person.act", named=target, action="silence")
        tell(done, f"@{clean(done['handle'])} is muted.", as_json=as_json)
        return
    wish: dict[str, object] = {name: True for name, value in flags.items() if value}
    wish |= {name: value for name, value in said.items() if value is not None}
    if visible and not any(flags.values()):
        raise click.UsageError("--visible limits nothing by itself: add --reject-media, --no-relay or another")
    with reading(invocation) as tx:
        before = domain_blocks.of(tx, clean_pattern(target))
    made = call(invocation, "domain.set", domain=target, wish=wish | {"severity": "noop" if visible else "silence"})
    lifted = " It is blocked no longer." if before is not None and before.cuts else ""
    tell(made, f"{clean(made['domain'])} is limited: {standing.holds(made)}.{lifted}", as_json=as_json)
