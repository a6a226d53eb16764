"""Passwords at the terminal or on standard input; never on the command line, where everybody could read them."""

import sys
from pathlib import Path

import click

from smallfed.cli.context import fail
from smallfed.cli.exits import Exit
from smallfed.policy.passwords import require_good


def ask_password(*, from_stdin: bool) -> str:
    """Return a good new password: the first line of standard input, or typed twice. Invalid when it is too short."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        if not _has_terminal():
            fail(
                "there is no terminal to type the password at: --password-stdin reads it from standard input",
                Exit.USAGE,
            )
        password = click.prompt("Password", hide_input=True, confirmation_prompt="The same again", err=True)
    require_good(password)
    return password


def _has_terminal() -> bool:
    """Whether a password can be typed without being shown: also where standard input is something else."""
    try:
        with Path("/dev/tty").open("rb"):
            return True
    except OSError:
        return sys.stdin.isatty()


def hashed(password: str) -> str:
    """Return the hash that is stored."""
    from smallfed.policy import passwords
    from smallfed.runtime.clock import chance

    return passwords.hashed(password, salt=chance(8 * passwords.SALT_BYTES).to_bytes(passwords.SALT_BYTES))
