"""Base58 with the Bitcoin alphabet: how Multikey and Data Integrity proofs write bytes.

Spec: draft-msporny-base58-03; the multibase prefix ``z`` belongs to the callers.
"""

from smallfed.errors import Malformed

LONGEST = 2048
"""Longest text we decode: an RSA key of 8192 bits needs about 1,450 characters, and decoding is quadratic."""

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGITS = {letter: digit for digit, letter in enumerate(_ALPHABET)}


def encode(data: bytes) -> str:
    """Return ``data`` in base58btc, without a multibase prefix."""
    zeros = len(data) - len(data.lstrip(b"\0"))
    number = int.from_bytes(data, "big")
    letters = []
    while number:
        number, digit = divmod(number, 58)
        letters.append(_ALPHABET[digit])
    return "1" * zeros + "".join(reversed(letters))


def decode(text: str) -> bytes:
    """Return the bytes that ``text`` (without a multibase prefix) stands for; Malformed when it is not base58btc."""
    if len(text) > LONGEST:
        raise Malformed(f"A base58 value may have at most {LONGEST} characters.")
    number = 0
    for letter in text:
        digit = _DIGITS.get(letter)
        if digit is None:
            raise Malformed("A base58 value contains a character outside the Bitcoin alphabet.")
        number = number * 58 + digit
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
