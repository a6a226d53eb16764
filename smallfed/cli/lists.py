"""smallfed lists: borrow the judgement of others, and keep your own."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from smallfed.cli import lists_showing as showing
from smallfed.cli.asking import confirm
from smallfed.cli.context import Invocation, fail, pass_invocation
from smallfed.cli.tables import clean, number, print_json

if TYPE_CHECKING:
    from smallfed.domain.blocklist import Reading

BATCH = 250  # entries in one call
_CEILINGS = {"block": "suspend", "limit": "silence", "none": "noop"}
_FIELDS = ("name", "weight", "ceiling", "labels", "automatic", "every_hours", "format")

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def trusting(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say how far a list is trusted."""
    for option in (
        click.option("--every", "every_hours", type=int, metavar="HOURS", help="Read it so often; daily at first."),
        click.option("--automatic/--ask", default=None, help="Do without asking what cuts nobody off."),
        click.option("--label", "labels", multiple=True, metavar="WORD", help="Heed only what it says this about."),
        click.option("--max", "ceiling", type=click.Choice(list(_CEILINGS)), help="The most it can bring about."),
        click.option("--weight", type=int, metavar="N", help="How much its word weighs; 1 at first."),
        click.option("--name", metavar="NAME", help="What you call it."),
    ):
        command = option(command)
    return command


def _trust(given: dict[str, Any]) -> dict[str, Any]:
    said = {name: given[name] for name in _FIELDS if given.get(name) not in (None, ())}
    if "ceiling" in said:
        said["ceiling"] = _CEILINGS[said["ceiling"]]
    return said


@click.group("lists", invoke_without_command=True)
@as_json
@pass_invocation
@click.pass_context
def command(context: click.Context, invocation: Invocation, as_json: bool) -> None:
    r"""Subscribe to block lists of others; see what they would cut, agree or not, and undo it.

    Nothing is blocked because one list says so, unless you give it that weight; whoever follows you or is followed by
    you is never cut off before you have decided it yourself. What only a list held ends when it says so no more.

    \b
    Examples:
      smallfed lists preview https://lists.example/blocks.csv
      smallfed lists add https://lists.example/blocks.csv --weight 2
      smallfed lists preview
      smallfed lists apply
      smallfed lists decide friends.example ignore
    """
    if context.invoked_subcommand is None:
        showing.overview(invocation, as_json=as_json)


@command.command("list")
@as_json
@pass_invocation
def list_(invocation: Invocation, as_json: bool) -> None:
    """Show the lists, what they say, and what waits for you."""
    showing.overview(invocation, as_json=as_json)


@command.command("show")
@click.argument("what")
@as_json
@pass_invocation
def show(invocation: Invocation, what: str, as_json: bool) -> None:
    """Show a list by its name; or of a server or somebody which lists name them, since when, and what holds."""
    showing.show(invocation, what, as_json=as_json)


@command.command("add")
@click.argument("source", metavar="URL|FILE")
@trusting
@as_json
@pass_invocation
def add(invocation: Invocation, /, source: str, as_json: bool, **given: Any) -> None:
    """Subscribe to the list at an address, or take over one from a file (again: the newer one replaces it)."""
    from smallfed.cli.reach import call

    if "://" not in source:
        _add_file(invocation, Path(source), _trust(given), as_json=as_json)
        return
    made = call(invocation, "lists.subscribe", url=source, trust=_trust(given))
    outcome = _read_now(invocation, made["name"])
    if as_json:
        print_json({"list": made, "outcome": outcome})
        return
    if outcome is None:
        click.echo(f"{clean(made['name'])} is read when the server runs.")
    elif "error" in outcome:
        click.echo(f"You subscribe to {clean(made['name'])}, but it could not be read: {clean(outcome['error'])}")
    else:
        showing.tell_outcome(outcome)
        click.echo("`smallfed lists preview` shows what would come of it, `smallfed lists apply` agrees.")


def _read_now(invocation: Invocation, name: str) -> dict[str, Any] | None:
    from smallfed.cli.reach import attempt

    outcome: dict[str, Any] | None = attempt(invocation, "lists.refresh", name=name)
    return outcome


def _add_file(invocation: Invocation, path: Path, trust: dict[str, Any], *, as_json: bool) -> None:
    from smallfed.cli.reach import call, database, reading
    from smallfed.services.trusting import compare
    from smallfed.store import blocklists

    database(invocation)
    read = read_file(invocation, path)
    name = str(trust.get("name") or path.stem)
    with reading(invocation) as tx:
        known = blocklists.find(tx, name)
    if known is None:
        call(invocation, "lists.subscribe", url=None, trust={**trust, "name": name})
    elif trust.keys() - {"name"}:
        call(invocation, "lists.change", name=name, trust=trust)
    with reading(invocation) as tx:
        changes = compare(tx, blocklists.get(tx, name).id, read.entries)
    for start in range(0, len(changes.new), BATCH):
        call(invocation, "lists.take", name=name, entries=list(changes.new[start : start + BATCH]))
    for start in range(0, len(changes.gone), BATCH):
        call(invocation, "lists.retract", name=name, subjects=list(changes.gone[start : start + BATCH]))
    dropped = sum(drop.count for drop in read.dropped)
    made = call(invocation, "lists.finish", name=name, size=len(read.entries), dropped=dropped, people=read.people)
    _reckon(invocation)
    if as_json:
        print_json({"list": made, "dropped": read.dropped})
        return
    click.echo(f"{clean(name)} has {number(len(read.entries), 'entry', 'entries')}, {len(changes.new)} of them new.")
    showing.tell_dropped([(drop.count, drop.reason, drop.examples) for drop in read.dropped])


def read_file(invocation: Invocation, path: Path) -> "Reading":
    """Understand a file; fails where that cannot be."""
    from smallfed.cli.reach import reading
    from smallfed.store import houses
    from smallfed.translate import blocklists as lists

    try:
        with path.open("rb") as file:
            data = file.read(lists.LARGEST + 1)
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}; an address begins with https://")
    with reading(invocation) as tx:
        return lists.read(data, ours=houses.get(tx).names)


def _reckon(invocation: Invocation) -> None:
    """Let what was changed hold, or hold no more, before the command ends; with or without the server."""
    from smallfed.cli.reach import call

    while call(invocation, "lists.reckon")["more"]:
        pass


@command.command("set")
@click.argument("list_name", metavar="NAME")
@trusting
@click.option("--pause/--resume", "paused", default=None, help="Read it no more for now; what it said counts.")
@as_json
@pass_invocation
def change(invocation: Invocation, /, list_name: str, paused: bool | None, as_json: bool, **given: Any) -> None:
    """Trust a list more or less than before."""
    from smallfed.cli.reach import call

    trust = _trust(given) | ({} if paused is None else {"paused": paused})
    if not trust:
        raise click.UsageError("say what shall be otherwise: --weight, --max, --label, --automatic, …")
    made = call(invocation, "lists.change", name=list_name, trust=trust)
    _reckon(invocation)
    print_json(made) if as_json else click.echo(f"{clean(made['name'])}: {showing.terms(made)}.")


@command.command("remove")
@click.argument("name")
@as_json
@pass_invocation
def remove(invocation: Invocation, name: str, as_json: bool) -> None:
    """Want a list no more: what only it held ends, and follows that it had frozen are back."""
    from smallfed.cli.reach import call

    gone = call(invocation, "lists.unsubscribe", name=name)
    _reckon(invocation)
    print_json(gone) if as_json else click.echo(f"{clean(gone['name'])} is gone, and what only it held.")


@command.command("retract")
@click.argument("name")
@as_json
@pass_invocation
def retract(invocation: Invocation, name: str, as_json: bool) -> None:
    """Let nothing count that a list says; it is paused until you `lists set NAME --resume`."""
    from smallfed.cli.reach import call

    known = call(invocation, "lists.take_back", name=name)
    _reckon(invocation)
    print_json(known) if as_json else click.echo(f"What {clean(known['name'])} says does not count any more.")


@command.command("refresh")
@click.argument("name", required=False)
@click.option("--believe", is_flag=True, help="Believe it even if nearly nothing is left of it.")
@as_json
@pass_invocation
def refresh(invocation: Invocation, name: str | None, believe: bool, as_json: bool) -> None:
    """Read a list now, or all."""
    from smallfed.cli.reach import ask, reading
    from smallfed.store import blocklists

    if believe and name is None:
        raise click.UsageError("say which list you believe")
    with reading(invocation) as tx:
        names = [name] if name is not None else [one.name for one in blocklists.every(tx) if one.url is not None]
    outcomes = [ask(invocation, "lists.refresh", name=each, believe=believe) for each in names]
    if as_json:
        print_json(outcomes)
        return
    for outcome in outcomes:
        showing.tell_outcome(outcome)


@command.command("preview")
@click.argument("source", metavar="[URL|FILE]", required=False)
@trusting
@as_json
@pass_invocation
def preview(invocation: Invocation, /, source: str | None, as_json: bool, **given: Any) -> None:
    """Show what would be cut if you agreed to all that waits; or what would come of one more list."""
    from smallfed.cli.reach import ask, reading
    from smallfed.control.lists import foreseen
    from smallfed.services import foreseeing
    from smallfed.services.trusting import Trust

    if source is not None and "://" in source:
        found = ask(invocation, "lists.preview", url=source, trust=_trust(given))
    elif source is not None:
        from msgspec import convert

        read = read_file(invocation, Path(source))
        with reading(invocation) as tx:
            found = foreseen(read, foreseeing.with_list(tx, read.entries, convert(_trust(given), Trust)))
    else:
        with reading(invocation) as tx:
            found = foreseen(None, foreseeing.waiting(tx))
    print_json(found) if as_json else showing.tell_forecast(found)


@command.command("apply")
@click.argument("subjects", metavar="[HOST]…", nargs=-1)
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@pass_invocation
def apply(invocation: Invocation, subjects: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Agree to what waits: for these servers or people, or wherever nobody is cut off. It ends with the lists."""
    from smallfed.cli.reach import call, reading
    from smallfed.control.lists import foreseen
    from smallfed.services import foreseeing

    if not yes:
        with reading(invocation) as tx:
            found = foreseen(None, foreseeing.waiting(tx))
        showing.tell_forecast(found, err=True)
        confirm("Agree to these?" if subjects else "Agree to all but those who follow you or whom you follow?")
    agreed = 0
    while True:
        done = call(invocation, "lists.agree", subjects=list(subjects) or None)
        agreed += done["agreed"]
        if not done.pop("more"):
            break
    done["agreed"] = agreed
    _reckon(invocation)
    if as_json:
        print_json(done)
        return
    click.echo(f"Agreed to {number(done['agreed'], 'entry', 'entries')}.")
    if done["waiting"]:
        click.echo(f"{done['waiting']} wait for your word: `smallfed lists decide HOST block|limit|ignore`.")


@command.command("decide")
@click.argument("about", metavar="HOST|@USER@HOST")
@click.argument("choice", type=click.Choice(["block", "limit", "ignore", "lists"]))
@as_json
@pass_invocation
def decide(invocation: Invocation, about: str, choice: str, as_json: bool) -> None:
    """Say what holds, whatever lists say now or later; `lists` gives them their say again."""
    from smallfed.cli.reach import call

    done = call(invocation, "lists.decide", about=about, choice=choice)
    _reckon(invocation)
    words = {"block": "is blocked", "limit": "is limited", "ignore": "is left alone", "lists": "is left to the lists"}
    print_json(done) if as_json else click.echo(f"{clean(done['subject'])} {words[choice]}.")


@command.command("export")
@pass_invocation
def export(invocation: Invocation) -> None:
    """Print what you block and limit yourself, as Mastodon reads it. Your private comments are not in it."""
    from smallfed.cli.reach import reading
    from smallfed.store import domain_blocks
    from smallfed.translate.blocklists import write

    with reading(invocation) as tx:
        click.echo(write(domain_blocks.own(tx)), nl=False)


@command.command("diff")
@click.argument("name")
@as_json
@pass_invocation
def diff(invocation: Invocation, name: str, as_json: bool) -> None:
    """Read a list and show how it differs from what it said before; nothing comes of it."""
    from smallfed.cli.reach import ask

    found = ask(invocation, "lists.diff", name=name)
    print_json(found) if as_json else showing.tell_diff(found)
