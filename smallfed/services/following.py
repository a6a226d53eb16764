"""Following: whom the owner follows, asks to follow, and follows no longer.

Spec: https://www.w3.org/TR/activitypub/#follow-activity-outbox, PROTOCOL §4.3.
"""

from smallfed.domain.account import Account
from smallfed.domain.events import FollowDenied, FollowGranted, FollowSent, FollowWithdrawn
from smallfed.domain.incoming import FollowReference
from smallfed.domain.refused import Refused
from smallfed.domain.relation import Follow
from smallfed.errors import Forbidden
from smallfed.policy.following import names
from smallfed.services import departing, sorting
from smallfed.store import accounts, blocks, domain_blocks, endorsements, followed_tags, follows, houses, ids
from smallfed.store.tx import Tx


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
    known = follows.find(tx, houses.owner_id(tx), target.id)
    if known is None or known.frozen:  # then it is not possible: a block is in between
        _require_possible(tx, target)
        _ask(tx, target, reblogs=reblogs, notify=notify, languages=languages)
        return
    follows.adjust(tx, known.id, reblogs=reblogs, notify=notify, languages=languages)
    if reblogs and not known.reblogs:
        sorting.bring_home(tx, target.id)
    if not reblogs:
        followed_tags.leave_home(tx, target.id, boosts_only=True)


def _require_possible(tx: Tx, target: Account) -> None:
    departing.require_here(tx)
    if target.local:
        raise Forbidden("You cannot follow yourself.")
    if blocks.either(tx, houses.owner_id(tx), target.id) or domain_blocks.covers_account(tx, target.id):
        raise Forbidden(f"There is a block between you and {target.handle}.")
    if target.gone_at is not None or target.moved_to is not None:
        raise Forbidden(f"{target.handle} is not there any more.")


def _ask(tx: Tx, target: Account, *, reblogs: bool, notify: bool, languages: tuple[str, ...] | None) -> None:
    number = ids.fresh(tx, "follows")
    request = Follow(
        id=number,
        follower_id=houses.owner_id(tx),
        target_id=target.id,
        uri=houses.get(tx).thing("follows", number),
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


def unfollow(tx: Tx, target: Account, *, last: bool = False) -> None:
    """Follow ``target`` no longer, or take the request back; nothing happens when there is neither.

    ``last``: the server of ``target`` is cut off, and is told so all the same.
    """
    known = _drop(tx, target.id)
    if known is not None:
        tx.announce(FollowWithdrawn(target=target.id, uri=known.uri, last=last))


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
    """Note that ``target`` lets the owner follow, who has asked; nothing happens where nothing is asked (any more).

    Nor while a block of their server is in between.
    """
    known = follows.find(tx, houses.owner_id(tx), target.id)
    if known is not None and not known.accepted and not known.frozen:
        follows.accept(tx, known.id)
        sorting.bring_home(tx, target.id)
        tx.announce(FollowGranted(target=target.id))


def put_out(tx: Tx, target: Account) -> None:
    """Note that ``target`` does not let the owner follow, or not any more; nothing happens when there is no follow."""
    if _drop(tx, target.id) is not None:
        tx.announce(FollowDenied(target=target.id))


def _asked(tx: Tx, sender: Account, reference: FollowReference) -> Follow | None:
    owner = accounts.owner(tx)
    known = follows.find(tx, owner.id, sender.id)
    if known is None or not names(reference, known, owner=owner.uri, target=sender.uri):
        return None
    return known


def _drop(tx: Tx, target: int) -> Follow | None:
    """Remove a follow or a request with what it brought, and return it."""
    known = follows.find(tx, houses.owner_id(tx), target)
    if known is not None:
        follows.drop(tx, known.id)
        followed_tags.leave_home(tx, target)
        endorsements.drop(tx, target)
    return known
