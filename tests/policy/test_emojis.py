"""Which picture of a custom emoji counts, and which is none in a name."""

from datetime import timedelta

import pytest

from smallfed.domain.account import Emoji
from smallfed.policy.emojis import in_names, renewed
from tests.world import NOW

OLD, NEW = (Emoji(shortcode="x", url=f"https://far.example/{n}.png", updated_at=NOW + timedelta(n)) for n in (0, 1))
UNDATED = Emoji(shortcode="x", url="https://far.example/undated.png")
OTHER = Emoji(shortcode="y", url="https://far.example/other.png", updated_at=NOW)


@pytest.mark.parametrize(
    ("known", "said", "shown"),
    [
        ((), (NEW,), (NEW,)),
        ((OLD,), (NEW,), (NEW,)),
        ((NEW,), (OLD,), (NEW,)),
        ((NEW,), (UNDATED,), (UNDATED,)),
        ((UNDATED,), (OLD,), (OLD,)),
        ((NEW,), (), ()),
        ((NEW,), (OTHER, OLD), (OTHER, NEW)),
    ],
)
def test_the_newer_picture_counts(known: tuple[Emoji, ...], said: tuple[Emoji, ...], shown: tuple[Emoji, ...]) -> None:
    assert renewed(known, said) == shown


@pytest.mark.parametrize(
    ("shortcode", "drawn"),
    [
        ("verified", False),
        ("Verified", False),
        ("twitter_verified", False),
        ("verified_blue", False),
        ("verifiedcheck", False),
        ("blue_check", False),
        ("bluecheckmark", False),
        ("checkmark", False),
        ("official", False),
        ("blobcat", True),
        ("versailles", True),
        ("checkers", True),
        ("bluebird", True),
    ],
)
def test_badges_are_not_drawn_in_names(shortcode: str, drawn: bool) -> None:
    """Elsewhere in a profile they are pictures like others."""
    emoji = Emoji(shortcode=shortcode, url="https://far.example/1.png")

    assert in_names(f"Bob :{shortcode}:", (emoji,)) == ((emoji,) if drawn else ())
    assert in_names("Bob", (emoji,)) == (emoji,)
