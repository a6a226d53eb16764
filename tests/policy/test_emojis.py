"""Which picture of a custom emoji counts."""

from datetime import timedelta

import pytest

from smallfed.domain.account import Emoji
from smallfed.policy.emojis import renewed
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
