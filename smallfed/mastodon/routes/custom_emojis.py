"""The owner's custom emoji, for the pickers of apps.

Spec: CLIENT_API §§1, 14; https://docs.joinmastodon.org/methods/custom_emojis/.
"""

from smallfed.domain import custom_emoji as facts
from smallfed.domain.house import House
from smallfed.mastodon.access import OPEN
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import CustomEmoji
from smallfed.mastodon.presenter import Presenter
from smallfed.store import emojis


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.get("/api/v1/custom_emojis", OPEN, several)


async def several(ask: Ask) -> list[CustomEmoji]:
    """Answer all that can be written."""
    return await ask.read(_several)


def _several(show: Presenter) -> list[CustomEmoji]:
    return [_shown(show.house, emoji) for emoji in emojis.all_(show.tx) if emoji.enabled]


def _shown(house: House, emoji: facts.CustomEmoji) -> CustomEmoji:
    return CustomEmoji(
        shortcode=emoji.shortcode,
        url=house.shown(emoji.url),
        static_url=house.shown(emoji.still),
        visible_in_picker=emoji.visible,
        category=emoji.category,
    )
