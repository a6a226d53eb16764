"""Which document a page for people names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.workers.alternates import alternate

AP = "application/activity+json"
LD = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'


@pytest.mark.parametrize(
    ("page", "header", "found"),
    [
        (f'<link rel="alternate" type="{AP}" href="/n/1">', "", "/n/1"),
        (f"<LINK href='/n/1' TYPE='{AP}' REL='alternate'/>", "", "/n/1"),
        (f"<link\n rel=alternate\n type={AP}\n href=/n/1 >", "", "/n/1"),
        (f'<link rel="alternate nofollow" type="{AP}" href="/n?a=1&amp;b=2">', "", "/n?a=1&b=2"),
        (f"<link rel=alternate type='{LD}' href='/n/1'>", "", "/n/1"),
        ('<link rel="alternate" type="application/rss+xml" href="/f">', "", None),
        (f'<link rel="stylesheet" type="{AP}" href="/n/1">', "", None),
        (f'<link rel="alternate" type="{AP}">', "", None),
        (f'<a rel="alternate" type="{AP}" href="/n/1">', "", None),
        (f'<linkage rel="alternate" type="{AP}" href="/n/1">', "", None),
        ("", f'<https://far.example/n/1>; rel="alternate"; type="{AP}"', "https://far.example/n/1"),
        ("", f'</f>; rel="next", </n/1>; rel="alternate"; type="{AP}"', "/n/1"),
        (f'<link rel="alternate" type="{AP}" href="/page">', f'</header>; rel=alternate; type="{AP}"', "/header"),
        ("", "", None),
    ],
)
def test_found(page: str, header: str, found: str | None) -> None:
    assert alternate(page, header) == found


@given(st.text(), st.text())
def test_nothing_makes_it_stumble(page: str, header: str) -> None:
    alternate("<link " + page, "<" + header)


@pytest.mark.parametrize("unit", ["<link ", "<link a=", "<link rel='", '<link a="b" ', "<link/", "=" * 9, "a" * 9, "<"])
def test_hostile_pages_come_to_an_end(unit: str) -> None:
    """A megabyte of anything: whoever looks at it more often than a fixed number of times never finishes."""
    page = unit * ((1 << 20) // len(unit))

    assert alternate(page, page) is None
