"""The flags and arguments that many commands have in common."""

from collections.abc import Callable
from typing import Any

import click


class _Id(click.IntRange):
    """The number of a row, as lists show it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number; what is none is said to be none."""
        if not str(value).isdecimal():
            self.fail(f"{value!r} is no number, as the column ID has them", param, ctx)
        return int(super().convert(value, param, ctx))


ID = _Id(1, (1 << 63) - 1)

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
yes = click.option("--yes", is_flag=True, help="Do not ask.")


def at_most(usual: int = 40) -> Callable[[Any], Any]:
    """Return the flag that says how many rows of a list are shown."""
    most = click.IntRange(1, 100_000)
    return click.option("--limit", type=most, default=usual, show_default=True, help="How many at most.")
