"""Pictures for who has none: drawn from the handle, the same each time."""

from colorsys import hls_to_rgb
from hashlib import blake2s
from math import pi, sin
from math import pow as power
from typing import TYPE_CHECKING

from smallfed.imaging.pictures import AVATAR, HEADER, Picture, encoded

if TYPE_CHECKING:
    from PIL.Image import Image

Colour = tuple[int, int, int]
SMOOTH = 2  # everything is drawn larger and scaled down: Pillow draws hard edges
BRIGHTEST = 0.3  # relative luminance behind white letters: a contrast of 3 (WCAG 2.2, 1.4.3, large text)
WHITE = (255, 255, 255)
GREY, PALE = (140, 148, 160), (206, 211, 219)


def default_avatar(handle: str) -> Picture:
    """Draw the avatar of ``handle`` (``alice`` or ``alice@home.example``): its initials on its colours."""
    first, second = _colours(handle)
    image = _gradient(AVATAR, first, second)
    ink = _ink(initials(handle), image.height)
    image.paste(WHITE, ((image.width - ink.width) // 2, (image.height - ink.height) // 2), mask=ink)
    return _finished(image, AVATAR)


def _ink(letters: str, height: int) -> "Image":
    """Return a mask of ``letters`` for a picture of ``height``, cut to the ink: that is what the eye centres."""
    from PIL import Image, ImageDraw, ImageFont  # lazily: see the package

    font = ImageFont.load_default(size=height * (0.5 if len(letters) == 1 else 0.38))
    mask = Image.new("L", (height * 2, height * 2))
    bold = height // (130 * len(letters))
    ImageDraw.Draw(mask).text((height // 2, height // 2), letters, font=font, fill=255, stroke_width=bold)
    return mask.crop(mask.getbbox())


def default_header(handle: str) -> Picture:
    """Draw the header of ``handle``: waves in the colours of its avatar."""
    from PIL import Image, ImageDraw

    first, second = _colours(handle)
    image = _gradient(HEADER, first, second)
    seeds = _digest(handle)[8:]
    for wave in range(3):
        veil = Image.new("L", image.size)
        ImageDraw.Draw(veil).polygon(_wave(image.size, seeds[2 * wave : 2 * wave + 2], level=wave), fill=28)
        image.paste(WHITE, mask=veil)
    return _finished(image, HEADER)


def missing_avatar() -> Picture:
    """Draw the avatar of remote accounts without one: nobody in particular, in grey."""
    from PIL import ImageDraw

    image = _gradient(AVATAR, PALE, GREY)
    draw = ImageDraw.Draw(image)
    unit = image.width / 100
    draw.ellipse((34 * unit, 22 * unit, 66 * unit, 54 * unit), fill=WHITE)
    draw.ellipse((18 * unit, 60 * unit, 82 * unit, 130 * unit), fill=WHITE)
    return _finished(image, AVATAR)


def initials(handle: str) -> str:
    """Return one or two capital letters or digits: ``jane_doe`` gives ``JD``; ``?`` where there are none."""
    name = handle.removeprefix("@").partition("@")[0]
    words = "".join(c if c.isalnum() else " " for c in name).split()
    return "".join(word[0] for word in words[:2]).upper() or "?"


def _digest(handle: str) -> bytes:
    return blake2s(handle.removeprefix("@").lower().encode("utf-8", "replace")).digest()


def _colours(handle: str) -> tuple[Colour, Colour]:
    """Return two neighbouring hues, dark enough for white letters on either."""
    digest = _digest(handle)
    hue = int.from_bytes(digest[:2]) / 65536
    step = 0.06 + digest[2] / 255 * 0.08
    return _colour(hue, 0.56, 0.52), _colour(hue + step, 0.36, 0.58)


def _colour(hue: float, lightness: float, saturation: float) -> Colour:
    """Return a colour, darkened where its hue is too bright for white letters, as yellow is."""
    red, green, blue = hls_to_rgb(hue % 1, lightness, saturation)
    while _luminance(red, green, blue) > BRIGHTEST:
        lightness -= 0.01
        red, green, blue = hls_to_rgb(hue % 1, lightness, saturation)
    return round(red * 255), round(green * 255), round(blue * 255)


def _luminance(red: float, green: float, blue: float) -> float:
    """Weigh the primaries, with 2.2 for the exact curve of sRGB."""
    return 0.2126 * power(red, 2.2) + 0.7152 * power(green, 2.2) + 0.0722 * power(blue, 2.2)


def _gradient(size: tuple[int, int], first: Colour, second: Colour) -> "Image":
    """Fill ``size``, drawn larger, from the upper left to the lower right."""
    from PIL import Image

    middle = tuple((a + b) // 2 for a, b in zip(first, second, strict=True))
    corners = Image.new("RGB", (2, 2))
    for place, colour in zip([(0, 0), (1, 0), (0, 1), (1, 1)], [first, middle, middle, second], strict=True):
        corners.putpixel(place, colour)
    large = (size[0] * SMOOTH, size[1] * SMOOTH)
    return corners.resize(large, Image.Resampling.BILINEAR, box=(0.5, 0.5, 1.5, 1.5))


def _wave(size: tuple[int, int], seeds: bytes, *, level: int) -> list[tuple[float, float]]:
    """Return the outline of everything below one wave."""
    width, height = size
    phase, length = seeds[0] / 255 * 2 * pi, 0.8 + seeds[1] / 255 * 0.9
    middle, swing = height * (0.42 + 0.19 * level), height * 0.11
    steps = 200
    crest = [
        (width * step / steps, middle + swing * sin(phase + 2 * pi * length * step / steps))
        for step in range(steps + 1)
    ]
    return [*crest, (width, height), (0, height)]


def _finished(image: "Image", size: tuple[int, int]) -> Picture:
    from PIL import Image

    return encoded(image.resize(size, Image.Resampling.LANCZOS), lossless=True)
