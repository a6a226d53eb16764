"""Taking: what another server sends becomes a file of ours, or is refused by its first bytes.

Types are those of the bytes, never those that are told. A picture is stripped before anybody sees it; films and sounds
are shown while they come.

Spec: SAFETY rules 21, 29, 33, §2 (fetch).
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import trio

from smallfed.domain.copy import Shrinking, Subject
from smallfed.errors import Invalid, TooLarge, Unreachable
from smallfed.imaging.sniffing import HEAD, sniff
from smallfed.imaging.stripping import Stripped, strip
from smallfed.policy.copying import MOST_PIXELS, PICTURE_BYTES, TYPES, is_picture, wants_preview
from smallfed.runtime.arrival import Arrival
from smallfed.runtime.files import Draft
from smallfed.runtime.hands import Hands, Hold, Loose
from smallfed.runtime.room import Booking
from smallfed.services.copying import Fetched

ACCEPT = ("Accept", "image/*, video/*, audio/*, */*;q=0.1")
TURN = 30.0  # seconds until its server may be asked: it is asked for few things at a time
UNDECIDED, PICTURE, FILM = 20.0, 60.0, 600.0  # from then on: for the first bytes, for a picture, for a film or sound
IN_MEMORY = 256 << 10  # bytes of a picture that need no file until it is stripped


class TooLong(TooLarge):
    """A film or sound is beyond the limit, or there is no room for it: it is passed on, not kept.

    ``size`` is how large it is at least.
    """

    def __init__(self, media_type: str, size: int) -> None:
        super().__init__("it is too large to be kept")
        self.media_type, self.size = media_type, size


class Taking:
    """The sink of one download. ``decided`` is called with an arrival, as soon as a film or sound can be shown.

    Closing deletes what is not kept.
    """

    def __init__(
        self,
        folder: Path,
        stem: str,
        booking: Booking,
        hands: Hands,
        *,
        films: int,
        deadline: trio.CancelScope,
        decided: Callable[[Arrival], None],
    ) -> None:
        self.booking = booking
        self._folder, self._stem, self._films, self._decided = folder, stem, films, decided
        self._scope, self._hands = deadline, hands
        self._scope.deadline = trio.current_time() + TURN
        self._began: float | None = None
        self._start, self._announced = bytearray(), 0
        self._draft: Draft | None = None
        self._hold: Hold | None = None
        self._arrival: Arrival | None = None
        self.media_type = ""
        self.digests = b"", b""  # the SHA-256 of a picture as it came, and as it is kept

    @property
    def is_begun(self) -> bool:
        """Whether its server was asked for it."""
        return self._began is not None

    @property
    def is_large(self) -> bool:
        """Whether it takes so much memory to strip a picture that one at a time is enough."""
        return self._draft is not None or self._hold is not None

    def turn(self) -> None:
        """Hear that it is asked for now; what it takes counts from here."""
        if self._began is None:
            self._began = trio.current_time()
            self._scope.deadline = self._began + UNDECIDED

    async def begin(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Hear how much is to come."""
        if status != 200:
            raise Unreachable(f"it answered HTTP {status}")
        told = dict(headers).get("content-length", "")
        self._announced = int(told) if told.isascii() and told.isdigit() and len(told) < 19 else 0

    async def write(self, data: bytes) -> None:
        """Take the next bytes; Invalid for what is not shown, TooLarge, TooLong."""
        if self._draft is not None:
            self._pour(data)
            return
        self._start += data
        if not self.media_type and len(self._start) >= HEAD:
            self._decide()
        if self.media_type and not is_picture(self.media_type):
            self._spill()
        elif self._hold is not None:
            if len(self._start) > PICTURE_BYTES:
                self._refuse(len(self._start))
        elif len(self._start) > IN_MEMORY and self._has_room():
            self._spill()

    def _has_room(self) -> bool:
        """Whether there is room for a picture on the disk; where not, it is held in memory, or Unavailable."""
        size = self._announced or PICTURE_BYTES
        if self.booking.take(size):
            return True
        self._hold = self._hands.hold(size)
        return False

    def _decide(self) -> None:
        media_type = sniff(bytes(self._start[:HEAD]))
        if media_type is None or media_type not in TYPES:
            raise Invalid("it is no picture, film or sound that is shown")
        self.media_type = media_type
        limit = PICTURE_BYTES if is_picture(media_type) else self._films
        self._scope.deadline = (self._began or trio.current_time()) + (PICTURE if is_picture(media_type) else FILM)
        if self._announced > limit:
            self._refuse(self._announced)
        if not is_picture(media_type) and not self.booking.take(self._announced or limit):
            raise TooLong(media_type, self._announced or limit)

    def _refuse(self, size: int) -> None:
        if is_picture(self.media_type):
            raise TooLarge(f"it has more than {PICTURE_BYTES >> 20} MB")
        raise TooLong(self.media_type, max(size, self._films + 1))

    def _spill(self) -> None:
        """Go on in a file; a film or sound whose length is known may be shown from now on."""
        limit = PICTURE_BYTES if is_picture(self.media_type) else self._films
        name = f"{self._stem}.{TYPES[self.media_type]}" if not is_picture(self.media_type) else f"{self._stem}-raw"
        self._draft = Draft(self._folder, name, limit=limit)
        start, self._start = self._start, bytearray()
        if self._announced and not is_picture(self.media_type):
            self._arrival = Arrival(
                self._draft.path, self._draft.settled, whole=self._announced, media_type=self.media_type
            )
        self._pour(bytes(start))
        if self._arrival is not None:
            self._decided(self._arrival)

    def _pour(self, data: bytes) -> None:
        assert self._draft is not None
        try:
            self._draft.write(data)
        except TooLarge:
            self._refuse(self._draft.size)
        if self._arrival is not None:
            self._arrival.grown(self._draft.size)

    def finish(self) -> None:
        """Say that everything has come."""
        if not self.media_type:
            self._decide()
        if not is_picture(self.media_type) and self._draft is None:
            self._spill()

    def stripped(self) -> Stripped:
        """Return the picture that has come, without what is not seen; slow. Invalid for a broken one."""
        data = bytes(self._start) if self._draft is None else self._draft.path.read_bytes()
        found = strip(data)
        if found.width * found.height > MOST_PIXELS:
            raise Invalid("it has too many pixels to be shown")
        self.digests = sha256(data).digest(), sha256(found.data).digest()
        return found

    def loose(self, data: bytes) -> Loose:
        """Return a picture that is not kept: from now on it is ``data`` that is held."""
        if self._draft is None:
            self._start = bytearray()
        if self._hold is not None:
            self._hold.release()
        return Loose(data, self.media_type, self._hands.hold(len(data)))

    def film(self) -> tuple[Draft, Fetched]:
        """Return the film or sound that has come."""
        draft = self._draft
        assert draft is not None
        return draft, Fetched(media_type=self.media_type, size=draft.size, file=draft.name, digest=draft.digest)

    def picture(self, found: Stripped, subject: Subject) -> tuple[Fetched, str]:
        """Return what is noted of a picture, and the name of its file."""
        name = f"{self._stem}.{TYPES[self.media_type]}"
        size = {"width": found.width, "height": found.height, "size": len(found.data)}
        worth = wants_preview(subject, moves=found.moves, **size)
        fetched = Fetched(
            media_type=self.media_type,
            file=name,
            digest=self.digests[1],
            moves=found.moves,
            shrinking=Shrinking.WANTED if worth else Shrinking.DONE,
            **size,
        )
        return fetched, name

    def close(self) -> None:
        """Be done with it."""
        with self.booking:
            pass  # what is not kept is free again
        if self._hold is not None:
            self._hold.release()
        if self._draft is not None:
            self._draft.close()
        if self._arrival is not None:
            self._arrival.fail()  # says nothing to those who have everything
