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


@pytest.mark.parametrize(
    ("option", "votes"),
    [({"_misskey_votes": 7}, 7), ({"_misskey_votes": "7"}, 7), ({"_misskey_votes": -1}, None), ({}, None)],
)
def test_misskey_votes(option: dict[str, Any], votes: int | None) -> None:
    """Misskey counts beside ``replies``."""
    assert quirks.misskey_votes(Document(option)) == votes


@pytest.mark.parametrize(
    ("document", "titled"),
    [
        ({"type": "Question", "name": "Which bird?"}, True),
        ({"type": "Question", "name": ""}, False),
        ({"type": "Question"}, False),
        ({"type": "Note", "name": "a vote"}, False),
    ],
)
def test_piefed_question(document: dict[str, Any], titled: bool) -> None:
    """Only a Question with a title is one of a forum."""
    assert quirks.piefed_question(Document(document)) is titled


REPLIES = [{"id": "https://piefed.example/comment/1", "type": "Note"}, {"id": "https://far.example/2", "type": "Note"}]


@pytest.mark.parametrize(
    ("replies", "found"),
    [
        (REPLIES, [each["id"] for each in REPLIES]),
        ([], []),
        (["https://far.example/2"], []),
        ({"type": "Collection", "id": "https://far.example/replies"}, []),
        ({"id": "https://far.example/replies"}, []),
        ("https://far.example/replies", []),
        (None, []),
    ],
)
def test_piefed_replies(replies: Any, found: list[str]) -> None:
    """A collection, or the name of one, is no reply."""
    assert [thing.id for thing in quirks.piefed_replies(Document({"replies": replies}))] == found


@pytest.mark.parametrize(
    ("document", "inner"),
    [
        ({"type": "Announce", "object": {"type": "Create", "id": "c"}}, "c"),
        ({"type": "Announce", "object": [{"type": ["Custom", "Like"], "id": "l"}]}, "l"),
        ({"type": "Announce", "object": {"type": "Page", "id": "p"}}, None),
        ({"type": "Announce", "object": "p"}, None),
        ({"type": "Undo", "object": {"type": "Like", "id": "l"}}, None),
    ],
)
def test_group_announce(document: dict[str, Any], inner: str | None) -> None:
    """An activity in an Announce is what a group passes on; anything else in it is a boost."""
    found = quirks.group_announce(Document(document))

    assert (found and found.id) == inner


@pytest.mark.parametrize(
    ("tag", "quoted"),
    [
        ({"type": "Link", "rel": "https://misskey-hub.net/ns#_misskey_quote", "href": "q"}, "q"),
        (
            [
                {"type": "Mention", "href": "m"},
                {"type": "Link", "rel": ["https://misskey-hub.net/ns/#_misskey_quote"], "href": "q"},
            ],
            "q",
        ),
        ({"type": "Link", "rel": "alternate", "href": "q"}, None),
        ({"type": "Mention", "rel": "https://misskey-hub.net/ns#_misskey_quote", "href": "q"}, None),
        (None, None),
    ],
)
def test_misskey_quote_link(tag: Any, quoted: str | None) -> None:
    """A link is a quote by either spelling of its relation."""
    assert quirks.misskey_quote_link(Document({"tag": tag})) == quoted


@pytest.mark.parametrize(
    ("document", "comments"),
    [
        ({"commentsPolicy": 1}, "open"),
        ({"commentsPolicy": 2, "commentsEnabled": False}, "closed"),
        ({"commentsPolicy": 3, "commentsEnabled": True}, "asked"),
        ({"commentsEnabled": False}, "closed"),
        ({"commentsEnabled": True}, "open"),
        ({}, "open"),
    ],
)
def test_peertube_moderation(document: dict[str, Any], comments: str) -> None:
    """The number says more than the flag, which older ones have alone."""
    assert quirks.peertube_moderation(Document(document)) == comments


@pytest.mark.parametrize(("types", "nameless"), [(("FeatureRequest",), True), (("QuoteRequest",), False), ((), False)])
def test_mastodon_request_without_actor(types: tuple[str, ...], nameless: bool) -> None:
    """Only one kind of request comes without an actor; whoever signed it is meant."""
    assert quirks.mastodon_request_without_actor(types) is nameless


@pytest.mark.parametrize(("type_", "used"), [("Update", True), ("Delete", True), ("Create", False), ("Like", False)])
def test_writefreely_used_id(type_: str, used: bool) -> None:
    """What changes or ends something may have the id of what made it."""
    assert quirks.writefreely_used_id(type_) is used


@pytest.mark.parametrize(
    ("block", "ban"),
    [({"type": "Block", "object": "u", "target": "c"}, "c"), ({"type": "Block", "object": "u"}, None)],
)
def test_lemmy_ban(block: dict[str, Any], ban: str | None) -> None:
    """A Block with a target shuts out of it."""
    assert quirks.lemmy_ban(Document(block)) == ban


@pytest.mark.parametrize(
    ("object_", "votes"),
    [([{"id": "1"}, {"id": "2"}], ["1", "2"]), ([{"id": "1"}], []), ({"id": "1"}, []), (["1", "2"], []), (None, [])],
)
def test_gotosocial_votes(object_: Any, votes: list[str]) -> None:
    """Only several objects are several votes."""
    assert [vote.id for vote in quirks.gotosocial_votes(Document({"type": "Create", "object": object_}))] == votes


@pytest.mark.parametrize(("key_id", "own"), [("https://z.example/a", True), ("https://z.example/a#main-key", False)])
def test_hubzilla_key_id(key_id: str, own: bool) -> None:
    """The actor's id is that of its key."""
    assert quirks.hubzilla_key_id(Document({"id": "https://z.example/a"}), key_id) is own
