import pytest

from smallfed.imaging.defaults import BRIGHTEST, default_avatar, default_header, initials, missing_avatar
from smallfed.imaging.pictures import Picture
from tests.imaging.samples import opened

HANDLES = ["alice", "bob@peer.example", "jane_doe", "i", "W", "q.j", "7of9", "_", "éa"]


@pytest.mark.parametrize("handle", HANDLES)
def test_the_initials_stand_in_the_middle(handle: str) -> None:
    image = opened(default_avatar(handle)).convert("L").point(lambda value: 255 * (value > 235))

    box = image.getbbox()

    assert box is not None
    left, top, right, bottom = box
    assert abs(left - (400 - right)) <= 2
    assert abs(top - (400 - bottom)) <= 2
    assert bottom - top > 80


@pytest.mark.parametrize("handle", HANDLES)
def test_white_letters_can_be_read_on_any_colour(handle: str) -> None:
    image = opened(default_avatar(handle)).convert("RGB")

    for left, top in ((0, 0), (399, 0), (0, 399), (399, 399)):
        red, green, blue = (value / 255 for value in image.crop((left, top, left + 1, top + 1)).tobytes())
        assert 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2 < BRIGHTEST + 0.02


def test_sizes_and_types() -> None:
    pictures = [default_avatar("alice"), default_header("alice"), missing_avatar()]

    assert [(p.media_type, p.width, p.height, opened(p).size) for p in pictures] == [
        ("image/png", 400, 400, (400, 400)),
        ("image/png", 1500, 500, (1500, 500)),
        ("image/png", 400, 400, (400, 400)),
    ]
    assert max(len(p.data) for p in pictures) < 60_000


def test_the_same_handle_has_the_same_picture() -> None:
    same: list[tuple[Picture, Picture]] = [
        (default_avatar("alice"), default_avatar("@Alice")),
        (default_header("alice"), default_header("alice")),
        (missing_avatar(), missing_avatar()),
    ]

    assert all(one == other for one, other in same)
    assert default_avatar("alice") != default_avatar("anna")
    assert default_header("alice") != default_header("anna")


@pytest.mark.parametrize(
    ("handle", "letters"),
    [
        ("alice", "A"),
        ("@jane_doe@home.example", "JD"),
        ("a.b-c", "AB"),
        ("7of9", "7"),
        ("__", "?"),
        ("", "?"),
        ("éa", "É"),
    ],
)
def test_initials(handle: str, letters: str) -> None:
    assert initials(handle) == letters
