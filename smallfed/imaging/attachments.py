"""Pictures of posts: whole, upright, in sRGB, free of metadata, as large as apps show them; and a small one beside.

Stills are written anew in the format they came in (GIF becomes PNG; AVIF and HEIC become JPEG, or WebP where they are
transparent). GIF and WebP that move are copied frame by frame (``animations``); moving PNG and AVIF, which not every
app can show, become WebP.

Spec: Mastodon's MediaAttachment (3840 × 2160 pixels, 640 × 360 for the preview, as many of either side as fit).
"""

from io import BytesIO
from math import sqrt
from typing import TYPE_CHECKING

from msgspec import Struct

from smallfed.errors import Invalid
from smallfed.imaging import animations, pictures
from smallfed.imaging.blurhash import blurhash
from smallfed.imaging.pictures import OWNER_PIXELS, Picture, Source, opened

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST = 3840 * 2160  # pixels
SMALL = 640 * 360
LONGEST = 16_000  # pixels of one side: more than that WebP cannot hold
MOVING = 300_000_000  # pixels of all frames together
REDRAWN = 100_000_000  # the same where each frame is written anew, which takes some seconds
FINE = 90  # quality, of what is written with losses
UNTIMED = 100  # milliseconds of a frame that does not say how long it is seen, as browsers have it
BLURRED = 32  # pixels of one side are enough for a blurhash

_FILMS = frozenset({"image/gif", "image/webp", "image/png", "image/avif"})  # formats whose frames follow each other
_COPIED = frozenset({"image/gif", "image/webp"})
_FILMED = frozenset({"image/gif", "image/png"})  # of which ffmpeg makes films; it reads neither moving WebP nor AVIF
_ANY_SIZE = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})  # modes that can be scaled as they are


class Developed(Struct, frozen=True, kw_only=True):
    """A picture ready to be shown; ``preview`` is None where the picture is small itself and stands still.

    ``picture`` is None where a film is to be made of it, which has the size of ``image``.
    """

    picture: Picture | None
    preview: Picture | None
    blurhash: str
    image: tuple[int, int]


def develop(source: Source, *, max_pixels: int = OWNER_PIXELS, films: bool = False) -> Developed:
    """Return what is shown of an uploaded picture; Invalid for anything that is not a whole picture we read.

    With ``films`` GIF and PNG that move and are opaque are left to whoever makes films of them.
    """
    media_type = pictures.media_type_of(source)
    with opened(source, max_pixels=max_pixels) as image:
        if getattr(image, "is_animated", False) and media_type in _FILMS:
            return _moving(source, image, media_type, as_film=films and media_type in _FILMED)
        lossless = media_type == "image/webp" and animations.is_lossless_webp(_read(source))
        seen = _upright(image, LARGEST)
        picture = _written(seen, media_type, lossless=lossless)
        preview = _fitted(seen, SMALL)
        small = None if preview.size == seen.size else pictures.encoded(preview, lossless=False)
        return Developed(picture=picture, preview=small, blurhash=_blurhash(preview), image=seen.size)


class Preview(Struct, frozen=True, kw_only=True):
    """The picture that stands for something, and its blur."""

    picture: Picture
    blurhash: str


def preview(source: Source, *, pixels: int = SMALL, max_pixels: int = OWNER_PIXELS) -> Preview:
    """Return a still picture of at most about ``pixels``, the first of what moves; Invalid as ``develop``."""
    with opened(source, max_pixels=max_pixels) as image:
        seen = _upright(image, pixels)
        return Preview(picture=pictures.encoded(seen.copy(), lossless=False), blurhash=_blurhash(seen))


def fitted(width: int, height: int, pixels: int) -> tuple[int, int]:
    """Return the size of a picture that keeps its shape and has at most about ``pixels``; nothing is enlarged."""
    scale = min(1.0, sqrt(pixels / (width * height)), LONGEST / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _moving(source: Source, image: "Image", media_type: str, *, as_film: bool) -> Developed:
    """Keep what moves; every frame is decoded once, to be sure that it can be shown."""
    frames: int = getattr(image, "n_frames", 1)
    width, height = image.size
    most = MOVING if media_type in _COPIED or as_film else REDRAWN
    if frames * width * height > most or width * height > LARGEST:
        raise Invalid(
            f"This animation is too large: {frames} frames of {width} × {height} pixels. Cut it, make it smaller, or"
            " upload one of its pictures."
        )
    durations, loop, opaque = [], int(image.info.get("loop", 0)), True
    for number in range(frames):
        image.seek(number)
        image.load()
        durations.append(int(image.info.get("duration") or UNTIMED))
        opaque = opaque and not (as_film and _is_transparent(image))
    if as_film and opaque:
        kept = None
    elif media_type in _COPIED:
        kept = Picture(data=_copied(source, media_type), media_type=media_type, width=width, height=height)
    else:
        data = _redrawn(image, durations, loop)
        kept = Picture(data=data, media_type="image/webp", width=width, height=height)
    image.seek(0)
    small = _fitted(pictures.normal(image), SMALL)
    shown = pictures.encoded(small.copy(), lossless=False)
    return Developed(picture=kept, preview=shown, blurhash=_blurhash(small), image=(width, height))


def _is_transparent(image: "Image") -> bool:
    """Whether something behind a picture is seen: a film has no such places."""
    return image.has_transparency_data and image.convert("RGBA").getchannel("A").getextrema()[0] != 255


def _copied(source: Source, media_type: str) -> bytes:
    data = _read(source)
    return animations.stripped_gif(data) if media_type == "image/gif" else animations.stripped_webp(data)


def _redrawn(image: "Image", durations: list[int], loop: int) -> bytes:
    """Return all frames as a WebP; Pillow writes them one by one, and of metadata what it is told, which is nothing."""
    file = BytesIO()
    empty: dict[str, object] = {"exif": b"", "xmp": b"", "icc_profile": b""}
    image.save(file, "WEBP", save_all=True, duration=durations, loop=loop, quality=pictures.QUALITY, method=2, **empty)
    return animations.stripped_webp(file.getvalue())


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
