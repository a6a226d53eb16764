"""Activities for the tests of handlers: shapes only, no JSON."""

from typing import Any, TypeVar

from smallfed.domain.account import Account
from smallfed.domain.incoming import Arrival, Incoming, IncomingAccount, IncomingPost
from smallfed.domain.relation import Follow
from smallfed.inbox import registry
from smallfed.inbox.outcome import Outcome
from smallfed.store import accounts, follows
from smallfed.store.tx import Tx
from tests.world import NOW

ALICE = "https://home.example/users/alice"
BOB = "https://far.example/users/bob"
EVE = "https://evil.example/users/eve"
CAROL = "https://far.example/users/carol"
NOTE = "https://far.example/notes/1"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"

A = TypeVar("A", bound=Incoming)


def act(type_: type[A], number: int = 1, /, *, actor: str = BOB, **changes: Any) -> A:
    """Return an activity of ``actor``."""
    return type_(**{"id": f"{actor}#{type_.__name__}/{number}", "actor": actor} | changes)


def note(**changes: Any) -> IncomingPost:
    """Return a public post of bob's."""
    values = {"uri": NOTE, "author": BOB, "kind": "Note", "content": "<p>Hello</p>", "published_at": NOW}
    return IncomingPost(**(values | {"to": (PUBLIC,), "cc": (f"{BOB}/followers",)} | changes))


def profile(account: Account, **changes: Any) -> IncomingAccount:
    """Return the actor document of an account."""
    values = {"uri": account.uri, "kind": account.kind, "username": account.username, "inbox": account.inbox}
    return IncomingAccount(**(values | changes))


def arrive(tx: Tx, incoming: Incoming, *, signed_by: str | None = None, personal: bool = False) -> Outcome:
    """Hand an activity to the registry, signed by its actor unless somebody else is named."""
    arrival = Arrival(actor=signed_by or incoming.actor, personal=personal, received_at=tx.now)
    return registry.handle(tx, incoming, arrival)


def befriend(tx: Tx, account: Account, *, accepted: bool = True) -> Follow:
    """Let the owner follow ``account``, or only ask to."""
    number = tx.new_id()
    follow = Follow(
        id=number,
        follower_id=accounts.owner(tx).id,
        target_id=account.id,
        uri=f"https://home.example/follows/{number}",
        accepted=accepted,
        created_at=tx.now,
    )
    follows.put(tx, follow)
    return follow
