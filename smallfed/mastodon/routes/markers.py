"""Markers and preferences: how far the owner has read, and how the owner likes to post.

Spec: CLIENT_API §3; https://docs.joinmastodon.org/methods/markers/, …/preferences/.
"""

from collections.abc import Mapping

from smallfed.errors import Invalid
from smallfed.mastodon import entities
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import moment
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.presenting.visibilities import NAMES
from smallfed.services import notifying
from smallfed.services.notifying import TIMELINES
from smallfed.store import houses
from smallfed.store import markers as kept
from smallfed.store import preferences as preferred
from smallfed.store.markers import Marker


def register(door: Door) -> None:
    """Hang the routes."""
    door.get("/api/v1/markers", owner("read:statuses"), markers)
    door.post("/api/v1/markers", owner("write:statuses"), mark)
    door.get("/api/v1/preferences", owner("read:accounts"), preferences)


async def markers(ask: Ask) -> object:
    """Answer with the markers there are of the timelines asked for."""
    wanted = [name for name in ask.params.texts("timeline") if name in TIMELINES]
    return _shown(await ask.parts.db.read(kept.several, wanted))


async def mark(ask: Ask) -> object:
    """Set markers: ``home[last_read_id]`` and ``notifications[last_read_id]``.

    An app that says which ``version`` of a marker it knows is told when there is a newer one, and nothing is set.
    """
    read: dict[str, int] = {}
    versions: dict[str, int] = {}
    for name in TIMELINES:
        inside = ask.params.tree(name)
        last = None if inside is None else inside.integer("last_read_id")
        if inside is not None and last is not None:
            if last < 0 and name == "home":
                raise Invalid(f"{name}[last_read_id] should be an id")
            read[name] = last
            version = inside.integer("version")
            versions |= {} if version is None else {name: version}
    return _shown(await ask.parts.db.write(notifying.mark, read, versions=versions))


def _shown(known: Mapping[str, Marker]) -> dict[str, entities.Marker]:
    return {
        name: entities.Marker(last_read_id=mark.last_read_id, version=mark.version, updated_at=moment(mark.updated_at))
        for name, mark in known.items()
    }


async def preferences(ask: Ask) -> object:
    """Answer with how the owner likes to post; how to read is left to the app."""
    return await ask.read(_preferences)


def _preferences(show: Presenter) -> entities.Preferences:
    known, wanted = houses.owner(show.tx), preferred.find(show.tx)
    return entities.Preferences(
        visibility=NAMES[known.visibility],
        sensitive=known.sensitive,
        language=known.language,
        quote_policy=wanted.quotes.value,
    )
