"""Every command about keeping others away, typed by a script: while the server runs, and while none does.

What they print with --json has the shape that examples/commands.md tells.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import pytest

from smallfed.__main__ import run
from smallfed.cli.exits import Exit
from smallfed.cli.frame import frame, load_command
from smallfed.domain.domain_block import Severity
from smallfed.domain.incoming import Flag
from smallfed.domain.knock import Knock
from smallfed.domain.rule import Action, Family
from smallfed.runtime.clock import Clock, chance
from smallfed.services import admitting, consequences, legislating, moderating, reporting
from smallfed.services.moderating import Wish
from smallfed.store import accounts, knocks, refusals, reports, severances, waves
from smallfed.store.opening import open_reader, open_writer
from smallfed.store.paging import Page
from smallfed.store.refusals import Which
from smallfed.store.tx import Tx
from tests.processes import Laboratory
from tests.web.test_review import LONG, link, send
from tests.world import acquaint, befriend, say

ROOT = Path(__file__).parents[2]
COMMANDS = """
block allow limit unblock severed lists relays ledger reports requests review rules calm purge preferences boosts
apps drafts login announce emoji queue alias conversations replay check config compatibility farewell move
media import setup password
""".split()  # noqa: SIM905
RELAY = "https://relay.example/inbox"
Typed = tuple[int, str, str]
Call = Callable[..., Typed]

# What a script types, in this order; <names> are looked up in the data directory.
LINES = """
block --json
block bad.example --preview --json
block bad.example --yes --json
block bad.example --final --yes --json
block @dave@far.example --yes --json
unblock bad.example --preview --json
unblock bad.example --json
unblock @dave@far.example --json
limit noisy.example --json
limit @dave@far.example --json
allow --json
allow good.example --json
severed --json
severed <severed> --json
lists --json
lists preview <file> --json
lists add <file> --json
lists show <list> --json
lists show listed.example --json
lists set <list> --weight 2 --json
lists preview --json
lists apply --yes --json
lists decide listed.example ignore --json
lists retract <list> --json
lists remove <list> --json
relays list --json
relays show https://relay.example/inbox --json
relays filters https://relay.example/inbox --tag cats --json
relays caps https://relay.example/inbox --posts 5 --json
relays pause https://relay.example/inbox --json
relays resume https://relay.example/inbox --json
relays remove https://relay.example/inbox --json
rules --json
rules add keyword coins drop --json
rules remove <rule> --json
ledger --json
ledger list --json
ledger list --door --json
ledger show <line> --json
ledger why https://old8.example/users/s8/notes/1 --json
ledger make-rule <line> drop --json
ledger release <line> --json
reports --json
reports show <report> --json
reports resolve <report> --json
reports reopen <report> --json
reports act <report> --limit --json
reports dismiss <report> --json
requests --json
requests accept @bob@far.example --json
requests reject @carol@far.example --json
requests review --json
review --json
review show <wave> --json
review bin <wave> --json
review unlearn <wave> --json
review undo <wave> --json
review release <wave> --json
calm --json
calm --everywhere --json
calm --everywhere --end --json
purge https://far.example/users/dave/notes/9 --dry-run --json
purge https://far.example/users/dave/notes/9 --yes --json
purge list --json
purge forget <purge> --json
preferences --json
boosts --json
boosts hide far.example --json
boosts show --everybody --json
apps --json
drafts --json
login --json
login reset --json
announce Hello --json
announce --list --json
emoji --json
media --json
media storage --json
media migrate --to bucket --remove-source --dry-run --json
""".strip().splitlines()

# What takes other servers, and so the running one.
ASKING = """
lists diff list --json
lists refresh list --json
rules test @dave@far.example --json
""".strip().splitlines()

# What cannot be done, and what is said of it.
WRONG = """
block not_a_host! --yes --json
block @nobody@nowhere.example --yes --json
unblock never.example --json
unblock @nobody@nowhere.example --json
limit x.example --visible --json
allow never.example --remove --json
severed 7 --json
lists show not_a_host! --json
lists remove unknown --json
relays show https://unknown.example/inbox --json
rules add age soon drop --json
rules remove 7 --json
ledger show 7 --json
ledger release 7 --json
reports show 7 --json
reports resolve 7 --json
requests accept @nobody@nowhere.example --json
review release 7 --json
review undo 7 --json
review unlearn 7 --json
calm https://nowhere.example/1 --json
calm --everywhere --for soon --json
purge forget 7 --json
preferences --replies friends --json
media migrate --to bucket --json
media migrate --to local --json
media migrate --to nowhere --json
boosts hide @nobody@nowhere.example --json
""".strip().splitlines()


def furnish(tx: Tx) -> None:
    """Let there be something for every command."""
    owner = accounts.owner(tx)
    accounts.change(tx, owner.id, locked=True)
    for name in ("bob", "carol"):
        admitting.receive_follow(tx, acquaint(tx, f"{name}@far.example"), f"https://far.example/follows/{name}")
    dave = acquaint(tx, "dave@far.example")
    befriend(tx, owner, dave)
    say(tx, dave, id=9, uri=f"{dave.uri}/notes/9")
    befriend(tx, owner, acquaint(tx, "erin@cut.example"))
    moderating.set_up(tx, "cut.example", Wish(severity=Severity.SUSPEND))
    moderating.allow(tx, "kept.example")
    eve = "https://bad.example/users/eve"
    acquaint(tx, "eve@bad.example")
    ours = say(tx, owner, id=77, uri=f"{owner.uri}/notes/77")
    assert reporting.receive(tx, Flag(id=f"{eve}#1", actor=eve, objects=(ours.uri,), comment="rude")) is None
    legislating.make(tx, Family.KEYWORD, "airdrop", Action.HOLD)
    for number in range(3):
        send(tx, number, f"{LONG} {number}")
    send(tx, 7, link(7))
    send(tx, 8, "airdrop")
    knocks.put(tx, [Knock(host="far.example", method="POST", rule="door: time", reason="It was late.")])


@pytest.fixture(scope="module")
def template(lab: Laboratory) -> Path:
    """Return the data directory of a house with something for every command."""
    server = lab.server("home.example")
    server.setup()
    with closing(open_writer(server.data / "smallfed.db")) as sql:
        tx = Tx(sql, now=Clock().now(), dice=chance, then=consequences.follow)
        sql.execute("BEGIN")
        furnish(tx)
        sql.execute("COMMIT")
    server.command("relays", "add", RELAY, "--kind", "mastodon")
    (server.data / "list.csv").write_text("#domain,#severity\nlisted.example,suspend\n")
    return server.data


@pytest.fixture(params=["stopped", "running"])
def data(request: pytest.FixtureRequest, template: Path, lab: Laboratory, tmp_path: Path) -> Iterator[Path]:
    """Return a copy of it, with a server running there or none."""
    folder = tmp_path / "data"
    shutil.copytree(template, folder)
    if request.param == "stopped":
        yield folder
        return
    server = lab.server("home.example")
    server.data = folder
    server.environment["SMALLFED_DATA"] = str(folder)
    server.start()
    yield folder
    server.stop()


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Return a function that types ``smallfed …`` for a data directory: exit code, standard output and error."""

    def call(folder: Path, *arguments: str) -> Typed:
        capsys.readouterr()
        code = run(frame(), [*arguments, "--data", str(folder)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def lacking(value: Any, promised: str) -> set[str]:
    """Return what ``value`` has not of ``{names}``, or of ``[{names}]`` in a list of objects."""
    if promised.startswith("["):
        assert isinstance(value, list)
        return set().union(*(lacking(each, promised[1:-1]) for each in value))
    return set(promised.strip("{}").split()) - value.keys()


def look_up(folder: Path, known: dict[str, str]) -> dict[str, str]:
    """Return what <names> stand for now."""
    with closing(open_reader(folder / "smallfed.db")) as sql:
        tx = Tx(sql, now=Clock().now(), dice=chance)
        found = {
            "severed": severances.newest(tx, Page(limit=9))[-1].id,
            "line": next(iter(one.id for one in refusals.newest(tx, Which(held=True), limit=1)), 0),
            "report": reports.newest(tx, Page(limit=1), reports.Choice())[0].id,
            "wave": next(iter(one.id for one in waves.waiting(tx, limit=9) if one.items > 1), 0),
        }
    return known | {name: str(number) for name, number in found.items() if number and name not in known}


def documented() -> dict[str, str]:
    """Return command → shape, as examples/commands.md tells."""
    text = (ROOT / "examples" / "commands.md").read_text()
    return dict(re.findall(r"^\| `smallfed ([^`]+)` \| `([^`]+)` \|$", text, re.MULTILINE))


def test_each_prints_what_is_documented_whether_a_server_runs_or_not(data: Path, call: Call) -> None:
    known = {"file": str(data / "list.csv"), "rule": "", "list": "", "purge": ""}
    promised, seen = documented(), set()
    for line in LINES:
        known = look_up(data, known)
        words = [known.get(word.strip("<>"), word) if word.startswith("<") else word for word in line.split()]
        code, out, err = call(data, *words)
        assert (code, err) == (Exit.OK, ""), (line, out, err)
        said = json.loads(out)
        if line.startswith("lists add"):
            known["list"] = str(said["list"]["name"])
        if line.startswith("rules add"):
            known["rule"] = str(said["id"])
        if line.startswith("purge list"):
            known["purge"] = str(said[0]["id"])
        typed = line.removesuffix(" --json").replace(" --yes", "")
        seen.add(typed)
        assert lacking(said, promised[typed]) == set(), line

    assert seen == promised.keys()


def test_what_cannot_be_done_is_said_to_standard_error(data: Path, call: Call) -> None:
    for line in WRONG:
        code, out, err = call(data, *line.split())

        assert code in (Exit.FAILED, Exit.USAGE), line
        assert out == "", line
        assert re.fullmatch(r"smallfed: [^\n]{20,}\n", err), (line, err)


def test_what_takes_the_running_server_says_so(template: Path, call: Call) -> None:
    for line in ASKING:
        code, out, err = call(template, *line.split())

        assert (code, out) == (Exit.FAILED, ""), line
        assert "start `smallfed run`, then type it again" in err


def test_where_there_is_no_server_yet(tmp_path: Path, call: Call) -> None:
    (tmp_path / "list.csv").write_text("listed.example\n")
    for line in [*LINES, *ASKING]:
        stands_for = {"<file>": str(tmp_path / "list.csv"), "<list>": "list"}
        words = [stands_for.get(word, "7") if word.startswith("<") else word for word in line.split()]

        code, out, err = call(tmp_path / "empty", *words)

        assert (code, out) == (Exit.NOT_SET_UP, ""), (line, out, err)
        assert "there is no server in" in err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_json(name: str) -> None:
    def below(command: click.Command) -> Iterator[click.Command]:
        yield command
        for each in command.commands.values() if isinstance(command, click.Group) else ():
            yield from below(each)

    def ends(command: click.Command) -> bool:
        return not isinstance(command, click.Group) or command.invoke_without_command

    mute = [
        each.name
        for each in below(load_command(name))
        if ends(each) and not any("--json" in parameter.opts for parameter in each.params)
    ]

    assert mute == (["export"] if name == "lists" else [])  # which prints a file
