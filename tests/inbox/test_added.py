"""What the owner of a conversation adds to it (FEP-171b): believed by its origin, kept where we hold the thread."""

import pytest

from smallfed.domain.account import Account
from smallfed.domain.incoming import Add, Arrival, Create, Handed, Like
from smallfed.domain.post import Post
from smallfed.inbox import registry
from smallfed.inbox.outcome import Done, Elsewhere, Ignored, Outcome
from smallfed.policy.authority import Ask
from smallfed.store import posts
from smallfed.store.tx import Tx
from tests.conftest import Know
from tests.inbox.arriving import BOB, EVE, NOTE, act, arrive, note
from tests.world import say

VERA = "https://hub.example/users/vera"
CONTEXT = "https://hub.example/conversations/1"
THREAD = "https://hub.example/notes/1"


@pytest.fixture
def thread(tx: Tx, owner: Account, know: Know) -> Post:
    """Return a post of vera's, whom nobody follows, in a conversation of hers."""
    return say(tx, know("vera@hub.example", featured=f"{VERA}/featured"), uri=THREAD, context=CONTEXT)


def true(tx: Tx, handed_by: str | None, answers: str = THREAD) -> Outcome:
    """Let an answer of bob's arrive that was found to be true."""
    arrival = Arrival(actor=BOB, personal=False, received_at=tx.now, handed_by=handed_by)
    return registry.handle(tx, act(Create, actor=BOB, post=note(in_reply_to=answers)), arrival)


@pytest.mark.parametrize("answers", [THREAD, "https://hub.example/notes/absent"])
def test_an_answer_is_asked_at_its_origin_where_we_hold_the_thread(tx: Tx, thread: Post, answers: str) -> None:
    create = act(Create, actor=BOB, post=note(in_reply_to=answers))

    outcome = arrive(tx, Handed(id=f"{CONTEXT}#1", actor=VERA, activity=create, document=b"{}"))

    expected = Elsewhere(uri=NOTE) if answers == THREAD else Ignored("It has nothing to do with the owner.")
    assert outcome == expected


@pytest.mark.parametrize(
    ("handed_by", "kept"), [(VERA, True), ("https://hub.example/users/other", True), (EVE, False), (None, False)]
)
def test_who_has_the_conversation_completes_it(
    tx: Tx, thread: Post, know: Know, handed_by: str | None, kept: bool
) -> None:
    """As context: nobody is told, and nothing of it comes home."""
    know("bob@far.example")

    outcome = true(tx, handed_by)

    stored = posts.find_uri(tx, NOTE)
    assert outcome == (Done() if kept else Ignored("It has nothing to do with the owner."))
    assert (stored is not None) is kept
    if stored is not None:
        assert (stored.in_reply_to_id, stored.in_home) == (thread.id, False)


def test_of_a_thread_that_we_do_not_hold_nothing_is_kept(tx: Tx, thread: Post, know: Know) -> None:
    know("bob@far.example")

    assert isinstance(true(tx, VERA, "https://hub.example/notes/absent"), Ignored)


@pytest.mark.parametrize(
    ("actor", "target", "object_", "expected"),
    [
        (VERA, CONTEXT, NOTE, Elsewhere(uri=NOTE, ask=Ask.POST)),
        (VERA, CONTEXT, THREAD, Ignored("It is not about what its actor shows first.")),
        (VERA, CONTEXT, "https://home.example/x", Ignored("It is not about what its actor shows first.")),
        (VERA, "https://far.example/c", NOTE, Ignored("It is not about what its actor shows first.")),
        (VERA, f"{VERA}/featured", NOTE, Ignored("It is on another server than its author.")),
        (EVE, "https://evil.example/c", NOTE, Ignored("It is about a profile that we do not know.")),
    ],
    ids=["a conversation", "known", "ours", "another server's", "featured", "a stranger's"],
)
def test_a_post_by_its_id(tx: Tx, thread: Post, actor: str, target: str, object_: str, expected: Outcome) -> None:
    assert arrive(tx, act(Add, actor=actor, object=object_, target=target)) == expected


def test_a_like_in_a_conversation_is_asked_at_its_id(tx: Tx, owner: Account, thread: Post) -> None:
    ours = say(tx, owner)
    like = act(Like, actor=BOB, object=ours.uri)

    outcome = arrive(tx, Handed(id=f"{CONTEXT}#2", actor=VERA, activity=like, document=b"{}"))

    assert outcome == Elsewhere(uri=str(like.id), ask=Ask.ACTIVITY)
