import pytest

from smallfed.imaging.sniffing import FORMATS, sniff
from tests.imaging.samples import drawn, saved


@pytest.mark.parametrize("media_type", FORMATS)
def test_what_pillow_writes_is_known(media_type: str) -> None:
    assert sniff(saved(drawn(), FORMATS[media_type])) == media_type


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PN",
        b"GIF88a",
        b"RIFF\x00\x00\x00\x00AVI LIST",
        b"\x00\x00\x00\x14ftypjp2 \x00\x00\x00\x00jp2 avif",
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"BM\x00\x00",
        b"#EXTM3U\n",
        b"ffconcat version 1.0\n",
        b"OggS",
        b"OggS" + bytes(22) + b"\x01\x08" + b"\x80daala..",
        b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84else",
        b"\xff\xff\xff\xff",
        b"\xff\xf1\xff\xff",
        b"PK\x03\x04",
    ],
)
def test_what_we_do_not_read_is_not_named(data: bytes) -> None:
    """The fifth has a brand we know, but beyond the box that lists the brands."""
    assert sniff(data) is None


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    body = major + bytes(4) + b"".join(compatible)
    return (8 + len(body)).to_bytes(4) + b"ftyp" + body


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (ftyp(b"mif1", b"miaf", b"avif"), "image/avif"),
        (ftyp(b"avis", b"msf1", b"iso8"), "image/avif"),
        (ftyp(b"mif1", b"heic"), "image/heic"),
        (ftyp(b"heic", b"mif1"), "image/heic"),
        (ftyp(b"mif1", b"mif1"), "image/heic"),
        (ftyp(b"isom", b"iso2", b"mp41"), "video/mp4"),
        (ftyp(b"mp42", b"M4A "), "video/mp4"),
        (ftyp(b"XAVC", b"mp42"), "video/mp4"),
        (ftyp(b"3gp5", b"isom"), "video/mp4"),
        (ftyp(b"M4A ", b"mp42"), "audio/mp4"),
        (ftyp(b"qt  "), "video/quicktime"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "video/quicktime"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "video/webm"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska", "video/x-matroska"),
        (b"OggS" + bytes(22) + b"\x01\x13" + b"OpusHead", "audio/ogg"),
        (b"OggS" + bytes(22) + b"\x01\x2a" + b"\x80theora", "video/ogg"),
        (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
        (b"fLaC\0\0\0\x22", "audio/flac"),
        (b"ID3\x03\0\0\0\0\0\0", "audio/mpeg"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (b"\xff\xf1\x50\x80", "audio/aac"),
        (b"#!AMR\n", "audio/amr"),
        (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), "video/x-ms-asf"),
    ],
)
def test_films_sounds_and_pictures_of_the_same_family(data: bytes, media_type: str) -> None:
    assert sniff(data) == media_type
