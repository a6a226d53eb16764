"""DOOR of client apps: the Mastodon API.

Spec: CLIENT_API; https://docs.joinmastodon.org/api/.
"""

from quart_trio import QuartTrio

from smallfed.mastodon.door import Door
from smallfed.mastodon.routes import accounts, instance, stubs

PAGES = (accounts, instance, stubs)


def register(app: QuartTrio) -> None:
    """Hang the client API into ``app``."""
    door = Door(app)
    for page in PAGES:
        page.register(door)
    door.close()
