"""Each deviation by name."""

from typing import Any

import pytest

from smallfed.protocol import quirks
from smallfed.protocol.jsonld import Document


@pytest.mark.parametrize(
    ("name", "emoji"), [("star", "⭐"), ("rip", "😇"), ("🔥", "🔥"), (":blob:", ":blob:"), ("unknown", "unknown")]
)
def test_misskey_reaction(name: str, emoji: str) -> None:
    """Old names become their emoji, everything else stays."""
    assert quirks.misskey_reaction(name) == emoji


@pytest.mark.parametrize(
    ("reaction", "plain"), [("❤", True), ("👍", True), ("⭐", True), ("🔥", False), (":x:", False)]
)
def test_misskey_favourite(reaction: str, plain: bool) -> None:
    """Hearts, stars and thumbs are favourites."""
    assert quirks.misskey_favourite(reaction) is plain


@pytest.mark.parametrize(
    ("types", "reaction", "dislike"),
    [
        ("Like", False, False),
        ("EmojiReact", True, False),
        (["EmojiReact", "Like"], True, False),
        ("Dislike", False, True),
    ],
)
def test_reactions_by_type(types: Any, reaction: bool, dislike: bool) -> None:
    document = Document({"type": types})

    assert (quirks.litepub_reaction(document), quirks.threadiverse_dislike(document)) == (reaction, dislike)


@pytest.mark.parametrize(
    ("attributed_to", "owners"),
    [
        ([{"type": "Group", "id": "g"}, {"type": "Person", "id": "p"}], ("p", "g")),
        ([{"type": "Person", "id": "p"}, {"type": "Group", "id": "g"}], ("p", "g")),
        (["a", "b"], ("a", "b")),
        ({"type": "Group", "id": "g"}, ("g",)),
        (None, ()),
    ],
)
def test_peertube_owners(attributed_to: Any, owners: tuple[str, ...]) -> None:
    """The person comes before the channel."""
    assert quirks.peertube_owners(Document({"attributedTo": attributed_to})) == owners


@pytest.mark.parametrize(
    ("document", "markdown"),
    [
        ({"type": "Video", "mediaType": "text/markdown"}, True),
        ({"type": "Video", "mediaType": "text/html"}, False),
        ({"type": "Note", "mediaType": "text/markdown"}, False),
    ],
)
def test_peertube_markdown(document: dict[str, Any], markdown: bool) -> None:
    """Only a video's Markdown is Markdown."""
    assert quirks.peertube_markdown(Document(document)) is markdown


def test_languages_in_unusual_places() -> None:
    """Lemmy has an object, WordPress the context."""
    document = Document(
        {"@context": ["https://www.w3.org/ns/activitystreams", {"@language": "de"}], "language": {"identifier": "fr"}}
    )

    assert (quirks.lemmy_language(document), quirks.wordpress_language(document)) == ("fr", "de")
    assert (quirks.lemmy_language(Document({})), quirks.wordpress_language(Document({}))) == ("", "")


@pytest.mark.parametrize(("flag", "direct"), [(True, True), (False, False), (None, False), ("true", True)])
def test_litepub_direct(flag: Any, direct: bool) -> None:
    """Pleroma says so where a message is direct."""
    assert quirks.litepub_direct(Document({"directMessage": flag})) is direct


def test_peertube_comments() -> None:
    assert quirks.peertube_comments(Document({"type": "Video"})) == "comments"
    assert quirks.peertube_comments(Document({"type": "Note"})) == "replies"
