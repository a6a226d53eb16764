"""Custom emoji: small pictures, which may move, written anew with nothing but their pixels.

Spec: Mastodon's CustomEmoji takes PNG, GIF and WebP, and shows a still picture beside a moving one.
"""

from io import BytesIO
from typing import TYPE_CHECKING

from smallfed.errors import Invalid
from smallfed.imaging import pictures
from smallfed.imaging.pictures import QUALITY, Picture, Source, opened

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE = 256  # pixels at most: apps show it as high as a line
MOST_FRAMES = 200
LARGEST = 256 << 10  # bytes, of the file and of what it becomes


def emoji(data: Source, *, max_pixels: int) -> Picture:
    """Return the picture fit into a square of ``SIDE``, as PNG, or as WebP when it moves. Invalid when it cannot be."""
    with opened(data, max_pixels=max_pixels) as image:
        frames = getattr(image, "n_frames", 1)
        if frames == 1:
            return _bounded(_still(image))
        if frames > MOST_FRAMES:
            raise Invalid(f"This picture has {frames} frames; an emoji may have {MOST_FRAMES}.")
        return _bounded(_moving(image, frames))


def still(data: Source, *, max_pixels: int) -> Picture:
    """Return the first moment of the picture, otherwise as ``emoji``."""
    with opened(data, max_pixels=max_pixels) as image:
        return _bounded(_still(image))


def _still(image: "Image") -> Picture:
    return pictures.encoded(_fitted(image), lossless=True)


def _moving(image: "Image", frames: int) -> Picture:
    shown, durations = [], []
    for number in range(frames):
        image.seek(number)
        shown.append(_fitted(image).convert("RGBA"))
        durations.append(int(image.info.get("duration") or 100))
    file = BytesIO()
    loop = int(image.info.get("loop", 0))
    shown[0].save(file, "WEBP", save_all=True, append_images=shown[1:], duration=durations, loop=loop, quality=QUALITY)
    return Picture(data=file.getvalue(), media_type="image/webp", width=shown[0].width, height=shown[0].height)


def _fitted(image: "Image") -> "Image":
    from PIL import Image

    copy = pictures.normal(image)
    copy.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return copy


def _bounded(picture: Picture) -> Picture:
    if len(picture.data) > LARGEST:
        raise Invalid(f"This picture is too large: an emoji may have {LARGEST >> 10} kB.")
    return picture
