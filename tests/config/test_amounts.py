"""Sizes and spans as people write them."""

from datetime import timedelta
from pathlib import Path

import pytest

from smallfed.config.amounts import read_size, read_span, show_size, show_span, size, span


@pytest.mark.parametrize(
    ("text", "bytes_"),
    [
        ("500 MB", 500_000_000),
        ("10GB", 10_000_000_000),
        ("1.5 gb", 1_500_000_000),
        ("64 KiB", 65_536),
        ("2 TB", 2 * 10**12),
        ("0 B", 0),
    ],
)
def test_sizes(text: str, bytes_: int) -> None:
    assert read_size(text) == bytes_
    assert read_size(show_size(bytes_)) == bytes_


@pytest.mark.parametrize("text", ["", "10", "GB", "ten GB", "-1 GB", "10 G B", "1e3 MB", "10 apples", "1,5 GB"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(ValueError, match=r'^must be a size like "500 MB" or "10 GB", not '):
        read_size(text)


@pytest.mark.parametrize(("text", "days"), [("90 days", 90), ("1 day", 1), ("2 weeks", 14), ("6 months", 180)])
def test_spans(text: str, days: int) -> None:
    assert read_span(text) == timedelta(days=days)
    assert read_span(show_span(timedelta(days=days))) == timedelta(days=days)


@pytest.mark.parametrize("text", ["", "90", "1.5 years", "two days", "3 hours"])
def test_what_is_no_span(text: str) -> None:
    with pytest.raises(ValueError, match="must be a span like"):
        read_span(text)


def test_words_for_no_end_and_bounds(tmp_path: Path) -> None:
    assert size().read("unlimited", tmp_path) is None
    assert span(least=30).read("Forever", tmp_path) is None
    with pytest.raises(ValueError, match="must be 50 MB or more"):
        size(least=50_000_000).read("1 MB", tmp_path)
    with pytest.raises(ValueError, match="must be 30 days or more"):
        span(least=30).read("7 days", tmp_path)
    with pytest.raises(ValueError, match="must be a size"):
        size(endless=False).read("unlimited", tmp_path)
    with pytest.raises(ValueError, match="must be text"):
        size().read(10, tmp_path)
