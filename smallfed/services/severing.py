"""Severing: what the owner is told of the follows that the block of a whole server comes between.

While the block is not final they are frozen, and come back when it is lifted; then the severance says that they are
restored. Once it is final they have ended, and the owner can ask for them again, or have them as a file.

Spec: https://docs.joinmastodon.org/entities/RelationshipSeveranceEvent/.
"""

from collections import defaultdict
from collections.abc import Sequence

from smallfed.domain.account import Account
from smallfed.domain.events import FollowsSevered
from smallfed.domain.notification import Severance, SeveranceType
from smallfed.domain.relation import Follow
from smallfed.domain.uris import host
from smallfed.policy.domains import EVERYBODY
from smallfed.store import accounts, domain_blocks, houses, ids, severances
from smallfed.store.tx import Tx


def record(tx: Tx, type_: SeveranceType, frozen: Sequence[Follow]) -> None:
    """Keep what blocks of servers have just come between, by server; requests are none."""
    owner = houses.owner_id(tx)
    by_domain: dict[str, list[Follow]] = defaultdict(list)
    for follow, account in _with_people(tx, owner, [one for one in frozen if one.accepted]):
        by_domain[_cut_by(tx, account)].append(follow)
    for domain, cut in by_domain.items():
        severance = Severance(
            id=ids.fresh(tx, "severances"),
            type=type_,
            target=domain,
            followers=sum(known.target_id == owner for known in cut),
            following=sum(known.follower_id == owner for known in cut),
            created_at=tx.now,
        )
        severances.put(tx, severance, cut)
        tx.announce(FollowsSevered(severance=severance.id))


def _with_people(tx: Tx, owner: int, frozen: Sequence[Follow]) -> list[tuple[Follow, Account]]:
    theirs = {one.id: one.target_id if one.follower_id == owner else one.follower_id for one in frozen}
    people = accounts.several(tx, theirs.values())
    return [(one, people[theirs[one.id]]) for one in frozen]


def _cut_by(tx: Tx, account: Account) -> str:
    """Return the domain by which somebody is cut off; where everybody is, their own."""
    found = domain_blocks.holding(tx, account.host) or domain_blocks.holding(tx, host(account.uri) or "")
    return account.host if found is None or found == EVERYBODY else found
