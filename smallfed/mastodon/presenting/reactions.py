"""Reactions as client apps see them.

Custom emoji of servers that are blocked, or whose pictures the owner does not want, are shown as text.

Spec: CLIENT_API §15; https://docs.pleroma.social/backend/development/API/pleroma_api/ (emoji reactions).
"""

from collections.abc import Collection, Iterable, Sequence

from msgspec import UNSET, UnsetType, structs

from smallfed.domain.copy import Subject
from smallfed.domain.house import House
from smallfed.domain.reaction import Reaction
from smallfed.domain.remote import can_be_carried
from smallfed.mastodon import entities
from smallfed.store import domain_blocks
from smallfed.store.details import Detail
from smallfed.store.likes import Tally
from smallfed.store.tx import Tx


def unwanted(tx: Tx, tallies: Iterable[Tally]) -> frozenset[str]:
    """Return the hosts from which there is a custom emoji in ``tallies`` that shall not be shown, asked for at once."""
    hosts = {host for tally in tallies if (host := _host(tally))}
    return domain_blocks.hosts_without_pictures(tx, hosts) if hosts else frozenset()


def wanted(detail: Detail, hosts: Collection[str]) -> Detail:
    """Return what belongs to a post without the pictures of emoji from ``hosts``."""
    if not hosts:
        return detail
    return structs.replace(detail, reactions=tuple(without(tally, hosts) for tally in detail.reactions))


def without(tally: Tally, hosts: Collection[str]) -> Tally:
    """Return a reaction without its picture if that is from one of ``hosts``."""
    if _host(tally) not in hosts:
        return tally
    return structs.replace(tally, reaction=structs.replace(tally.reaction, picture=None))


def _host(tally: Tally) -> str:
    return tally.reaction.name.partition("@")[2]


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
