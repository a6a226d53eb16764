"""Media: pictures, films and sounds of the owner, from the moment they came to the posts that show them."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from smallfed.domain.house import House
from smallfed.domain.post import Attachment


class MediumState(StrEnum):
    """How far an upload has come."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


class Medium(Struct, frozen=True, kw_only=True):
    """One row of media. Files are names: ``source`` and ``thumbnail`` of what came and is still to be read, ``file``
    and ``preview`` of what is shown.

    ``uploaded`` and ``digest`` are the SHA-256 of what came and of ``file``, which has ``size`` bytes. ``duration`` is
    in seconds, ``frame_rate`` a fraction (``30/1``), ``bit_rate`` bits a second. ``post_id`` is
    the post whose present or earlier version shows it; without one it goes at ``kept_until``. ``reason`` says why an
    upload, or the last picture chosen for its preview, could not be read.
    """  # noqa: D205

    id: int
    state: MediumState = MediumState.WAITING
    source: str | None = None
    thumbnail: str | None = None
    reason: str = ""
    uploaded: bytes
    kind: str = "unknown"  # as of an Attachment
    media_type: str = ""
    file: str | None = None
    preview: str | None = None
    size: int | None = None
    digest: bytes | None = None
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    frame_rate: str | None = None
    bit_rate: int | None = None
    preview_size: int | None = None
    preview_width: int | None = None
    preview_height: int | None = None
    blurhash: str | None = None
    description: str = ""
    focus_x: float | None = None
    focus_y: float | None = None
    post_id: int | None = None
    kept_until: datetime
    created_at: datetime

    @property
    def focus(self) -> tuple[float, float] | None:
        """What must stay in sight, as of an Attachment."""
        return None if self.focus_x is None or self.focus_y is None else (self.focus_x, self.focus_y)

    @property
    def is_busy(self) -> bool:
        """Whether something that came is still to be read."""
        return self.source is not None or self.thumbnail is not None

    @property
    def is_long(self) -> bool:
        """Whether reading what came takes long: a film or a sound, of which one is read beside the pictures."""
        return self.source is not None and self.kind in ("video", "audio")

    @property
    def small(self) -> tuple[int, int] | None:
        """How large the preview is, as far as that is known; of old ones it is not."""
        known = self.preview_width is not None and self.preview_height is not None
        return (self.preview_width or 0, self.preview_height or 0) if known else None

    def shown(self, house: House) -> Attachment:
        """Return what a post shows of it; ValueError while there is nothing."""
        if self.file is None:
            raise ValueError(f"the medium {self.id} is not ready")
        return Attachment(
            id=self.id,
            kind=self.kind,
            media_type=self.media_type,
            url=house.medium(self.file),
            preview_url=self._preview(house),
            description=self.description,
            blurhash=self.blurhash,
            width=self.width,
            height=self.height,
            focus=self.focus,
            duration=self.duration,
            frame_rate=self.frame_rate,
            bit_rate=self.bit_rate,
            small=self.small,
        )

    def _preview(self, house: House) -> str | None:
        """Return the address of the preview; a picture is its own, and a film without one has none."""
        shown = self.preview or (self.file if self.kind == "image" else None)
        return None if shown is None else house.medium(shown)


class Retouch(Struct, frozen=True, kw_only=True):
    """What the owner changes about a medium; None leaves as it is."""

    id: int
    description: str | None = None
    focus: tuple[float, float] | None = None
