"""Why something never came: whatever stands in its way is said."""

from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.filter import Action as Hiding
from smallfed.domain.filter import Context
from smallfed.domain.notification import Handling
from smallfed.domain.rule import Action, Family
from smallfed.services import (
    blocking,
    explaining,
    filtering,
    legislating,
    moderating,
    muting,
    receiving,
    screening,
)
from smallfed.services.moderating import Wish
from smallfed.store import mutes, notification_requests, posts
from smallfed.store.tx import Tx
from tests.services.conftest import Incoming


def said(tx: Tx, about: str) -> list[tuple[str, str]]:
    """Return what is said about something, with the first word of what it is."""
    return [(one.what.split()[0], one.why) for one in explaining.why(tx, about)]


def test_what_was_refused(lively: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    rule = legislating.make(lively, Family.KEYWORD, "airdrop", Action.DROP)
    post = incoming(bob, content="airdrop", named=(owner,))
    receiving.receive(lively, post, fresh=True)
    blocking.block(lively, bob)
    moderating.block(lively, "far.example", Wish(reject_media=True))

    of_post, of_person = said(lively, post.uri), said(lively, "@bob@far.example")

    assert of_post == [
        ("server", "silence of far.example by owner"),
        ("ledger", f"Note drop: It says 'airdrop'. (rule {rule.id}: keyword airdrop)"),
    ]
    assert of_person[:2] == [
        ("server", "silence of far.example by owner"),
        ("person", "@bob@far.example: you block them"),
    ]
    assert len(of_person) == 3
    assert said(lively, "https://nobody.example/1") == []


def test_what_is_here_and_not_to_be_seen(lively: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    """A policy keeps it back, a filter matches it, its author and its conversation are muted."""
    screening.change(lively, structs.replace(notification_requests.policy(lively), not_following=Handling.FILTER))
    made = filtering.create(
        lively, filtering.Wish(title="Scams", contexts=[Context.HOME], action=Hiding.HIDE, keywords=[])
    )
    filtering.add_keyword(lively, made.id, "airdrop", whole_word=True)
    post = incoming(bob, content="<p>An Airdrop!</p>", named=(owner,))
    receiving.receive(lively, post, fresh=True)
    stored = posts.find_uri(lively, post.uri)
    assert stored is not None
    muting.mute(lively, bob)
    mutes.put_thread(lively, stored.id)

    found = said(lively, post.uri)

    assert ("person", "@bob@far.example: you mute them") in found
    assert (
        "person",
        "@bob@far.example: your policy keeps back 1 of their posts: filtered notifications in apps",
    ) in found
    assert ("person", "@bob@far.example: 1 of what they did waits in `smallfed review`") in found
    assert ("post", "it is here, but not for your home timeline") in found
    assert ("post", "you mute the conversation it is in") in found
    assert ("filter", "Scams: Airdrop") in found
