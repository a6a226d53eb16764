"""Addressing, in both directions."""

from typing import Any

import pytest

from smallfed.domain.post import Visibility
from smallfed.policy import visibility as policy
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
    assert policy.of(to, cc, followers=FOLLOWERS) is visibility


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
