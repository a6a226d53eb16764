"""Media: pictures that the owner has uploaded, from the moment they came to the posts that show them."""

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

    ``uploaded`` and ``digest`` are the SHA-256 of what came and of ``file``, which has ``size`` bytes. ``post_id`` is
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

    def shown(self, house: House) -> Attachment:
        """Return what a post shows of it; ValueError while there is nothing."""
        if self.file is None:
            raise ValueError(f"the medium {self.id} is not ready")
        return Attachment(
            id=self.id,
            kind=self.kind,
            media_type=self.media_type,
            url=house.medium(self.file),
            preview_url=house.medium(self.preview or self.file),
            description=self.description,
            blurhash=self.blurhash,
            width=self.width,
            height=self.height,
            focus=self.focus,
        )


class Retouch(Struct, frozen=True, kw_only=True):
    """What the owner changes about a medium; None leaves as it is."""

    id: int
    description: str | None = None
    focus: tuple[float, float] | None = None
