"""Severing: what is kept of the follows that the block of a whole domain ends.

Lifting a block brings none of them back, as with Mastodon: they were told, and may not want to. The owner can have
them as a file (``smallfed export follows --severed``) and follow them again; to offer that where a block is lifted is
left to the pages for moderation (issue 6).

Spec: https://docs.joinmastodon.org/entities/RelationshipSeveranceEvent/.
"""

from collections.abc import Sequence

from smallfed.domain.account import Account
from smallfed.domain.events import FollowsSevered
from smallfed.domain.notification import Severance, SeveranceType
from smallfed.store import follows, houses, ids, severances
from smallfed.store.tx import Tx


def record(tx: Tx, type_: SeveranceType, domain: str, people: Sequence[Account]) -> None:
    """Keep the follows there are between the owner and ``people``, which are about to end; requests are none."""
    owner = houses.owner_id(tx)
    pairs = [pair for one in people for pair in ((one.id, owner), (owner, one.id))]
    found = [follows.find(tx, follower, target) for follower, target in pairs]
    ended = [known for known in found if known is not None and known.accepted]
    if not ended:
        return
    severance = Severance(
        id=ids.fresh(tx, "severances"),
        type=type_,
        target=domain,
        followers=sum(known.target_id == owner for known in ended),
        following=sum(known.follower_id == owner for known in ended),
        created_at=tx.now,
    )
    severances.put(tx, severance, ended)
    tx.announce(FollowsSevered(severance=severance.id))
