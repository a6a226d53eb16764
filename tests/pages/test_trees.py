"""Requests as trees: names with brackets, JSON, what getters make of values."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quart import Quart
from quart_trio import QuartTrio

from smallfed.errors import Invalid, Malformed, TooLarge
from smallfed.pages.requests import Request
from smallfed.pages.trees import Tree, read, read_form, read_json

FORMS = [
    (b"", {}),
    (b"a=1", {"a": "1"}),
    (b"a=1&a=2", {"a": "2"}),
    (b"a", {"a": ""}),
    (b"a=%C3%BC+x%ff", {"a": "ü x\N{REPLACEMENT CHARACTER}"}),
    (b"a[]=1&a[]=2", {"a": ["1", "2"]}),
    (b"a%5B%5D=1", {"a": ["1"]}),
    (b"a[b]=1&a[c]=2", {"a": {"b": "1", "c": "2"}}),
    (b"a[0]=x&a[1]=y", {"a": {"0": "x", "1": "y"}}),
    (b"a[][x]=1&a[][y]=2&a[][x]=3", {"a": [{"x": "1", "y": "2"}, {"x": "3"}]}),
    (b"a[0][x]=1&a[0][y]=2", {"a": {"0": {"x": "1", "y": "2"}}}),
    (b"a[b][]=1&a[b][]=2", {"a": {"b": ["1", "2"]}}),
    (b"a[b=1", {"a[b": "1"}),
    (b"[b]=1", {"[b]": "1"}),
]


@pytest.mark.parametrize(("form", "tree"), FORMS)
def test_names_with_brackets_grow_into_a_tree(form: bytes, tree: dict[str, object]) -> None:
    assert read_form(form) == tree


@pytest.mark.parametrize(
    "form",
    [
        b"a=1&a[b]=2",
        b"a[]=1&a[b]=2",
        b"a[b]=1&a[]=2",
        b"a" + b"[x]" * 9 + b"=1",
        b"&".join([b"a=1"] * 1001),
        b"a" * 201,
    ],
)
def test_what_contradicts_itself_or_goes_too_far_is_refused(form: bytes) -> None:
    with pytest.raises(Malformed):
        read_form(form)


@given(st.binary(max_size=200) | st.text("a[]=&0x%", max_size=60).map(str.encode))
def test_any_bytes_are_a_form_or_malformed(body: bytes) -> None:
    with suppress(Malformed):
        assert isinstance(read_form(body), dict)


@pytest.mark.parametrize(
    "body", [b"[]", b"1", b"{", b'{"a":"\xff"}', b'{"a":"\\ud800"}', b'{"a":NaN}', b'{"a":1e999}', b"[" * 9999, b"\xff"]
)
def test_a_body_that_is_no_json_object_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_json(body)


def test_an_empty_json_body_asks_nothing() -> None:
    assert read_json(b" ") == {}


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        (True, True),
        ("true", True),
        ("True", True),
        ("1", True),
        ("on", True),
        (1, True),
        (False, False),
        ("false", False),
        ("0", False),
        ("off", False),
        (0, False),
        ("", None),
        (None, None),
    ],
)
def test_a_flag_has_many_spellings(value: object, flag: bool | None) -> None:
    assert Tree({"x": value}).flag("x") is flag  # type: ignore[dict-item]


def test_getters_read_the_value_that_is_meant() -> None:
    tree = Tree(
        {
            "text": "x",
            "number": 7,
            "digits": " 12 ",
            "float": "0.5",
            "list": ["1", 2, None],
            "numbered": {"10": "c", "2": "b", "0": "a"},
            "nested": {"a": "b"},
            "objects": [{"a": "1"}, {"a": "2"}],
            "empty": "",
            "null": None,
        }
    )

    nested = tree.tree("nested")

    assert [tree.text(name) for name in ("text", "number", "empty", "null", "absent")] == ["x", "7", "", None, None]
    assert [tree.integer(name) for name in ("number", "digits", "empty", "null")] == [7, 12, None, None]
    assert tree.number("float") == 0.5
    assert tree.texts("list") == ("1", "2")
    assert tree.integers("list") == (1, 2)
    assert tree.texts("numbered") == ("a", "b", "c")
    assert tree.texts("text") == ("x",)
    assert tree.texts("absent") == ()
    assert nested is not None
    assert nested.text("a") == "b"
    assert [one.text("a") for one in tree.trees("objects")] == ["1", "2"]
    assert tree.tree("absent") is None
    assert "null" in tree
    assert "absent" not in tree


@pytest.mark.parametrize(
    ("getter", "value"),
    [
        ("text", ["a"]),
        ("text", {"a": "b"}),
        ("text", "a\0b"),
        ("integer", "x"),
        ("integer", "1.5"),
        ("integer", "²"),
        ("integer", str(1 << 63)),
        ("integer", "9" * 5000),
        ("number", "nan"),
        ("number", "x"),
        ("tree", "a"),
        ("trees", ["a"]),
        ("texts", [["a"]]),
        ("integers", ["a"]),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_by_name(getter: str, value: object) -> None:
    with pytest.raises(Invalid) as caught:
        getattr(Tree({"limit": value}), getter)("limit")  # type: ignore[dict-item]

    assert caught.value.message.startswith("limit ")


def test_a_nested_parameter_is_named_with_its_brackets() -> None:
    inner = Tree({"source": {"sensitive": []}}).tree("source")

    assert inner is not None
    with pytest.raises(Invalid, match=r"source\[sensitive\] should be a single value"):
        inner.text("sensitive")


def _echo() -> Quart:
    app = QuartTrio("test", static_folder=None)
    app.request_class = Request
    app.config["MAX_CONTENT_LENGTH"] = 4096

    @app.route("/", methods=["GET", "POST", "DELETE"])
    async def echo() -> dict[str, object]:
        try:
            tree = await read()
        except (Malformed, TooLarge) as error:
            return {"refused": type(error).__name__}
        return {name: tree.texts(name) for name in tree}

    return app


async def _asked(method: str, body: bytes, kind: str | None, query: str = "") -> object:
    headers = {} if kind is None else {"Content-Type": kind}
    response = await _echo().test_client().open("/" + query, method=method, data=body, headers=headers)
    return await response.get_json()


PART = b'--x\r\nContent-Disposition: form-data; name="a[]"\r\n\r\n1\r\n--x--\r\n'


@pytest.mark.parametrize(
    ("method", "body", "kind", "query", "expected"),
    [
        ("POST", b"a=1", "application/x-www-form-urlencoded", "?b=2", {"a": ["1"], "b": ["2"]}),
        ("POST", b"a=1", "application/x-www-form-urlencoded; charset=utf-8", "?a=2", {"a": ["1"]}),
        ("POST", b'{"a":[1]}', "application/json", "", {"a": ["1"]}),
        ("POST", b"", "application/json", "?a=1", {"a": ["1"]}),
        ("DELETE", b'{"a":1}', "application/json; charset=utf-8", "", {"a": ["1"]}),
        ("GET", b"a=1", "application/x-www-form-urlencoded", "", {"a": ["1"]}),
        ("POST", PART, "multipart/form-data; boundary=x", "", {"a": ["1"]}),
        ("POST", PART, "multipart/form-data", "", {"refused": "Malformed"}),
        ("POST", b"{", "application/json", "", {"refused": "Malformed"}),
        ("POST", b"a=" + b"x" * 5000, "application/x-www-form-urlencoded", "", {"refused": "TooLarge"}),
        ("POST", b"a=1", None, "?b=1", {"b": ["1"]}),
    ],
)
async def test_bodies_of_all_kinds_are_read(
    method: str, body: bytes, kind: str | None, query: str, expected: object
) -> None:
    assert await _asked(method, body, kind, query) == expected
