"""Addressing, in both directions, and the inboxes it comes to."""

from datetime import UTC, datetime
from typing import Any

import pytest

from smallfed.domain.account import Account
from smallfed.domain.post import Visibility
from smallfed.protocol.jsonld import Document
from smallfed.protocol.vocabulary import PUBLIC
from smallfed.translate import audience
from smallfed.translate.audience import Audience
from tests.translate.samples import HOUSE

BOB = "https://far.example/users/bob"
FOLLOWERS = HOUSE.followers


@pytest.mark.parametrize(
    ("visibility", "to", "cc"),
    [
        (Visibility.PUBLIC, (PUBLIC,), (FOLLOWERS, BOB)),
        (Visibility.UNLISTED, (FOLLOWERS,), (PUBLIC, BOB)),
        (Visibility.PRIVATE, (FOLLOWERS,), (BOB,)),
        (Visibility.DIRECT, (BOB,), ()),
    ],
)
def test_ours(visibility: Visibility, to: tuple[str, ...], cc: tuple[str, ...]) -> None:
    """What we address means to others what it means to us."""
    addressed = audience.of(HOUSE, visibility, [BOB, BOB])

    assert addressed == Audience(to, cc)
    assert audience.visibility(addressed, followers=FOLLOWERS) is visibility


@pytest.mark.parametrize(
    ("to", "cc", "direct", "visibility"),
    [
        ((PUBLIC,), (), False, Visibility.PUBLIC),
        ((BOB,), (PUBLIC,), False, Visibility.UNLISTED),
        ((BOB,), (FOLLOWERS,), False, Visibility.PRIVATE),
        ((BOB,), ("https://far.example/users/bob/followers",), False, Visibility.DIRECT),
        ((), (), False, Visibility.DIRECT),
        ((PUBLIC,), (FOLLOWERS,), True, Visibility.DIRECT),
    ],
)
def test_visibility(to: tuple[str, ...], cc: tuple[str, ...], direct: bool, visibility: Visibility) -> None:
    """Only the author's own followers make a post private; the mark of a direct message outranks all."""
    assert audience.visibility(Audience(to, cc), followers=FOLLOWERS, direct=direct) is visibility


def test_visibility_without_known_followers_is_direct() -> None:
    """An address that merely looks like followers is none."""
    assert audience.visibility(Audience((FOLLOWERS,)), followers=None) is Visibility.DIRECT


@pytest.mark.parametrize("name", ["as:Public", "Public", PUBLIC, "http://www.w3.org/ns/activitystreams#Public"])
def test_public_by_all_its_names(name: str) -> None:
    """Public is read by its full name, whatever it was called."""
    assert audience.read(Document({"to": name})) == Audience((PUBLIC,))


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ({}, Audience((PUBLIC,), (BOB,))),
        ({"to": [], "cc": None}, Audience((PUBLIC,), (BOB,))),
        ({"cc": BOB}, Audience((), (BOB,))),
        ({"to": [{"id": BOB}, BOB, "mailto:x", "tag:y"]}, Audience((BOB,))),
    ],
)
def test_the_object_speaks_before_the_activity(inner: dict[str, Any], expected: Audience) -> None:
    """Only where the object is silent does the activity count."""
    activity = Document({"to": ["as:Public"], "cc": BOB})

    assert audience.read(Document(inner), activity) == expected


def test_split() -> None:
    """A list of everybody becomes an audience again."""
    assert audience.split([FOLLOWERS, PUBLIC, BOB, BOB]) == Audience((PUBLIC,), (FOLLOWERS, BOB))
    assert audience.split([BOB]) == Audience((BOB,))


def test_inboxes() -> None:
    """Two on a server with a shared inbox get one delivery; what is personal goes to each."""
    people = [_account("a", shared=True), _account("b", shared=True), _account("c", shared=False)]

    assert audience.inboxes(people, personal=False) == ("https://far.example/inbox", "https://far.example/c/inbox")
    assert audience.inboxes(people, personal=True) == tuple(f"https://far.example/{name}/inbox" for name in "abc")


def _account(name: str, *, shared: bool) -> Account:
    return Account(
        id=1,
        uri=f"https://far.example/{name}",
        username=name,
        host="far.example",
        inbox=f"https://far.example/{name}/inbox",
        shared_inbox="https://far.example/inbox" if shared else None,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
