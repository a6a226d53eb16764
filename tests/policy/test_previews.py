"""Who is believed about a page."""

import pytest

from smallfed.policy.previews import speaks_for


@pytest.mark.parametrize(
    ("author", "page", "believed"),
    [
        ("https://blog.example/author/bea", "https://blog.example/2026/garden", True),
        ("https://blog.example/author/bea", "https://www.blog.example/garden", True),
        ("https://www.blog.example/author/bea", "https://blog.example/garden", True),
        ("https://blog.example:8443/bea", "https://blog.example:8443/garden", True),
        ("https://blog.example:8443/bea", "https://blog.example/garden", False),
        ("https://blog.example/bea", "http://blog.example/garden", False),
        ("https://bea.blog.example/bea", "https://blog.example/garden", False),
        ("https://blog.example/bea", "https://max.blog.example/garden", False),
        ("https://liar.example/max", "https://news.example/garden", False),
        ("https://news.example.liar.example/max", "https://news.example/garden", False),
        ("https://blog.example/bea", "https://", False),
    ],
)
def test_only_a_host_speaks_for_its_pages(author: str, page: str, believed: bool) -> None:
    assert speaks_for(author, page) is believed
