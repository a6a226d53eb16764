"""Templates: HTML from facts. Everything is escaped; a name that is not there is an error, not an empty place."""

from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from smallfed.pages import assets
from smallfed.policy.scopes import meaning


@cache
def environment() -> Environment:
    """Return the one environment of all doors with pages."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = assets.url
    made.filters["meaning"] = meaning
    made.filters["day"] = day
    made.filters["sanitised"] = Markup  # for HTML that was sanitised before it was stored, and for nothing else
    return made


def render(name: str, **context: object) -> str:
    """Return the page."""
    return environment().get_template(name).render(**context)


def day(moment: datetime) -> str:
    """Return the day of a moment (UTC) as people write it."""
    return f"{moment.day} {moment:%B %Y}"
