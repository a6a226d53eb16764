"""The words that stand for a quote: written, found, marked and left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.text.quoting import fallback, mark, strip
from smallfed.text.sanitise import sanitise

URL = "https://far.example/notes/9"
LINK = f'<a href="{URL}" rel="nofollow noopener" target="_blank">{URL}</a>'


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>So true</p>", "<p>So true</p>"),
        ("<p>One</p><p>Two</p>", "<p>One</p><p>Two</p>"),
        ("<ul><li>One</li></ul>", "<ul><li>One</li></ul>"),
        ("", ""),
    ],
)
def test_what_is_added_can_be_taken_away(html: str, text: str) -> None:
    added = fallback(html, URL)

    assert "RE: " in added
    assert f'href="{URL}"' in added
    assert strip(sanitise(added)) == sanitise(text)


@pytest.mark.parametrize(
    ("html", "left"),
    [
        (
            '<p class="quote-inline">RE: <a href="x"><span>https://</span></a></p><p>Yes</p>',
            "<p>Yes</p>",
        ),
        ('<p>Yes<span class="quote-inline"><br><br>RE: <span>x</span> y</span></p>', "<p>Yes</p>"),
        ('<b>big</b><br><span class="quote-inline">RE: x</span>', "<b>big</b><br>"),
        ('<p>Yes<span class="h-x quote-inline">RE: never closed', "<p>Yes"),
        ('<p>Not <span class="quote-inlined">this</span></p>', '<p>Not <span class="quote-inlined">this</span></p>'),
    ],
)
def test_marked_references_are_left_out(html: str, left: str) -> None:
    assert strip(html) == left


@pytest.mark.parametrize(
    ("html", "marked"),
    [
        (f"<p>Yes<br><br>RE: {LINK}</p>", f'<p>Yes<span class="quote-inline"><br><br>RE: {LINK}</span></p>'),
        (f"<p>Yes</p><p>RE: {URL}</p>", f'<p>Yes</p><p><span class="quote-inline">RE: {URL}</span></p>'),
        (f"Yes<br>RE: {LINK}", f'Yes<span class="quote-inline"><br>RE: {LINK}</span>'),
        (
            f"<p><span>Yes<br><br>RE: </span>{LINK}</p>",
            f'<p><span>Yes</span><span class="quote-inline"><br><br>RE: {LINK}</span></p>',
        ),
    ],
)
def test_a_bare_reference_at_the_end_is_marked(html: str, marked: str) -> None:
    assert mark(html, {URL}) == marked
    assert mark(marked, {URL}) == marked


@pytest.mark.parametrize(
    "html",
    [
        "<p>Yes</p>",
        f"<p>RE: {LINK} is what I mean</p>",
        "<p>Yes<br>RE: https://other.example/notes/1</p>",
        f'<p class="quote-inline">RE: {LINK}</p><p>and again RE: {LINK}</p>',
    ],
)
def test_nothing_else_is_marked(html: str) -> None:
    assert mark(html, {URL}) == html


pieces = st.lists(
    st.sampled_from(
        ["RE: ", "RE:", LINK, URL, "<br>", "<p>", "</p>", '<span class="quote-inline">', "</span>", " ", "x"]
    )
    | st.text(max_size=5)
)


@given(pieces)
def test_any_html_is_survived(some: list[str]) -> None:
    """Marking changes nothing but the mark; what is left out is gone at once."""
    html = sanitise("".join(some))

    marked = mark(html, {URL})

    assert marked.replace('<span class="quote-inline">', "").replace("</span>", "") == html.replace(
        '<span class="quote-inline">', ""
    ).replace("</span>", "")
    assert strip(strip(marked)) == strip(marked)


MANY = '<span class="quote-inline">x</span>' * 7_000


@pytest.mark.parametrize("hostile", [MANY, "RE: " * 50_000, "RE: <a " * 40_000, '<span class="quote-inline">' * 20_000])
def test_long_texts_take_no_long_time(hostile: str) -> None:
    """Both are linear: a quadratic one would not come back from these."""
    assert mark(hostile, {URL}) == hostile
    assert len(strip(hostile)) <= len(hostile)


def test_references_without_end_are_no_burden() -> None:
    """One pass, however many there are: half a megabyte of them once took half a minute."""
    html = "<p>" + '<b>x</b><span class="quote-inline">RE:</span>' * 10_000 + "</p>"

    assert strip(html) == f"<p>{'<b>x</b>' * 10_000}</p>"
