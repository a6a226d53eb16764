"""Where the program begins: the command line, and the one place where errors become lines and exit codes."""

import sys
from collections.abc import Sequence

import click
from click.exceptions import NoArgsIsHelpError

from smallfed import observe
from smallfed.cli.context import Invocation
from smallfed.cli.exits import Exit, exit_code_of
from smallfed.cli.frame import frame
from smallfed.cli.tables import lines
from smallfed.errors import SmallfedError


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that was typed and leave the process with its exit code."""
    sys.exit(run(frame(), sys.argv[1:] if arguments is None else arguments))


def run(command: click.Command, arguments: Sequence[str]) -> int:
    """Run ``command`` and return its exit code; what is no SmallfedError is a bug and passes through."""
    observe.set_up("text", "warning")
    try:
        result = command.main(list(arguments), "smallfed", standalone_mode=False, obj=Invocation())
    except (click.Abort, KeyboardInterrupt):
        return Exit.INTERRUPTED
    except NoArgsIsHelpError as error:
        error.show()
        return Exit.USAGE
    except click.ClickException as error:
        return _say(_usage(error), Exit(error.exit_code))
    except SmallfedError as error:
        return _say(error.message, exit_code_of(error))
    except BaseExceptionGroup as group:
        return _sort_out(group)
    return result if isinstance(result, int) else Exit.OK


def _sort_out(group: BaseExceptionGroup[BaseException]) -> int:
    """Return the exit code of what a nursery wrapped; raise it again when a bug is among it."""
    known, unknown = group.split((SmallfedError, KeyboardInterrupt))
    if known is None or unknown is not None:
        raise group
    first: BaseException = known
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    if isinstance(first, SmallfedError):
        return _say(first.message, exit_code_of(first))
    return Exit.INTERRUPTED


def _usage(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    hint = f" (see `{context.command_path} --help`)" if context else ""
    if isinstance(error, click.BadParameter) and isinstance(error.param, click.Argument) and error.param.name:
        error.param_hint = repr(error.param.metavar or error.param.name.upper())  # not all choices, which follow
    message = " ".join(error.format_message().split()).rstrip(".")
    return message[:1].lower() + message[1:] + hint


def _say(message: str, exit_code: Exit) -> Exit:
    click.echo(lines(f"smallfed: {message}"), err=True)
    return exit_code


if __name__ == "__main__":
    main()
