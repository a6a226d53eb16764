"""Synchronising: two servers who disagree about who follows whom come to agree.

Spec: FEP-8fcf; PROTOCOL §6.4. Of the owner's follows only: on this server nobody else could follow.
"""

from collections.abc import Collection
from datetime import timedelta

from smallfed.domain.events import FetchQueued, FollowDisowned
from smallfed.domain.uris import same_origin
from smallfed.protocol.synchronising import NOBODY, Synchronization, digest
from smallfed.services import following
from smallfed.store import accounts, domain_blocks, fetches, follows, houses, ids, synchronizations
from smallfed.store.tx import Tx

AGAIN = timedelta(hours=1)  # between two looks at one account's list


def hear(tx: Tx, actor: str, said: Synchronization) -> None:
    """Compare what ``actor``, whose signature covers it, says of its followers here; ask for the list if need be.

    Nothing happens for whom we do not know or who is cut off, for collections that are not its own, and more than once
    in an hour.
    """
    account = accounts.find_uri(tx, actor)
    if account is None or account.local or account.followers is None or said.collection != account.followers:
        return
    if not same_origin(said.url, account.uri) or said.digest == _ours(tx, account.id):
        return
    if domain_blocks.covers_account(tx, account.id):
        return
    before = synchronizations.find(tx, account.id)
    if before is not None and tx.now - before.heard_at < AGAIN:
        return
    synchronizations.put(tx, account.id, url=said.url, digest=said.digest)
    if fetches.put(tx, account.uri, kind="followers"):
        tx.announce(FetchQueued())


def _ours(tx: Tx, account: int) -> str:
    owner = accounts.owner(tx)
    return digest([owner.uri]) if follows.has(tx, owner.id, account) else NOBODY


def settle(tx: Tx, account: int, listed: Collection[str]) -> None:
    """Make our follow of ``account`` what its server says it is: ``listed`` are all its followers here.

    Who is listed and has asked, was let in. Who is listed and does not follow, says so again. Who is not listed follows
    no longer, but only if the list is the one that was announced: half a list must not end anything.
    """
    said = synchronizations.find(tx, account)
    target = accounts.get(tx, account)
    if said is None or target.gone_at is not None or domain_blocks.covers_account(tx, account):
        return
    owner = accounts.owner(tx)
    known = follows.find(tx, owner.id, account)
    if owner.uri in listed:
        if known is None:
            uri = houses.get(tx).thing("follows", ids.fresh(tx, "follows"))
            tx.announce(FollowDisowned(target=account, uri=uri))
        else:
            following.let_in(tx, target)
    elif known is not None and known.accepted and digest(listed) == said.digest:
        following.put_out(tx, target)
