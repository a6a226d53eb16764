"""Whom to believe what: an activity proves only what its sender may say for itself.

Spec: PROTOCOL §§4.6, 4.7; FEP-fe34; SAFETY rules 5, 8–11.

What needs the stored author (Update, Delete, Undo of something known) is checked where it is looked up.
"""

from msgspec import Struct

from smallfed.domain.incoming import (
    Arrival,
    Create,
    Delete,
    Incoming,
    IncomingPost,
    Mentioned,
    UpdateAccount,
    UpdatePost,
)
from smallfed.domain.refused import Refused
from smallfed.domain.uris import same_origin


class Elsewhere(Struct, frozen=True, kw_only=True):
    """The sender's word is not enough: the post ``uri`` must be read at its origin, and what stands there counts.

    ``update`` says that a version known already is no reason not to.
    """

    uri: str
    update: bool = False


Weighed = Incoming | Elsewhere | Refused


def weigh(incoming: Incoming, arrival: Arrival) -> Weighed:
    """Return the activity when its sender may say all of it, else where the truth is, or why there is none."""
    if incoming.id is not None and not same_origin(incoming.id, incoming.actor):
        return Refused("Its id is on another server than its actor.")
    if incoming.actor != arrival.actor:
        return _forwarded(incoming, arrival)
    match incoming:
        case Mentioned(object=uri, update=update):
            return Elsewhere(uri=uri, update=update)
        case Create(post=post) | UpdatePost(post=post):
            return incoming if speaks_for(incoming.actor, post) else _elsewhere(post, isinstance(incoming, UpdatePost))
        case UpdateAccount(account=account) if account.uri != incoming.actor:
            return Refused("Only an actor itself can change its profile.")
        case Delete(object=uri) if not same_origin(uri, incoming.actor):
            return Refused("What is to be deleted is on another server than who deletes it.")
        case _:
            return incoming


def speaks_for(actor: str, post: IncomingPost) -> bool:
    """Whether ``actor`` may hand over ``post``: it is the author, and the post lives on its own server."""
    return post.author == actor and same_origin(post.uri, actor)


def at_home(post: IncomingPost) -> bool:
    """Whether a post that was read at its own address may be attributed to whom it names."""
    return same_origin(post.uri, post.author)


def _forwarded(incoming: Incoming, arrival: Arrival) -> Elsewhere | Refused:
    """Judge what somebody passes on that another one said: only posts, and those can be asked for at their origin."""
    match incoming:
        case Create(post=post):
            return _elsewhere(post, update=False)
        case UpdatePost(post=post):
            return _elsewhere(post, update=True)
        case Mentioned(object=uri, update=update):
            return Elsewhere(uri=uri, update=update)
        case _:
            return Refused(f"It was signed by {arrival.actor}, not by the actor it names.")


def _elsewhere(post: IncomingPost, update: bool) -> Elsewhere:
    return Elsewhere(uri=post.uri, update=update)
