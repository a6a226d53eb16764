"""Documents: packed small, and read whatever they were packed with."""

import json
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.store.documents import DICTIONARIES, USUAL, pack, unpack

WIRE = Path(__file__).parents[1] / "wire"

NAMES = {896_050_919: 3533}
"""Of all dictionaries there ever were: their names (Adler-32), how long they are."""


@given(st.binary())
def test_what_is_packed_comes_out_as_it_was(body: bytes) -> None:
    assert unpack(pack(body)) == body


@given(st.binary(), st.sampled_from([1, 6, 9]))
def test_what_was_packed_without_a_dictionary_is_read(body: bytes, level: int) -> None:
    assert unpack(zlib.compress(body, level)) == body


def test_no_dictionary_is_lost_or_changed() -> None:
    """What was packed with one could not be read any more: a better one is added, and its name put here."""
    assert {name: len(words) for name, words in DICTIONARIES.items()} == NAMES
    assert zlib.adler32(USUAL) in DICTIONARIES


def test_a_dictionary_that_is_not_known_is_no_silent_mistake() -> None:
    packing = zlib.compressobj(zdict=b"another house's words")

    with pytest.raises(KeyError):
        unpack(packing.compress(b"words") + packing.flush())


@pytest.mark.parametrize("software", ["mastodon", "misskey", "pleroma", "gotosocial", "lemmy"])
def test_posts_become_smaller_than_alone(software: str) -> None:
    posts = [json.dumps(wire["object"], separators=(",", ":")).encode() for wire in _creates(software)]

    alone, beside = (sum(len(way(post)) for post in posts) for way in (zlib.compress, pack))

    assert posts
    assert beside < 0.8 * alone


def _creates(software: str) -> list[dict[str, object]]:
    """Return the posts among the payloads that are modelled on those of some software."""
    found = [json.loads(file.read_text())["wire"] for file in sorted((WIRE / software).glob("*.json"))]
    return [wire for wire in found if isinstance(wire, dict) and isinstance(wire.get("object"), dict)]
