"""Avatars and headers: cut to shape, and where they move, still and in motion.

Spec: Mastodon's Account (``avatar_static``, ``header_static``: apps show the still one until somebody looks).
"""

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from msgspec import structs

from smallfed.imaging import animations, pictures
from smallfed.imaging.pictures import OWNER_PIXELS, QUALITY, Picture, Source, media_type_of, opened

if TYPE_CHECKING:
    from PIL.Image import Image

DRAWN = 30_000_000  # pixels of all frames together; of what is longer the first picture is taken
READ = 300_000_000  # the same of what came
LARGEST = 2 << 20  # bytes of what moves
UNTIMED = 100  # milliseconds of a frame that does not say

_FILMS = frozenset({"image/gif", "image/webp", "image/png", "image/avif"})


def avatar(data: Source, *, max_pixels: int = OWNER_PIXELS) -> Picture:
    """Return a square of 400×400 at most, and the same in motion where it moves; Invalid as ``pictures.avatar``."""
    return _portrait(data, pictures.avatar(data, max_pixels=max_pixels), max_pixels)


def header(data: Source, *, max_pixels: int = OWNER_PIXELS) -> Picture:
    """Return a picture of 1500×500 at most, otherwise as ``avatar``."""
    return _portrait(data, pictures.header(data, max_pixels=max_pixels), max_pixels)


def _portrait(data: Source, still: Picture, max_pixels: int) -> Picture:
    """Return ``still`` with what moves of it, where that is not too much."""
    if media_type_of(data) not in _FILMS:
        return still
    size = (still.width, still.height)
    with opened(data, max_pixels=max_pixels) as image:
        frames = getattr(image, "n_frames", 1)
        if frames == 1 or frames * size[0] * size[1] > DRAWN or frames * image.width * image.height > READ:
            return still
        moves = _moving(image, frames, size)
        image.seek(0)
        first = pictures.saved(_fitted(image, size), "WEBP", quality=QUALITY)
    if len(moves) > LARGEST:
        return still
    return structs.replace(still, data=first, media_type="image/webp", moves=moves)


def _moving(image: "Image", frames: int, size: tuple[int, int]) -> bytes:
    durations = []

    def shown() -> Iterator["Image"]:
        for number in range(frames):
            image.seek(number)
            durations.append(int(image.info.get("duration") or UNTIMED))
            yield _fitted(image, size).convert("RGBA")

    first, *others = shown()
    file, loop = BytesIO(), int(image.info.get("loop", 0))
    how = {"duration": durations, "loop": loop, "quality": QUALITY, "method": 2}
    first.save(file, "WEBP", save_all=True, append_images=others, **how)
    return animations.stripped_webp(file.getvalue())


def _fitted(image: "Image", size: tuple[int, int]) -> "Image":
    from PIL import Image, ImageOps

    fitted = ImageOps.fit(pictures.normal(image), size, Image.Resampling.LANCZOS)
    fitted.info = {}  # Pillow would write comments and profiles from it
    return fitted
