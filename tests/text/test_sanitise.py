# ruff: noqa: E501 - one case, one line: that is how a table is read

import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smallfed.text.allowed import CLASSES, ELEMENTS, MICROFORMATS, SCHEMES
from smallfed.text.sanitise import INPUT_LIMIT, clean_name, cut, plain, sanitise, strip
from smallfed.text.tidy import MAX_DEPTH, MAX_ELEMENTS, MAX_SPECIALS
from tests.shared_data import shared

LINK = 'rel="nofollow noopener" target="_blank"'
PASTURE = ["html_anchor", "html_bad", "html_tags", "html_tags_article", "html_tags_summary"]


class Judge(HTMLParser):
    """Reads finished HTML with another parser, and raises at whatever must never come out of the sanitiser."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.deepest = self._depth = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        allowed = {*ELEMENTS[tag], "lang"} | ({"target"} if tag == "a" else set())
        assert set(given) <= allowed
        self._depth += tag != "br"
        self.deepest = max(self.deepest, self._depth)
        for name in ("href", "cite"):
            scheme, _, rest = given.get(name, "https://x").partition(":")
            assert scheme.lower() in SCHEMES
            assert scheme.lower() not in {"http", "https"} or re.match(r"//[^/\\]", rest)
        if tag == "a":
            assert given["target"] == "_blank"
            assert given["rel"].split()[-2:] == ["nofollow", "noopener"]
            assert "href" in given
        assert all(c in CLASSES or c.startswith(MICROFORMATS) for c in given.get("class", "").split())
        assert given.get("translate", "no") == "no"

    def handle_endtag(self, tag: str) -> None:
        assert tag in ELEMENTS
        self._depth -= 1

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


def judge(html: str) -> Judge:
    return Judge(html)


_NAMES = [
    *ELEMENTS,
    "div",
    "table",
    "td",
    "tr",
    "button",
    "object",
    "applet",
    "select",
    "option",
    "svg",
    "math",
    "style",
]
_NAMES += [
    "script",
    "textarea",
    "title",
    "template",
    "form",
    "input",
    "img",
    "foreignObject",
    "annotation-xml",
    "mtext",
]
_NAMES += ["noscript", "iframe", "h6", "!", "!--", "?", "/"]
_ATTRIBUTES = [
    "",
    ' href="https://e.example/"',
    " href='javascript:x'",
    " href=//e.example",
    ' class="mention x u-url"',
    ' title="<b>"',
    " rel=tag",
    " lang=en",
    ' x="',
    " y='",
    ' src=https://e.example/x.png alt="a<b"',
    ' encoding="application/x-tex"',
]
_TAGS = st.builds(
    "<{2}{0}{1}>".format, st.sampled_from(_NAMES), st.sampled_from(_ATTRIBUTES), st.sampled_from(["", "/"])
)
_BITS = st.sampled_from(
    ["x", "\n", " ", "&amp;", "&#13;", "&lt;", "<", ">", "-->", "\x00", "\xa0", "]]>", '"', "'", "\ud800"]
)
HOSTILE = st.lists(_TAGS | _BITS | st.text(max_size=5), max_size=14).map("".join)


@given(HOSTILE)
@example("<h1><a><h1>")
def test_nothing_else_comes_out_and_a_second_time_changes_nothing(html: str) -> None:
    once = sanitise(html)

    judge(once)
    assert sanitise(once) == once


@given(HOSTILE)
def test_plain_and_strip_take_anything(html: str) -> None:
    assert plain(html) == plain(html).strip()
    assert "\n" not in strip(html)


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ("just text", "just text"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("<p>a<br/>b</p>", "<p>a<br>b</p>"),
        ("<p lang=de onclick=x style=y id=z>a</p>", '<p lang="de">a</p>'),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<script>alert(1)</script>a<style>p{}</style>", "a"),
        ("a<script>never closed <p>b", "a"),
        ("<scr<script></script>ipt>alert(1)</script>", "ipt&gt;alert(1)"),
        ("<!-- x --><?php y ?><!doctype html>a", "a"),
        ("<p>a</p><!-- never closed <p>b", "<p>a</p>"),
        ("<b", ""),
        ("1<2", "1&lt;2"),
        ("<mark>a</mark> <ins>b</ins> <small>c</small> <x-y>d</x-y>", "a b c d"),
        ("<div>a</div><div>b</div><p>c</p>", "a<br>b<p>c</p>"),
        ("<table><tr><td>a</td></tr><tr><td>b</td></tr></table>", "a<br>b"),
        ("<h1>a</h1><h5>b</h5><h6>c</h6>", "<h1>a</h1><h5>b</h5>c"),
        ("<ol start=3 reversed type=i><li value=5>a<li value=x>b</ol>", '<ol start="3" reversed=""><li value="5">a</li><li>b</li></ol>'),
        ('<blockquote cite="https://e.example/">a</blockquote>', '<blockquote cite="https://e.example/">a</blockquote>'),
        ('<blockquote cite="/a">a</blockquote>', "<blockquote>a</blockquote>"),
        ('<abbr title="a &quot;b&quot; <i>">c</abbr>', '<abbr title="a &quot;b&quot; &lt;i&gt;">c</abbr>'),
        ("<ruby>a<rp>(</rp><rt>b</rt><rp>)</rp></ruby>", "<ruby>a<rp>(</rp><rt>b</rt><rp>)</rp></ruby>"),
        ('<span class="h-card red p-name dt-x e-content" translate="no">a</span>', '<span class="h-card p-name dt-x e-content" translate="no">a</span>'),
        ('<span class="red" translate="yes">a</span>', "<span>a</span>"),
        ("<pre>\n\na\n b</pre>", "<pre>a\n b</pre>"),
        ("\ud800a", "\ufffda"),
    ],
)  # fmt: skip
def test_elements(html: str, safe: str) -> None:
    assert sanitise(html) == safe


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ('<a href="https://e.example/?a=1&b=2">x</a>', f'<a href="https://e.example/?a=1&amp;b=2" {LINK}>x</a>'),
        ('<a href="https://e.example/" rel="me ugc" target="_self">x</a>',
         '<a href="https://e.example/" rel="me nofollow noopener" target="_blank">x</a>'),
        ('<a href="https://e.example/t/x" class="mention hashtag" rel="tag">#<span>x</span></a>',
         '<a href="https://e.example/t/x" class="mention hashtag" rel="tag nofollow noopener" target="_blank">#<span>x</span></a>'),
        ('<a href="xmpp:a@e.example">x</a>', f'<a href="xmpp:a@e.example" {LINK}>x</a>'),
        ('<a href=" https://e.example/ ">x</a>', f'<a href="https://e.example/" {LINK}>x</a>'),
        ("<a>x</a>", "x"),
        ('<a href="">x</a>', "x"),
        ('<a href="/a">x</a>', "x"),
        ('<a href="//e.example/a">x</a>', "x"),
        ('<a href="https:a">x</a>', "x"),
        ('<a href="https:/a">x</a>', "x"),
        ('<a href="https:///a">x</a>', "x"),
        ('<a href="https:\\\\e.example">x</a>', "x"),
        ('<a href="javascript:alert(1)"><b>x</b></a>', "<b>x</b>"),
        ('<a href="JaVa&#10;sCript:alert(1)">x</a>', "x"),
        ('<a href="data:text/html,x">x</a>', "x"),
        ('<a href="mailto:a@e.example">x</a>', "x"),
        ('<a href="https://a.example"><a href="https://b.example">x</a></a>',
         f'<a href="https://a.example" {LINK}></a><a href="https://b.example" {LINK}>x</a>'),
        ("<a href='https://e.example/\"onmouseover=\"x'>x</a>",
         f'<a href="https://e.example/&quot;onmouseover=&quot;x" {LINK}>x</a>'),
    ],
)  # fmt: skip
def test_links(html: str, safe: str) -> None:
    assert sanitise(html) == safe


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ('<img src="https://e.example/a.png" alt="A &quot;b&quot; <c>">', f'<a href="https://e.example/a.png" {LINK}>[🖼 A "b" &lt;c&gt;]</a>'),
        ("<img src=https://e.example/a.png>", f'<a href="https://e.example/a.png" {LINK}>[🖼]</a>'),
        ('<img src="/a.png" alt="A">', "A"),
        ('<img src="data:image/png;base64,x" alt="A">', "A"),
        ("<img>", ""),
        ('<a href="https://e.example/"><img src="https://e.example/a.png" alt="A"></a>', f'<a href="https://e.example/" {LINK}>[🖼 A]</a>'),
    ],
)  # fmt: skip
def test_pictures_become_links(html: str, safe: str) -> None:
    assert sanitise(html) == safe


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ('<math><semantics><mi>x</mi><annotation encoding="application/x-tex">x &lt; y</annotation></semantics></math>', "$x &lt; y$"),
        ('<math display="block"><semantics><mi>x</mi><annotation encoding="application/x-tex">x</annotation></semantics></math>', "$$x$$"),
        ('<math><semantics><mi>x</mi><annotation encoding="text/plain">ex</annotation></semantics></math>', "ex"),
        ("<math><semantics><mi>x</mi><annotation>y</annotation></semantics></math>", "xy"),
        ("<math><mi>x</mi><mo>+</mo><mn>1</mn></math>", "x+1"),
        ("<math><mi>x", "x"),
    ],
)  # fmt: skip
def test_formulas_become_their_annotation(html: str, safe: str) -> None:
    """Model: FEP-dc88, and Mastodon GHSA-qrgq-9fx2 for the annotation without an encoding."""
    assert sanitise(html) == safe


@pytest.mark.parametrize(
    "html",
    [
        "<p>" + "".join(f"<b lang=a{i}>" for i in range(20_000)) + "<p>x" * 20_000,
        f"<b lang={'a' * 60_000}>" * 3 + "<p>x" * 80,
        "<b>" * 60_000 + "</i>" * 10_000,
        "<ul><li>" * 30_000,
        "<blockquote>" * 20_000,
        "<a href=https://e.example><p>" * 8_000,
        "<span>" * 20_000 + "</p>" * 20_000,
        "<math>" * 30_000,
        "<math>" + "<annotation encoding=" * 9_000 + "</math>",
        "<img src=https://e.example alt=x>" * 7_000,
        "<" * 20_000,
        "&" * 100_000,
        "\xa0" * 250_000,
        "<a " + "x='" * 80_000,
        "<table><i>" * 20_000,
        "<div>x" * 30_000,
    ],
)
def test_a_bomb_stays_small(html: str) -> None:
    """html5ever alone makes a gigabyte of the first one: what comes out is bounded in size, depth and number."""
    safe = sanitise(html)

    assert judge(safe).deepest <= MAX_DEPTH
    assert safe.count("<") <= 2 * MAX_ELEMENTS
    assert len(safe) <= 2 * len(html) + 6 * MAX_SPECIALS + 64 * MAX_ELEMENTS


def test_what_is_too_long_is_cut_first() -> None:
    assert sanitise("<p>" + "a" * INPUT_LIMIT + "</p>") == f"<p>{'a' * (INPUT_LIMIT - 3)}</p>"


@pytest.mark.parametrize("name", PASTURE)
def test_every_variant_of_the_pasture(name: str) -> None:
    examples = json.loads(shared(f"payloads/pasture-inputs/{name}.json").read_text())["examples"]
    values = [example[key] for example in examples for key in ("content", "summary") if key in example]

    for html in values:
        judge(sanitise(html))
        assert sanitise(sanitise(html)) == sanitise(html)
        assert bool(plain(html)) == (html != "<script>alert('hi');</script>")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a &amp; b</p><p>c<br>d</p>", "a & b\n\nc\nd"),
        ("<ul><li>a</li><li>b</li></ul><p>c</p>", "a\nb\n\nc"),
        ('<p>see <a href="https://e.example/long"><span class="invisible">https://</span>e.example</a></p>', "see https://e.example"),
        ("&lt;b&gt;", "<b>"),
        ("a&nbsp;b", "a b"),
        ("", ""),
    ],
)  # fmt: skip
def test_plain(html: str, text: str) -> None:
    assert plain(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p>\n<p><b>b</b> &lt;3</p>", "a b <3"),
        ("\u200b", ""),
        ("<p> </p>", ""),
        ("I <3 you", "I <3 you"),
        ("", ""),
    ],
)
def test_strip(html: str, text: str) -> None:
    assert strip(html) == text


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("Bob :blob:", "Bob :blob:"),
        (" B\u202eo\u2066b\n\r\t x\x00 ", "Bob x"),
        ("<b>B</b>", "<b>B</b>"),
        ("👩\u200d🚀 می\u200cخواهم", "👩\u200d🚀 می\u200cخواهم"),
        ("\u200b\ufeff", ""),
        ("a" * 300, "a" * 199 + "…"),
        ("\ud800a", "a"),
    ],
)
def test_clean_name(name: str, clean: str) -> None:
    assert clean_name(name) == clean


@pytest.mark.parametrize(
    ("text", "limit", "short"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("a bcd", 3, "a…"), ("👩\u200d🚀x", 3, "👩…")]
)
def test_cut(text: str, limit: int, short: str) -> None:
    assert cut(text, limit) == short
