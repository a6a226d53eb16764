"""Pictures made for the tests."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from smallfed.imaging.pictures import Picture

RED, GREEN, BLUE, WHITE = (230, 20, 20), (20, 200, 20), (20, 20, 230), (255, 255, 255)


def drawn(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    """Return quarters of red, green, blue and white: upper left, upper right, lower left, lower right."""
    image = Image.new("RGB", (width, height), WHITE)
    image.paste(RED, (0, 0, width // 2, height // 2))
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    return image.convert(mode)


def saved(image: Image.Image, format_: str, **options: Any) -> bytes:
    """Return a file; the test is skipped where nothing writes its format."""
    if format_ == "HEIF":
        pytest.importorskip("pillow_heif", reason="needs pillow-heif: pip install -e '.[heic]'").register_heif_opener()
    file = BytesIO()
    image.save(file, format_, **options)
    return file.getvalue()


def opened(picture: Picture | None) -> Image.Image:
    assert picture is not None
    image = Image.open(BytesIO(picture.data))
    image.load()
    return image


def corners(image: Image.Image) -> list[tuple[int, int, int]]:
    """Return which of the four colours each quarter is nearest to, in the order of ``drawn``."""
    image = image.convert("RGB")
    across, down = image.width // 4, image.height // 4
    places = [(across, down), (3 * across, down), (across, 3 * down), (3 * across, 3 * down)]
    return [min((RED, GREEN, BLUE, WHITE), key=lambda c: _distance(c, image.getpixel(place))) for place in places]


def _distance(one: Any, other: Any) -> int:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))


def gps() -> bytes:
    """Return Exif that tells where and with what, and that the picture lies on its side."""
    exif = Image.Exif()
    exif.update({0x0112: 6, 0x010F: "SECRET", 0x8825: {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)}})
    return exif.tobytes()
