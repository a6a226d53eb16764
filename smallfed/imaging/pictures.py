"""Uploaded and fetched pictures: opened with suspicion, scaled, and written anew with nothing but their pixels.

To be run in a child process with limits (``entry``): decoders have bugs, and memory is returned only by ending.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from smallfed.errors import Invalid, SmallfedError
from smallfed.imaging import heic
from smallfed.imaging.sniffing import FORMATS, HEAD, sniff

if TYPE_CHECKING:
    from PIL.Image import Image

OWNER_PIXELS = 64_000_000
MAX_FRAMES = 500
AVATAR = (400, 400)
HEADER = (1500, 500)
QUALITY = 88
LOSSLESS_BYTES = 400_000  # a bigger PNG is a photograph and becomes JPEG or WebP

_LOSSLESS = frozenset({"PNG", "GIF"})


class Picture(Struct, frozen=True, kw_only=True, tag=True):
    """A picture ready to be kept and served: ``data`` is of ``media_type`` and carries no metadata.

    ``moves`` is the same in motion, as WebP, of avatars and headers that move.
    """

    data: bytes
    media_type: str
    width: int
    height: int
    moves: bytes = b""


Source = bytes | Path
"""A picture, or the file that holds it."""


def avatar(data: Source, *, max_pixels: int = OWNER_PIXELS) -> Picture:
    """Return the middle square of a picture, 400×400 at most, never enlarged; the first frame of an animation.

    Raises Invalid for anything that is not a whole picture of a format we read.
    """
    return _cropped(data, AVATAR, max_pixels)


def header(data: Source, *, max_pixels: int = OWNER_PIXELS) -> Picture:
    """Return the middle of a picture in the shape 3:1, 1500×500 at most; otherwise as ``avatar``."""
    return _cropped(data, HEADER, max_pixels)


@contextmanager
def opened(source: Source, *, max_pixels: int) -> Iterator["Image"]:
    """Open a picture whose type, size and number of frames are acceptable, for the length of the block.

    No pixel is decoded yet. Raises Invalid, also for what the decoders raise inside the block.
    """
    from PIL import Image  # lazily: see the package

    media_type = media_type_of(source)
    if media_type == "image/heic":
        heic.prepare()
    with BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file, guarded(max_pixels):
        image = Image.open(file, formats=[FORMATS[media_type]])
        if image.width * image.height > max_pixels:  # Pillow says so too, but only by a warning
            raise _too_many(max_pixels)
        frames = getattr(image, "n_frames", 1)
        if frames > MAX_FRAMES:
            raise Invalid(f"This picture has {frames} frames; {MAX_FRAMES} are allowed.")
        yield image


def media_type_of(source: Source) -> str:
    """Return what kind of picture it is by its first bytes; Invalid for what we do not read."""
    media_type = sniff(head_of(source))
    if media_type not in FORMATS:
        raise Invalid("This is not a picture we can read. Use PNG, JPEG, GIF, WebP, AVIF or HEIC.")
    return media_type


def head_of(source: Source) -> bytes:
    """Return as many of the first bytes as tell what it is."""
    if isinstance(source, bytes):
        return source[:HEAD]
    with source.open("rb") as file:
        return file.read(HEAD)


@contextmanager
def guarded(max_pixels: int) -> Iterator[None]:
    """Keep Pillow to ``max_pixels``, and turn whatever its decoders raise into Invalid; MemoryError passes."""
    from PIL import Image

    before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, max_pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about oddities in files
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except (SmallfedError, MemoryError):
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _too_many(max_pixels) from error
    except Exception as error:  # decoders raise nearly everything at a broken file
        raise Invalid("This picture is broken and cannot be read.", detail=repr(error)) from error
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _too_many(max_pixels: int) -> Invalid:
    return Invalid(f"This picture is too large: {max_pixels // 1_000_000} megapixels are allowed.")


def _cropped(source: Source, bounds: tuple[int, int], max_pixels: int) -> Picture:
    from PIL import Image, ImageOps

    with opened(source, max_pixels=max_pixels) as image:
        lossless = image.format in _LOSSLESS
        image.draft("RGB", (max(bounds), max(bounds)))  # a JPEG may be decoded smaller; nothing for the others
        ImageOps.exif_transpose(image, in_place=True)
        scale = min(1.0, image.width / bounds[0], image.height / bounds[1])
        size = (max(1, round(bounds[0] * scale)), max(1, round(bounds[1] * scale)))
        fitted = ImageOps.fit(normal(image), size, Image.Resampling.LANCZOS)
        return encoded(fitted, lossless=lossless)


def normal(image: "Image") -> "Image":
    """Return the pixels as RGB or RGBA in the sRGB colour space."""
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    profile = image.info.get("icc_profile")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if profile and image.mode in {"RGB", "RGBA", "CMYK", "L"}:
        image = _in_srgb(image, profile)
    if image.mode != mode:  # convert always copies: a quarter of a gigabyte for the largest
        image = image.convert(mode)
    opaque = mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255)
    return image.convert("RGB") if opaque else image


def _in_srgb(image: "Image", profile: bytes) -> "Image":
    """Convert from the colours of ``profile``, which is dropped: phones take pictures in wider spaces than sRGB."""
    from PIL import ImageCms

    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError):  # a broken or unfitting profile: the colours as they are
        return image
    return converted or image


def encoded(image: "Image", *, lossless: bool) -> Picture:
    """Write ``image`` anew: PNG where it keeps drawings sharp and is not too big; else JPEG, or WebP with alpha."""
    image.info = {}  # Pillow would write comments and profiles from it
    transparent = image.mode == "RGBA"
    if lossless or transparent:
        data = saved(image, "PNG", optimize=True)
        if len(data) <= LOSSLESS_BYTES:
            return picture(image, data, "image/png")
    if transparent:
        return picture(image, saved(image, "WEBP", quality=QUALITY), "image/webp")
    return picture(image, saved(image, "JPEG", quality=QUALITY, optimize=True, progressive=True), "image/jpeg")


def saved(image: "Image", format_: str, **options: int) -> bytes:
    """Return the file of a picture."""
    file = BytesIO()
    image.save(file, format_, **options)
    return file.getvalue()


def picture(image: "Image", data: bytes, media_type: str) -> Picture:
    """Return ``image`` with its file."""
    return Picture(data=data, media_type=media_type, width=image.width, height=image.height)
