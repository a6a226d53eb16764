"""Freezing: what the block of a whole server hides, what lifting it brings back, and how a block becomes final.

Nothing is sent to a server that is cut off, and nothing is destroyed: follows in both directions are frozen, what the
owner was told of people there is put away, and what is stored of them is not shown. Lifting the block brings all of it
back and asks the other side again; but what was said here meanwhile is not sent there later, nor what waited and was
dropped. Only a final block ends the follows, and tells those there.

Spec: PROTOCOL §9.2.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct, structs

from smallfed.domain.account import Account
from smallfed.domain.domain_block import DomainBlock
from smallfed.domain.events import AccountRenamed, FollowAccepted
from smallfed.domain.notification import SeveranceType
from smallfed.domain.relation import Follow
from smallfed.domain.uris import host
from smallfed.policy.domains import covered
from smallfed.services import admitting, following, lifting, meeting, quoting, severing
from smallfed.store import (
    accounts,
    cut_offs,
    domain_blocks,
    frozen_follows,
    frozen_notifications,
    gaps,
    houses,
    impacts,
    polls,
    recipients,
    severances,
    trends,
    votes,
)
from smallfed.store.tx import Tx


def settle(tx: Tx, domain: str, type_: SeveranceType, *, since: datetime | None = None) -> None:
    """Bring what there is with ``domain`` and all below it (``*``: everybody) in line with what holds now.

    To be called in the transaction of every change of blocks and allows. ``since`` is from when on a server may have
    been cut off that is so no longer; ``type_`` is how the owner reads of follows that freeze.
    """
    people = cut_offs.settle(tx, domain)
    if people:
        _recount(tx, people)
        trends.doubt(tx)
    frozen = frozen_follows.freeze(tx, domain)
    severing.record(tx, type_, frozen)
    frozen_notifications.freeze(tx, domain)
    recipients.drop_cut_off(tx, domain, {number for one in frozen for number in (one.follower_id, one.target_id)})
    thawed = frozen_follows.thaw(tx, domain)
    frozen_notifications.thaw(tx, domain)
    severances.restore(tx, thawed)
    _ask_again(tx, thawed, since or tx.now)
    if since is not None:
        quoting.ask_again(tx, domain)


def settle_renamed(tx: Tx, account: Account) -> None:
    """Do as ``settle`` for somebody who goes by another handle now, and is cut off by that, or no longer."""
    _recount(tx, [account.id])
    settle(tx, account.host, SeveranceType.HOUSE)
    tx.announce(AccountRenamed(account=account.id))


def _recount(tx: Tx, people: Sequence[int]) -> None:
    for post in votes.polls_of(tx, people):
        polls.recount(tx, post)


def _ask_again(tx: Tx, thawed: Sequence[Follow], since: datetime) -> None:
    """Ask again whom the owner follows there, and read what they said meanwhile; answer whom no answer reached."""
    owner = houses.owner_id(tx)
    followed = [one.target_id for one in thawed if one.follower_id == owner]
    for target in accounts.several(tx, followed).values():
        following.remind(tx, target)
        meeting.ask(tx, target)
    heard = [one.target_id for one in thawed if one.follower_id == owner and one.accepted]
    gaps.plan(tx, heard, since, due=tx.now)  # what was refused is not sent again: nobody waits for it
    followers = {one.follower_id: one for one in thawed if one.target_id == owner and one.accepted}
    lost = recipients.lost_answers(tx) if followers else frozenset()
    for account in accounts.several(tx, followers).values() if lost else ():
        if account.inbox in lost:
            tx.announce(FollowAccepted(follower=account.id, uri=followers[account.id].uri, again=True))


def finish(tx: Tx, block: DomainBlock) -> int:
    """Make a block final: the follows it froze are ended, and those there are told. Return how many follows ended.

    What is stored of people there is kept for nobody's sake any more. Nothing happens to what does not cut, or is
    final already.
    """
    if not block.cuts or block.final_at is not None:
        return 0
    ended = _between(tx, block)
    for follow, account in ended:
        _end(tx, follow, account)
    cut_offs.settle(tx, block.domain)  # by these last words hosts may have become known
    domain_blocks.change(tx, block.id, final_at=tx.now)
    severances.finish(tx, [follow for follow, _ in ended])
    return len(ended)


def _between(tx: Tx, block: DomainBlock) -> list[tuple[Follow, Account]]:
    found = frozen_follows.on_domain(tx, block.domain)
    return [(follow, account) for follow, account in found if _is_of(account, block.domain)]


def _is_of(account: Account, domain: str) -> bool:
    return any(covered(name, {domain}) for name in (account.host, host(account.uri) or ""))


def _end(tx: Tx, follow: Follow, account: Account) -> None:
    if follow.target_id == account.id:
        following.unfollow(tx, account, last=True)
    else:
        admitting.remove_follower(tx, account, last=True)
    frozen_notifications.drop(tx, account.id)


def finish_old(tx: Tx, age: timedelta) -> int:
    """Make the blocks final that are as old as that; return how many there are."""
    frozen = domain_blocks.frozen(tx)
    old = [block for block in frozen if block.cut_at is not None and block.cut_at <= tx.now - age]
    for block in old:
        finish(tx, block)
    return len(old)


# Looking ahead --------------------------------------------------------------------------------------------------------
class Impact(Struct, frozen=True, kw_only=True):
    """What a block of a domain cuts or hides, or what lifting it brings back.

    ``following`` and ``followers`` are handles of follows in effect; ``requests`` is how many are only asked for.
    ``lost``: whom the owner followed until the block was final, and does not follow again. ``again``: how much of what
    the block turned away is asked for when it is lifted; of ``never`` nothing is left but that it came (``lifting``).
    """

    domain: str
    following: tuple[str, ...] = ()
    followers: tuple[str, ...] = ()
    requests: int = 0
    people: int = 0
    posts: int = 0
    notifications: int = 0
    lost: tuple[str, ...] = ()
    again: int = 0
    never: int = 0

    @property
    def cuts_somebody(self) -> bool:
        """Whether there is a follow, or a request for one, in between."""
        return bool(self.following or self.followers or self.requests)


def impact(tx: Tx, domain: str, *, cut_off: bool = False) -> Impact:
    """Return what there is with ``domain`` and below it, frozen or not; ``cut_off``: only what is so now.

    May look at all accounts: for a thread.
    """
    owner = houses.owner_id(tx)
    follows = frozen_follows.on_domain if cut_off else frozen_follows.with_domain
    found = [pair for pair in follows(tx, domain) if _is_of(pair[1], domain)]
    held = impacts.held(tx, domain, cut_off=cut_off)
    meanwhile = lifting.foresee(tx, domain) if cut_off else lifting.Meanwhile()
    return Impact(
        domain=domain,
        following=_handles(account for follow, account in found if follow.accepted and follow.follower_id == owner),
        followers=_handles(account for follow, account in found if follow.accepted and follow.target_id == owner),
        requests=sum(not follow.accepted for follow, _ in found),
        people=held.people,
        posts=held.posts,
        notifications=held.notifications,
        lost=_handles(one for one in severances.lost(tx, domain) if _is_of(one, domain)),
        again=len(meanwhile.again),
        never=meanwhile.lost,
    )


def ending(tx: Tx, block: DomainBlock) -> Impact:
    """Return what would end for good if a block became final; its ``posts`` only stay hidden. Else as ``impact``."""
    people = {account.id for _, account in _between(tx, block)}
    told = sum(frozen_notifications.count_of(tx, account) for account in people)
    return structs.replace(impact(tx, block.domain, cut_off=True), notifications=told)


def _handles(people: Iterable[Account]) -> tuple[str, ...]:
    return tuple(one.handle for one in people)
