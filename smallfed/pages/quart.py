"""The Quart application that the doors for people and client apps are hung into.

Spec: RULINGS 24 (Quart's own timeouts); SAFETY rule 36.
"""

from typing import cast

from quart import current_app
from quart_trio import QuartTrio

from smallfed.pages.requests import Request
from smallfed.workers.parts import Parts

BODY_LIMIT = 1 << 20  # forms and JSON; uploads have their own limit where they are taken


class Application(QuartTrio):
    """Quart with our requests."""

    request_class = Request


def new_app(parts: Parts) -> QuartTrio:
    """Return an application without routes. The doors register theirs; they find the house with ``parts()``."""
    app = Application("smallfed", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    app.config["BODY_TIMEOUT"] = 60
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.url_map.strict_slashes = False
    app.extensions["parts"] = parts
    return app


def parts() -> Parts:
    """Return the house of the request that is being answered."""
    return cast("Parts", current_app.extensions["parts"])
