"""Following: who follows the owner, and whom the owner follows.

Spec: https://www.w3.org/TR/activitypub/#follow-activity-inbox, PROTOCOL §§4.2, 4.3; SAFETY rule 11.
"""

from smallfed.domain.account import Account
from smallfed.domain.events import (
    FollowAccepted,
    FollowDenied,
    FollowerLost,
    FollowGranted,
    FollowRefused,
    FollowRequested,
    FollowSent,
    FollowWithdrawn,
    ServerFollowRefused,
)
from smallfed.domain.incoming import FollowReference
from smallfed.domain.refused import Refused
from smallfed.domain.relation import Follow
from smallfed.errors import Forbidden, NotFound
from smallfed.policy.following import FollowVerdict, may_follow, names
from smallfed.services import departing, sorting
from smallfed.store import (
    accounts,
    blocks,
    domain_blocks,
    endorsements,
    followed_tags,
    follows,
    houses,
    ids,
    mutes,
    notifications,
    tombstones,
)
from smallfed.store.tx import Tx


# Others follow us -----------------------------------------------------------------------------------------------------
def receive_follow(tx: Tx, follower: Account, uri: str | None) -> Refused | None:
    """Answer a Follow of the owner with the id ``uri``: accept it, leave it to the owner, or refuse it."""
    owner = accounts.owner(tx)
    if follower.local:
        return Refused("The owner cannot follow the owner.")
    if domain_blocks.covers_account(tx, follower.id):
        return Refused(f"{follower.handle} is on a blocked domain.")
    if tombstones.swallow(tx, follower.uri, uri):
        return Refused("It was undone before it came.")
    uri = uri or f"{follower.uri}#follows/{owner.username}"
    verdict = may_follow(
        owner,
        already=follows.has(tx, follower.id, owner.id),
        blocked=blocks.has(tx, owner.id, follower.id),
        muted=mutes.find(tx, follower.id) is not None,
    )
    match verdict:
        case FollowVerdict.ACCEPT:
            gain(tx, follower, follow=uri)
        case FollowVerdict.ASK_OWNER:
            ask(tx, follower, follow=uri)
        case FollowVerdict.REFUSE:
            refuse(tx, follower, follow=uri)
    return None


def refuse_for_server(tx: Tx, follower: Account, uri: str | None) -> Refused | None:
    """Answer a Follow of the server itself, which nobody can follow; Refused where there is nothing to answer to."""
    if uri is None:
        return Refused("Only the owner can be followed here, and it has no id that could be answered.")
    if follower.local or domain_blocks.covers_account(tx, follower.id):
        return Refused("Only the owner can be followed here.")
    tx.announce(ServerFollowRefused(follower=follower.id, uri=uri))
    return None


def gain(tx: Tx, follower: Account, *, follow: str) -> None:
    """Let ``follower`` in. Who was in already, and asks again, is answered again with the id they use now."""
    owner = houses.owner_id(tx)
    known = follows.find(tx, follower.id, owner)
    if known is None:
        _put(tx, follower.id, owner, follow, accepted=True)
    else:
        follows.rename(tx, known.id, follow)
        follows.accept(tx, known.id)
    again = known is not None and known.accepted
    tx.announce(FollowAccepted(follower=follower.id, uri=follow, again=again))


def ask(tx: Tx, follower: Account, *, follow: str) -> None:
    """Leave it to the owner whether ``follower`` is let in; who asks again is not announced again."""
    owner = houses.owner_id(tx)
    known = follows.find(tx, follower.id, owner)
    if known is not None:
        follows.rename(tx, known.id, follow)
        return
    _put(tx, follower.id, owner, follow, accepted=False)
    tx.announce(FollowRequested(follower=follower.id, uri=follow))


def refuse(tx: Tx, follower: Account, *, follow: str) -> None:
    """Do not let ``follower`` in."""
    _drop(tx, follower.id, houses.owner_id(tx))
    tx.announce(FollowRefused(follower=follower.id, uri=follow))


def lose(tx: Tx, follower: Account) -> bool:
    """Let ``follower`` go, who has undone the Follow; False when they neither followed nor asked."""
    known = _drop(tx, follower.id, houses.owner_id(tx))
    if known is None:
        return False
    tx.announce(FollowerLost(follower=follower.id))
    return True


def authorize(tx: Tx, account: Account) -> None:
    """Let in who asked; NotFound when they do not."""
    request = _request(tx, account)
    follows.accept(tx, request.id)
    notifications.drop_of(tx, account.id, "follow_request")
    tx.announce(FollowAccepted(follower=account.id, uri=request.uri))


def authorize_all(tx: Tx) -> None:
    """Let in everybody who asked."""
    for request in follows.between(tx, houses.owner_id(tx)):
        if not request.accepted and request.target_id == houses.owner_id(tx):
            authorize(tx, accounts.get(tx, request.follower_id))


def reject(tx: Tx, account: Account) -> None:
    """Do not let in who asked; NotFound when they do not."""
    request = _request(tx, account)
    refuse(tx, account, follow=request.uri)


def remove_follower(tx: Tx, account: Account) -> None:
    """Put a follower out; nothing happens to who does not follow."""
    known = follows.find(tx, account.id, houses.owner_id(tx))
    if known is not None:
        refuse(tx, account, follow=known.uri)


def _request(tx: Tx, account: Account) -> Follow:
    known = follows.find(tx, account.id, houses.owner_id(tx))
    if known is None or known.accepted:
        raise NotFound("Record not found")
    return known


# We follow others -----------------------------------------------------------------------------------------------------
def follow(
    tx: Tx,
    target: Account,
    *,
    reblogs: bool = True,
    notify: bool = False,
    languages: tuple[str, ...] | None = None,
) -> None:
    """Ask to follow ``target``; whoever follows or has asked already only changes what is wanted.

    Forbidden for oneself, with a block in between, for an account that is gone or has moved, and to who has moved.
    """
    owner, house = accounts.owner(tx), houses.get(tx)
    known = follows.find(tx, owner.id, target.id)
    if known is not None:
        follows.adjust(tx, known.id, reblogs=reblogs, notify=notify, languages=languages)
        if reblogs and not known.reblogs:
            sorting.bring_home(tx, target.id)
        if not reblogs:
            followed_tags.leave_home(tx, target.id, boosts_only=True)
        return
    departing.require_here(tx)
    if target.local:
        raise Forbidden("You cannot follow yourself.")
    if blocks.either(tx, owner.id, target.id) or domain_blocks.covers_account(tx, target.id):
        raise Forbidden(f"There is a block between you and {target.handle}.")
    if target.gone_at is not None or target.moved_to is not None:
        raise Forbidden(f"{target.handle} is not there any more.")
    number = ids.fresh(tx, "follows")
    request = Follow(
        id=number,
        follower_id=owner.id,
        target_id=target.id,
        uri=house.thing("follows", number),
        accepted=False,
        reblogs=reblogs,
        notify=notify,
        languages=languages,
        created_at=tx.now,
    )
    follows.put(tx, request)
    tx.announce(FollowSent(target=target.id, uri=request.uri))


def remind(tx: Tx, target: Account) -> None:
    """Send the Follow of ``target`` again, if there is one: its server may have forgotten it. Nothing else changes."""
    owner = accounts.owner(tx)
    known = follows.find(tx, owner.id, target.id)
    if known is not None and owner.moved_to is None:
        tx.announce(FollowSent(target=target.id, uri=known.uri))


def unfollow(tx: Tx, target: Account) -> None:
    """Follow ``target`` no longer, or take the request back; nothing happens when there is neither."""
    known = _drop(tx, houses.owner_id(tx), target.id)
    if known is not None:
        tx.announce(FollowWithdrawn(target=target.id, uri=known.uri))


def granted(tx: Tx, sender: Account, reference: FollowReference) -> Refused | None:
    """Believe ``sender`` that the owner may follow, if the owner asked."""
    known = _asked(tx, sender, reference)
    if known is None:
        return Refused("It names no Follow of ours.")
    let_in(tx, sender)
    return None


def denied(tx: Tx, sender: Account, reference: FollowReference) -> Refused | None:
    """Believe ``sender`` that the owner may not follow, or not any more."""
    known = _asked(tx, sender, reference)
    if known is None:
        return Refused("It names no Follow of ours.")
    put_out(tx, sender)
    return None


def let_in(tx: Tx, target: Account) -> None:
    """Note that ``target`` lets the owner follow, who has asked; nothing happens where nothing is asked (any more)."""
    known = follows.find(tx, houses.owner_id(tx), target.id)
    if known is not None and not known.accepted:
        follows.accept(tx, known.id)
        sorting.bring_home(tx, target.id)
        tx.announce(FollowGranted(target=target.id))


def put_out(tx: Tx, target: Account) -> None:
    """Note that ``target`` does not let the owner follow, or not any more; nothing happens when there is no follow."""
    if _drop(tx, houses.owner_id(tx), target.id) is not None:
        tx.announce(FollowDenied(target=target.id))


def _asked(tx: Tx, sender: Account, reference: FollowReference) -> Follow | None:
    owner = accounts.owner(tx)
    known = follows.find(tx, owner.id, sender.id)
    if known is None or not names(reference, known, owner=owner.uri, target=sender.uri):
        return None
    return known


def _put(tx: Tx, follower: int, target: int, uri: str, *, accepted: bool) -> None:
    follows.put(
        tx,
        Follow(
            id=ids.fresh(tx, "follows"),
            follower_id=follower,
            target_id=target,
            uri=uri,
            accepted=accepted,
            created_at=tx.now,
        ),
    )


def _drop(tx: Tx, follower: int, target: int) -> Follow | None:
    """Remove a follow or a request with what it led to, and return it."""
    known = follows.find(tx, follower, target)
    if known is None:
        return None
    follows.drop(tx, known.id)
    if target == houses.owner_id(tx):
        notifications.drop_of(tx, follower, "follow")
        notifications.drop_of(tx, follower, "follow_request")
    else:
        followed_tags.leave_home(tx, target)
        endorsements.drop(tx, target)
    return known
