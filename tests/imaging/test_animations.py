"""What moves keeps its frames, and nothing that is not seen."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from smallfed.errors import Invalid
from smallfed.imaging import animations, attachments
from tests.imaging.samples import BLUE, GREEN, RED, drawn, saved

SECRET = b"SECRET-TRACE"
STRIP = {"GIF": animations.stripped_gif, "WEBP": animations.stripped_webp}


def film(format_: str, **options: object) -> bytes:
    frames = [Image.new("RGB", (40, 30), colour) for colour in (RED, GREEN, BLUE)]
    exif = {"exif": b"Exif\0\0" + SECRET, "xmp": SECRET, "icc_profile": SECRET}
    more = {"comment": SECRET} if format_ == "GIF" else exif
    options = {"duration": [50, 80, 110], "loop": 3, **more, **options}
    return saved(frames[0], format_, save_all=True, append_images=frames[1:], **options)


def seen(data: bytes) -> list[tuple[object, ...]]:
    with Image.open(BytesIO(data)) as image:
        shown = []
        for number in range(image.n_frames):
            image.seek(number)
            image.load()
            shown.append((image.convert("RGBA").tobytes(), image.info.get("duration"), image.info.get("loop")))
        return shown


@pytest.mark.parametrize("format_", STRIP)
def test_the_frames_stay_and_the_rest_goes(format_: str) -> None:
    data = film(format_)

    stripped = STRIP[format_](data + SECRET)

    assert SECRET in data
    assert SECRET not in stripped
    assert seen(stripped) == seen(data)
    assert STRIP[format_](stripped) == stripped


def test_unknown_blocks_and_loops_that_hide_something_go() -> None:
    data = film("GIF")
    loop = data.index(b"NETSCAPE2.0") + 11
    hidden = data[:loop] + b"\x03\x01\x03\x00" + bytes([len(SECRET)]) + SECRET + data[loop + 4 :]
    plain = b"\x21\x01\x0c" + bytes(12) + bytes([len(SECRET)]) + SECRET + b"\0"

    stripped = animations.stripped_gif(hidden[:-1] + plain + b";")

    assert SECRET not in stripped
    assert seen(stripped) == seen(data)


@pytest.mark.parametrize("cut", [0, 5, 12, 20, -3])
def test_what_ends_too_early_is_broken(cut: int) -> None:
    with pytest.raises(Invalid, match="broken"):
        animations.stripped_gif(film("GIF")[:cut])


@given(st.data())
def test_damage_ends_in_invalid_or_in_something_no_larger(data: st.DataObject) -> None:
    whole = bytearray(film("GIF"))
    for _ in range(5):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))

    try:
        stripped = animations.stripped_gif(bytes(whole))
    except Invalid:
        return
    assert len(stripped) <= len(whole) + 1


def test_an_animation_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "MOVING", 3 * 40 * 30 - 1)

    with pytest.raises(Invalid, match="This animation is too large: 3 frames of 40 × 30 pixels"):
        attachments.develop(film("GIF"))


def test_stills_are_told_from_films() -> None:
    assert animations.is_lossless_webp(saved(drawn(), "WEBP", lossless=True))
    assert not animations.is_lossless_webp(saved(drawn(), "WEBP"))
