"""Addresses of ours for others' media: always the same, nobody else can make one, and each says what it names."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.domain import remote
from smallfed.domain.copy import Subject
from smallfed.domain.house import House
from smallfed.domain.remote import Named, Signet

SIGNET = Signet(b"k" * 32)
HOUSE = House(
    scheme="https",
    domain="home.example",
    account_domain="home.example",
    username="alice",
    trial=False,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    signet=SIGNET,
)
CAT = "https://far.example/files/cat.png"


def test_an_address_names_whose_picture_it_is_and_carries_our_mark() -> None:
    address = HOUSE.proxied(Subject.ATTACHMENT, 7, CAT)

    mark = SIGNET.mark(f"attachment\n7\n\n{CAT}")
    assert address == f"https://home.example/media/remote/attachment-7-{mark}.png"
    assert remote.read(address.rpartition("/")[2]) == Named(subject=Subject.ATTACHMENT, number=7)


@pytest.mark.parametrize(
    ("subject", "whose", "url", "small", "key"),
    [
        (Subject.AVATAR, 7, CAT, False, b"k" * 32),
        (Subject.ATTACHMENT, 8, CAT, False, b"k" * 32),
        (Subject.ATTACHMENT, 7, CAT + "?2", False, b"k" * 32),
        (Subject.ATTACHMENT, 7, CAT, True, b"k" * 32),
        (Subject.ATTACHMENT, 7, CAT, False, b"l" * 32),
    ],
)
def test_the_mark_covers_everything(subject: Subject, whose: int, url: str, small: bool, key: bytes) -> None:
    usual = remote.path(SIGNET, Subject.ATTACHMENT, 7, CAT)

    other = remote.path(Signet(key), subject, whose, url, small=small)

    assert _mark(usual) != _mark(other)


def _mark(address: str) -> str:
    return address.removesuffix("-small.png").rpartition("-")[2].partition(".")[0]


@given(url=st.text(min_size=1, max_size=300), small=st.booleans())
def test_the_address_of_an_emoji_says_where_it_is(url: str, small: bool) -> None:
    address = remote.path(SIGNET, Subject.EMOJI, 0, url, small=small)

    assert remote.read(address.removeprefix(remote.PREFIX)) == Named(subject=Subject.EMOJI, url=url, small=small)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "attachment-7.png",
        f"attachment-0-{'0' * 32}.png",
        f"attachment-99999999999999999999-{'0' * 32}.png",
        f"attachment-9999999999999999999-{'0' * 32}.png",
        f"attachment-7-{'0' * 31}.png",
        f"attachment-7-{'0' * 32}.html",
        f"attachment-7-{'0' * 32}-large.png",
        f"attachment-7-{'0' * 32}.png/..",
        f"emoji-at-%2e-{'0' * 32}.png",
        f"emoji-at-A-{'0' * 32}.png",
        f"emoji-at-{'_' * 4}-{'0' * 32}.png",
        f"emoji-at-{'A' * 2736}-{'0' * 32}.png",
        f"avatar-at-{'A' * 4}-{'0' * 32}.png",
        f"likes-7-{'0' * 32}.png",
    ],
)
def test_what_names_nothing(name: str) -> None:
    assert remote.read(name) is None


@pytest.mark.parametrize(
    ("url", "ending", "called"),
    [
        (CAT, "jpg", "png"),
        ("https://far.example/a.JPEG", "png", "jpeg"),
        ("https://far.example/a", "mp4", "mp4"),
        ("https://far.example/a.php", "jpg", "jpg"),
        ("https://far.example/a.png?width=3", "jpg", "jpg"),
    ],
)
def test_what_it_is_called(url: str, ending: str, called: str) -> None:
    assert remote.path(SIGNET, Subject.CARD, 3, url, ending=ending).rpartition(".")[2] == called


def test_our_own_files_stay_what_they_are() -> None:
    own = "https://home.example/media/files/1.png"

    assert HOUSE.proxied(Subject.ATTACHMENT, 7, own) == own


def test_media_may_have_a_host_of_their_own() -> None:
    house = House(**{name: getattr(HOUSE, name) for name in HOUSE.__struct_fields__} | {"media_host": "m.example"})

    assert house.proxied(Subject.AVATAR, 7, CAT).startswith("https://m.example/media/remote/avatar-7-")
    assert house.shown("https://home.example/media/files/1.png") == "https://m.example/media/files/1.png"
    assert house.shown("https://home.example/@alice") == "https://home.example/@alice"
    assert house.shown(CAT) == CAT


def test_the_key_is_not_told() -> None:
    assert "kkk" not in repr(HOUSE)
