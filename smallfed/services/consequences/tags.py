"""What follows from hashtags that the owner features: who hears of them.

Spec: PROTOCOL §4.2 (Add, Remove of a Hashtag, as Mastodon sends it).
"""

from collections.abc import Callable
from typing import Any

from smallfed.domain import events
from smallfed.domain.events import Event
from smallfed.services.consequences.sending import send
from smallfed.store import houses, recalls
from smallfed.store.recipients import Recipients
from smallfed.store.tx import Tx
from smallfed.translate import outward


def _feature(tx: Tx, event: events.TagFeatured | events.TagUnfeatured) -> None:
    """Tell followers; what waits of the contrary is pointless."""
    house = houses.get(tx)
    make, late = (outward.add, "Remove") if isinstance(event, events.TagFeatured) else (outward.remove, "Add")
    about = f"{house.featured_tags}#{event.name}/"
    recalls.overrule(tx, None, [late], about=about)
    tag = outward.hashtag(house, event.name, title=event.title)
    send(tx, make(house, uri=f"{about}{tx.new_id()}", object_=tag), Recipients(followers=True))


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.TagFeatured: _feature,
    events.TagUnfeatured: _feature,
}
