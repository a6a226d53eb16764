"""What is an emoji, and which two are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.text.emoji import is_emoji, normal_emoji

EMOJI = ["🎉", "❤", "❤️", "⭐", "👍🏽", "🏳️‍🌈", "👩‍👩‍👧‍👦", "🇩🇪", "1️⃣", "#⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "™", "㊗️", "🧑🏽‍🚀", "🫠"]


@pytest.mark.parametrize("text", EMOJI)
def test_emoji(text: str) -> None:
    assert is_emoji(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        ":blob:",
        "🎉🎉",
        "🎉 ",
        "1",
        "\u200d",
        "\ufe0f",
        "🇩",
        "🎉a",
        "<b>",
        "中",
        "\u202e🎉",
        "🎉" + "\u200d🎉" * 16,
    ],
)
def test_no_emoji(text: str) -> None:
    assert not is_emoji(text)


@pytest.mark.parametrize(
    ("spelling", "same"), [("❤", "❤️"), ("⭐", "⭐️"), ("👍", "👍️"), ("1⃣", "1️⃣"), ("🏳", "🏳️"), ("🏳️‍🌈", "🏳️‍🌈")]
)
def test_spellings_of_one_emoji(spelling: str, same: str) -> None:
    assert normal_emoji(spelling) == normal_emoji(same)


@given(st.text(max_size=40) | st.text(st.sampled_from("🎉❤\ufe0f\u200d🏽🇩1\u20e3a"), max_size=40))
def test_any_text_is_judged_and_emoji_stay_emoji(text: str) -> None:
    """Whatever is one still is one when it is written normally, and its normal form is its own."""
    if is_emoji(text):
        normal = normal_emoji(text)
        assert is_emoji(normal)
        assert normal_emoji(normal) == normal
