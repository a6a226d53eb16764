"""The command line as a whole: shared flags, lines of errors, exit codes, and no import too many."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from inspect import cleandoc
from pathlib import Path
from pkgutil import iter_modules

import click
import pytest

import smallfed.cli
from smallfed import __version__, errors
from smallfed.__main__ import run
from smallfed.cli.context import Invocation, fail, pass_invocation, setting
from smallfed.cli.exits import Exit
from smallfed.cli.frame import COMMANDS, MODULES, Frame, frame, load_command, share
from smallfed.runtime.locking import Occupied

Call = Callable[..., tuple[int, str, str]]


@click.command("show", help="Show what was chosen.")
@setting("server.bind")
@pass_invocation
def show(invocation: Invocation) -> None:
    click.echo(f"{sorted(invocation.flags.items())}")


@click.group("queue", help="Look.")
def queue() -> None:
    pass


queue.add_command(show, "show")


def failing(problem: BaseException) -> click.Command:
    def callback() -> None:
        raise problem

    return click.Command("broken", callback=callback)


def _fail() -> None:
    fail("not yet; run `smallfed setup`", Exit.NOT_SET_UP)


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep the process's own logging out of the way."""
    import logging

    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Return a function that types a command line: exit code, standard output, standard error."""

    def call(*arguments: str, commands: dict[str, click.Command] | None = None) -> tuple[int, str, str]:
        known = {"show": show, "queue": queue} if commands is None else commands
        group = Frame(dict.fromkeys(known, "…"), lambda name: share(known[name]), "help")
        code = run(group, arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.mark.parametrize(
    "arguments",
    [
        ("--data", "d", "--config", "c", "--log-format=json", "show"),
        ("show", "--data", "d", "--config", "c", "--log-format=json"),
        ("--data", "other", "--config", "c", "show", "--data", "d", "--log-format=json"),
        ("queue", "show", "--data", "d", "--config", "c", "--log-format=json"),
        ("--log-format=json", "queue", "--config", "c", "show", "--data", "d"),
    ],
)
def test_shared_flags_stand_anywhere_and_the_later_one_counts(call: Call, arguments: tuple[str, ...]) -> None:
    assert call(*arguments) == (0, "[('config', 'c'), ('data', 'd'), ('log.format', 'json')]\n", "")


def test_a_command_may_offer_the_flag_of_an_option(call: Call) -> None:
    assert call("show", "--server-bind", "[::1]:1") == (0, "[('server.bind', '[::1]:1')]\n", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("shwo",), "there is no command 'shwo'; did you mean `smallfed show`? (see `smallfed --help`)"),
        (("xyz",), "there is no command 'xyz'; there are: show, queue (see `smallfed --help`)"),
        (
            ("--log-format=xml", "show"),
            "invalid value for '--log-format': 'xml' is not one of 'text', 'json' (see `smallfed --help`)",
        ),
        (("show", "--data"), "option '--data' requires an argument"),
    ],
)
def test_a_command_typed_wrongly_is_told_in_one_line(call: Call, arguments: tuple[str, ...], said: str) -> None:
    assert call(*arguments) == (Exit.USAGE, "", f"smallfed: {said}\n")


@pytest.mark.parametrize("arguments", [(), ("queue",)])
def test_no_command_at_all_shows_the_help(call: Call, arguments: tuple[str, ...]) -> None:
    code, out, err = call(*arguments)

    assert (code, out) == (Exit.USAGE, "")
    assert err.startswith("Usage: smallfed")


@pytest.mark.parametrize(
    ("problem", "code", "said"),
    [
        (errors.NotFound("there is no post 7"), Exit.FAILED, "smallfed: there is no post 7\n"),
        (errors.Misconfigured("x.toml:1: no"), Exit.MISCONFIGURED, "smallfed: x.toml:1: no\n"),
        (errors.Unavailable("in use"), Exit.DATA_BUSY, "smallfed: in use\n"),
        (
            Occupied(Path("/srv"), 7),
            Exit.DATA_BUSY,
            "smallfed: another process (pid 7) is using /srv: stop it first, or name another folder with --data\n",
        ),
        (errors.Conflict("set up already"), Exit.FAILED, "smallfed: set up already\n"),
        (
            ExceptionGroup("nursery", [ExceptionGroup("inner", [errors.Misconfigured("no")])]),
            Exit.MISCONFIGURED,
            "smallfed: no\n",
        ),
        (BaseExceptionGroup("nursery", [KeyboardInterrupt()]), Exit.INTERRUPTED, ""),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(call: Call, problem: BaseException, code: Exit, said: str) -> None:
    assert call("broken", commands={"broken": failing(problem)}) == (code, "", said)


def test_ctrl_c_ends_without_a_traceback(call: Call) -> None:
    code, out, err = call("broken", commands={"broken": failing(KeyboardInterrupt())})

    assert (code, out, err.strip()) == (Exit.INTERRUPTED, "", "")


def test_a_command_may_fail_with_a_code_of_its_own(call: Call) -> None:
    command = click.Command("early", callback=_fail)

    assert call("early", commands={"early": command}) == (
        Exit.NOT_SET_UP,
        "",
        "smallfed: not yet; run `smallfed setup`\n",
    )


@pytest.mark.parametrize("problem", [KeyError("bug"), ExceptionGroup("n", [errors.NotFound("no"), KeyError("bug")])])
def test_a_bug_is_not_hidden(call: Call, problem: Exception) -> None:
    with pytest.raises(type(problem)):
        call("broken", commands={"broken": failing(problem)})


def test_the_help_lists_commands_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(frame(), ["--help"])

    words = capsys.readouterr().out.split()
    assert code == Exit.OK
    assert set(words) >= set(COMMANDS)
    assert set(words) >= {str(code.value) for code in Exit}


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(frame(), ["--version"])

    assert (code, capsys.readouterr().out) == (Exit.OK, f"smallfed {__version__}\n")


def test_help_imports_no_more_than_it_needs() -> None:
    script = cleandoc("""
        import sys
        from smallfed.__main__ import run
        from smallfed.cli.frame import frame
        run(frame(), ["--help"])
        print(sorted({"trio", "quart", "hypercorn", "msgspec", "sqlite3"} & set(sys.modules)))
    """)

    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=Path(__file__).parents[2],
    )

    assert done.stdout.splitlines()[-1] == "[]"


def test_the_commands_listed_are_those_that_are_there() -> None:
    names = [module.name for module in iter_modules(smallfed.cli.__path__)]

    assert {name for name in names if hasattr(import_module(f"smallfed.cli.{name}"), "command")} == {
        MODULES.get(name, name) for name in COMMANDS
    }


@pytest.mark.parametrize("name", [name for name in COMMANDS if find_spec(f"smallfed.cli.{name}")])
def test_the_help_of_every_command_is_worth_reading(name: str) -> None:
    command = load_command(name)

    assert len(cleandoc(command.help or "")) > 100
    assert {"data", "config", "log_format"} <= {parameter.name for parameter in command.params}


def every_help() -> Iterator[tuple[str, ...]]:
    """Return the words that lead to each command and each command below it."""
    yield ()
    for name in COMMANDS:
        yield (name,)
        loaded = load_command(name)
        if isinstance(loaded, click.Group):
            yield from ((name, below) for below in loaded.commands)


@pytest.mark.parametrize("words", list(every_help()), ids=" ".join)
def test_help_fits_into_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    code = run(frame(), [*words, "--help"])
    out = capsys.readouterr().out

    assert code == Exit.OK
    assert [line for line in out.splitlines() if len(line) > 80] == []
    assert "\\b" not in out


def test_what_may_be_chosen_is_said_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(frame(), ["export"])

    assert (code, capsys.readouterr().err) == (
        Exit.USAGE,
        "smallfed: missing argument 'KIND'. Choose from: follows, followers, blocks, mutes, domain-blocks,"
        " bookmarks, lists (see `smallfed export --help`)\n",
    )
