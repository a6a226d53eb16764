"""Base58: the known values, and any bytes there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.errors import Malformed
from smallfed.protocol.signatures import base58


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"\0", "1"),
        (b"Hello World!", "2NEpo7TZRRrLZSi2U"),
        (
            b"The quick brown fox jumps over the lazy dog.",
            "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
        ),
        (b"\0\0\x28\x7f\xb4\xcd", "11233QC4"),
    ],
)
def test_the_vectors_of_the_draft(data: bytes, text: str) -> None:
    assert base58.encode(data) == text
    assert base58.decode(text) == data


@given(st.binary(max_size=300))
def test_bytes_come_back(data: bytes) -> None:
    assert base58.decode(base58.encode(data)) == data


@pytest.mark.parametrize("text", ["0", "O", "I", "l", "é", "a b", "1" * (base58.LONGEST + 1)])
def test_what_is_not_base58_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        base58.decode(text)
