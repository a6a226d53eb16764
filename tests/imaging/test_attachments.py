"""Pictures of posts, whatever colours and shapes they come in."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from smallfed.errors import Invalid
from smallfed.imaging import attachments
from smallfed.imaging.attachments import LARGEST, LONGEST, develop, fitted, preview
from tests.imaging.samples import BLUE, GREEN, RED, corners, drawn, gps, opened, saved

ALL = corners(drawn())


@pytest.mark.parametrize(
    ("mode", "format_"),
    [("RGB", "PNG"), ("RGBA", "PNG"), ("P", "PNG"), ("P", "GIF"), ("CMYK", "JPEG"), ("RGBA", "WEBP"), ("RGB", "AVIF")],
)
def test_every_kind_of_colours(mode: str, format_: str) -> None:
    made = develop(saved(drawn(400, 300, mode), format_))

    assert corners(opened(made.picture)) == ALL
    assert (made.picture.width, made.picture.height) == (400, 300)
    assert made.preview is None


@pytest.mark.parametrize("mode", ["1", "L", "LA", "I;16"])
def test_grey(mode: str) -> None:
    made = develop(saved(Image.new("L", (800, 600), 200).convert("I").convert(mode), "PNG"))

    assert opened(made.picture).size == (800, 600)
    assert made.preview is not None


def test_what_is_transparent_stays_so_in_both_sizes() -> None:
    image = drawn(1200, 900, "RGBA")
    image.putpixel((0, 0), (0, 0, 0, 0))
    image.paste((0, 0, 0, 0), (0, 0, 300, 300))

    made = develop(saved(image, "AVIF"))

    assert made.picture.media_type == "image/webp"
    assert made.preview is not None
    for shown in (made.picture, made.preview):
        assert opened(shown).convert("RGBA").getpixel((2, 2))[3] == 0  # type: ignore[index]


def test_the_colours_of_a_profile_become_ours() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    swapped = develop(saved(drawn(), "PNG", icc_profile=profile))  # a profile that does not fit is left out

    assert corners(opened(swapped.picture)) == ALL
    assert "icc_profile" not in opened(swapped.picture).info


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_upright(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }.get(orientation)
    stored = drawn(900, 600) if turned is None else drawn(900, 600).transpose(turned)

    made = develop(saved(stored, "JPEG", exif=exif.tobytes(), quality=95))

    assert (made.picture.width, made.picture.height) == (900, 600)
    assert corners(opened(made.picture)) == ALL
    assert corners(opened(preview(saved(stored, "PNG", exif=exif.tobytes())).picture)) == ALL


def test_drawings_stay_as_they_are() -> None:
    sharp = drawn(300, 200)
    for format_, options in (("PNG", {}), ("WEBP", {"lossless": True})):
        made = develop(saved(sharp, format_, **options))
        with Image.open(BytesIO(made.picture.data)) as image:
            assert (image.format, image.convert("RGB").tobytes()) == (format_, sharp.tobytes())


@given(st.integers(1, 70_000), st.integers(1, 70_000))
def test_fitting_keeps_the_shape_and_enlarges_nothing(width: int, height: int) -> None:
    across, down = fitted(width, height, LARGEST)

    assert 1 <= across <= min(width, LONGEST)
    assert 1 <= down <= min(height, LONGEST)
    assert across * down <= LARGEST + across + down
    if min(across, down) > 100:
        assert across / down == pytest.approx(width / height, rel=0.02)


def test_a_line_of_a_picture() -> None:
    made = develop(saved(Image.new("RGB", (60_000, 1)), "PNG"))

    assert (made.picture.width, made.picture.height) == (16_000, 1)


def test_what_is_no_picture() -> None:
    with pytest.raises(Invalid, match="not a picture we can read"):
        develop(b"GIF")


def test_a_photograph_of_an_iphone_becomes_one_that_every_app_shows() -> None:
    turned = drawn().rotate(-90, expand=True)

    made = develop(saved(drawn(900, 600), "HEIF", exif=gps(), quality=90))
    opaque = develop(saved(drawn(300, 200, "RGBA"), "HEIF"))

    assert (made.picture.media_type, made.picture.width, made.picture.height) == ("image/jpeg", 600, 900)
    assert corners(opened(made.picture)) == corners(turned)
    assert b"SECRET" not in made.picture.data
    assert opaque.picture.media_type == "image/jpeg"


@pytest.mark.parametrize("format_", ["PNG", "AVIF"])
def test_what_moves_and_not_every_app_shows_becomes_webp(format_: str) -> None:
    frames = [Image.new("RGB", (400, 300), colour) for colour in (RED, GREEN, BLUE)]
    film = saved(frames[0], format_, save_all=True, append_images=frames[1:], duration=[50, 80, 110])

    made = develop(film)

    with Image.open(BytesIO(made.picture.data)) as image:
        assert (image.format, image.n_frames, made.picture.media_type) == ("WEBP", 3, "image/webp")
    assert made.preview is None or made.preview.media_type == "image/jpeg"


def test_only_as_many_frames_are_drawn_anew_as_take_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "REDRAWN", 3 * 400 * 300 - 1)
    frames = [Image.new("RGB", (400, 300), colour) for colour in (RED, GREEN, BLUE)]

    with pytest.raises(Invalid, match="This animation is too large"):
        develop(saved(frames[0], "PNG", save_all=True, append_images=frames[1:]))
