"""Who may follow us, and which answers to our own Follow count."""

from datetime import UTC, datetime

import pytest

from smallfed.domain.account import Account
from smallfed.domain.incoming import FollowReference
from smallfed.domain.relation import Follow
from smallfed.policy.following import FollowVerdict, may_follow, names

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ALICE = "https://home.example/users/alice"
BOB = "https://far.example/users/bob"
URI = "https://home.example/follows/1"


def alice(*, locked: bool) -> Account:
    """Return the owner."""
    return Account(
        id=1,
        uri=ALICE,
        username="alice",
        host="home.example",
        inbox=f"{ALICE}/inbox",
        locked=locked,
        created_at=NOW,
    )


@pytest.mark.parametrize(
    ("locked", "already", "blocked", "muted", "verdict"),
    [
        (False, False, False, False, FollowVerdict.ACCEPT),
        (True, False, False, False, FollowVerdict.ASK_OWNER),
        (False, False, False, True, FollowVerdict.ASK_OWNER),
        (True, True, False, True, FollowVerdict.ACCEPT),
        (False, False, True, False, FollowVerdict.REFUSE),
        (True, True, True, True, FollowVerdict.REFUSE),
    ],
)
def test_may_follow(locked: bool, already: bool, blocked: bool, muted: bool, verdict: FollowVerdict) -> None:
    """A block outranks everything; who is in stays in."""
    assert may_follow(alice(locked=locked), already=already, blocked=blocked, muted=muted) is verdict


@pytest.mark.parametrize(
    ("reference", "ours"),
    [
        (FollowReference(id=URI), True),
        (FollowReference(id=URI, actor=ALICE, object=BOB), True),
        (FollowReference(id="https://far.example/other", actor=ALICE, object=BOB), True),
        (FollowReference(actor=ALICE, object=BOB), True),
        (FollowReference(id=URI, actor="https://evil.example/eve", object=BOB), False),
        (FollowReference(id="https://home.example/follows/2"), False),
        (FollowReference(object=BOB), False),
        (FollowReference(), False),
    ],
)
def test_which_answer_names_our_follow(reference: FollowReference, ours: bool) -> None:
    """By its id, or by who follows whom where a server gives it back with another."""
    follow = Follow(id=1, follower_id=1, target_id=2, uri=URI, accepted=False, created_at=NOW)

    assert names(reference, follow, owner=ALICE, target=BOB) is ours
