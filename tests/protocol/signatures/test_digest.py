"""Digest and Content-Digest: what matches a body and what does not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.errors import Malformed
from smallfed.protocol.signatures import digest
from tests.shared_data import shared

BODY = b'{"hello": "world"}'
SHA256 = "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="
SHA512 = "WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew=="
OTHER = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


def test_what_we_write() -> None:
    assert digest.digest(BODY) == f"SHA-256={SHA256}"
    assert digest.content_digest(BODY) == f"sha-256=:{SHA256}:"


@pytest.mark.parametrize(
    ("value", "matches"),
    [
        (f"SHA-256={SHA256}", True),
        (f"sha-256={SHA256}", True),
        (f" Sha-256={SHA256} ", True),
        (f"MD5=abc, SHA-256={SHA256}", True),
        (f"SHA-256={SHA256},unixsum=30637", True),
        (f"SHA-256={SHA256}, SHA-256={SHA256}", True),
        (f"SHA-256={SHA256}, SHA-256={OTHER}", False),
        (f"SHA-256={OTHER}", False),
        (f"SHA-512={SHA512}", False),
        (f"SHA-256={SHA256[:-1]}", False),
        ("SHA-256=", False),
        ("SHA-256", False),
        ("", False),
    ],
)
def test_digest(value: str, *, matches: bool) -> None:
    assert digest.digest_matches(value, BODY) is matches


@pytest.mark.parametrize(
    ("value", "matches"),
    [
        (f"sha-256=:{SHA256}:", True),
        (f"sha-512=:{SHA512}:", True),
        (f"sha-256=:{SHA256}:, sha-512=:{SHA512}:", True),
        (f"sha-256=:{OTHER}:, sha-512=:{SHA512}:", False),
        (f"md5=?0, sha-256=:{SHA256}:", True),
        (f"sha-256=:{OTHER}:", False),
        ("sha-256=::", False),
        ("unixsum=:AAAA:", False),
    ],
)
def test_content_digest(value: str, *, matches: bool) -> None:
    assert digest.content_digest_matches(value, BODY) is matches


@pytest.mark.parametrize(
    "value", ["", f"SHA-256=:{SHA256}:", f"sha-256={SHA256}", "sha-256", "sha-256=1", "sha-256=(:AA==:)", "é"]
)
def test_content_digest_that_cannot_be_read(value: str) -> None:
    with pytest.raises(Malformed):
        digest.content_digest_matches(value, BODY)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_only_the_same_body_matches(body: bytes, other: bytes) -> None:
    assert digest.digest_matches(digest.digest(body), other) is (body == other)
    assert digest.content_digest_matches(digest.content_digest(body), other) is (body == other)


def test_the_request_of_the_rfc() -> None:
    sample = json.loads(shared("rfc9421/appendix-b.json").read_text())["test_request"]

    assert digest.content_digest_matches(dict(sample["headers"])["Content-Digest"], sample["body"].encode())
