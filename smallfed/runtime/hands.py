"""What is shown without being kept on the disk: in memory as long as somebody is given it, and not much at once."""

from smallfed.errors import Unavailable

PIECE = 64 << 10


class Hands:
    """Hold ``most`` bytes."""

    def __init__(self, most: int) -> None:
        self.left = most

    def hold(self, size: int) -> "Hold":
        """Promise ``size`` bytes, until that is released or forgotten; Unavailable while they are full."""
        if size > self.left:
            raise Unavailable("too much is shown at once that cannot be kept", retry_after=5)
        self.left -= size
        return Hold(self, size)


class Hold:
    """Some bytes that are held."""

    def __init__(self, hands: Hands, size: int) -> None:
        self._hands, self.size = hands, size

    def release(self) -> None:
        """Let go; more than once is fine."""
        self._hands.left += self.size
        self.size = 0

    def __del__(self) -> None:
        self.release()


class Loose:
    """A picture that is not kept: whoever waits for it is given it, and with the last of them it is forgotten."""

    def __init__(self, data: bytes, media_type: str, hold: Hold) -> None:
        self.data, self.media_type, self._hold = data, media_type, hold

    def open(self) -> "Handing":
        """Return a reader."""
        return Handing(self)


class Handing:
    """One reader of what is held; as a ``Content``."""

    def __init__(self, loose: Loose) -> None:
        self._loose: Loose | None = loose
        self._left = memoryview(loose.data)
        self.size = len(loose.data)

    def __len__(self) -> int:
        return len(self._left)

    async def ready(self) -> None:
        """Do nothing: everything is there."""

    async def piece(self) -> bytes:
        """Return the next bytes."""
        data, self._left = bytes(self._left[:PIECE]), self._left[PIECE:]
        return data

    def close(self) -> None:
        """Let go of it; more than once is fine."""
        self._left, self._loose = memoryview(b""), None
