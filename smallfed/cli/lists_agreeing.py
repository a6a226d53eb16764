"""smallfed lists preview, apply and decide: what lists would cut, and what the owner says to that."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from smallfed.cli import lists_showing as showing
from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import as_json, yes
from smallfed.cli.lists_trust import trust, trusting
from smallfed.cli.questions import confirm
from smallfed.cli.tables import clean, number, print_json, tell
from smallfed.domain.finding import Stand


def reckon(invocation: Invocation) -> None:
    """Let what was changed hold, or hold no more, before the command ends; with or without the server."""
    from smallfed.cli.reach import call

    while call(invocation, "lists.reckon")["more"]:
        pass


@click.command("preview")
@click.argument("source", metavar="[URL|FILE]", required=False)
@trusting
@as_json
@pass_invocation
def preview(invocation: Invocation, /, source: str | None, as_json: bool, **given: Any) -> None:
    """Show what would be cut if you agreed to all that waits; or what would come of one more list."""
    from smallfed.cli.reach import ask, reading
    from smallfed.control.blocklists import foreseen
    from smallfed.services import foreseeing
    from smallfed.services.trusting import Trust

    if source is not None and "://" in source:
        found = ask(invocation, "lists.preview", url=source, trust=trust(given))
    elif source is not None:
        from msgspec import convert

        from smallfed.cli.lists_file import known_as, read_file

        read, wish = read_file(invocation, Path(source)), trust(given)
        with reading(invocation) as tx:
            known = known_as(tx, Path(source), wish)
            found = foreseen(read, foreseeing.with_list(tx, read.entries, convert(wish, Trust), known))
    else:
        with reading(invocation) as tx:
            found = foreseen(None, foreseeing.waiting(tx))
    print_json(found) if as_json else showing.tell_forecast(found)


@click.command("apply")
@click.argument("subjects", metavar="[HOST]…", nargs=-1)
@yes
@as_json
@pass_invocation
def apply(invocation: Invocation, subjects: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Agree to what waits: for these servers or people, or wherever nobody is cut off. It ends with the lists."""
    from smallfed.cli.reach import call, reading
    from smallfed.control.blocklists import foreseen
    from smallfed.services import foreseeing, trusting
    from smallfed.store import findings

    if not yes:
        with reading(invocation) as tx:
            only = [trusting.subject(tx, text) for text in subjects] or None
            some = findings.count_waiting(tx) > 0
            found = foreseen(None, foreseeing.waiting(tx, only))
        if not some:
            tell({"agreed": 0, "waiting": 0}, showing.NOTHING, as_json=as_json)
            return
        showing.tell_forecast(found, err=True)
        confirm("Agree to these?" if subjects else "Agree to all but those who follow you or whom you follow?")
    agreed = 0
    while True:
        done = call(invocation, "lists.agree", subjects=list(subjects) or None)
        agreed += done["agreed"]
        if not done.pop("more"):
            break
    done["agreed"] = agreed
    reckon(invocation)
    if as_json:
        print_json(done)
        return
    click.echo(f"Agreed to {number(done['agreed'], 'entry', 'entries')}.")
    if done["waiting"]:
        waits = number(done["waiting"], "waits", "wait")
        click.echo(f"{waits} for your word: `smallfed lists decide HOST block|limit|ignore`.")


@click.command("decide")
@click.argument("about", metavar="HOST|@USER@HOST")
@click.argument("choice", type=click.Choice(["block", "limit", "ignore", "lists"]))
@as_json
@pass_invocation
def decide(invocation: Invocation, about: str, choice: str, as_json: bool) -> None:
    r"""Say what holds, whatever lists say now or later; `lists` gives them their say again.

    \b
    Examples:
      smallfed lists decide friends.example ignore
      smallfed lists decide @eve@good.example block
    """
    from smallfed.cli.reach import call

    done = call(invocation, "lists.decide", about=about, choice=choice)
    reckon(invocation)
    words = {"block": "is blocked", "limit": "is limited", "ignore": "is left alone"}
    said = words.get(choice) or f"is left to the lists: {_by_lists(done['found'])}"
    tell(done, f"{clean(done['subject'])} {said}.", as_json=as_json)


def _by_lists(found: Mapping[str, Any] | None) -> str:
    """Return what holds by their word, and what of it waits."""
    if found is None:
        return "they come to nothing, so nothing holds"
    because = f", because of {clean(found['because'].removeprefix('Because of '))}" if found["holds"] else ""
    more = "; they say more than that, which waits for your word" if found["state"] == Stand.WAITING else ""
    return f"{_HELD[found['holds']]}{because}{more}"


_HELD = {
    None: "nothing holds",
    "noop": "no pictures or complaints are taken",
    "silence": "limited",
    "suspend": "blocked",
}
