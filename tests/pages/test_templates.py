"""Templates: what is said of names."""

import pytest

from smallfed.pages.templates import letters


@pytest.mark.parametrize(
    ("name", "added"),
    [
        ("xn--bcher-kva.example", "bücher.example"),
        ("xn--bcher-kva.example:8443", "bücher.example"),
        ("*.xn--bcher-kva.example", "bücher.example"),
        ("bob@xn--bcher-kva.example", "bücher.example"),
        ("@bob@xn--bcher-kva.example", "bücher.example"),
        ("https://xn--bcher-kva.example/inbox", "bücher.example"),
        ("xn--80ak6aa92e.com", "аррӏе.com"),
        ("xn--4dbrk0ce.example", "ישראל.example"),
    ],
)
def test_a_name_stands_in_ascii_and_says_what_it_means(name: str, added: str) -> None:
    """A name of Cyrillic letters is no other name: what tells it apart stands before it."""
    assert letters(name) == f' <bdi class="quiet">{added}</bdi>'


@pytest.mark.parametrize(
    "name",
    [
        "far.example",
        "@bob@far.example",
        "xn--bob@far.example",
        "https://far.example/xn--bcher-kva.example",
        "xn--.example",
        "xn--a.example",
        "xn--ls8h.example",  # a picture: no letter
        "xn--bcher-kva.exam_ple",
        f"xn--{'9' * 300}.example",
        "bücher.example",
        "<b>xn--bcher-kva</b>",
        "somebody",
        "",
    ],
)
def test_of_other_names_nothing_is_added(name: str) -> None:
    assert letters(name) == ""
