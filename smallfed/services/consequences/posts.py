"""What follows from posts, the owner's and others': who gets them, and who is told.

Spec: PROTOCOL §6.1 (recipients), CLIENT_API §7 (notifications).
"""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import structs

from smallfed.domain import events
from smallfed.domain.events import Event
from smallfed.domain.interaction import QuoteState
from smallfed.domain.post import Post, Visibility
from smallfed.domain.relay import Style
from smallfed.services import asking, grouping, notifying, rendering
from smallfed.services.consequences.sending import keep, send
from smallfed.store import bodies, follows, houses, mentions, posts, quotes, recalls, recipients, relays
from smallfed.store.recipients import Recipients
from smallfed.store.tx import Tx
from smallfed.translate import outward


def _publish(tx: Tx, event: events.PostPublished) -> None:
    post, house = posts.get(tx, event.post), houses.get(tx)
    send(tx, rendering.activity(tx, house, post), audience(tx, post, [post.in_reply_to_account_id]), post=post.id)


def _edit(tx: Tx, event: events.PostEdited) -> None:
    if event.local:
        tell_again(tx, posts.get(tx, event.post), voters=event.voters)
    else:
        _tell_edit(tx, event)


def tell_again(tx: Tx, post: Post, voters: tuple[int, ...] = ()) -> None:
    """Send a post of the owner as it is now to everybody who has it, or is about to get it, and to former ``voters``.

    Where the text is what it was, each telling has an id of its own but is no newer version.
    """
    house = houses.get(tx)
    note = rendering.note(tx, house, post)
    to_whom = audience(tx, post, [*recipients.concerned(tx, post.id), *voters])
    renewed = keep(tx, outward.create(house, note), to_whom, post=post.id)
    waits, unheard = recalls.renew(tx, post.id, "Create", by=renewed)
    if not waits:
        bodies.drop(tx, renewed)
    update = outward.update_note(house, note, at=None if post.edited_at == tx.now else tx.now)
    body = send(tx, update, structs.replace(to_whom, unheard=unheard), post=post.id)
    recalls.supersede(tx, post.id, ["Update"], by=body)


def audience(tx: Tx, post: Post, others: Sequence[int | None]) -> Recipients:
    """Return who gets a post of ours. ``others`` only get what is for everybody; what is local, nobody gets.

    A reply that needs its author's word goes to them alone; one that they do not want goes to nobody.
    """
    if post.visibility is Visibility.LOCAL:
        return Recipients()
    waits = asking.waits(tx, post.id)
    if waits is not None:
        return Recipients(accounts=[waits.account_id] if waits.state is QuoteState.PENDING else ())
    people = [account.id for account in mentions.of_post(tx, post.id, silent=True)]
    if post.visibility is Visibility.DIRECT:
        return Recipients(accounts=people, personal=True)
    if post.visibility.is_open:
        group = grouping.find_home(tx, post)
        people += [account for account in (*others, None if group is None else group.id) if account is not None]
    passed_on = relays.inboxes(tx, Style.MASTODON) if is_relayed(post) else ()
    return Recipients(followers=True, accounts=people, inboxes=passed_on)


def is_relayed(post: Post) -> bool:
    """Whether relays are given a post of the owner."""
    return post.visibility is Visibility.PUBLIC and post.boost_of_id is None


def _delete(tx: Tx, event: events.PostDeleted) -> None:
    if not event.local:
        return
    house = houses.get(tx)
    unheard = recalls.supersede(tx, event.post, ["Create"])
    recalls.supersede(tx, event.post, ["Update", "Add", "Remove"])
    send(
        tx,
        outward.delete_note(house, event.uri, addressed=event.audience),
        Recipients(
            followers=house.followers in event.audience,
            inboxes=event.inboxes,
            unheard=set(unheard) - set(event.inboxes),  # who likes or answers it has it, wherever from
        ),
        post=event.post,
    )


# Posts of others --------------------------------------------------------------------------------------------------
def _receive(tx: Tx, event: events.PostReceived) -> None:
    if not event.fresh:
        return
    post, owner = posts.get(tx, event.post), houses.owner_id(tx)
    quiet = event.dated and notifying.is_old(tx, post.published_at)
    if mentions.find(tx, post.id, owner) is False:
        notifying.tell(tx, "mention", post.account_id, post.id, quiet=quiet)
    elif _asked_to_hear(tx, post, owner):
        notifying.tell(tx, "status", post.account_id, post.id, quiet=quiet)


def _asked_to_hear(tx: Tx, post: Post, owner: int) -> bool:
    """Whether the owner wants to be told of everything that this author says (not: answers to others)."""
    known = follows.find(tx, owner, post.account_id)
    answer = post.in_reply_to is not None and post.in_reply_to_account_id != post.account_id
    return known is not None and known.accepted and known.notify and post.in_home and not answer


def _tell_named(tx: Tx, event: events.OwnerNamed) -> None:
    notifying.tell(tx, "mention", posts.get(tx, event.post).account_id, event.post)


def _tell_edit(tx: Tx, event: events.PostEdited) -> None:
    post, owner = posts.get(tx, event.post), houses.owner_id(tx)
    if posts.find_boost(tx, post.id, owner) is not None:
        notifying.tell(tx, "update", post.account_id, post.id)
    for quote in quotes.of_by(tx, post.id, owner):
        notifying.tell(tx, "quoted_update", post.account_id, quote.post_id)


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.PostPublished: _publish,
    events.PostEdited: _edit,
    events.PostDeleted: _delete,
    events.PostReceived: _receive,
    events.OwnerNamed: _tell_named,
}
