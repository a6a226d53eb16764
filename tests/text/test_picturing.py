"""Pictures in HTML: in its text, and nowhere else."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.text.picturing import illustrated
from smallfed.text.sanitise import sanitise

PICTURES = {"blob": "https://home.example/blob.png", "a_1": "https://home.example/a?b&c.png"}
BLOB = '<img class="emoji" src="https://home.example/blob.png" alt=":blob:" title=":blob:">'
INSERTED = re.compile(r'<img class="emoji" src="[^"]*" alt="(:\w+:)" title=":\w+:">')


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>:blob:</p>", f"<p>{BLOB}</p>"),
        ("<p>:blob::none: :blob:</p>", f"<p>{BLOB}:none: {BLOB}</p>"),
        ("<p>:Blob: : blob:</p>", "<p>:Blob: : blob:</p>"),
        ('<a href="https://x/:blob:" title="a > :blob:">x</a>', '<a href="https://x/:blob:" title="a > :blob:">x</a>'),
        ("<a title='\":blob:>'>:blob:</a>", f"<a title='\":blob:>'>{BLOB}</a>"),
        ("1 &lt; 2 :blob: &gt;", f"1 &lt; 2 {BLOB} &gt;"),
        (":a_1:", '<img class="emoji" src="https://home.example/a?b&amp;c.png" alt=":a_1:" title=":a_1:">'),
    ],
)
def test_pictures(html: str, shown: str) -> None:
    assert illustrated(html, PICTURES) == shown
    assert illustrated(html, {}) == html


@given(st.lists(st.sampled_from([":blob:", "<a href='x:blob:'>", "</a>", '"', ">", "<", "'", "<p title=", " ", "x"])))
def test_nothing_but_text_changes(pieces: list[str]) -> None:
    """Without the pictures it is what it was, and every picture stands outside of tags."""
    html = sanitise("".join(pieces))

    shown = illustrated(html, PICTURES)

    assert INSERTED.sub(r"\1", shown) == html
    assert ":blob:" not in _text(INSERTED.sub("", shown))


def _text(html: str) -> str:
    """Return what stands between the tags."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_data(self, data: str) -> None:
            found.append(data)

    Reader().feed(html)
    return "".join(found)
