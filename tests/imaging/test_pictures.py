# ruff: noqa: E501 - one case, one line: that is how a table is read

from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from smallfed.errors import Invalid
from smallfed.imaging import pictures
from smallfed.imaging.pictures import MAX_FRAMES, QUALITY, Picture, avatar, header
from smallfed.imaging.sniffing import FORMATS, sniff
from tests.imaging.samples import BLUE, GREEN, RED, WHITE, corners, drawn, opened, saved

SECRET = b"SECRET-TRACE"
GPS, ORIENTATION, MAKER, ARTIST, USER_COMMENT = 0x8825, 0x0112, 0x010F, 0x013B, 0x9286
BROKEN = "This picture is broken and cannot be read."


def exif(orientation: int = 1) -> Image.Exif:
    """Return what a telephone writes: maker, artist, place, and how it was held."""
    tags = Image.Exif()
    tags[ORIENTATION] = orientation
    tags[MAKER] = tags[ARTIST] = SECRET.decode()
    tags.get_ifd(GPS).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0), 29: SECRET.decode()})
    return tags


def profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def text_chunks() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SECRET.decode())
    info.add_text("Compressed", SECRET.decode() * 9, zip=True)
    info.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    return info


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + SECRET + b"</x:xmpmeta>"
TELLING = {
    "JPEG": saved(drawn(), "JPEG", exif=exif(), icc_profile=profile(), comment=SECRET, xmp=XMP),
    "PNG": saved(drawn(), "PNG", exif=exif(), icc_profile=profile(), pnginfo=text_chunks()),
    "WEBP": saved(drawn(), "WEBP", exif=exif(), icc_profile=profile(), xmp=XMP),
    "AVIF": saved(drawn(), "AVIF", exif=exif(), icc_profile=profile(), xmp=XMP),
    "GIF": saved(drawn(), "GIF", comment=SECRET),
    "transparent PNG": saved(drawn(mode="RGBA").rotate(5), "PNG", exif=exif(), icc_profile=profile(), pnginfo=text_chunks()),
}  # fmt: skip


@pytest.mark.parametrize("name", TELLING)
@pytest.mark.parametrize("job", [avatar, header])
def test_nothing_but_pixels_remains(name: str, job: Callable[[bytes], Picture]) -> None:
    data = TELLING[name]
    assert SECRET in data or b"xif" in data

    picture = job(data)

    for trace in (
        SECRET,
        b"Exif",
        b"EXIF",
        b"eXIf",
        b"xmp",
        b"XMP",
        b"tEXt",
        b"zTXt",
        b"iTXt",
        b"ICC_PROFILE",
        b"iCCP",
        b"GPS",
    ):
        assert trace not in picture.data  # fmt: skip
    image = opened(picture)
    assert dict(image.getexif()) == {}
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
    assert corners(image)[:3] == [RED, GREEN, BLUE]


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("orientation", "seen"),
    [
        (1, [RED, GREEN, BLUE, WHITE]),
        (2, [GREEN, RED, WHITE, BLUE]),
        (3, [WHITE, BLUE, GREEN, RED]),
        (4, [BLUE, WHITE, RED, GREEN]),
        (5, [RED, BLUE, GREEN, WHITE]),
        (6, [BLUE, RED, WHITE, GREEN]),
        (7, [WHITE, GREEN, BLUE, RED]),
        (8, [GREEN, WHITE, RED, BLUE]),
    ],
)
def test_a_picture_stands_upright(format_: str, orientation: int, seen: list[tuple[int, int, int]]) -> None:
    data = saved(drawn(), format_, exif=exif(orientation))

    assert corners(opened(avatar(data))) == seen


@pytest.mark.parametrize(
    ("width", "height", "as_avatar", "as_header"),
    [
        (400, 400, (400, 400), (400, 133)),
        (1000, 2000, (400, 400), (1000, 333)),
        (6000, 1000, (400, 400), (1500, 500)),
        (30, 20, (20, 20), (30, 10)),
        (1, 1, (1, 1), (1, 1)),
        (2000, 1, (1, 1), (3, 1)),
    ],
)
def test_sizes(width: int, height: int, as_avatar: tuple[int, int], as_header: tuple[int, int]) -> None:
    data = saved(drawn(width, height), "JPEG")

    for picture, size in ((avatar(data), as_avatar), (header(data), as_header)):
        assert (picture.width, picture.height) == size == opened(picture).size


NOISE = Image.effect_noise((400, 400), 120)
HALF = Image.merge("LA", (NOISE, NOISE)).convert("RGBA")


@pytest.mark.parametrize(
    ("data", "media_type", "mode"),
    [
        (saved(drawn(), "PNG"), "image/png", "RGB"),
        (saved(drawn(mode="P"), "GIF"), "image/png", "RGB"),
        (saved(drawn(), "WEBP"), "image/jpeg", "RGB"),
        (saved(drawn(), "AVIF"), "image/jpeg", "RGB"),
        (saved(drawn(mode="CMYK"), "JPEG"), "image/jpeg", "RGB"),
        (saved(drawn(mode="L"), "JPEG"), "image/jpeg", "RGB"),
        (saved(drawn(mode="RGBA"), "PNG"), "image/png", "RGB"),
        (saved(drawn(mode="RGBA").rotate(5), "WEBP"), "image/png", "RGBA"),
        (saved(Image.merge("RGB", (NOISE, NOISE.rotate(90), NOISE.rotate(180))), "PNG"), "image/jpeg", "RGB"),
        (saved(Image.merge("RGBA", (*HALF.rotate(90).split()[:2], *HALF.split()[2:])), "PNG"), "image/webp", "RGBA"),
        (saved(Image.new("I;16", (40, 40), 0x8000), "PNG"), "image/png", "RGB"),
    ],
)  # fmt: skip
def test_type_and_mode(data: bytes, media_type: str, mode: str) -> None:
    picture = avatar(data)

    assert (picture.media_type, sniff(picture.data), opened(picture).mode) == (media_type, media_type, mode)


def test_sixteen_bits_of_grey_keep_their_brightness() -> None:
    data = saved(Image.new("I;16", (40, 40), 0x8000), "PNG")

    assert opened(avatar(data)).getpixel((5, 5)) == (128, 128, 128)


def test_a_broken_profile_is_no_reason_to_refuse() -> None:
    data = saved(drawn(), "JPEG", icc_profile=b"no profile at all", quality=QUALITY)

    assert corners(opened(avatar(data))) == [RED, GREEN, BLUE, WHITE]


@pytest.mark.parametrize("format_", FORMATS.values())
def test_a_truncated_picture_is_refused(format_: str) -> None:
    data = saved(drawn(300, 200), format_)

    with pytest.raises(Invalid, match=BROKEN):
        avatar(data[: len(data) // 2])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "This is not a picture we can read"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "This is not a picture we can read"),
        (saved(drawn(), "TIFF"), "This is not a picture we can read"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, BROKEN),
        (b"\xff\xd8\xff" + b"\x00" * 100, BROKEN),
        (b"GIF89a", BROKEN),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", BROKEN),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        avatar(data)


@pytest.mark.parametrize("format_", FORMATS.values())
@given(data=st.data())
def test_damage_is_refused_or_survived(format_: str, data: st.DataObject) -> None:
    whole = bytearray(saved(drawn(), format_))
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=8)):
        whole[place] = data.draw(st.integers(0, 255))

    try:
        picture = avatar(bytes(whole), max_pixels=100_000)
    except Invalid:
        return
    assert picture.width == picture.height <= 400


def test_too_many_pixels() -> None:
    """A header that promises more is refused before anything is decoded."""
    data = saved(drawn(1001, 1000), "PNG")

    with pytest.raises(Invalid, match="This picture is too large: 1 megapixels are allowed"):
        avatar(data, max_pixels=1_000_000)


@pytest.mark.parametrize("side", [1_500, 40_000])
def test_a_bomb_is_refused_by_its_header(side: int) -> None:
    bomb = bytearray(saved(drawn(), "GIF"))
    bomb[6:10] = side.to_bytes(2, "little") * 2

    with pytest.raises(Invalid, match="too large"), pictures.opened(bytes(bomb), max_pixels=1_000_000):
        pass


def test_too_many_frames() -> None:
    frames = [Image.new("1", (2, 2), n % 2) for n in range(MAX_FRAMES + 1)]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=20)

    with pytest.raises(Invalid, match="501 frames; 500 are allowed"):
        avatar(data)


def test_of_an_animation_the_first_frame_is_taken() -> None:
    data = saved(drawn(), "GIF", save_all=True, append_images=[Image.new("RGB", (60, 40))] * 3)

    picture = avatar(data)

    assert corners(opened(picture)) == [RED, GREEN, BLUE, WHITE]
    assert getattr(opened(picture), "n_frames", 1) == 1


def test_the_limit_of_pillow_is_as_it_was() -> None:
    before = Image.MAX_IMAGE_PIXELS

    avatar(saved(drawn(), "PNG"), max_pixels=10_000)

    assert before == Image.MAX_IMAGE_PIXELS


def test_a_picture_once_processed_is_taken_again() -> None:
    first = avatar(saved(drawn(500, 500), "PNG"))

    assert avatar(first.data) == Picture(
        data=saved(Image.open(BytesIO(first.data)), "PNG", optimize=True), media_type="image/png", width=400, height=400
    )
