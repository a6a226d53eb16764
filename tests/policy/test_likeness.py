"""Likeness: what is said a little differently is alike, what only shares a phrase is not."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.policy.likeness import LETTERS, LIKE, SAMPLES, Said, Sketch, likeness, skeleton, sketch
from tests.first_words import GREETINGS, REPLIES
from tests.spam import CAN, JAPANESE, TEXT, TWINS

TAIL = "xq7 zpk3 wvu9"


def alike(one: Said, other: Said) -> bool:
    return likeness(sketch(one), sketch(other).traits) >= LIKE


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Said(text=TEXT), Said(text=f"{TEXT} {TAIL}"), True),
        (Said(text=TEXT), Said(text=f"{TAIL}{TEXT}"), True),
        (Said(text=TEXT), Said(text=TEXT.upper()), True),
        (Said(text=TEXT), Said(text=TEXT.translate(TWINS)), True),
        (Said(text=TEXT), Said(text="\u200b".join(TEXT)), True),
        (Said(text=TEXT), Said(text=" ".join(TEXT)), True),
        (Said(text=TEXT), Said(text="".join(f"{letter}\u0336" for letter in TEXT)), True),
        (Said(text=TEXT), Said(text=f"@a@b.example {TEXT} https://x.example/{TAIL}"), True),
        (Said(text=TEXT), Said(text="".join(chr(0x1D41A + ord(c) - 97) if "a" <= c <= "z" else c for c in TEXT)), True),
        (Said(text=JAPANESE), Said(text=f"{JAPANESE}12345"), True),
        (Said(text=JAPANESE), Said(text=f"【緊急】{JAPANESE[:80]}"), True),
        (Said(text=TEXT), Said(text=JAPANESE), False),
        (Said(text="Happy birthday!"), Said(text="Happy birthday!"), False),
        (Said(text=REPLIES[24]), Said(text=REPLIES[25]), False),
        (Said(pictures=(CAN,)), Said(pictures=(CAN, "other")), True),
        (Said(pictures=("00",)), Said(pictures=("00",)), False),
        (Said(links=("https://chat.example/abc?utm_source=1",)), Said(links=("http://www.chat.example/abc/",)), True),
        (Said(links=("https://video.example/watch?v=1",)), Said(links=("https://video.example/watch?v=2",)), False),
        (Said(links=("https://a.example/1",), name="Alex"), Said(links=("https://a.example/2",), name="Аlех"), True),
        (Said(links=("https://a.example/1",)), Said(links=("https://a.example/2",)), False),
        (Said(links=("https://a.example/",)), Said(links=("https://a.example/",)), False),
        (Said(name="Alex Miller"), Said(name="Alex Miller"), False),
        (Said(), Said(), False),
    ],
)
def test_alike(one: Said, other: Said, same: bool) -> None:
    assert (alike(one, other), alike(other, one)) == (same, same)


def test_honest_words_are_not_alike() -> None:
    """Not one pair of a hundred."""
    said = [Said(text=text, name=f"Reader {number}") for number, text in enumerate((*REPLIES, *GREETINGS))]

    assert [
        (one.text, other.text) for index, one in enumerate(said) for other in said[:index] if alike(one, other)
    ] == []


@given(st.text(max_size=400), st.integers(0, 2**32))
def test_tails_do_not_hide_it(text: str, seed: int) -> None:
    """A text with a fifth of random letters behind it is nearly like itself, whatever it is written in."""
    dice = random.Random(seed)
    tail = "".join(dice.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(len(skeleton(text)) // 4))
    one = sketch(Said(text=text))

    assert not one.texts or likeness(one, sketch(Said(text=text + tail)).traits) >= 1
    assert not one.texts or likeness(one, one.traits) >= LIKE


@given(
    st.text(),
    st.lists(st.text() | st.from_regex(r"https?://[^/]*/.*"), max_size=40),
    st.lists(st.text(), max_size=40),
    st.text(),
)
def test_whatever_comes_has_traits(text: str, links: list[str], pictures: list[str], name: str) -> None:
    """Few of them, and numbers that the database takes."""
    found = sketch(Said(text=text, links=tuple(links), pictures=tuple(pictures), name=name))

    assert len(found.texts) <= SAMPLES
    assert len(found.traits) <= SAMPLES + 16 * 3 + 1
    assert all(0 <= trait < 2**63 for trait in found.traits)


@pytest.mark.parametrize(
    "text", ["a", "@", "\u200b", "http://", "ﷺ", "x\u0301", "\u0301\u0323", "https://a.b/", "@a@b", "\ud800"]
)
def test_long_texts_are_cut(text: str) -> None:
    """What is looked at is bounded, whatever a letter grows into, so time is."""
    long = text * 10**5

    assert len(skeleton(long)) <= LETTERS
    assert isinstance(sketch(Said(text=long, name=long, links=(f"https://x.example/{text * 10**3}",))), Sketch)
