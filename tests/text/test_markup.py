# ruff: noqa: E501 - one case, one line: that is how a table is read

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.text.language import normal_language
from smallfed.text.markup import CONTENT_TYPES, ContentType, Mentioned, Rendered, count_characters, mentioned, render
from smallfed.text.sanitise import plain, sanitise

KNOWN = {
    "bob@peer.example": Mentioned(url="https://peer.example/@bob", username="bob"),
    "me": Mentioned(url='https://us.example/@me?"', username="me"),
}
LINK = 'rel="nofollow noopener" target="_blank"'
BOB = f'<span class="h-card" translate="no"><a href="https://peer.example/@bob" class="u-url mention" {LINK}>@<span>bob</span></a></span>'
CATS = '<a href="https://us.example/tags/cats" class="mention hashtag" rel="tag nofollow noopener" target="_blank">#<span>Cats</span></a>'


def tag_url(name: str) -> str:
    return f"https://us.example/tags/{quote(name)}"


def written(text: str, content_type: ContentType) -> Rendered:
    return render(text, content_type, mentions=KNOWN, tag_url=tag_url)


def shown(hidden: str, visible: str, rest: str = "") -> str:
    middle = (
        f'<span class="ellipsis">{visible}</span><span class="invisible">{rest}</span>'
        if rest
        else f"<span>{visible}</span>"
    )
    return (
        f'<a href="{hidden}{visible}{rest}" translate="no" {LINK}><span class="invisible">{hidden}</span>{middle}</a>'
    )


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("a", "<p>a</p>"),
        ("\n\na\nb  \n \n\nc\r\nd\n", "<p>a<br>b</p><p>c<br>d</p>"),
        ("<b>1 & 2</b> \"x\" &amp;", '<p>&lt;b&gt;1 &amp; 2&lt;/b&gt; "x" &amp;amp;</p>'),
        ("*a* `b`", "<p>*a* `b`</p>"),
        ("hi @Bob@Peer.Example!", f"<p>hi {BOB}!</p>"),
        ("@stranger and me@peer.example", "<p>@stranger and me@peer.example</p>"),
        ("#Cats, #cats", f"<p>{CATS}, {CATS.replace('Cats', 'cats')}</p>"),
        ("https://www.e.example/a", f"<p>{shown('https://www.', 'e.example/a')}</p>"),
        ("https://e.example/" + "a" * 40, f"<p>{shown('https://', 'e.example/' + 'a' * 20, 'a' * 20)}</p>"),
        ("x :blob: y", "<p>x :blob: y</p>"),
    ],
)  # fmt: skip
def test_plain_text(text: str, html: str) -> None:
    assert written(text, "text/plain").html == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("a\nb\n\nc", "<p>a<br>\nb</p>\n<p>c</p>"),
        ("**@bob@peer.example** *#Cats*", f"<p><strong>{BOB}</strong> <em>{CATS}</em></p>"),
        ("`@me #x` and\n\n    @me\n\n```\n#x https://e.example\n```",
         "<p><code>@me #x</code> and</p>\n<pre><code>@me\n</code></pre>\n<pre><code>#x https://e.example\n</code></pre>"),
        ("[@me #x https://e.example](https://e.example/a)", f'<p><a href="https://e.example/a" {LINK}>@me #x https://e.example</a></p>'),
        ("https://e.example/_a_/*b*", f"<p>{shown('https://', 'e.example/_a_/*b')}*</p>"),
        ("*https://e.example/a*", f"<p><em>{shown('https://', 'e.example/a')}</em></p>"),
        (r"\#Cats \@me", "<p>#Cats @me</p>"),
        ("![A @me](https://e.example/a.png)", f'<p><a href="https://e.example/a.png" {LINK}>[🖼 A @me]</a></p>'),
        ("[x](javascript:alert(1)) [y](/a) [z](//e.example)", "<p>[x](javascript:alert(1)) y z</p>"),
        ("<b onclick=x>a</b> <script>x</script>", "<p>&lt;b onclick=x&gt;a&lt;/b&gt; &lt;script&gt;x&lt;/script&gt;</p>"),
        ("<script>\nx\n</script>", "<p>&lt;script&gt;<br>\nx<br>\n&lt;/script&gt;</p>"),
        ("# A\n- b\n- ~~c~~\n\n> d", "<h1>A</h1>\n<ul>\n<li>b</li>\n<li><s>c</s></li>\n</ul>\n<blockquote>\n<p>d</p>\n</blockquote>"),
    ],
)  # fmt: skip
def test_markdown(text: str, html: str) -> None:
    assert written(text, "text/markdown").html == html


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_what_a_text_points_at(content_type: ContentType) -> None:
    got = written("@me #Cats @stranger #cats :blob: @bob@peer.example @me #日本", content_type)

    assert (got.mentions, got.hashtags, got.emojis) == (("me", "bob@peer.example"), ("Cats", "日本"), ("blob",))


@pytest.mark.parametrize(
    ("content_type", "handles"),
    [("text/plain", ["bob@peer.example", "a", "b", "c"]), ("text/markdown", ["bob@peer.example"])],
)
def test_handles_to_look_up(content_type: ContentType, handles: list[str]) -> None:
    """In Markdown neither code nor the text of a link nor that of a picture mentions anybody."""
    text = "@Bob@peer.example @bob@Peer.example `@a` [@b](https://e.example) ![@c](https://e.example)"

    assert mentioned(text, content_type) == handles


def test_only_a_known_address_is_escaped_into_the_link() -> None:
    assert 'href="https://us.example/@me?&quot;"' in written("@me", "text/plain").html


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
@given(text=st.text(alphabet="@me#a:b/`*_[]()<>!&\\\n \"'-https.", max_size=50) | st.text(max_size=50))
def test_whatever_is_written_is_clean(content_type: ContentType, text: str) -> None:
    html = written(text, content_type).html

    assert sanitise(html) == html


@given(st.text(alphabet="ab@#.&<> é", min_size=1, max_size=30))
def test_plain_text_survives_the_way_through_html(text: str) -> None:
    assert plain(written(text, "text/plain").html).split() == text.split()


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("abc\r\nd", 5),
        ("https://e.example/" + "a" * 100, 23),
        ("x https://e.example/a. y", 28),
        ("@bob@peer.example x", 6),
        ("#cats :blob:", 12),
        ("é e\u0301", 3),
        ("👩\u200d👩\u200d👧 🇩🇪🇫🇷 👍🏽 ❤️", 8),
        ("हिन्दी", 3),
    ],
)
def test_count_characters(text: str, length: int) -> None:
    assert count_characters(text) == length


@pytest.mark.parametrize(
    ("code", "normal"),
    [
        ("de", "de"),
        ("EN_us", "en-US"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("ca-valencia", "ca-valencia"),
        ("", None),
        ("english", None),
        ("d", None),
        ("de-", None),
        ("<b>", None),
    ],
)
def test_language(code: str, normal: str | None) -> None:
    assert normal_language(code) == normal
