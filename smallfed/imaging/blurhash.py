"""Blurhash: a picture as a few letters, from which apps paint a blur until the picture has come.

Spec: https://github.com/woltapp/blurhash/blob/master/Algorithm.md. The libraries for it are either compiled for some
machines only or take pictures as nested lists; it is one sum and one way to write numbers.
"""

from collections.abc import Iterator, Sequence
from math import cos, pi

Pixel = tuple[int, int, int]
Colour = tuple[float, float, float]

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
ACROSS = DOWN = 4  # components, as Mastodon has them
_STEPS = 9  # from the middle to the end of the scale of a component


def blurhash(pixels: Sequence[Pixel], width: int) -> str:
    """Return the hash of a picture whose ``pixels`` (8 bits of sRGB) are given line by line; 32 by 32 are enough."""
    linear = [(_linear(red), _linear(green), _linear(blue)) for red, green, blue in pixels]
    average, *others = (_component(linear, width, x, y) for y in range(DOWN) for x in range(ACROSS))
    largest = max(abs(channel) for colour in others for channel in colour)
    scale = max(0, min(82, int(largest * 166 - 0.5)))
    words = [_written(ACROSS - 1 + (DOWN - 1) * 9, 1), _written(scale, 1), _written(_packed(average), 4)]
    words += (_written(_offset(colour, (scale + 1) / 166), 2) for colour in others)
    return "".join(words)


def is_blurhash(text: str) -> bool:
    """Whether it could be what ``blurhash`` returns."""
    return len(text) == 6 + 2 * (ACROSS * DOWN - 1) and set(text) <= set(DIGITS)


def _component(pixels: Sequence[Colour], width: int, x: int, y: int) -> Colour:
    """Return how much of a wave of ``x`` and ``y`` half turns is in the picture."""
    height = len(pixels) // width
    across = [cos(pi * x * column / width) for column in range(width)]
    down = [cos(pi * y * row / height) for row in range(height)]
    red = green = blue = 0.0
    for weight, pixel in zip(_products(down, across), pixels, strict=True):
        red += weight * pixel[0]
        green += weight * pixel[1]
        blue += weight * pixel[2]
    share = (1 if x == y == 0 else 2) / len(pixels)
    return red * share, green * share, blue * share


def _products(down: Sequence[float], across: Sequence[float]) -> Iterator[float]:
    return (one * other for one in down for other in across)


def _linear(value: int) -> float:
    """Return light for a value of sRGB (IEC 61966-2-1)."""
    share = value / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _srgb(light: float) -> int:
    share = max(0.0, min(1.0, light))
    return int((share * 12.92 if share <= 0.0031308 else 1.055 * share ** (1 / 2.4) - 0.055) * 255 + 0.5)


def _packed(colour: Colour) -> int:
    red, green, blue = map(_srgb, colour)
    return (red << 16) + (green << 8) + blue


def _offset(colour: Colour, largest: float) -> int:
    """Return three channels between minus and plus ``largest`` as one number."""
    red, green, blue = (_step(channel / largest) for channel in colour)
    return (red * 19 + green) * 19 + blue


def _step(share: float) -> int:
    root = abs(share) ** 0.5
    return max(0, min(2 * _STEPS, int((root if share >= 0 else -root) * _STEPS + _STEPS + 0.5)))


def _written(number: int, length: int) -> str:
    letters = ""
    for _ in range(length):
        number, rest = divmod(number, len(DIGITS))
        letters = DIGITS[rest] + letters
    return letters
