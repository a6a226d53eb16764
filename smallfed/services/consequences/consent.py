"""What follows from quotes and other things that need consent: who is asked, answered, and told.

Spec: FEP-044f, FEP-7aa9; PROTOCOL §§4.15, 5.7, 5.8, 6.1; CLIENT_API §7 (notifications).
"""

from collections.abc import Callable
from typing import Any

from msgspec import structs

from smallfed.domain import events
from smallfed.domain.events import Event, FetchQueued
from smallfed.domain.interaction import Interaction
from smallfed.services import notifying, rendering, screening
from smallfed.services.consequences.posts import audience, tell_again
from smallfed.services.consequences.sending import send, send_to
from smallfed.store import accounts, fetches, houses, posts, quotes, recalls, recipients, stamps
from smallfed.store.recipients import Recipients
from smallfed.store.tx import Tx
from smallfed.translate import consenting, outward


# Quotes ---------------------------------------------------------------------------------------------------------------
def _look(tx: Tx, event: events.QuoteFound) -> None:
    post = posts.get(tx, event.post)
    if not screening.keeps_back(tx, post) and fetches.put(tx, post.uri, kind="quote", depth=event.depth):
        tx.announce(FetchQueued())


def _ask(tx: Tx, event: events.QuoteAsked) -> None:
    house, post = houses.get(tx), posts.get(tx, event.post)
    quote = quotes.of_post(tx, post.id)
    if quote is None or quote.quoted_id is None or quote.quoted is None or quote.request is None:
        return
    author = accounts.get(tx, posts.get(tx, quote.quoted_id).account_id)
    note = rendering.note(tx, house, post)
    request = consenting.quote_request(house, uri=quote.request, quoted=quote.quoted, author=author.uri, note=note)
    send_to(tx, request, author, post=post.id)


def _settle(tx: Tx, event: events.QuoteSettled) -> None:
    """Tell everybody who has the owner's quote what has come of it: the stamp is there, or is not any more."""
    if event.local:
        tell_again(tx, posts.get(tx, event.post))


def _change_policy(tx: Tx, event: events.PolicyChanged) -> None:
    tell_again(tx, posts.get(tx, event.post))


# Requests -------------------------------------------------------------------------------------------------------------
def _grant(tx: Tx, event: events.RequestGranted) -> None:
    house, account, stamp = houses.get(tx), accounts.get(tx, event.account), stamps.find(tx, event.stamp)
    if stamp is None:
        return
    accept = consenting.answer(
        house,
        stamp.kind,
        uri=house.thing("accepts", tx.new_id()),
        request=event.request,
        asker=account.uri,
        interacting=stamp.interacting,
        target=stamp.target,
        result=house.thing("stamps", stamp.id),
    )
    send_to(tx, accept, account)
    if stamp.kind is Interaction.QUOTE and not event.again:
        quoting = posts.find_uri(tx, stamp.interacting)
        if quoting is not None:  # what cannot be shown would be counted and never seen
            notifying.tell(tx, "quote", account.id, quoting.id)


def _deny(tx: Tx, event: events.RequestDenied) -> None:
    house, account = houses.get(tx), accounts.get(tx, event.account)
    reject = consenting.answer(
        house,
        event.kind,
        uri=house.thing("rejects", tx.new_id()),
        request=event.request,
        asker=account.uri,
        interacting=event.interacting,
        target=event.target,
        result=None,
    )
    send_to(tx, reject, account)


def _revoke(tx: Tx, event: events.StampRevoked) -> None:
    """Tell who had the stamp; and, of what is no secret, everybody who may show it."""
    house, account = houses.get(tx), accounts.get(tx, event.account)
    uri = house.thing("stamps", event.stamp)
    stamp = consenting.stamp(house, event.kind, uri=uri, interacting=event.interacting, target=event.target)
    delete = consenting.delete_stamp(house, stamp, public=event.public, asker=account.uri)
    if not event.public:
        send_to(tx, delete, account)
        return
    concerned = [] if event.post is None else recipients.concerned(tx, event.post)
    send(tx, delete, Recipients(followers=True, accounts=[account.id, *concerned]))


# What waited for an author's word -------------------------------------------------------------------------------------
def _approve(tx: Tx, event: events.InteractionApproved) -> None:
    post, house = posts.get(tx, event.post), houses.get(tx)
    activity = rendering.activity(tx, house, post)
    if post.boost_of_id is None:
        send(tx, activity, audience(tx, post, [post.in_reply_to_account_id]), post=post.id)
    else:
        author = posts.get(tx, post.boost_of_id).account_id
        send(tx, activity, Recipients(followers=True, accounts=[author]), post=post.id)


def _turn_down(tx: Tx, event: events.ReplyTurnedDown) -> None:
    recalls.supersede(tx, event.post, ["Create", "Update"])
    if event.inboxes:
        delete = outward.delete_note(houses.get(tx), event.uri, addressed=event.audience)
        send(tx, structs.replace(delete, id=f"{event.uri}#withdrawn"), Recipients(inboxes=event.inboxes))


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.QuoteFound: _look,
    events.QuoteAsked: _ask,
    events.QuoteSettled: _settle,
    events.PolicyChanged: _change_policy,
    events.RequestGranted: _grant,
    events.RequestDenied: _deny,
    events.StampRevoked: _revoke,
    events.InteractionApproved: _approve,
    events.ReplyTurnedDown: _turn_down,
}
