"""Pictures, sounds and films as client apps see them, before posts have them and in posts.

Spec: CLIENT_API §13 item 20, §14 (MediaAttachment, Meta).
"""

from collections.abc import Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Literal

from msgspec import UNSET, Struct, structs

from smallfed.domain.copy import Subject
from smallfed.domain.house import MEDIA, House
from smallfed.domain.medium import Medium
from smallfed.domain.post import Attachment
from smallfed.domain.remote import UNKNOWN, can_be_carried
from smallfed.imaging.attachments import SMALL, fitted
from smallfed.mastodon import entities
from smallfed.store import copies, placements
from smallfed.store.tx import Tx

_Kind = Literal["unknown", "image", "gifv", "video", "audio"]
_KINDS: Mapping[str, _Kind] = {"image": "image", "gifv": "gifv", "video": "video", "audio": "audio"}

_THEIR_OWN_PREVIEW = frozenset({"image", "unknown"})


_NOTHING: Mapping[str, str] = MappingProxyType({})

_ENDINGS = {"image": "jpg", "gifv": "mp4", "video": "mp4", "audio": "mp3"}


class Around(Struct, frozen=True, kw_only=True):
    """What is known of attachments besides what their posts say, by address.

    ``there``: where everybody can read a file of ours, in a bucket. ``blurred``: how a picture of others looks from
    afar, as it was seen when we made a smaller one.
    """

    there: Mapping[str, str] = _NOTHING
    blurred: Mapping[str, str] = _NOTHING


_UNKNOWN = Around()


def around(tx: Tx, house: House, attachments: Iterable[Attachment]) -> Around:
    """Return what is known of these, by two questions at most."""
    known, folder = list(attachments), f"{house.base}{MEDIA}"
    ours = {url for media in known for url in (media.url, media.preview_url) if url and url.startswith(folder)}
    found = placements.addresses(tx, [url.removeprefix(folder) for url in ours]) if ours else {}
    lacking = {url for media in known if media.blurhash is None and (url := _seen(media)) is not None}
    return Around(
        there={folder + name: address for name, address in found.items()},
        blurred=copies.blurhashes(tx, lacking - ours),
    )


def _seen(media: Attachment) -> str | None:
    """Return where the picture is that stands for it, if there is one."""
    return media.preview_url or (media.url if media.kind in _THEIR_OWN_PREVIEW else None)


def attachments(
    house: House, known: Iterable[Attachment], *, past: bool = False, around: Around = _UNKNOWN
) -> list[entities.MediaAttachment]:
    """Return the pictures, sounds and films of a post, or of a ``past`` version.

    All of them are loaded from us, but for what is in a bucket that everybody can read.
    """
    return [_attachment(house, media, past, around) for media in known if not past or can_be_carried(media.url)]


def _attachment(house: House, media: Attachment, past: bool, around: Around) -> entities.MediaAttachment:
    is_ours, there = media.url.startswith(f"{house.base}{MEDIA}"), around.there
    shown = partial(house.proxied, Subject.ATTACHMENT, 0 if past else media.id)
    small = _seen(media)
    return entities.MediaAttachment(
        id=str(media.id),
        type=_KINDS.get(media.kind, "unknown"),
        url=there.get(media.url) or shown(media.url, ending=_ENDINGS.get(media.kind, UNKNOWN)),
        preview_url=None if small is None else there.get(small) or shown(small, small=True),
        remote_url=None if is_ours else media.url,
        meta=_meta(media, has_small=not is_ours or media.preview_url not in (None, media.url)),
        description=media.description or None,
        blurhash=media.blurhash or around.blurred.get(small or ""),
    )


def upload(house: House, medium: Medium) -> entities.MediaAttachment:
    """Return what the owner has uploaded; without addresses until it has been read."""
    if medium.file is not None:
        return attachments(house, [medium.shown(house)])[0]
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


def _meta(media: Attachment, *, has_small: bool) -> entities.Meta | None:
    size = _size(media)
    if size is None and media.focus is None:
        return None
    small = None if size is None else _small(media, size, has_small)
    return entities.Meta(
        original=size or UNSET,
        small=UNSET if small in (None, entities.Size()) else small,
        focus=UNSET if media.focus is None else _focus(media.focus),
    )


def _focus(point: tuple[float, float]) -> entities.Focus:
    return entities.Focus(x=point[0], y=point[1])


def _small(media: Attachment, size: entities.Size, has_small: bool) -> entities.Size:
    """Return how large the preview is, by which apps lay out: all that we make are so large."""
    if media.small is not None:
        return _measured(*media.small)
    if not media.width or not media.height or not has_small:
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
