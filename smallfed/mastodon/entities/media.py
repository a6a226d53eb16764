"""Entities about what is attached to posts.

Spec: CLIENT_API §14: MediaAttachment.
"""

from typing import Literal

from msgspec import UNSET, UnsetType

from smallfed.mastodon.entities.kinds import Entity, Id, Url


class Size(Entity, frozen=True, kw_only=True):
    """How large a picture, or how long a film is."""

    width: int | UnsetType = UNSET
    height: int | UnsetType = UNSET
    size: str | UnsetType = UNSET
    aspect: float | UnsetType = UNSET
    frame_rate: str | UnsetType = UNSET
    duration: float | UnsetType = UNSET
    bitrate: int | UnsetType = UNSET


class Focus(Entity, frozen=True, kw_only=True):
    """What must stay in sight when a picture is cropped, in −1…1, y upwards."""

    x: float
    y: float


class Meta(Entity, frozen=True, kw_only=True):
    """Measures of a medium."""

    original: Size | UnsetType = UNSET
    small: Size | UnsetType = UNSET
    focus: Focus | UnsetType = UNSET


class MediaAttachment(Entity, frozen=True, kw_only=True):
    """A picture, sound or film."""

    id: Id
    type: Literal["unknown", "image", "gifv", "video", "audio"]
    url: Url | None
    preview_url: Url | None
    remote_url: Url | None
    meta: Meta | None
    description: str | None
    blurhash: str | None
