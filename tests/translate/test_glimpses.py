"""What pages say about themselves."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json, structs

from smallfed.domain.card import Glimpse
from smallfed.translate.glimpses import DESCRIPTION, FRAME, TITLE, embed, read
from smallfed.translate.legible import DEEPEST, LOOKED_AT, text

URL = "https://news.example/2026/garden?from=feed"


def said(head: str, *, url: str = URL, content_type: str = "text/html; charset=utf-8", lang: str = "en") -> Glimpse:
    page = f'<!doctype html><html lang="{lang}"><head>{head}</head><body>text</body></html>'
    return read(page.encode(), url=url, content_type=content_type).glimpse


def test_a_page_of_a_newspaper() -> None:
    glimpse = said("""
        <title>Never mind</title>
        <link rel="canonical" href="/2026/garden">
        <meta property="og:title" content="A garden &amp; its  keeper">
        <meta property="og:description" content="What grows there.">
        <meta property="og:site_name" content="The News">
        <meta property="og:image" content="/pictures/garden.jpg">
        <meta property="og:image:width" content="1200"><meta property="og:image:height" content="630">
        <meta property="og:image:alt" content="Beans">
        <meta property="article:published_time" content="2026-05-01T10:00:00+02:00">
        <meta name="author" content="Bea">
        <meta name="fediverse:creator" content="@Bea@Writers.example">
    """)

    assert glimpse == Glimpse(
        page="https://news.example/2026/garden",
        title="A garden & its keeper",
        description="What grows there.",
        author_name="Bea",
        provider_name="The News",
        image="https://news.example/pictures/garden.jpg",
        image_description="Beans",
        width=1200,
        height=630,
        language="en",
        creator="bea@writers.example",
        published_at=datetime(2026, 5, 1, 8, tzinfo=UTC),
    )


def test_a_page_that_describes_itself_to_machines() -> None:
    article = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "name": "x"},
            {
                "@type": ["NewsArticle"],
                "headline": "Beans",
                "author": [{"@type": "Person", "name": "Bea", "url": "https://news.example/bea"}],
                "publisher": {"name": "The News"},
                "datePublished": "2026-05-01",
            },
        ],
    }

    glimpse = said(f'<script type="application/ld+json">{json.encode(article).decode()}</script>')

    assert glimpse == Glimpse(
        page=URL,
        title="Beans",
        author_name="Bea",
        author_url="https://news.example/bea",
        provider_name="The News",
        language="en",
        published_at=datetime(2026, 5, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("head", "field", "value"),
    [
        ("<title> plain \n title </title>", "title", "plain title"),
        ('<meta name="twitter:title" content="T">', "title", "T"),
        (f"<title>{'x' * 400}</title>", "title", "x" * (TITLE - 1) + "…"),
        (f'<meta name="description" content="{"y" * 4000}">', "description", "y" * (DESCRIPTION - 1) + "…"),
        (
            '<base href="https://cdn.example/a/"><meta property="og:image" content="b.png">',
            "image",
            "https://cdn.example/a/b.png",
        ),
        ('<meta property="og:image" content="javascript:alert(1)">', "image", ""),
        ('<meta property="og:image" content="https://[::1">', "image", ""),
        ('<link rel="canonical" href="https://other.example/stolen">', "page", URL),
        ('<meta property="og:url" content="https://news.example/own">', "page", "https://news.example/own"),
        ('<meta property="og:image:width" content="-3">', "width", 0),
        ('<meta property="og:image:width" content="1e400">', "width", 0),
        ('<meta property="article:author" content="https://news.example/bea">', "author_name", ""),
        (
            '<meta property="article:author" content="https://news.example/bea">',
            "author_url",
            "https://news.example/bea",
        ),
        ('<meta name="fediverse:creator" content="bea">', "creator", ""),
        ('<meta property="article:published_time" content="yesterday">', "published_at", None),
        ('<script type="application/ld+json">{"@type": </script>', "author_name", ""),
        (f'<script type="application/ld+json">{"[" * 5000}</script>', "author_name", ""),
    ],
)
def test_parts_of_pages(head: str, field: str, value: object) -> None:
    assert getattr(said(head), field) == value


@pytest.mark.parametrize(
    ("content_type", "head", "body"),
    [
        ("text/html; charset=iso-8859-1", b"", "Gärten".encode("latin-1")),
        ("text/html", b'<meta charset="windows-1252">', "Gärten".encode("cp1252")),
        ("text/html", b"", "Gärten".encode()),
        ('text/html; charset="UTF-8"', b'<meta charset="latin-1">', "Gärten".encode()),
        ("text/html; charset=nonsense", b"", "Gärten".encode()),
        ("text/html; charset=rot13", b"", "Gärten".encode()),
    ],
)
def test_in_whatever_encoding(content_type: str, head: bytes, body: bytes) -> None:
    page = b"<html><head>" + head + b"<title>" + body + b"</title></head></html>"

    assert read(page, url=URL, content_type=content_type).glimpse.title == "Gärten"


def test_a_film_is_shown_in_a_frame_of_ours() -> None:
    glimpse = said("""<title>A film</title>
        <meta name="twitter:player" content="https://tv.example/embed?a=1&amp;b=2">
        <meta name="twitter:player:width" content="800"><meta name="twitter:player:height" content="450">""")

    assert (glimpse.type, glimpse.embed_url, glimpse.width, glimpse.height) == (
        "video",
        "https://tv.example/embed?a=1&b=2",
        800,
        450,
    )
    assert glimpse.html.startswith('<iframe src="https://tv.example/embed?a=1&amp;b=2" width="800" height="450" ')


def test_what_its_oembed_document_says() -> None:
    page = Glimpse(page=URL, title="A film")
    document = {
        "type": "video",
        "title": "The film",
        "author_name": "Bea",
        "author_url": "https://tv.example/bea",
        "provider_name": "TV",
        "provider_url": "https://tv.example",
        "thumbnail_url": "/thumb.jpg",
        "width": "640",
        "height": 360,
        "html": '<script>evil()</script><iframe onload="evil()" src="https://tv.example/e?a=1&amp;b=2"></iframe>',
    }

    glimpse = embed(page, json.encode(document), url="https://tv.example/oembed")

    assert structs.replace(glimpse, html="") == Glimpse(
        page=URL,
        type="video",
        title="The film",
        author_name="Bea",
        author_url="https://tv.example/bea",
        provider_name="TV",
        provider_url="https://tv.example",
        image="https://tv.example/thumb.jpg",
        embed_url="https://tv.example/e?a=1&b=2",
        width=640,
        height=360,
    )
    assert "evil" not in glimpse.html


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b'{"type":"video","html":"<iframe src=\'javascript:x\'>"}',
        b'{"type":"rich","html":"<iframe src=\\"https://x.example\\">"}',
        b'{"type":"photo","url":"javascript:x"}',
        b'{"type":7,"title":null}',
    ],
)
def test_an_oembed_document_of_no_use_changes_nothing(document: bytes) -> None:
    page = Glimpse(page=URL, title="A page")

    assert embed(page, document, url=URL) == page


def test_a_picture_by_its_oembed_document() -> None:
    document = b'{"type":"photo","url":"https://p.example/1.jpg","width":3,"height":4}'

    glimpse = embed(Glimpse(page=URL, title="A picture"), document, url=URL)

    assert (glimpse.type, glimpse.embed_url, glimpse.width, glimpse.height) == (
        "photo",
        "https://p.example/1.jpg",
        3,
        4,
    )


def test_only_the_beginning_of_a_page_is_looked_at() -> None:
    page = b"<html><head>" + b" " * LOOKED_AT + b"<title>far below</title>"

    assert read(page, url=URL, content_type="text/html").glimpse.title == ""


@pytest.mark.parametrize(
    ("piece", "whole"),
    [
        ("<div>", False),
        ("<DIV></x>", False),
        ("<a><div>", False),
        ("<font size=1><table></font></table>", True),
        ("<div>text</div>", True),
        ("<li><p>text", True),
        ("<img><br/>", True),
        ("if (i < n) ", True),
    ],
)
def test_no_page_is_too_deep(piece: str, whole: bool) -> None:
    """Parsers need time that grows with length × depth; a page of nothing but ``<div>`` took ten seconds."""
    page = piece * (LOOKED_AT // len(piece))

    read_ = text(page.encode(), "text/html")

    assert (read_ == page) is whole
    assert whole or read_.lower().count("<div") <= DEEPEST


@pytest.mark.parametrize("name", ["punycode", "idna", "unicode_escape", "utf-7", "rot13", "zlib", "undefined"])
def test_what_is_no_encoding_of_pages_is_taken_for_utf_8(name: str) -> None:
    """Decoding punycode takes quadratic time, with nothing else running."""
    assert text("ü\\x41+AGE--".encode(), f"text/html; charset={name}") == "ü\\x41+AGE--"


def test_names_turn_nothing_around() -> None:
    assert said("<title>in\u202evoice\u2066.pdf\x07\u200f</title>").title == "invoice.pdf"


def test_a_frame_is_looked_for_at_the_beginning() -> None:
    """Looking through a quarter of a megabyte of ``<iframe`` took a second, in which nobody was answered."""
    frame = '<iframe src="https://films.example/1"></iframe>'
    films = [json.encode({"type": "video", "html": " " * far + frame}) for far in (0, FRAME)]

    shown = [embed(Glimpse(page=URL, title="Beans"), film, url=URL).embed_url for film in films]

    assert shown == ["https://films.example/1", ""]


@given(st.binary(max_size=400))
def test_nothing_in_a_page_is_an_error(body: bytes) -> None:
    page = read(b"<head><title>" + body, url=URL, content_type="text/html")

    assert page.glimpse.page == URL


def test_a_language_is_as_long_as_languages_are() -> None:
    """Whoever says a megabyte of it says nothing, and takes no room."""
    glimpse = said("<title>Beans</title>", lang=f"en{'-GB' * 100_000}")

    assert (glimpse.title, glimpse.language) == ("Beans", "")
