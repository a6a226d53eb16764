"""What stands in an outbox is its owner's word; in that of a group it is what others have posted there."""

from typing import Any

import msgspec
import pytest

from smallfed.domain.account import Account, Kind
from smallfed.domain.incoming import Announce, Create, Handed, Like
from smallfed.protocol import jsonld
from smallfed.translate import outboxes
from tests.shared_data import shared
from tests.world import NOW

GROUP = "https://lemmy.example/c/birds"
HAL = "https://lemmy.example/u/hal"
PAGE = {"id": "https://lemmy.example/post/1", "type": "Page", "attributedTo": HAL, "to": [GROUP], "name": "Herons"}
CREATE = {"id": "https://lemmy.example/activities/1", "type": "Create", "actor": HAL, "object": PAGE}
OUTER = {"id": "https://lemmy.example/activities/2", "type": "Announce", "actor": GROUP}
LIKE = {"id": "https://lemmy.example/activities/3", "type": "Like", "actor": HAL, "object": PAGE["id"]}


def of(kind: Kind, uri: str = GROUP) -> Account:
    return Account(
        id=1, uri=uri, kind=kind, username="birds", host="lemmy.example", inbox=f"{uri}/inbox", created_at=NOW
    )


def read(thing: dict[str, Any], account: Account) -> tuple[type, type | None] | None:
    """What kind of word it is, and what it hands over."""
    stated = outboxes.read(jsonld.read(msgspec.json.encode(thing)), account)
    if stated is None:
        return None
    assert stated.actor == account.uri
    return type(stated), type(stated.activity) if isinstance(stated, Handed) else None


@pytest.mark.parametrize(
    ("thing", "by_group", "by_person"),
    [
        (OUTER | {"object": CREATE}, (Handed, Create), None),
        (OUTER | {"object": LIKE}, (Handed, Like), None),
        (OUTER | {"object": PAGE["id"]}, (Announce, None), (Announce, None)),
        (CREATE, (Handed, Create), None),
        (PAGE, (Handed, Create), (Create, None)),
        (OUTER | {"actor": HAL, "object": CREATE}, None, None),
        (PAGE | {"attributedTo": GROUP}, (Create, None), (Create, None)),
        ({"id": "https://lemmy.example/x", "type": "Person", "inbox": "https://lemmy.example/inbox"}, None, None),
    ],
    ids=["wrapped", "a vote", "by id", "not wrapped", "bare", "another's wrapping", "its own", "no post"],
)
def test_whose_word(thing: dict[str, Any], by_group: object, by_person: object) -> None:
    assert read(thing, of(Kind.GROUP)) == by_group
    assert read(thing, of(Kind.PERSON)) == by_person


def test_what_lemmy_shows() -> None:
    outbox = msgspec.json.decode(shared("payloads/lemmy-assets/lemmy/collections/group_outbox.json").read_bytes())
    group = of(Kind.GROUP, "https://ds9.lemmy.ml/c/testcom")

    assert [read(thing, group) for thing in outbox["orderedItems"]] == [(Handed, Create)] * 2


def test_what_piefed_shows() -> None:
    shown = msgspec.json.decode(shared("payloads/piefed/communities-08-Getting-the-posts.json").read_bytes())

    assert read(shown, of(Kind.GROUP, "https://piefed.social/c/piefed_meta")) == (Handed, Create)
