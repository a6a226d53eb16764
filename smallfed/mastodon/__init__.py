"""DOOR of client apps: the Mastodon API.

Spec: CLIENT_API; https://docs.joinmastodon.org/api/.
"""

from quart_trio import QuartTrio

from smallfed.mastodon import pictures
from smallfed.mastodon.door import Door
from smallfed.mastodon.routes import (
    accounts,
    follow_requests,
    instance,
    kept_away,
    markers,
    profile,
    relating,
    stubs,
)

PAGES = (instance, profile, accounts, relating, kept_away, follow_requests, markers, stubs)


def register(app: QuartTrio) -> None:
    """Hang the client API into ``app``."""
    door = Door(app)
    for page in PAGES:
        page.register(door)
    door.close()
    pictures.register(app)
