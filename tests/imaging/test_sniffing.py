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
        b"RIFF\x00\x00\x00\x00WAVE",
        b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
        b"\x00\x00\x00\x14ftypisom\x00\x00\x00\x00isomavif",
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"BM\x00\x00",
    ],
)
def test_what_we_do_not_read_is_not_named(data: bytes) -> None:
    """The sixth has the brand, but beyond the box that lists the brands."""
    assert sniff(data) is None


def test_avif_by_a_compatible_brand() -> None:
    assert sniff(b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00miafavif") == "image/avif"
