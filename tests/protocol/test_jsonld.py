"""The forgiving reader: one answer for every shape of a property."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.errors import Malformed
from smallfed.protocol import jsonld, limits
from smallfed.protocol.jsonld import Document

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "uris", "first"),
    [
        (None, (), None),
        ("", (), None),
        (7, (), None),
        ("https://a.example/1", ("https://a.example/1",), "https://a.example/1"),
        ({"id": "https://a.example/1"}, ("https://a.example/1",), "https://a.example/1"),
        ({"@id": "https://a.example/1", "href": "https://b.example"}, ("https://a.example/1",), "https://a.example/1"),
        ({"type": "Link", "href": "https://a.example/1"}, ("https://a.example/1",), "https://a.example/1"),
        ({"id": None, "name": "nothing"}, (), None),
        (["x", "y", "x"], ("x", "y"), "x"),
        ([None, {"id": 3}, ["nested"], {"id": "x"}], ("x",), "x"),
        ("h" * (limits.URI + 1), (), None),
    ],
)
def test_uris(value: Any, uris: tuple[str, ...], first: str | None) -> None:
    """A reference may be a string, an object, a Link or a list of these."""
    document = Document({"to": value})

    assert (document.uris("to"), document.uri("to")) == (uris, first)


def test_uris_are_cut_at_the_limit() -> None:
    """Only as many as asked for are returned, whatever was sent."""
    document = Document({"to": [f"u{n}" for n in range(50)]})

    assert document.uris("to", 3) == ("u0", "u1", "u2")


@pytest.mark.parametrize(
    ("value", "types"),
    [
        ("Note", ("Note",)),
        (["Note", "as:Article", 3, None], ("Note", "Article")),
        ("https://www.w3.org/ns/activitystreams#Person", ("Person",)),
        (None, ()),
        ({"no": "type"}, ()),
    ],
)
def test_types(value: Any, types: tuple[str, ...]) -> None:
    """Types come alone or in a list, sometimes with their prefix, and under two names."""
    assert Document({"type": value}).types == types
    assert Document({"@type": value}).types == types


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("a\0b", "ab"),
        (None, ""),
        (5, "5"),
        (True, ""),
        ({"@value": "v", "@language": "en"}, "v"),
        ({"de": "hallo", "en": "hello"}, "hallo"),
        ([None, "", {"@value": "second"}], "second"),
        ({"a": {"b": 3}}, ""),
    ],
)
def test_text(value: Any, text: str) -> None:
    """A text may be a string, a value object, a language map or a list of these."""
    assert Document({"name": value}).text("name") == text


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-11-20T10:00:00Z", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("2026-11-20T11:00:00+0100", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("2026-11-20T10:00:00.123456789Z", datetime(2026, 11, 20, 10, 0, 0, 123456, tzinfo=UTC)),
        ("2026-11-20T10:00:00", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        (1795399200, None),
        (None, None),
    ],
)
def test_moment(value: Any, moment: datetime | None) -> None:
    """Times are aware and in UTC, or not there."""
    assert Document({"published": value}).moment("published") == moment


@pytest.mark.parametrize(
    ("value", "integer", "flag"),
    [
        (3, 3, None),
        (3.9, 3, None),
        ("12", 12, None),
        (-1, None, None),
        (2**60, None, None),
        (True, None, True),
        ("False", None, False),
        (None, None, None),
        ([], None, None),
    ],
)
def test_numbers_and_flags(value: Any, integer: int | None, flag: bool | None) -> None:
    """Counts are whole and not negative; what is neither true nor false is None."""
    document = Document({"x": value})

    assert (document.integer("x"), document.flag("x")) == (integer, flag)


def test_links_make_uris_and_objects_alike() -> None:
    """A plain URL counts as a Link."""
    document = Document({"url": ["https://a.example", {"type": "Link", "href": "https://b.example"}, 3]})

    assert [link.uri("href") for link in document.links("url")] == ["https://a.example", "https://b.example"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'"text"',
        b"{",
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b'{"a": "\xff"}',
        b'{"a": "\\ud800"}',
        b'{"a": ' + b"1" * 5000 + b"}",
        b'{"a": ' + b"[" * 65 + b"]" * 65 + b"}",
        b'{"a":' * 100_000,
        b'{"@graph": []}',
        b'{"object": {"tag": [{"@reverse": {}}]}}',
        b'{"\\u0040included": []}',
    ],
    ids=range(14),
)
def test_malformed(body: bytes) -> None:
    """What is no JSON object, too deep, or plays tricks with JSON-LD is refused."""
    with pytest.raises(Malformed):
        jsonld.read(body)


def test_depth_within_the_limit_is_read() -> None:
    """The limit itself is allowed."""
    body = b'{"a":' * (limits.DEPTH - 1) + b"{}" + b"}" * (limits.DEPTH - 1)

    assert jsonld.read(body).encode() == body


@given(ANY_JSON)
def test_every_accessor_answers_for_every_shape(value: Any) -> None:
    """No value whatever makes an accessor raise."""
    document = Document({"x": value, "xMap": value, "id": value, "type": value, "@type": value})

    assert document.id is None or isinstance(document.id, str)
    assert all(isinstance(name, str) for name in document.types)
    assert all(isinstance(uri, str) for uri in document.uris("x"))
    assert all(isinstance(inner, Document) for inner in document.documents("x") + document.links("x"))
    assert isinstance(document.text("x"), str)
    assert all(isinstance(text, str) for text in document.language_map("xMap").values())
    assert (moment := document.moment("x")) is None or moment.tzinfo is UTC
    assert (number := document.integer("x")) is None or number >= 0
    assert document.flag("x") in (True, False, None)


@given(st.binary(max_size=200))
def test_bytes_are_read_or_malformed(body: bytes) -> None:
    """Whatever arrives, it is a document or Malformed."""
    try:
        document = jsonld.read(body)
    except Malformed:
        return

    assert isinstance(document.value, dict)
