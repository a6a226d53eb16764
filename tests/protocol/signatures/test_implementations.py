"""Requests other software really signed: Fedify in both schemes, and one captured from oeee.cafe."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from smallfed.errors import Unauthenticated
from smallfed.protocol.signatures import verifying
from smallfed.protocol.signatures.keys import PublicKey
from smallfed.protocol.signatures.message import Message, request
from tests.shared_data import shared

GENERATED_AT = datetime(2026, 11, 23, 2, 0, 0, tzinfo=UTC)


def _message(case: dict[str, Any], headers: dict[str, str]) -> Message:
    body = None if case["body"] is None else case["body"].encode()
    return request(case["method"], case["url"], headers=tuple(headers.items()), body=body)


def _generated(number: int) -> tuple[Message, PublicKey]:
    data = json.loads(shared("impl-signatures/fedify-2.3.6-generated.json").read_text())
    case = data["http"][number]
    return _message(case, case["headers"]), PublicKey.from_pem(data["rsa_public_pem"])


@pytest.mark.parametrize(
    ("number", "scheme"),
    [(0, "cavage"), (1, "rfc9421"), (2, "cavage"), (3, "rfc9421")],
    ids=["post", "post", "get", "get"],
)
def test_fedify(number: int, scheme: str) -> None:
    message, key = _generated(number)

    (claim,) = verifying.admit(message, now=GENERATED_AT, hosts={"target.example"})

    assert (claim.scheme, claim.key_id) == (scheme, "https://peer.example/users/bob#main-key")
    assert verifying.check(claim, message, key)
    assert not verifying.check(claim, structs.replace(message, target="/elsewhere"), key)


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize(
    ("now", "hosts"),
    [(GENERATED_AT + timedelta(hours=2), {"target.example"}), (GENERATED_AT, {"other.example"})],
    ids=["late", "elsewhere"],
)
def test_fedify_replayed(number: int, now: datetime, hosts: set[str]) -> None:
    message, _ = _generated(number)

    with pytest.raises(Unauthenticated):
        verifying.admit(message, now=now, hosts=hosts)


@pytest.mark.parametrize(
    ("number", "now", "host"),
    [
        (0, datetime(2024, 3, 5, 7, 49, 44, tzinfo=UTC), "example.com"),
        (1, datetime(2025, 8, 25, 12, 58, 14, tzinfo=UTC), "c27a97f98d5f.ngrok.app"),
    ],
    ids=["fedify", "oeee.cafe"],
)
def test_captured(number: int, now: datetime, host: str) -> None:
    case = json.loads(shared("impl-signatures/fedify-cavage.json").read_text())["cases"][number]
    line = case.get("signature_header") or (
        f'keyId="{case["keyId"]}",headers="{case["signed_headers"]}",signature="{case["signature"]}"'
    )
    message = _message(case, case["headers"] | {"signature": line})

    (claim,) = verifying.admit(message, now=now, hosts={host})

    assert claim.key_id == case["keyId"]
    assert verifying.check(claim, message, PublicKey.from_pem(case["pem"]))
