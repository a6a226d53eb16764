"""Admitting: who follows the owner, who asks to, and who is put out.

Spec: https://www.w3.org/TR/activitypub/#follow-activity-inbox, PROTOCOL §4.2; SAFETY rule 11.
"""

from smallfed.domain import incoming
from smallfed.domain.account import Account
from smallfed.domain.events import FollowAccepted, FollowerLost, FollowRefused, FollowRequested, ServerFollowRefused
from smallfed.domain.refused import Refused
from smallfed.domain.relation import Follow
from smallfed.domain.welcome import Asking
from smallfed.errors import NotFound
from smallfed.policy import welcoming
from smallfed.policy.following import FollowVerdict, may_follow
from smallfed.services import judging
from smallfed.store import (
    accounts,
    blocks,
    domain_blocks,
    follow_terms,
    follows,
    houses,
    ids,
    mutes,
    notifications,
    standings,
    tombstones,
    wave_items,
)
from smallfed.store.tx import Tx
from smallfed.text.sanitise import words


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
    doubted = judging.asks_owner(tx, follower)
    verdict = may_follow(
        owner,
        already=follows.has(tx, follower.id, owner.id),
        blocked=blocks.has(tx, owner.id, follower.id),
        muted=mutes.find(tx, follower.id) is not None,
        limited=standings.limits(tx, follower.id) or doubted,
    )
    if verdict is FollowVerdict.ASK_OWNER and owner.locked and not why_waits(tx, follower, doubted=doubted):
        verdict = FollowVerdict.ACCEPT
    match verdict:
        case FollowVerdict.ACCEPT:
            gain(tx, follower, follow=uri)
        case FollowVerdict.ASK_OWNER:
            ask(tx, follower, follow=uri)
        case FollowVerdict.REFUSE:
            refuse(tx, follower, follow=uri)
    return None


def why_waits(tx: Tx, follower: Account, *, doubted: bool = False) -> tuple[str, ...]:
    """Return why somebody has to wait for the owner's decision; nothing: the owner lets them in without looking.

    ``doubted``: rules leave it to the owner, or too many ask at once.
    """
    asking = Asking(
        open=not accounts.owner(tx).locked,
        followed=follows.has(tx, houses.owner_id(tx), follower.id),
        known_for=tx.now - follower.created_at,
        has_picture=follower.avatar is not None,
        says_something=bool(words(follower.note).strip()),
        muted=mutes.find(tx, follower.id) is not None,
        limited=standings.limits(tx, follower.id),
        doubted=doubted or judging.holds(tx, follower),
    )
    return welcoming.why_waits(follow_terms.get(tx), asking)


def refuse_for_server(tx: Tx, follower: Account, follow: incoming.Follow) -> Refused | None:
    """Answer a Follow of an actor of the server's, which nobody can follow; Refused where nothing could be answered."""
    if follow.id is None:
        return Refused("Only the owner can be followed here, and it has no id that could be answered.")
    if follower.local or domain_blocks.covers_account(tx, follower.id):
        return Refused("Only the owner can be followed here.")
    tx.announce(ServerFollowRefused(follower=follower.id, uri=follow.id, object=follow.object))
    return None


def gain(tx: Tx, follower: Account, *, follow: str) -> None:
    """Let ``follower`` in. Who was in already, and asks again, is answered again with the id they use now."""
    owner = houses.owner_id(tx)
    known = follows.find(tx, follower.id, owner)
    if known is None:
        _put(tx, follower.id, follow, accepted=True)
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
    _put(tx, follower.id, follow, accepted=False)
    tx.announce(FollowRequested(follower=follower.id, uri=follow))


def refuse(tx: Tx, follower: Account, *, follow: str, last: bool = False) -> None:
    """Do not let ``follower`` in. ``last``: their server is cut off, and is told so all the same."""
    _drop(tx, follower.id)
    tx.announce(FollowRefused(follower=follower.id, uri=follow, last=last))


def lose(tx: Tx, follower: Account) -> bool:
    """Let ``follower`` go, who has undone the Follow; False when they neither followed nor asked."""
    known = _drop(tx, follower.id)
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
        if not (request.accepted or request.frozen) and request.target_id == houses.owner_id(tx):
            authorize(tx, accounts.get(tx, request.follower_id))


def reject(tx: Tx, account: Account) -> None:
    """Do not let in who asked; NotFound when they do not."""
    request = _request(tx, account)
    refuse(tx, account, follow=request.uri)


def remove_follower(tx: Tx, account: Account, *, last: bool = False) -> None:
    """Put a follower out; nothing happens to who does not follow. ``last`` as in ``refuse``."""
    known = follows.find(tx, account.id, houses.owner_id(tx))
    if known is not None:
        refuse(tx, account, follow=known.uri, last=last)


def _request(tx: Tx, account: Account) -> Follow:
    known = follows.find(tx, account.id, houses.owner_id(tx))
    if known is None or known.accepted or known.frozen:
        raise NotFound(f"@{account.handle} does not ask to follow you: `smallfed requests` lists who does")
    return known


def _put(tx: Tx, follower: int, uri: str, *, accepted: bool) -> None:
    wave_items.forget_follow(tx, follower)
    follows.put(
        tx,
        Follow(
            id=ids.fresh(tx, "follows"),
            follower_id=follower,
            target_id=houses.owner_id(tx),
            uri=uri,
            accepted=accepted,
            created_at=tx.now,
        ),
    )


def _drop(tx: Tx, follower: int) -> Follow | None:
    """Remove a follow or a request with what the owner was told of it, and return it."""
    wave_items.forget_follow(tx, follower)
    known = follows.find(tx, follower, houses.owner_id(tx))
    if known is not None:
        follows.drop(tx, known.id)
        notifications.drop_of(tx, follower, "follow")
        notifications.drop_of(tx, follower, "follow_request")
    return known
