"""Sealing what must be readable again although nobody who only has the database may read it.

The key is a file of its own beside the database: whoever comes by a copy of the database, a backup of it, or what is
streamed of it, cannot open what was sealed.
"""

from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from smallfed.runtime import files
from smallfed.runtime.clock import Dice

NAME = "push.key"
NONCE = 12


class Seal:
    """Closes and opens texts with the key of the data directory ``data``, which is made when the first is closed."""

    def __init__(self, data: Path, dice: Dice) -> None:
        self._path, self._dice = data / NAME, dice

    def close(self, text: str, *, about: bytes) -> bytes:
        """Return ``text`` sealed; it can be opened as being ``about`` the same thing only. Touches the disk."""
        key = files.read(self._path)
        if key is None:
            key = self._dice(256).to_bytes(32)
            files.keep(self._path, key)
        nonce = self._dice(96).to_bytes(NONCE)
        return nonce + AESGCM(key).encrypt(nonce, text.encode(), about)

    def open(self, sealed: bytes, *, about: bytes) -> str | None:
        """Return what was sealed, or None: it was altered, or the key is not the one it was closed with."""
        key = files.read(self._path)
        if key is None:
            return None
        try:
            return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], about).decode()
        except (InvalidTag, ValueError):
            return None
