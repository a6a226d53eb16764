"""Who may see a post, and what an addressing means."""

import pytest

from smallfed.domain.post import Visibility
from smallfed.policy.visibility import Sight, may_see, of

PUBLIC, UNLISTED, PRIVATE, DIRECT, LOCAL = Visibility
EVERYBODY = "https://www.w3.org/ns/activitystreams#Public"
FOLLOWERS = "https://far.example/users/bob/followers"
ALICE = "https://home.example/users/alice"


@pytest.mark.parametrize(
    ("sight", "seen"),
    [
        (Sight(visibility=PUBLIC), True),
        (Sight(visibility=UNLISTED), True),
        (Sight(visibility=PRIVATE), False),
        (Sight(visibility=DIRECT), False),
        (Sight(visibility=PRIVATE, follows=True), True),
        (Sight(visibility=DIRECT, follows=True), False),
        (Sight(visibility=PRIVATE, named=True), True),
        (Sight(visibility=DIRECT, named=True), True),
        (Sight(visibility=DIRECT, wrote=True), True),
        (Sight(visibility=LOCAL, wrote=True), True),
        (Sight(visibility=LOCAL, named=True, follows=True), False),
        (Sight(visibility=PUBLIC, shut_out=True), False),
        (Sight(visibility=DIRECT, named=True, shut_out=True), False),
        (Sight(visibility=PUBLIC, boosted=Sight(visibility=PUBLIC)), True),
        (Sight(visibility=PUBLIC, boosted=Sight(visibility=PRIVATE)), False),
        (Sight(visibility=PRIVATE, follows=True, boosted=Sight(visibility=PRIVATE, follows=True)), True),
        (Sight(visibility=PRIVATE, boosted=Sight(visibility=PUBLIC)), False),
        (Sight(visibility=PUBLIC, boosted=Sight(visibility=PUBLIC, shut_out=True)), False),
    ],
)
def test_who_may_see(sight: Sight, seen: bool) -> None:
    """Blocks outrank everything; a boost shows nothing that its original hides."""
    assert may_see(sight) is seen


@pytest.mark.parametrize(
    ("to", "cc", "meant"),
    [
        ([EVERYBODY], [FOLLOWERS], PUBLIC),
        (["as:Public"], [], PUBLIC),
        (["Public"], [], PUBLIC),
        ([FOLLOWERS], [EVERYBODY], UNLISTED),
        ([FOLLOWERS], [], PRIVATE),
        ([ALICE], [FOLLOWERS], PRIVATE),
        ([ALICE], [], DIRECT),
        ([], [], DIRECT),
        (["https://evil.example/users/bob/followers"], [], DIRECT),
    ],
)
def test_what_an_addressing_means(to: list[str], cc: list[str], meant: Visibility) -> None:
    """Only the author's own followers collection makes a post followers-only, compared as it is written."""
    assert of(to, cc, followers=FOLLOWERS) is meant


def test_litepub_says_direct() -> None:
    """``directMessage: true`` outranks the addressing."""
    assert of([EVERYBODY], [], followers=FOLLOWERS, direct=True) is DIRECT
