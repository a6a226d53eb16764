"""``smallfed config``: the values in effect, where each came from, and the sample file."""

import json

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.config.kinds import as_toml
from smallfed.config.report import Effective, effective, sample

_HEADINGS = ("OPTION", "VALUE", "FROM")


@click.command("config")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for programs.")
@click.option("--sample", "as_sample", is_flag=True, help="Print a smallfed.toml that explains every option.")
@pass_invocation
def command(invocation: Invocation, as_json: bool, as_sample: bool) -> None:
    r"""Print the configuration in effect and where each value came from.

    From weak to strong: defaults, smallfed.toml (--config FILE, otherwise the one in the data directory), environment
    variables such as SMALLFED_SERVER_BIND, flags. Passwords are not shown. The public domain is not configuration; it
    is kept in the database.

    \b
    Begin a file of your own:
      smallfed config --sample > smallfed.toml
    """
    if as_json and as_sample:
        raise click.UsageError("--json and --sample exclude each other")
    if as_sample:
        click.echo(sample(), nl=False)
        return
    values = effective(invocation.config)
    click.echo(_as_json(values) if as_json else _as_table(values))


def _as_json(values: list[Effective]) -> str:
    return json.dumps({item.name: {"value": item.value, "from": item.origin} for item in values}, indent=2)


def _as_table(values: list[Effective]) -> str:
    rows = [_HEADINGS, *((item.name, _written(item), item.origin) for item in values)]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return "\n".join(f"{name:<{widths[0]}}  {value:<{widths[1]}}  {origin}" for name, value, origin in rows)


def _written(item: Effective) -> str:
    return "none" if item.value is None else as_toml(item.value)
