"""What every command gets: the configuration, the data directory, and a way to fail."""

import os
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

import click

from smallfed.cli.exits import Exit, Failed

if TYPE_CHECKING:  # loaded when a command asks for it, so that `smallfed --help` stays quick
    from smallfed.config import Config

Decorated = TypeVar("Decorated", bound=Callable[..., object])


class Invocation:
    """One call of the program. ``flags`` is filled while the command line is parsed; of two, the later one counts."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self.flags: dict[str, str] = {}
        self.environ: Mapping[str, str] = os.environ if environ is None else environ

    @cached_property
    def config(self) -> "Config":
        """The effective configuration; raises Misconfigured."""
        from smallfed.config import load

        return load(self.flags, self.environ)

    @property
    def data(self) -> Path:
        """The data directory, absolute; it need not exist yet. Raises Misconfigured."""
        return self.config.data


pass_invocation = click.make_pass_decorator(Invocation, ensure=True)


def remember(name: str) -> Callable[[click.Context, click.Parameter, str | None], None]:
    """Return the callback of a flag that sets the option ``name``."""

    def callback(ctx: click.Context, parameter: click.Parameter, value: str | None) -> None:
        if value is not None:
            ctx.ensure_object(Invocation).flags[name] = value

    return callback


def setting(name: str) -> Callable[[Decorated], Decorated]:
    """Give a command the flag of an option: ``@setting("server.bind")`` adds ``--server-bind``."""
    from smallfed.config.options import OPTIONS

    option = OPTIONS[name]
    first_sentence = option.about.doc.partition(". ")[0].rstrip(".")
    return click.option(
        option.flag,
        metavar="VALUE",
        expose_value=False,
        callback=remember(name),
        help=f"{first_sentence}. Overrules {option.variable} and the file.",
    )


def fail(message: str, exit_code: Exit = Exit.FAILED) -> NoReturn:
    """End the command with one line on standard error, which should say what to do, and with ``exit_code``."""
    raise Failed(message, exit_code)
