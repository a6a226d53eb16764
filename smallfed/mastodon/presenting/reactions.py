"""Reactions as client apps see them.

Spec: CLIENT_API §15; https://docs.pleroma.social/backend/development/API/pleroma_api/ (emoji reactions).
"""

from collections.abc import Sequence

from msgspec import UNSET, UnsetType, structs

from smallfed.domain.copy import Subject
from smallfed.domain.house import House
from smallfed.domain.reaction import Reaction
from smallfed.domain.remote import can_be_carried
from smallfed.mastodon import entities
from smallfed.store.likes import Tally


def picture(house: House, known: Reaction, *, still: bool = False) -> str | UnsetType:
    """Return the address of the picture of a reaction, where it has one."""
    if known.picture is None or not can_be_carried(known.picture):
        return UNSET
    return house.proxied(Subject.EMOJI, 0, known.picture, small=still, ending="png")


def tally(house: House, known: Tally) -> entities.EmojiReaction:
    """Return how many reacted so."""
    return entities.EmojiReaction(
        name=known.reaction.name,
        count=known.count,
        me=known.mine,
        url=picture(house, known.reaction),
        static_url=picture(house, known.reaction, still=True),
    )


def reacted(house: House, known: Tally, accounts: Sequence[entities.Account]) -> entities.Reacted:
    """Return how many reacted so, and who."""
    return entities.Reacted(**structs.asdict(tally(house, known)), accounts=list(accounts))
