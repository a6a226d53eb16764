"""Objects of others: every property in every shape."""

from typing import Any

import pytest

from smallfed.domain.account import Emoji
from smallfed.domain.incoming import IncomingMention, IncomingPost
from smallfed.domain.post import Attachment
from smallfed.errors import Invalid
from smallfed.protocol import limits
from smallfed.protocol.jsonld import Document
from smallfed.translate import inward, tags

BEA = "https://masto.example/users/bea"
NOTE = f"{BEA}/statuses/1"
PAGE = "https://masto.example/@bea/1"
URL = "https://m.example/1.jpg"


def read(**properties: Any) -> IncomingPost:
    """Read a note of Bea's with these properties."""
    return inward.post(Document({"type": "Note", "id": NOTE, "attributedTo": BEA, **properties}))


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"id": None}, "The object has no id that is an http(s) URL."),
        ({"id": "tag:x"}, "The object has no id that is an http(s) URL."),
        ({"attributedTo": None}, "The object names nobody as its author."),
        ({"attributedTo": "https://other.example/u"}, "The object and its author are not of the same origin."),
        ({"attributedTo": "https://masto.example.evil/u"}, "The object and its author are not of the same origin."),
    ],
)
def test_refused(properties: dict[str, Any], reason: str) -> None:
    """Without an id and an author of one origin there is no post."""
    with pytest.raises(Invalid, match="^" + reason.replace("(", r"\(").replace(")", r"\)")):
        read(**properties)


def test_hosts_are_compared_as_hosts() -> None:
    """Case, default ports and unicode do not make another host."""
    post = inward.post(
        Document(
            {"type": "Note", "id": "https://BÜCHER.example:443/1", "attributedTo": "https://xn--bcher-kva.example/u"}
        )
    )

    assert post.author == "https://xn--bcher-kva.example/u"


@pytest.mark.parametrize(
    ("properties", "content", "language"),
    [
        ({"content": "<p>a</p>"}, "<p>a</p>", None),
        ({"content": "<p>a</p>", "contentMap": {"de": "<p>b</p>", "en": "<p>a</p>"}}, "<p>a</p>", "en"),
        ({"content": "<p>a</p>", "contentMap": {"pt_br": "<p>b</p>"}}, "<p>a</p>", "pt-BR"),
        ({"contentMap": {"fr": "<p>b</p>"}}, "<p>b</p>", "fr"),
        ({"content": "a", "contentMap": {"und": "a"}}, "a", None),
        ({"content": "a", "contentMap": ["a"]}, "a", None),
        ({"content": "a", "@context": [{"@language": "sv"}]}, "a", "sv"),
        ({"content": "a < b\nc", "mediaType": "text/plain"}, "<p>a &lt; b<br>c</p>", None),
        ({"content": '<img src=x onerror="alert(1)"><script>x</script>ok'}, "ok", None),
        ({"source": {"content": "a < b\nc", "mediaType": "text/x.misskeymarkdown"}}, "<p>a &lt; b<br>c</p>", None),
        ({"content": "a", "source": {"content": "b", "mediaType": "text/markdown"}}, "a", None),
        ({"source": {"content": "<b>a</b><script>x</script>", "mediaType": "text/html"}}, "<b>a</b>", None),
        ({"source": "a"}, "", None),
        ({}, "", None),
    ],
)
def test_content_and_language(properties: dict[str, Any], content: str, language: str | None) -> None:
    """Content is sanitised; the language is the one whose text it is."""
    post = read(**properties)

    assert (post.content, post.language) == (content, language)


@pytest.mark.parametrize(
    ("properties", "summary", "sensitive"),
    [
        ({"summary": "cw"}, "cw", True),
        ({"summary": "<p>c &amp; w</p>", "sensitive": False}, "c & w", True),
        ({"summary": "\u200b"}, "", True),
        ({"summary": "", "sensitive": True}, "", True),
        ({"summary": None}, "", False),
        ({"summaryMap": {"en": "cw"}}, "cw", True),
        ({"attachment": [{"type": "Image", "url": URL}, {"type": "Image", "url": URL, "sensitive": True}]}, "", True),
        ({"attachment": {"type": "Image", "url": URL, "sensitive": False}}, "", False),
        ({"type": "Page", "content": "x", "summary": "s", "attachment": {"url": URL, "sensitive": True}}, "", True),
        ({"type": "Article", "content": "x", "summary": "an abstract"}, "", False),
        ({"type": "Article", "content": "x", "summary": "cw", "sensitive": True}, "cw", True),
    ],
)
def test_content_warning(properties: dict[str, Any], summary: str, sensitive: bool) -> None:
    """The summary of a note is a warning, that of an article is not, unless it is sensitive."""
    post = read(**properties)

    assert (post.summary, post.sensitive) == (summary, sensitive)


LINK = '<p><a href="{0}" rel="nofollow noopener" target="_blank">{0}</a></p>'


@pytest.mark.parametrize(
    ("properties", "content"),
    [
        ({"type": "Article", "name": "T", "content": "<p>c</p>", "url": PAGE}, "<h2>T</h2><p>c</p>"),
        ({"type": "Article", "name": "T", "summary": "s", "url": PAGE}, "<h2>T</h2><p>s</p>" + LINK.format(PAGE)),
        ({"type": "Event", "name": "T", "content": "c", "url": PAGE}, "<h2>T</h2>c" + LINK.format(PAGE)),
        ({"type": "Event", "nameMap": {"de": "T"}}, "<h2>T</h2>" + LINK.format(NOTE)),
        (
            {
                "type": "Page",
                "name": "T",
                "attachment": [{"type": "Link", "href": "https://n.example/?a&b"}],
                "url": PAGE,
            },
            "<h2>T</h2>" + LINK.format("https://n.example/?a&amp;b") + LINK.format(PAGE),
        ),
        ({"type": "Note", "name": "T", "content": "c"}, "c"),
    ],
)
def test_what_is_no_note_is_complete_in_its_content(properties: dict[str, Any], content: str) -> None:
    """Title, text, and links where the rest is elsewhere."""
    assert read(**properties).content == content


@pytest.mark.parametrize(
    ("url", "page"),
    [
        (PAGE, PAGE),
        ([{"type": "Link", "href": "https://m.example/v.mp4", "mediaType": "video/mp4"}, {"href": PAGE}], PAGE),
        (["https://other.example", {"href": PAGE, "mediaType": "text/html"}], PAGE),
        ({"type": "Link", "href": PAGE}, PAGE),
        ("javascript:alert(1)", None),
        ("https://user:pw@x.example/", None),
        ("//x.example", None),
        ("https://bob.example/@bob/7", None),
        (["https://bob.example/@bob/7", "https://masto.example.bob.example/", PAGE], PAGE),
        ("https://MASTO.example/@bea/1", "https://MASTO.example/@bea/1"),
        (None, None),
        (5, None),
    ],
)
def test_url(url: Any, page: str | None) -> None:
    """The page for people, of whatever is given; only http(s), and where the post is: by it the post is found."""
    assert read(url=url).url == page


@pytest.mark.parametrize(
    ("in_reply_to", "parent"),
    [
        ("https://a.example/1", "https://a.example/1"),
        ({"id": "https://a.example/1", "type": "Note"}, "https://a.example/1"),
        (["https://a.example/1", "https://a.example/2"], "https://a.example/1"),
        ("", None),
        ("tag:x", None),
    ],
)
def test_parent(in_reply_to: Any, parent: str | None) -> None:
    """The parent may be embedded, or the first of several."""
    assert read(inReplyTo=in_reply_to).in_reply_to == parent


@pytest.mark.parametrize(
    ("properties", "context"),
    [
        ({"context": "https://a.example/c", "conversation": "tag:c"}, "https://a.example/c"),
        ({"context": "tag:c", "conversation": "https://a.example/c"}, "https://a.example/c"),
        ({"conversation": "tag:c"}, "tag:c"),
        ({"context": {"id": "https://a.example/c", "type": "OrderedCollection"}}, "https://a.example/c"),
        ({}, None),
    ],
)
def test_context(properties: dict[str, Any], context: str | None) -> None:
    """The conversation is opaque, but one that can be asked is preferred."""
    assert read(**properties).context == context


def test_tags_of_all_kinds() -> None:
    """One object or many, with and without names; what is unknown is passed over."""
    post = read(
        tag=[
            {"type": "Mention", "href": "https://a.example/u", "name": "@u@a.example"},
            {"type": "Mention", "href": "https://a.example/u", "name": "again"},
            {"type": "Mention", "href": "javascript:x"},
            {"type": "as:Hashtag", "name": "#ＦＯＯ"},
            {"type": "Hashtag", "href": "https://a.example/tags/B%C3%A4r"},
            {"type": "Hashtag", "name": "two words"},
            {"type": "Emoji", "name": ":x:", "id": None, "icon": {"type": "Image", "url": "https://a.example/x.png"}},
            {"type": "Emoji", "name": "y", "icon": ["https://a.example/y.png"]},
            {"type": "Emoji", "name": ":z:"},
            {"type": "Emoji", "name": ':"><b>:', "icon": "https://a.example/z.png"},
            {"type": "Place"},
            "https://a.example/tag",
            None,
        ]
    )

    assert post.mentions == (IncomingMention(href="https://a.example/u", name="@u@a.example"),)
    assert post.hashtags == ("foo", "bär")
    assert post.emojis == (
        Emoji(shortcode="x", url="https://a.example/x.png"),
        Emoji(shortcode="y", url="https://a.example/y.png"),
    )


@pytest.mark.parametrize(
    ("name", "hashtag"), [("#Foo", "foo"), ("STRASSE", "strasse"), ("a#b", ""), ("", ""), ("#", "")]
)
def test_hashtag(name: str, hashtag: str) -> None:
    """One spelling for each hashtag."""
    assert tags.hashtag(name) == hashtag


def attachment(**properties: Any) -> Attachment:
    """Name what an attachment should be."""
    return Attachment(**{"id": 0, "kind": "image", "url": "https://m.example/1.jpg", **properties})


@pytest.mark.parametrize(
    ("wire", "fact"),
    [
        (
            {"type": "Document", "mediaType": "image/jpeg", "url": URL, "name": "n", "summary": "s"},
            attachment(media_type="image/jpeg", description="s"),
        ),
        ({"type": "Image", "url": {"type": "Link", "href": URL}, "name": "n"}, attachment(description="n")),
        ({"type": "Document", "href": "https://m.example/1.jpg"}, attachment()),
        ({"url": "https://m.example/1.jpg", "name": "n"}, attachment(description="n")),
        ({"url": f"{URL}?x", "mediaType": "image/png"}, attachment(url=f"{URL}?x", media_type="image/png")),
        (
            {"type": "Link", "href": "https://m.example/1.jpg", "mediaType": "image/jpeg"},
            attachment(media_type="image/jpeg"),
        ),
        (
            {
                "type": "Video",
                "url": [
                    {"href": "https://m.example/1080.mp4", "mediaType": "video/mp4", "height": 1080},
                    {"href": "https://m.example/480.mp4", "mediaType": "video/mp4", "height": 480, "width": 640},
                ],
                "duration": "P1DT1H1M1.5S",
                "icon": {"url": "https://m.example/p.jpg"},
            },
            attachment(
                kind="video",
                media_type="video/mp4",
                url="https://m.example/480.mp4",
                preview_url="https://m.example/p.jpg",
                width=640,
                height=480,
                duration=90061.5,
            ),
        ),
        (
            {"type": "Audio", "url": "https://m.example/1.ogg", "duration": 12},
            attachment(kind="audio", url="https://m.example/1.ogg", duration=12.0),
        ),
        (
            {"type": "Document", "url": f"{URL}.x", "mediaType": "<", "width": -5, "blurhash": "<", "focalPoint": [9]},
            attachment(kind="unknown", url=f"{URL}.x"),
        ),
        ({"type": "Image", "url": "https://m.example/1.jpg", "focalPoint": [9, -0.5]}, attachment(focus=(1.0, -0.5))),
    ],
)
def test_attachment(wire: dict[str, Any], fact: Attachment) -> None:
    """One fact for every shape."""
    assert read(attachment=wire).attachments == (fact,)


def test_a_film_that_is_live_has_a_picture() -> None:
    """Its playlist is nothing that apps can play; of its pictures the largest is shown."""
    sizes = ({"type": "Image", "url": f"https://m.example/{width}.jpg", "width": width} for width in (280, 850, 120))
    playlist = {"type": "Link", "mediaType": "application/x-mpegURL", "href": "https://m.example/1.m3u8"}

    post = read(type="Video", name="live", url=[playlist], icon=list(sizes))

    assert post.attachments == (attachment(url="https://m.example/850.jpg", width=850),)


@pytest.mark.parametrize(
    "wire",
    [
        *(None, "https://m.example/1.jpg", {"type": "Image"}, {"type": "Image", "url": "data:x"}),
        *({"type": "PropertyValue"}, {"url": "https://m.example/page"}, {"name": "n"}),
    ],
)
def test_no_attachment(wire: Any) -> None:
    """What has no file is none."""
    assert read(attachment=wire).attachments == ()


def test_limits() -> None:
    """Lists are cut, whatever was sent."""
    post = read(
        tag=[{"type": "Mention", "href": f"https://a.example/{n}"} for n in range(200)]
        + [{"type": "Hashtag", "name": "beyond"}],
        attachment=[{"type": "Image", "url": f"https://m.example/{n}.jpg"} for n in range(50)],
        to=[f"https://a.example/{n}" for n in range(5000)],
        summary="x" * 20_000,
    )

    assert (len(post.mentions), len(post.attachments), len(post.to)) == (
        limits.MENTIONS,
        limits.ATTACHMENTS,
        limits.RECIPIENTS,
    )
    assert (len(post.summary), post.hashtags) == (limits.SUMMARY, ())


def test_claimed_counts() -> None:
    """What the origin claims, where it is a number."""
    post = read(likes={"totalItems": 3}, shares="https://masto.example/shares", replies={"totalItems": -1})

    assert (post.likes_claimed, post.boosts_claimed, post.replies_claimed) == (3, None, None)


@pytest.mark.parametrize(
    ("properties", "vote"),
    [
        ({"name": "tea", "inReplyTo": "https://a.example/1"}, True),
        ({"name": "tea", "inReplyTo": "https://a.example/1", "content": "no vote"}, False),
        ({"name": "tea"}, False),
    ],
)
def test_vote(properties: dict[str, Any], vote: bool) -> None:
    """A name, no content, in reply to something; the title is the option."""
    post = read(**properties)

    assert (post.vote, post.title) == (vote, "tea" if vote else "")
