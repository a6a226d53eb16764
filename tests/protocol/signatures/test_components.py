"""Components and the signature base: the examples of RFC 9421 §2, and what is refused."""

import pytest
from http_sfv.item import InnerList

from smallfed.errors import Malformed, Unauthenticated
from smallfed.protocol.signatures import components, rfc9421
from smallfed.protocol.signatures.message import Message

FIELDS = Message(
    method="GET",
    authority="www.example.com",
    target="/path?param=value&foo=bar&baz=batman&qux=",
    headers=(
        ("host", "www.example.com"),
        ("date", "Tue, 20 Apr 2021 02:07:56 GMT"),
        ("x-ows-header", "  Leading and trailing whitespace.   "),
        ("cache-control", "max-age=60"),
        ("cache-control", "    must-revalidate"),
        ("example-dict", " a=1,    b=2;x=1;y=2,   c=(a   b   c), d"),
        ("content-digest", "sha-256=:AA==:,   sha-512=:AQ==:"),
        ("x-empty-header", ""),
        ("example-header", "value, with, lots"),
        ("example-header", "of, commas"),
    ),
)


def values(member: str, message: Message = FIELDS) -> list[str]:
    (read,) = rfc9421.parse(f"s={member}", "s=:AA==:")
    return [components.value(message, component) for component in read.components]


@pytest.mark.parametrize(
    ("component", "expected"),
    [
        ('"host"', "www.example.com"),
        ('"date"', "Tue, 20 Apr 2021 02:07:56 GMT"),
        ('"x-ows-header"', "Leading and trailing whitespace."),
        ('"cache-control"', "max-age=60, must-revalidate"),
        ('"example-dict"', "a=1,    b=2;x=1;y=2,   c=(a   b   c), d"),
        ('"x-empty-header"', ""),
        ('"example-dict";key="a"', "1"),
        ('"example-dict";key="b"', "2;x=1;y=2"),
        ('"example-dict";key="c"', "(a b c)"),
        ('"example-dict";key="d"', "?1"),
        ('"content-digest";sf', "sha-256=:AA==:, sha-512=:AQ==:"),
        ('"example-header";bs', ":dmFsdWUsIHdpdGgsIGxvdHM=:, :b2YsIGNvbW1hcw==:"),
        ('"@method"', "GET"),
        ('"@target-uri"', "https://www.example.com/path?param=value&foo=bar&baz=batman&qux="),
        ('"@authority"', "www.example.com"),
        ('"@scheme"', "https"),
        ('"@request-target"', "/path?param=value&foo=bar&baz=batman&qux="),
        ('"@path"', "/path"),
        ('"@query"', "?param=value&foo=bar&baz=batman&qux="),
        ('"@query-param";name="baz"', "batman"),
        ('"@query-param";name="qux"', ""),
        ('"@query-param";name="param"', "value"),
    ],
)
def test_values_of_section_2(component: str, expected: str) -> None:
    assert values(f"({component})") == [expected]


@pytest.mark.parametrize(
    ("component", "expected"),
    [
        ('"@query-param";name="var"', "this%20is%20a%20big%0Amultiline%20value"),
        ('"@query-param";name="bar"', "with%20plus%20whitespace"),
        ('"@query-param";name="fa%C3%A7ade%22%3A%20"', "something"),
        ('"@query-param";name="tilde"', "%7E*-._"),
    ],
)
def test_query_parameters_are_encoded_anew(component: str, expected: str) -> None:
    message = Message(
        method="GET",
        authority="www.example.com",
        target="/parameters?var=this%20is%20a%20big%0Amultiline%20value&bar=with+plus+whitespace"
        "&fa%C3%A7ade%22%3A%20=something&tilde=~*-._",
        headers=(),
    )

    assert values(f"({component})", message) == [expected]


def test_what_is_not_there_has_a_value_too() -> None:
    bare = Message(method="GET", authority="Us.Example:443", target="/", headers=())

    assert values('("@path" "@query" "@authority" "@target-uri")', bare) == [
        "/",
        "?",
        "us.example",
        "https://us.example/",
    ]


def test_the_status_of_a_response() -> None:
    response = Message(method="GET", authority="h", target="/", headers=(), status=200)

    assert values('("@status")', response) == ["200"]


@pytest.mark.parametrize(
    "component",
    [
        '"absent"',
        '"@status"',
        '"@unknown"',
        '"@signature-params"',
        '"@method";req',
        '"host";req',
        '"host";tr',
        '"host";sf',
        '"host";bs;sf',
        '"host";bs=?0',
        '"content-digest";key="sha-256";sf',
        '"content-digest";key="absent"',
        '"@query-param";name="absent"',
    ],
)
def test_components_we_cannot_give_are_refused(component: str) -> None:
    with pytest.raises(Unauthenticated):
        values(f"({component})")


@pytest.mark.parametrize(
    "component",
    [
        '"Host"',
        "host",
        "1",
        ":AA==:",
        '""',
        '"host" "host"',
        '"@query-param"',
        '"@query-param";name=1',
        '"date";key="a"',
    ],
)
def test_components_that_make_no_sense_are_malformed(component: str) -> None:
    with pytest.raises(Malformed):
        values(f"({component})")


def test_a_query_parameter_that_is_given_twice_cannot_be_signed() -> None:
    message = Message(method="GET", authority="h", target="/?a=1&a=2", headers=())

    with pytest.raises(Unauthenticated):
        values('("@query-param";name="a")', message)


def test_a_query_beyond_reason_is_malformed() -> None:
    message = Message(method="GET", authority="h", target="/?" + "&".join(["a=1"] * 300), headers=())

    with pytest.raises(Malformed, match="more than 256 parameters"):
        values('("@query-param";name="a")', message)


@pytest.mark.parametrize(
    "members", [[f'"h{n}"' for n in range(33)], [f'"h";key="k{n}"' for n in range(3)]], ids=["many", "costly"]
)
def test_more_components_than_anybody_needs_are_malformed(members: list[str]) -> None:
    with pytest.raises(Malformed, match="may cover 32 components, 2 of them with parameters"):
        values(f"({' '.join(members)})")


@pytest.mark.parametrize("component", ['"x"', '"x";bs'])
def test_a_value_that_cannot_be_on_a_line_is_malformed(component: str) -> None:
    message = Message(method="GET", authority="h", target="/", headers=(("x", "…"),))
    (read,) = rfc9421.parse(f"s=({component})", "s=:AA==:")

    with pytest.raises(Malformed):
        rfc9421.base(read, message)


def test_the_empty_base() -> None:
    assert components.base(FIELDS, components.read(InnerList()), "()") == b'"@signature-params": ()'
