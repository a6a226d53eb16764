"""Questions at the terminal: what a command wants to know before it goes on, and what to do where nobody can answer."""

import sys
from typing import NoReturn

import click

from smallfed.cli.context import fail
from smallfed.cli.exits import Exit


def confirm(question: str) -> None:
    """Go on when the answer is yes; otherwise end the command. Fails where nobody can answer: --yes is for that."""
    try:
        agreed = click.confirm(question, err=True)
    except click.Abort:
        _missing("there is nobody to answer: type it in a terminal, or add --yes")
    if not agreed:
        raise click.Abort


def typed(question: str) -> str:
    """Return what is typed; fails where nobody can type anything."""
    try:
        answer: str = click.prompt(question, prompt_suffix=": ", err=True)
    except click.Abort:
        _missing("there is nobody to answer: type it in a terminal")
    return answer


def _missing(advice: str) -> NoReturn:
    """Tell a terminal, where Ctrl-C was typed, from a script that gives no answer."""
    if sys.stdin.isatty():
        raise click.Abort
    click.echo(err=True)
    fail(advice, Exit.USAGE)
