"""Pictures, sounds and films as client apps see them, before posts have them and in posts.

Spec: CLIENT_API §13 item 20, §14 (MediaAttachment, Meta).
"""

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import UNSET, structs

from smallfed.domain.house import House
from smallfed.domain.medium import Medium
from smallfed.domain.post import Attachment
from smallfed.imaging.attachments import SMALL, fitted
from smallfed.mastodon import entities

_Kind = Literal["unknown", "image", "gifv", "video", "audio"]
_KINDS: Mapping[str, _Kind] = {"image": "image", "gifv": "gifv", "video": "video", "audio": "audio"}

_THEIR_OWN_PREVIEW = frozenset({"image", "unknown"})


def attachments(known: Iterable[Attachment]) -> list[entities.MediaAttachment]:
    """Return the pictures, sounds and films of a post."""
    return [
        entities.MediaAttachment(
            id=str(media.id),
            type=_KINDS.get(media.kind, "unknown"),
            url=media.url,
            preview_url=media.preview_url or (media.url if media.kind in _THEIR_OWN_PREVIEW else None),
            remote_url=None,
            meta=_meta(media),
            description=media.description or None,
            blurhash=media.blurhash,
        )
        for media in known
    ]


def upload(house: House, medium: Medium) -> entities.MediaAttachment:
    """Return what the owner has uploaded; without addresses until it has been read."""
    if medium.file is not None:
        return attachments([medium.shown(house)])[0]
    return entities.MediaAttachment(
        id=str(medium.id),
        type=_KINDS.get(medium.kind, "unknown"),
        url=None,
        preview_url=None,
        remote_url=None,
        meta=None if medium.focus is None else entities.Meta(focus=_focus(medium.focus)),
        description=medium.description or None,
        blurhash=None,
    )


def _meta(media: Attachment) -> entities.Meta | None:
    size = _size(media)
    if size is None and media.focus is None:
        return None
    return entities.Meta(
        original=size or UNSET,
        small=UNSET if size is None else _small(media, size),
        focus=UNSET if media.focus is None else _focus(media.focus),
    )


def _focus(point: tuple[float, float]) -> entities.Focus:
    return entities.Focus(x=point[0], y=point[1])


def _small(media: Attachment, size: entities.Size) -> entities.Size:
    """Return how large the preview is, by which apps lay out: ours is so large, and that of Mastodon's as well."""
    if media.small is not None:
        return _measured(*media.small)
    if not media.width or not media.height or media.preview_url in (None, media.url):
        return structs.replace(size, duration=UNSET, frame_rate=UNSET, bitrate=UNSET)
    return _measured(*fitted(media.width, media.height, SMALL))


def _size(media: Attachment) -> entities.Size | None:
    measured = _measured(media.width, media.height) if media.width and media.height else entities.Size()
    told = structs.replace(
        measured,
        frame_rate=UNSET if media.frame_rate is None else media.frame_rate,
        duration=UNSET if media.duration is None else media.duration,
        bitrate=UNSET if media.bit_rate is None else media.bit_rate,
    )
    return None if told == entities.Size() else told


def _measured(width: int, height: int) -> entities.Size:
    return entities.Size(width=width, height=height, size=f"{width}x{height}", aspect=width / height)
