"""The Quart application that the doors for people and client apps are hung into.

Spec: RULINGS 24 (Quart's own timeouts); SAFETY rule 36.
"""

from typing import cast

import trio
from quart import current_app
from quart_trio import QuartTrio
from werkzeug.routing import IntegerConverter, Map

from smallfed.domain.numbers import LARGEST
from smallfed.pages import assets
from smallfed.pages.headers import protect
from smallfed.pages.machines import preflight
from smallfed.pages.requests import Request
from smallfed.workers.parts import Parts

BODY_LIMIT = 1 << 20  # forms and JSON; uploads have their own limit where they are taken
LIMITER = "one password at a time"  # each takes 19 MiB


class Number(IntegerConverter):
    """A number in an address: one that no row can have leads nowhere."""

    def __init__(self, rules: Map) -> None:
        super().__init__(rules, max=LARGEST)


class Application(QuartTrio):
    """Quart with our requests."""

    request_class = Request


def new_app(parts: Parts) -> QuartTrio:
    """Return an application that serves static files. Doors add their routes and find the house with ``parts()``."""
    app = Application("smallfed", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    app.config["BODY_TIMEOUT"] = 60
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.url_map.converters["int"] = Number
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # it would redirect to an address made from Host
    app.extensions["parts"] = parts
    app.extensions[LIMITER] = trio.CapacityLimiter(1)
    app.before_request(preflight)
    app.after_request(protect)
    app.add_url_rule("/static/<version>/<path:name>", "static", assets.serve)
    return app


def parts() -> Parts:
    """Return the house of the request that is being answered."""
    return cast("Parts", current_app.extensions["parts"])
