"""Passwords at the terminal or on standard input; never on the command line, where everybody could read them."""

import sys

import click

from smallfed.policy.passwords import require_good


def ask_password(*, from_stdin: bool) -> str:
    """Return a good new password: the first line of standard input, or typed twice. Invalid when it is too short."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt="The same again")
    require_good(password)
    return password


def hashed(password: str) -> str:
    """Return the hash that is stored."""
    from smallfed.policy import passwords
    from smallfed.runtime.clock import chance

    return passwords.hashed(password, salt=chance(8 * passwords.SALT_BYTES).to_bytes(passwords.SALT_BYTES))
