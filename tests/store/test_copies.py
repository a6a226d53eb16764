"""Copies of others' media: one row for each remote address, and a key for the addresses of ours."""

import sqlite3

import pytest
from msgspec import structs

from smallfed.domain.copy import Cause, Copy, CopyState, Subject
from smallfed.store import copies, houses
from smallfed.store.tx import Tx
from tests import world
from tests.world import later


def copy(tx: Tx, url: str = "https://far.example/cat.png", **changes: object) -> Copy:
    known = Copy(
        id=0,
        url=url,
        host="far.example",
        subject=Subject.ATTACHMENT,
        subject_id=7,
        cause=Cause.FOLLOW,
        file="a.png",
        media_type="image/png",
        size=9,
        digest=b"d",
        fetched_at=tx.now,
        seen_at=tx.now,
    )
    return structs.replace(known, **changes)


def test_what_is_put_is_found_by_its_address(tx: Tx) -> None:
    put = copies.put(tx, copy(tx, preview="b.jpg", preview_type="image/jpeg", preview_size=3))

    assert copies.find(tx, put.url) == put
    assert put.id > 0
    assert copies.find(tx, "https://far.example/dog.png") is None
    assert copies.files(tx) == {"a.png", "b.jpg"}


def test_an_address_has_one_row(tx: Tx) -> None:
    copies.put(tx, copy(tx))

    with pytest.raises(sqlite3.IntegrityError):
        copies.put(tx, copy(tx))


@pytest.mark.parametrize(
    "changes",
    [
        {"state": CopyState.FAILED},
        {"size": None},
        {"digest": None},
        {"media_type": ""},
        {"preview": "b.jpg"},
        {"preview": "b.jpg", "preview_size": 1},
    ],
)
def test_rows_that_cannot_be(tx: Tx, changes: dict[str, object]) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        copies.put(tx, copy(tx, **changes))


def test_many_are_seen_at_once(tx: Tx) -> None:
    one, other = (copies.put(tx, copy(tx, url)) for url in ("https://far.example/1", "https://far.example/2"))
    after = later(tx, days=1)

    copies.seen(after, [one.id])

    assert copies.find(tx, one.url) == structs.replace(one, seen_at=after.now)
    assert copies.find(tx, other.url) == other


def test_a_house_has_a_key_of_its_own(tx: Tx) -> None:
    world.acquaint(tx, "alice@home.example", local=True)

    house = houses.get(tx)

    key = houses.secret(tx, houses.REMOTE_MEDIA)
    assert key is not None
    assert len(key) == 32
    assert house.signet is not None
    assert houses.get(tx).signet == house.signet


def test_media_may_move_to_another_host(tx: Tx) -> None:
    world.acquaint(tx, "alice@home.example", local=True)

    houses.move_media(tx, "media.example")

    assert houses.get(tx).media_base == "https://media.example"
