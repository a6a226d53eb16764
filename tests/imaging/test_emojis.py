"""Custom emoji: still ones, moving ones, and what is none."""

import msgspec
import pytest
from PIL import Image

from smallfed.errors import Invalid
from smallfed.imaging.emojis import LARGEST, MOST_FRAMES, SIDE, emoji, still
from smallfed.imaging.entry import Refused
from smallfed.imaging.packs import Pair, main, request, result
from smallfed.imaging.pictures import OWNER_PIXELS, Picture
from tests.imaging.samples import BLUE, GREEN, RED, corners, drawn, opened, saved


def moving(format_: str, frames: int = 3) -> bytes:
    first, *rest = [Image.new("RGB", (40, 20), (RED, GREEN, BLUE)[number % 3]) for number in range(frames)]
    return saved(first, format_, save_all=True, append_images=rest, duration=120, loop=0)


@pytest.mark.parametrize(
    ("format_", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("GIF", "P"), ("WEBP", "RGB"), ("JPEG", "L")]
)
def test_a_still_picture_becomes_png(format_: str, mode: str) -> None:
    made = emoji(saved(drawn(60, 40, mode), format_), max_pixels=OWNER_PIXELS)

    assert (made.media_type, made.width, made.height) == ("image/png", 60, 40)


def test_a_large_picture_is_scaled_down_and_keeps_its_shape() -> None:
    made = emoji(saved(drawn(1024, 512), "PNG"), max_pixels=OWNER_PIXELS)

    assert (made.width, made.height) == (SIDE, SIDE // 2)
    assert corners(opened(made)) == corners(drawn())


@pytest.mark.parametrize("format_", ["GIF", "WEBP", "PNG"])
def test_a_moving_picture_keeps_moving(format_: str) -> None:
    """And has a still form, its first moment."""
    data = moving(format_)

    made, held = emoji(data, max_pixels=OWNER_PIXELS), still(data, max_pixels=OWNER_PIXELS)

    image = opened(made)
    assert (made.media_type, held.media_type) == ("image/webp", "image/png")
    assert (getattr(image, "n_frames", 1), image.size) == (3, (40, 20))
    assert corners(opened(held)) == [RED] * 4


def test_metadata_is_left_behind() -> None:
    exif = Image.Exif()
    exif[0x010E] = "where I live"

    made = emoji(saved(drawn(), "PNG", exif=exif), max_pixels=OWNER_PIXELS)

    assert b"where I live" not in made.data


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<svg/>", "not a picture"),
        (saved(drawn(), "PNG")[:60], "broken"),
        (moving("GIF", MOST_FRAMES + 1), "frames"),
        (saved(drawn(1100, 1000), "PNG"), "megapixels"),
    ],
)
def test_what_is_no_emoji(data: bytes, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        emoji(data, max_pixels=1_000_000)


def test_what_stays_too_large() -> None:
    """Noise cannot be made smaller."""
    noise = Image.effect_noise((SIDE, SIDE), 100).convert("RGB")
    frames = [Image.effect_noise((SIDE, SIDE), 100).convert("RGB") for _ in range(20)]

    with pytest.raises(Invalid, match=f"{LARGEST >> 10} kB"):
        emoji(saved(noise, "WEBP", save_all=True, append_images=frames), max_pixels=OWNER_PIXELS)


def test_many_at_once() -> None:
    """One that is none is said to be, and the others are made."""
    data = moving("GIF")

    pair, refused = result(main(request([data, b"no picture"])), 2)

    assert pair == Pair(picture=emoji(data, max_pixels=OWNER_PIXELS), still=still(data, max_pixels=OWNER_PIXELS))
    assert isinstance(refused, Refused)


@pytest.mark.parametrize("answer", [b"", b"\x90", main(request([b"no picture"] * 2))])
def test_a_child_that_answers_something_else_is_not_believed(answer: bytes) -> None:
    with pytest.raises(Invalid):
        result(answer, 1)


def test_a_picture_must_be_what_it_says() -> None:
    page = Picture(data=b"<script>", media_type="image/png", width=1, height=1)

    with pytest.raises(Invalid):
        result(msgspec.msgpack.encode([Pair(picture=page, still=page)]), 1)
