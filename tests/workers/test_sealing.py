"""Linked-data signatures are added once, before anything is sent."""

import logging
from base64 import b64decode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trio
from trio.testing import MockClock

from smallfed.protocol.signatures import ldsignature
from smallfed.protocol.vocabulary import AS2
from smallfed.store.tx import Tx
from tests.workers.post_office import HOUSE, KEY, Office, open_office

ANSWER = {
    "@context": [AS2, "https://w3id.org/security/v1"],
    "id": f"{HOUSE.actor}/notes/1/activity",
    "type": "Create",
    "actor": HOUSE.actor,
    "object": {"id": f"{HOUSE.actor}/notes/1", "type": "Note", "content": "An answer"},
}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as office:
        yield office


async def send(office: Office, document: dict[str, Any], *inboxes: str) -> int:
    number = await office.send(*inboxes, body=msgspec.json.encode(document).decode())
    await office.db.write(lambda tx: tx.run("UPDATE bodies SET unsealed = 1 WHERE id = ?", number))
    return number


def stored(tx: Tx) -> list[tuple[bytes, int]]:
    return tx.all("SELECT body, unsealed FROM bodies")


async def test_it_is_signed_once_and_the_same_for_everybody(office: Office, autojump_clock: MockClock) -> None:
    """Also for whoever gets it hours later, and after a restart."""
    office.network.script["late.example"] = [503, 503, 202]
    await send(
        office, ANSWER, *(f"https://h{number}.example/inbox" for number in range(150)), "https://late.example/in"
    )

    async with office.at_work():
        await trio.sleep(1)
    async with office.at_work():
        await trio.sleep(3600)

    (sent,) = {request.body for request in office.network.requests}
    assert len(office.network.requests) == 153
    assert await office.db.read(stored) == [(sent, 0)]
    document = msgspec.json.decode(sent)
    signature = document["signature"]
    assert (signature["creator"], signature["created"], signature["expires"]) == (
        HOUSE.key_id,
        "2026-03-01T12:00:00Z",
        "2026-03-03T12:00:00Z",
    )
    signed = ldsignature.to_be_signed(document, signature)
    assert KEY.public.verify(b64decode(signature["signatureValue"]), signed)


async def test_what_cannot_be_signed_is_sent_as_it_is(office: Office, autojump_clock: MockClock) -> None:
    """Whoever gets it from us needs no such signature."""
    strange = ANSWER | {"@context": "https://nowhere.example/context"}
    await send(office, strange, "https://far.example/inbox")

    async with office.at_work():
        await trio.sleep(1)

    assert office.network.bodies("far.example") == [msgspec.json.encode(strange).decode()]
    assert await office.db.read(stored) == [(msgspec.json.encode(strange), 0)]


async def test_a_bug_of_ours_holds_nobody_up(
    office: Office, autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(_: bytes) -> bytes:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(office.identity, "seal", stumble)
    await send(office, ANSWER, "https://far.example/inbox")

    with caplog.at_level(logging.CRITICAL, logger="smallfed.workers.sealing"):
        async with office.at_work():
            await trio.sleep(1)

    assert office.network.bodies("far.example") == [msgspec.json.encode(ANSWER).decode()]
