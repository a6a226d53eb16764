"""Forwarding: answers to our posts, and quotes, with their edits and ends, go on to our followers, who lack them else.

They go as they came, to the last bit, and only where they carry what lets others believe them without us. What was
itself handed over to us is not handed on.

Spec: ActivityPub §7.1.2; PROTOCOL §4.12; SAFETY rules 19, 25.
"""

from collections.abc import Callable, Collection

from msgspec import Struct

from smallfed.domain.events import Event, PostDeleted, PostEdited, PostReceived
from smallfed.domain.incoming import Create, Delete, Incoming, IncomingPost, UpdatePost
from smallfed.domain.interaction import Quote, QuoteState
from smallfed.domain.post import Post
from smallfed.domain.uris import host, same_origin
from smallfed.policy import forwarding
from smallfed.protocol import jsonld
from smallfed.protocol.envelope import is_vouched
from smallfed.services import queueing
from smallfed.store import accounts, bodies, documents, forwards, houses, judgements, posts, quotes
from smallfed.store.recipients import Recipients
from smallfed.store.tx import Tx
from smallfed.translate import tags


class Came(Struct, frozen=True, kw_only=True):
    """An activity that its own actor has sent us. ``body`` reads the bytes."""

    activity: str
    type: str
    actor: str
    body: Callable[[], bytes]


class _Reason(Struct, frozen=True, kw_only=True):
    post: int
    thread: int


def pass_on(tx: Tx, came: Came, incoming: Incoming) -> None:
    """Queue ``came`` for our followers if what it has just changed here (``tx.announced``) concerns them."""
    if isinstance(incoming, Create | UpdatePost):
        if not _could_be(tx, incoming.post):
            return
    elif not isinstance(incoming, Delete):
        return
    reasons = _reasons(tx, incoming)
    if not reasons or not forwarding.affordable(forwards.spent(tx, reasons[0].thread)):
        return
    body = came.body()
    if (
        len(body) > forwarding.LONGEST
        or not is_vouched(body)
        or not forwards.put(tx, came.activity, actor=came.actor, thread=reasons[0].thread)
    ):
        return
    number = bodies.put(tx, activity=came.activity, type_=came.type, body=body, post=reasons[0].post)
    to = Recipients(followers=True, without=_had(came.actor, incoming))
    queueing.put(tx, number, to)


def _could_be(tx: Tx, post: IncomingPost) -> bool:
    """Whether it is worth a look: of what arrives, nearly nothing is."""
    owner = accounts.owner(tx)
    quoted = None if post.quote is None else post.quote.uri
    if any(uri is not None and same_origin(uri, owner.uri) for uri in (post.in_reply_to, quoted, *post.links)):
        return True
    return owner.followers in post.to or owner.followers in post.cc


def _reasons(tx: Tx, incoming: Incoming) -> list[_Reason]:
    found = [reason for event in tx.announced if (reason := _reason(tx, event, incoming)) is not None]
    if found or not isinstance(incoming, Create | UpdatePost):
        return found
    return _agreed_since(tx, incoming)


def _reason(tx: Tx, event: Event, incoming: Incoming) -> _Reason | None:
    match event:
        case PostReceived(post=number, fresh=True) | PostEdited(post=number, local=False):
            links = incoming.post.links if isinstance(incoming, Create | UpdatePost) else ()
            return _about(tx, posts.get(tx, number), links, _addressed(incoming))
        case PostDeleted(post=number, local=False, shown_by_us=True):
            return _Reason(post=number, thread=0)
        case _:
            return None


def _about(tx: Tx, post: Post, links: Collection[str], addressed: Collection[str]) -> _Reason | None:
    if judgements.waits(tx, post.id):
        return None
    concerned = _concerned(tx, post, links)
    if not forwarding.is_for_followers(post, concerned, addressed, houses.get(tx).followers):
        return None
    return _Reason(post=post.id, thread=next((one.id for one in concerned if one.local), post.in_reply_to_id or 0))


def _agreed_since(tx: Tx, incoming: Create | UpdatePost) -> list[_Reason]:
    """Return the reason to pass on what changes nothing here: a quote that we had before, as its author asked first.

    Others hear of it when it is made, and when it names the consent that it has got.
    """
    known = posts.find_uri(tx, incoming.post.uri)
    quote = None if known is None else _agreed(tx, known)
    if known is None or quote is None or quote.stamp is None:
        return []
    named = None if incoming.post.quote is None else incoming.post.quote.stamp
    if isinstance(incoming, UpdatePost) and named != quote.stamp:
        return []
    reason = _about(tx, known, (), ())
    return [] if reason is None else [reason]


def _concerned(tx: Tx, post: Post, links: Collection[str]) -> list[Post]:
    """Return the posts that one is about: what it answers, what it quotes with consent, and what else its tags name."""
    quote = quotes.of_post(tx, post.id)
    agreed = quote is not None and quote.state is QuoteState.ACCEPTED
    numbers = (post.in_reply_to_id, quote.quoted_id if quote is not None and agreed else None)
    found = [None if number is None else posts.find(tx, number) for number in numbers]
    base, quoted = houses.get(tx).base + "/", None if quote is None else quote.quoted
    found += [posts.find_uri(tx, uri) for uri in links if uri.startswith(base) and uri != quoted]
    return [one for one in found if one is not None]


def _agreed(tx: Tx, post: Post) -> Quote | None:
    quote = quotes.of_post(tx, post.id)
    return quote if quote is not None and quote.state is QuoteState.ACCEPTED else None


def _addressed(incoming: Incoming) -> tuple[str, ...]:
    return (*incoming.post.to, *incoming.post.cc) if isinstance(incoming, Create | UpdatePost) else ()


def _had(actor: str, incoming: Incoming) -> set[str]:
    """Return the hosts that have it from its own server: that one, and those of whom it addresses."""
    return {name for uri in (actor, *_addressed(incoming)) if (name := host(uri)) is not None}


def shown_by_us(tx: Tx, post: Post) -> bool:
    """Whether our followers may have somebody else's post by us: it is about one of ours, or the owner boosted it."""
    if not post.visibility.is_open:
        return False
    about = forwarding.is_for_followers(post, _concerned(tx, post, _links(tx, post)), (), "")
    return about or posts.find_boost(tx, post.id, houses.owner_id(tx)) is not None


def _links(tx: Tx, post: Post) -> tuple[str, ...]:
    """Return the objects that a stored post names in tags, if any of them can be ours."""
    document = None if post.local else documents.find(tx, post.id)
    if document is None or houses.get(tx).base.encode() not in document:
        return ()
    return tags.links(jsonld.read(document))
