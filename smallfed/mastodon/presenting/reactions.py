"""Reactions as client apps see them.

Spec: CLIENT_API §15; https://docs.pleroma.social/backend/development/API/pleroma_api/ (emoji reactions).
"""

from collections.abc import Sequence

from msgspec import UNSET, structs

from smallfed.mastodon import entities
from smallfed.store.likes import Tally


def tally(known: Tally) -> entities.EmojiReaction:
    """Return how many reacted so."""
    picture = known.reaction.picture or UNSET
    return entities.EmojiReaction(
        name=known.reaction.name, count=known.count, me=known.mine, url=picture, static_url=picture
    )


def reacted(known: Tally, accounts: Sequence[entities.Account]) -> entities.Reacted:
    """Return how many reacted so, and who."""
    return entities.Reacted(**structs.asdict(tally(known)), accounts=list(accounts))
