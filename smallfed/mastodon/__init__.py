"""DOOR of client apps: the Mastodon API.

Spec: CLIENT_API; https://docs.joinmastodon.org/api/.
"""

from quart_trio import QuartTrio

from smallfed.mastodon import uploads
from smallfed.mastodon.door import Door
from smallfed.mastodon.routes import PAGES


def register(app: QuartTrio) -> None:
    """Hang the client API into ``app``."""
    uploads.register(app)
    Door(app, {f"{__name__}.routes.{page}": beginnings.split() for page, beginnings in PAGES.items()})
