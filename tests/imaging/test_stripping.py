"""Others' pictures lose everything that is not seen, and no pixel; nothing is decoded for it."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from zlib import compress, crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps, PngImagePlugin, features

from smallfed.errors import Invalid
from smallfed.imaging.stripping import STRIPPERS, strip
from tests.imaging.samples import BLUE, GREEN, RED, drawn, saved

SECRET = b"52.5200N-13.4050E"
ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def exif(turned: int = 1) -> bytes:
    """Return Exif with a place, a camera and a comment."""
    told = Image.Exif()
    if turned != 1:
        told[0x0112] = turned
    told[0x010E] = told[0x9286] = SECRET.decode()
    told.get_ifd(0x8825)[1] = "N"
    told.get_ifd(0x8825)[0x1B] = SECRET
    return told.tobytes()


def noted(**texts: str) -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    for name, text in texts.items():
        info.add_text(name, text)
        info.add_itxt(name, text, zip=True)
    return info


def picture(format_: str, *, turned: int = 1, size: tuple[int, int] = (61, 43), **options: Any) -> bytes:
    """Return a still picture with everything in it that its format takes."""
    image = drawn(*size)
    match format_:
        case "JPEG":
            told = {"exif": exif(turned), "icc_profile": ICC, "comment": SECRET, "xmp": SECRET}
        case "PNG":
            told = {"exif": exif(turned), "icc_profile": ICC, "pnginfo": noted(Comment=SECRET.decode())}
        case "GIF":
            told = {"comment": SECRET}
        case _:
            told = {"exif": exif(turned), "icc_profile": ICC, "xmp": SECRET}
    return saved(image, format_, **{**told, **options})


def film(format_: str) -> bytes:
    frames = [Image.new("RGB", (40, 30), colour) for colour in (RED, GREEN, BLUE)]
    told = {"comment": SECRET} if format_ == "GIF" else {"exif": exif()}
    return saved(frames[0], format_, save_all=True, append_images=frames[1:], duration=[50, 80, 110], loop=3, **told)


def pixels(data: bytes) -> list[tuple[Any, ...]]:
    with Image.open(BytesIO(data)) as image:
        shown = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            image.load()
            shown.append((image.size, image.convert("RGBA").tobytes(), image.info.get("duration")))
        return shown


def profile(data: bytes) -> bytes | None:
    with Image.open(BytesIO(data)) as image:
        return image.info.get("icc_profile")


STILLS = ["JPEG", "PNG", "GIF", "WEBP", *(["AVIF"] if features.check("avif") else [])]
FILMS = ["GIF", "WEBP", "PNG", *(["AVIF"] if features.check("avif") else [])]


@pytest.mark.parametrize("format_", STILLS)
def test_what_is_not_seen_goes_and_every_pixel_stays(format_: str) -> None:
    data = picture(format_)

    stripped = strip(data)

    assert pixels(stripped.data) == pixels(data)
    assert profile(stripped.data) == profile(data)
    assert (stripped.width, stripped.height, stripped.moves) == (61, 43, False)
    assert SECRET in data
    assert SECRET not in stripped.data
    with Image.open(BytesIO(stripped.data)) as image:
        assert dict(image.getexif()) in ({}, {0x0112: 1})
        assert not {"comment", "Comment", "XML:com.adobe.xmp"} & image.info.keys()
        assert image.info.get("xmp", b"").strip(b"\0") == b""  # in boxes it is overwritten where it stands


@pytest.mark.parametrize("format_", FILMS)
def test_what_moves_goes_on_to_move(format_: str) -> None:
    data = film(format_)

    stripped = strip(data)

    assert pixels(stripped.data) == pixels(data)
    assert (stripped.width, stripped.height, stripped.moves) == (40, 30, True)
    assert SECRET not in stripped.data


@pytest.mark.parametrize("turned", range(1, 9))
@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_lies_on_its_side_still_stands_up(format_: str, turned: int) -> None:
    data = picture(format_, turned=turned)

    stripped = strip(data).data

    with Image.open(BytesIO(stripped)) as image, Image.open(BytesIO(data)) as before:
        assert dict(image.getexif()) == ({} if turned == 1 else {0x0112: turned})
        assert ImageOps.exif_transpose(image).tobytes() == ImageOps.exif_transpose(before).tobytes()
    assert SECRET not in stripped


@pytest.mark.parametrize("options", [{"progressive": True}, {"restart_marker_rows": 1}, {"subsampling": 0}])
def test_jpegs_of_all_kinds(options: dict[str, Any]) -> None:
    data = picture("JPEG", **options)

    assert pixels(strip(data).data) == pixels(data)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_jpegs_of_other_colours(mode: str) -> None:
    data = saved(drawn(mode=mode), "JPEG")

    assert pixels(strip(data).data) == pixels(data)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_pngs_of_all_kinds(mode: str) -> None:
    image = drawn().convert("L").convert("I;16") if mode == "I;16" else drawn(mode=mode)
    data = saved(image, "PNG")

    assert pixels(strip(data).data) == pixels(data)


@pytest.mark.parametrize("options", [{"lossless": True}, {"lossless": False}, {"quality": 1}])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_webps_of_all_kinds(options: dict[str, Any], mode: str) -> None:
    data = saved(drawn(mode=mode), "WEBP", **options)

    stripped = strip(data)

    assert pixels(stripped.data) == pixels(data)
    assert (stripped.width, stripped.height) == (60, 40)


@pytest.mark.parametrize("format_", STILLS)
def test_what_follows_the_picture_goes(format_: str) -> None:
    """Telephones hang films with a place on them."""
    data = picture(format_)
    more = data + (b"\0\0\0\x19uuid" + SECRET if format_ == "AVIF" else SECRET)

    stripped = strip(more).data

    assert pixels(stripped) == pixels(data)
    assert SECRET not in stripped


@pytest.mark.parametrize("format_", ["JPEG", "GIF"])
def test_what_is_cut_off_is_ended_where_it_ends(format_: str) -> None:
    data = picture(format_)

    cut = data.rstrip(b"\x3b") if format_ == "GIF" else data[:-2]

    assert pixels(strip(cut).data) == pixels(data)


@pytest.mark.parametrize("format_", ["PNG", "WEBP", *(["AVIF"] if features.check("avif") else [])])
def test_what_is_cut_off_elsewhere_is_refused(format_: str) -> None:
    with pytest.raises(Invalid):
        strip(picture(format_)[:-20])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'{"@context": "https://www.w3.org/ns/activitystreams"}',
        b"%PDF-1.7",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8" + b"\xff" * 100_000,
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a" + bytes(100),
        b"RIFF\xff\xff\xff\xffWEBPVP8 ",
        b"\0\0\0\x20ftypavif" + bytes(20),
        b"\0\0\0\x14ftypisom" + bytes(200),
    ],
)
def test_what_is_no_picture(data: bytes) -> None:
    with pytest.raises(Invalid):
        strip(data)


@pytest.mark.parametrize("media_type", STRIPPERS)
@given(data=st.binary(max_size=400))
def test_whatever_comes_it_is_a_picture_or_refused(media_type: str, data: bytes) -> None:
    _ends(lambda: STRIPPERS[media_type](data))


def _ends(run: Callable[[], Any]) -> None:
    try:
        run()
    except Invalid:
        return


SAMPLES = [*map(picture, STILLS), *map(film, FILMS)]


@given(
    sample=st.sampled_from(SAMPLES),
    places=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8),
    cut=st.floats(0, 1),
)
def test_a_picture_that_was_damaged(sample: bytes, places: list[tuple[float, int]], cut: float) -> None:
    data = bytearray(sample)
    for place, value in places:
        data[int(place * len(data))] = value

    _ends(lambda: strip(bytes(data[: int(cut * len(data))])))


@given(
    width=st.integers(1, 80),
    height=st.integers(1, 80),
    format_=st.sampled_from(["JPEG", "PNG", "GIF", "WEBP"]),
    turned=st.integers(1, 8),
)
def test_pictures_of_all_sizes(width: int, height: int, format_: str, turned: int) -> None:
    data = picture(format_, turned=turned, size=(width, height))

    stripped = strip(data)

    assert pixels(stripped.data) == pixels(data)
    assert (stripped.width, stripped.height) == (width, height)
    assert SECRET not in stripped.data
    assert strip(stripped.data).data == stripped.data


def test_what_is_stripped_takes_time_that_grows_with_its_length_alone() -> None:
    """A scan that is nothing but fill bytes is looked at once."""
    head = picture("JPEG")[:-2]

    assert len(strip(head + b"\xff" * (4 << 20)).data) > 4 << 20


def _with_chunk(png: bytes, name: bytes, content: bytes) -> bytes:
    chunk = len(content).to_bytes(4) + name + content + crc32(name + content).to_bytes(4)
    return png[:33] + chunk + png[33:]


@pytest.mark.parametrize(
    "name", ["pHYs", "gAMA", "cHRM", "sBIT", "bKGD", "sRGB", "cICP", "mDCV", "cLLI", "acTL", "iCCP"]
)
def test_nothing_hides_in_chunks_that_are_seen(name: str) -> None:
    """They are as long as they have to be, and what a profile is called is nobody's business."""
    png = saved(drawn(), "PNG")
    content = SECRET + b"\0\0" + compress(b"profile") if name == "iCCP" else b"\0\0\0\1" + SECRET

    stripped = strip(_with_chunk(png, name.encode(), content))

    assert SECRET not in stripped.data
    assert stripped.moves is False
    assert pixels(stripped.data) == pixels(png)
