"""Pictures of posts: whole, upright, in sRGB, free of metadata, as large as apps show them; and a small one beside.

Stills are written anew in the format they came in (GIF becomes PNG, AVIF becomes JPEG, or WebP where it is
transparent). What moves is copied frame by frame (``moving``).

Spec: Mastodon's MediaAttachment (3840 × 2160 pixels, 640 × 360 for the preview, as many of either side as fit).
"""

from math import sqrt
from typing import TYPE_CHECKING

from msgspec import Struct

from smallfed.errors import Invalid
from smallfed.imaging import moving, pictures
from smallfed.imaging.blurhash import blurhash
from smallfed.imaging.pictures import OWNER_PIXELS, Picture, Source, opened

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST = 3840 * 2160  # pixels
SMALL = 640 * 360
LONGEST = 16_000  # pixels of one side: more than that WebP cannot hold
MOVING = 300_000_000  # pixels of all frames together
FINE = 90  # quality, of what is written with losses
BLURRED = 32  # pixels of one side are enough for a blurhash

_ANY_SIZE = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})  # modes that can be scaled as they are


class Developed(Struct, frozen=True, kw_only=True):
    """A picture ready to be shown; ``preview`` is None where the picture is small itself and stands still."""

    picture: Picture
    preview: Picture | None
    blurhash: str


def develop(source: Source, *, max_pixels: int = OWNER_PIXELS) -> Developed:
    """Return what is shown of an uploaded picture; Invalid for anything that is not a whole picture we read."""
    media_type = pictures.media_type_of(source)
    with opened(source, max_pixels=max_pixels) as image:
        if getattr(image, "is_animated", False) and media_type in ("image/gif", "image/webp"):
            return _moving(source, image, media_type)
        lossless = media_type == "image/webp" and moving.is_lossless_webp(_read(source))
        seen = _upright(image, LARGEST)
        picture = _written(seen, media_type, lossless=lossless)
        preview = _fitted(seen, SMALL)
        small = None if preview.size == seen.size else pictures.encoded(preview, lossless=False)
        return Developed(picture=picture, preview=small, blurhash=_blurhash(preview))


def preview(source: Source, *, max_pixels: int = OWNER_PIXELS) -> Picture:
    """Return a preview picture of the owner's choice; Invalid as ``develop``."""
    with opened(source, max_pixels=max_pixels) as image:
        return pictures.encoded(_upright(image, SMALL), lossless=False)


def fitted(width: int, height: int, pixels: int) -> tuple[int, int]:
    """Return the size of a picture that keeps its shape and has at most about ``pixels``; nothing is enlarged."""
    scale = min(1.0, sqrt(pixels / (width * height)), LONGEST / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _moving(source: Source, image: "Image", media_type: str) -> Developed:
    """Keep what moves; every frame is decoded once, to be sure that it can be shown."""
    frames: int = getattr(image, "n_frames", 1)
    width, height = image.size
    if frames * width * height > MOVING or width * height > LARGEST:
        raise Invalid(
            f"This animation is too large: {frames} frames of {width} × {height} pixels. Cut it, make it smaller, or"
            " upload one of its pictures."
        )
    for number in range(frames):
        image.seek(number)
        image.load()
    data = _read(source)
    kept = moving.stripped_gif(data) if media_type == "image/gif" else moving.stripped_webp(data)
    image.seek(0)
    small = _fitted(pictures.normal(image), SMALL)
    return Developed(
        picture=Picture(data=kept, media_type=media_type, width=width, height=height),
        preview=pictures.encoded(small.copy(), lossless=False),
        blurhash=_blurhash(small),
    )


def _read(source: Source) -> bytes:
    return source if isinstance(source, bytes) else source.read_bytes()


def _upright(image: "Image", pixels: int) -> "Image":
    """Return at most ``pixels`` of a picture, as it is to be seen: scaled before it is turned, which costs memory."""
    from PIL import ImageOps

    image.draft("RGB", fitted(*image.size, pixels))  # a JPEG may be decoded smaller; nothing for the others
    seen = image if image.mode in _ANY_SIZE else pictures.normal(image)
    seen = _fitted(seen, pixels)
    turned = ImageOps.exif_transpose(seen) if seen.getexif() else seen
    return pictures.normal(turned)


def _fitted(image: "Image", pixels: int) -> "Image":
    from PIL import Image

    size = fitted(*image.size, pixels)
    return image if size == image.size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _written(image: "Image", media_type: str, *, lossless: bool) -> Picture:
    image.info = {}  # Pillow would write comments and profiles from it
    if media_type in ("image/png", "image/gif"):
        return pictures.picture(image, pictures.saved(image, "PNG"), "image/png")
    if media_type == "image/webp" or image.mode == "RGBA":
        data = pictures.saved(image, "WEBP", quality=FINE, lossless=lossless)
        return pictures.picture(image, data, "image/webp")
    return pictures.picture(image, pictures.saved(image, "JPEG", quality=FINE, progressive=True), "image/jpeg")


def _blurhash(image: "Image") -> str:
    from PIL import Image

    small = image.convert("RGBA")
    small.thumbnail((BLURRED, BLURRED))
    ground = Image.new("RGBA", small.size, "white")
    ground.alpha_composite(small)
    pixels = ground.convert("RGB").tobytes()
    colours = [(pixels[at], pixels[at + 1], pixels[at + 2]) for at in range(0, len(pixels), 3)]
    return blurhash(colours, small.width)
