"""How far a list is trusted, as options of a command."""

from collections.abc import Callable
from typing import Any

import click

_CEILINGS = {"block": "suspend", "limit": "silence", "none": "noop"}
_FIELDS = ("name", "weight", "ceiling", "labels", "automatic", "every_hours", "format")


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


def trust(given: dict[str, Any]) -> dict[str, Any]:
    """Return what was said by these options, as `lists.subscribe` and `lists.change` want it."""
    said = {name: given[name] for name in _FIELDS if given.get(name) not in (None, ())}
    if "ceiling" in said:
        said["ceiling"] = _CEILINGS[said["ceiling"]]
    return said
