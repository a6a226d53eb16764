"""Blurhashes are those that all others make: the words were made by the encoder of Mastodon.py's author."""

import pytest

from smallfed.imaging.blurhash import blurhash

RAMP = [(x * 16, y * 20, 255 - x * 8) for y in range(12) for x in range(16)]


@pytest.mark.parametrize(
    ("pixels", "width", "words"),
    [
        (RAMP, 16, "U*GuVI77sYkFq,WGjue=g0fjfQfjs=W?jufk"),
        ([(0, 0, 0)], 1, "U00000fQfQfQfQfQfQfQfQfQfQfQfQfQfQfQ"),
        ([(255, 255, 255)] * 4, 2, "U~TSUA~qfQ~q~q~qfQ~qfQfQfQfQ~q~qfQ~q"),
    ],
)
def test_known_words(pixels: list[tuple[int, int, int]], width: int, words: str) -> None:
    assert blurhash(pixels, width) == words
