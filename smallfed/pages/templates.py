"""Templates: HTML from facts. Everything is escaped; a name that is not there is an error, not an empty place."""

import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from smallfed.domain import uris
from smallfed.pages import assets
from smallfed.policy.scopes import meaning
from smallfed.text.sizes import size

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


@cache
def environment() -> "Environment":
    """Return the one environment of all doors with pages; most of a server's life nobody needs it."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = assets.url
    made.globals["count"] = count
    made.filters["meaning"] = meaning
    made.filters["day"] = day
    made.filters["minute"] = minute
    made.filters["medium"] = medium
    made.filters["amount"] = size
    made.filters["typed"] = typed
    made.filters["parted"] = parted
    made.filters["letters"] = letters
    return made


def render(name: str, **context: object) -> str:
    """Return the page."""
    return environment().get_template(name).render(**context)


def count(number: int, one: str, many: str) -> str:
    """Return how many there are of something: ``1 post``, ``2,000 posts``."""
    return f"{number:,} {one if number == 1 else many}"


def day(moment: datetime) -> str:
    """Return the day of a moment (UTC) as people write it."""
    return f"{moment.day} {moment:%B %Y}"


def minute(moment: datetime) -> str:
    """Return a moment as people write it, to the minute."""
    return f"{day(moment)}, {moment:%H:%M} UTC"


def medium(kind: str) -> str:
    """Return what an attachment is, in a word."""
    return {"image": "Picture", "gifv": "Moving picture", "video": "Film", "audio": "Sound"}.get(kind, "File")


def typed(text: str) -> "Markup":
    """Return a text with what is to be typed, which stands between backticks, as code."""
    from markupsafe import Markup

    said = enumerate(re.split("`([^`]+)`", text))
    return Markup().join(Markup("<code>{}</code>").format(part) if place % 2 else part for place, part in said)


def parted(name: str) -> "Markup":
    """Return the name of a server, or an address, so that a line may end behind dots and slashes, not anywhere."""
    from markupsafe import Markup

    return Markup("<wbr>").join(re.split("(?<=[./])(?=[^/])", name))


def letters(name: str) -> "Markup":
    """Return what follows the name of a server, a handle or an address: the letters that its ASCII stands for, small.

    They never stand alone: by them a name cannot be told from one that looks like it.
    """
    from markupsafe import Markup

    host = uris.host(name) if "://" in name else name.rpartition("@")[2]
    meant = uris.legible(host or "")
    return Markup() if meant is None else Markup(' <bdi class="quiet">{}</bdi>').format(meant)
