"""Authority: who may do what, and whose word it is. TABLE is the whole of it; what it names stands below.

An activity proves only what its sender may say for itself. What somebody hands over that another one did (a forward, a
group's Announce) is that other one's word when it carries their proof; without one the origin is asked.

Spec: PROTOCOL §§4.6, 4.7, 4.11; ActivityPub §7.1.2; FEP-fe34, FEP-8b32; SAFETY rules 5, 8–13, 15.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from msgspec import Struct, structs

from smallfed.domain.account import Account
from smallfed.domain.incoming import (
    Accept,
    Add,
    Announce,
    Arrival,
    Block,
    Create,
    Delete,
    Flag,
    Follow,
    Handed,
    Incoming,
    IncomingPost,
    Like,
    Lock,
    Mentioned,
    Move,
    NotUnderstood,
    Reject,
    Remove,
    Request,
    Undo,
    UpdateAccount,
    UpdatePost,
    Votes,
)
from smallfed.domain.post import Post, Visibility
from smallfed.domain.refused import Refused
from smallfed.domain.uris import same_origin


class Ask(Enum):
    """What is asked of the origin, where nobody's word here is enough."""

    POST = "what stands at the id of a post that we lack"
    VERSION = "what stands at the id of a post, though we know it"
    PROFILE = "what stands at the id of an actor"
    ABSENCE = "whether a post or an actor is gone"
    ACTIVITY = "what stands at the id of an activity"
    MODERATORS = "who moderates a group, which the group has to say"


class Elsewhere(Struct, frozen=True, kw_only=True):
    """The truth is at ``uri``, and counts as if whoever lives there had sent it. "" is no place: only a proof helps."""

    uri: str
    ask: Ask = Ask.POST


Weighed = Incoming | Elsewhere | Refused
Judge = Callable[[Any], Weighed]


class Rule(Struct, frozen=True):
    """``sent``: what its own actor may say. ``handed``: where to ask when another hands it over without a proof."""

    sent: Judge
    handed: Judge


def weigh(incoming: Incoming, arrival: Arrival) -> Weighed:
    """Return the activity when its sender may say all of it, else where the truth is, or why there is none."""
    return misattributed(incoming, arrival) or TABLE[type(incoming)].sent(incoming)


def misattributed(incoming: Incoming, arrival: Arrival) -> Refused | None:
    """Judge whether ``incoming`` is its sender's at all."""
    if incoming.id is not None and not same_origin(incoming.id, incoming.actor):
        return Refused("Its id is on another server than its actor.")
    if incoming.actor != arrival.actor:
        return Refused(f"It was signed by {arrival.actor}, not by the actor it names.")
    return None


# What an activity itself shows ----------------------------------------------------------------------------------------
def _all(incoming: Incoming) -> Weighed:
    return incoming


def _own_post(incoming: Create | UpdatePost) -> Weighed:
    return incoming if speaks_for(incoming.actor, incoming.post) else _the_post(incoming)


def _own_votes(incoming: Votes) -> Weighed:
    if not all(speaks_for(incoming.actor, vote) for vote in incoming.posts):
        return Refused("It holds votes that are not the sender's own.")
    return incoming


def _own_request(incoming: Request) -> Weighed:
    """What comes along in another's name is left aside: then it has to be asked of its origin."""
    if incoming.post is None or speaks_for(incoming.actor, incoming.post):
        return incoming
    return structs.replace(incoming, post=None)


def _own_profile(incoming: UpdateAccount) -> Weighed:
    if incoming.account.uri != incoming.actor:
        return Refused("Only an actor itself can change its profile.")
    return incoming


def _own_server(incoming: Delete) -> Weighed:
    if not same_origin(incoming.object, incoming.actor):
        return Refused("What is to be deleted is on another server than who deletes it.")
    return incoming


def _by_proof_or_origin(incoming: Handed) -> Weighed:
    inner = incoming.activity
    if isinstance(inner, NotUnderstood):
        return Refused(inner.reason)
    if inner.id is not None and not same_origin(inner.id, inner.actor):
        return Refused("Its id is on another server than its actor.")
    return TABLE[type(inner)].handed(inner)


def _the_post(incoming: Create | UpdatePost | Mentioned) -> Weighed:
    if isinstance(incoming, Mentioned):
        ask = Ask.PROFILE if incoming.object == incoming.actor else Ask.VERSION if incoming.update else Ask.POST
        return Elsewhere(uri=incoming.object, ask=ask)
    return Elsewhere(uri=incoming.post.uri, ask=Ask.VERSION if isinstance(incoming, UpdatePost) else Ask.POST)


def _the_profile(incoming: UpdateAccount) -> Weighed:
    return Elsewhere(uri=incoming.account.uri, ask=Ask.PROFILE)


def _its_absence(incoming: Delete) -> Weighed:
    return Elsewhere(uri=incoming.object, ask=Ask.ABSENCE)


def _its_id(incoming: Incoming) -> Weighed:
    return Elsewhere(uri=incoming.id or "", ask=Ask.ACTIVITY)


def _never(_: Incoming) -> Weighed:
    return Refused("It is between two, and nobody else can hand it over.")


TABLE: Mapping[type[Incoming], Rule] = {
    # ............. its own actor may say . handed over without proof .. and of what is stored, only
    Accept: Rule(_all, _never),  # .................................... whom we asked (inbox/answering)
    Add: Rule(_all, _its_id),  # ...................................... to its own collection (services/pinning)
    Announce: Rule(_all, _its_id),  # ................................. what is public (may_boost)
    Block: Rule(_all, _never),  # ..................................... of the owner (inbox/block)
    Create: Rule(_own_post, _the_post),  # ............................ on its own server (may_write)
    Delete: Rule(_own_server, _its_absence),  # ....................... its own (may_change), a neighbour's once gone
    Flag: Rule(_all, _never),  # ...................................... the owner, or the owner's (services/reporting)
    Follow: Rule(_all, _never),  # .................................... of the owner (inbox/follow)
    Handed: Rule(_by_proof_or_origin, _never),  # ..................... what concerns the owner (inbox/handed)
    Like: Rule(_all, _its_id),  # ..................................... what they can see (services/liking)
    Lock: Rule(_all, _never),  # ...................................... nothing: groups say it (services/governing)
    Mentioned: Rule(_the_post, _the_post),  # ......................... as Create
    Move: Rule(_all, _its_id),  # ..................................... itself, as the other account confirms (may_move)
    Reject: Rule(_all, _never),  # .................................... whom we asked (inbox/answering)
    Remove: Rule(_all, _its_id),  # ................................... from its own collection (services/pinning)
    Request: Rule(_own_request, _never),  # ........................... what would be its own (services/consenting)
    Undo: Rule(_all, _its_id),  # ..................................... its own doings (services/undoing)
    UpdateAccount: Rule(_own_profile, _the_profile),  # ............... itself
    UpdatePost: Rule(_own_post, _the_post),  # ........................ its own (may_change)
    Votes: Rule(_own_votes, _its_id),  # .............................. in a poll they can see (policy/voting)
}


# What is stored -------------------------------------------------------------------------------------------------------
def speaks_for(actor: str, post: IncomingPost) -> bool:
    """Whether ``actor`` may hand over ``post``: it is the author, and the post lives on its own server."""
    return post.author == actor and same_origin(post.uri, actor)


def at_home(post: IncomingPost) -> bool:
    """Whether a post that was read at its own address may be attributed to whom it names."""
    return same_origin(post.uri, post.author)


def may_write(author: Account, uri: str) -> Refused | None:
    """Judge whether ``author``, not being us, may have made the object ``uri``."""
    if author.local:
        return Refused("Our own posts are not taken from others.")
    if not same_origin(uri, author.uri):
        return Refused("It is on another server than its author.")
    return None


def may_change(post: Post, author: Account | None, actor: str) -> Refused | None:
    """Judge whether ``actor`` may change or delete ``post`` by ``author``: a neighbour is a stranger."""
    if post.local or author is None or author.uri != actor:
        return Refused("Only its author may change or delete it.")
    return None


def may_boost(booster: int, post: Post) -> Refused | None:
    """Judge whether the account ``booster`` may boost ``post``: authors also what is for their followers."""
    if post.boost_of_id is not None:
        return Refused("A boost cannot be boosted.")
    if post.visibility.is_open:
        return None
    if post.visibility is Visibility.PRIVATE and post.account_id == booster:
        return None
    return Refused("The post is not public.")
