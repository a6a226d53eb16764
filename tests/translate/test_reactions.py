"""Reactions in all their forms, and in none."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.domain.incoming import Like, Undo
from smallfed.domain.reaction import DISLIKE, FAVOURITE, Reaction
from smallfed.protocol.jsonld import Document
from smallfed.text.emoji import is_emoji
from smallfed.translate import inward, reactions

BEA = "https://peer.example/users/bea"
NOTE = "https://us.example/users/alice/notes/1"
PICTURE = "https://peer.example/blob.png"
BLOB = {"type": "Emoji", "name": ":blob:", "icon": {"type": "Image", "url": PICTURE}}


def read(**properties: Any) -> Reaction:
    return reactions.reaction(Document({"type": "Like", **properties}), BEA)


@pytest.mark.parametrize(
    ("properties", "emoji"),
    [
        ({}, ""),
        ({"content": "⭐"}, ""),
        ({"content": "❤"}, ""),
        ({"content": "👍", "_misskey_reaction": "👍"}, ""),
        ({"content": "❤", "type": "EmojiReact"}, "❤️"),
        ({"content": "congrats"}, "🎉"),
        ({"_misskey_reaction": "rip"}, "😇"),
        ({"content": "🎉"}, "🎉"),
        ({"content": "  🎉\n"}, "🎉"),
        ({"contentMap": {"en": "🎉"}}, ""),
        ({"content": ["🎉"]}, "🎉"),
        ({"content": "Great!"}, ""),
        ({"content": "🎉🎉"}, ""),
        ({"content": "🎉" * 500}, ""),
        ({"type": "Dislike"}, DISLIKE),
        ({"type": "Dislike", "content": "🎉"}, DISLIKE),
        ({"content": "👎"}, DISLIKE),
    ],
)
def test_without_pictures(properties: dict[str, Any], emoji: str) -> None:
    assert read(**properties) == Reaction(emoji=emoji)


@pytest.mark.parametrize("content", [":blob:", "blob", ":blob", ":blob@peer.example:", "blob@PEER.example"])
@pytest.mark.parametrize("name", [":blob:", "blob", ":blob@peer.example:"])
def test_custom_emoji_by_any_name(content: str, name: str) -> None:
    assert read(content=content, tag=[{**BLOB, "name": name}]) == Reaction(emoji=":blob@peer.example:", picture=PICTURE)


def test_the_server_of_a_custom_emoji_is_the_one_that_is_named() -> None:
    assert read(content=":blob@far.example:", tag=BLOB) == Reaction(emoji=":blob@far.example:", picture=PICTURE)


@pytest.mark.parametrize(
    "tag",
    [
        [],
        {**BLOB, "name": ":other:"},
        {**BLOB, "icon": {"type": "Image", "url": "javascript:alert(1)"}},
        {**BLOB, "icon": None},
        {**BLOB, "type": "Mention"},
    ],
)
def test_a_custom_emoji_without_a_picture_is_a_favourite(tag: Any) -> None:
    assert read(content=":blob:", tag=tag) == FAVOURITE


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=80),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["name", "icon", "url", "type"]), inner)
    ),
    max_leaves=12,
)


@given(content=JSON, misskey=JSON, tag=JSON | st.just([BLOB]), kind=st.sampled_from(["Like", "EmojiReact", "Dislike"]))
def test_whatever_a_reaction_holds_it_is_one_we_can_show(content: Any, misskey: Any, tag: Any, kind: str) -> None:
    """Nothing, an emoji, or a name with a server and a picture; and its Undo names the same."""
    wire = {"type": kind, "actor": BEA, "object": NOTE, "content": content, "_misskey_reaction": misskey, "tag": tag}

    like = inward.understand(Document(wire).encode())
    undo = inward.understand(Document({"type": "Undo", "actor": BEA, "object": wire}).encode())

    assert isinstance(like, Like)
    assert isinstance(undo, Undo)
    emoji, picture = like.reaction.emoji, like.reaction.picture
    if picture is None:
        assert emoji == "" or is_emoji(emoji)
    else:
        assert emoji.startswith(":")
        assert emoji.endswith(":")
        assert "@" in emoji
        assert picture.startswith(("http://", "https://"))
    assert undo.emoji == emoji or (emoji == "" and undo.emoji.startswith(":"))
