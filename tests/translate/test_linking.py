"""Which page a post is about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.text.sanitise import sanitise
from smallfed.translate.linking import first_link


@pytest.mark.parametrize(
    ("html", "link"),
    [
        ("<p>no link</p>", None),
        ('<p><a href="https://news.example/one">one</a> <a href="https://news.example/two">two</a></p>', "one"),
        ('<p><a class="u-url mention" href="https://b.example/@bob">@bob</a></p>', None),
        ('<p><a class="mention hashtag" rel="tag" href="https://b.example/tags/x">#x</a></p>', None),
        ('<p><a rel="tag" href="https://b.example/tags/x">#x</a> <a href="https://news.example/one">1</a></p>', "one"),
        ('<p>Look<span class="quote-inline"><br>RE: <a href="https://b.example/1">1</a></span></p>', None),
        ('<p><a href="https://news.example/one?a=1&amp;b=2">1</a></p>', "one?a=1&b=2"),
        ('<p><a href="https://news.example/%22&quot;">1</a></p>', '%22"'),
        ('<p><a href="mailto:bob@b.example">mail</a></p>', None),
        ('<p><a href="https://user:secret@news.example/">1</a></p>', None),
    ],
)
def test_the_first_link_to_a_page(html: str, link: str | None) -> None:
    found = first_link(sanitise(html))

    assert found == (None if link is None else f"https://news.example/{link}")


def test_some_links_are_not_meant() -> None:
    html = '<p><a href="https://news.example/one">1</a> <a href="https://news.example/two">2</a></p>'

    assert first_link(html, but={"https://news.example/one"}) == "https://news.example/two"


@given(st.text(alphabet="<a href=\"htps:/.x>&;quot 'classmention=", max_size=200))
def test_whatever_is_written_has_a_link_or_none(html: str) -> None:
    found = first_link(sanitise(html))

    assert found is None or found.startswith("http")
