"""What keywords match, as Mastodon decides it; and that no keyword and no text make it slow or wrong."""

import re
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.policy.filtering import LONGEST, found, haystack, is_of_word, needle


def match(keyword: str, text: str, *, whole_word: bool = True) -> list[str]:
    """Return what of the text one keyword matches."""
    return found([needle(keyword, whole_word=whole_word)], haystack(text))


@pytest.mark.parametrize(
    ("keyword", "whole_word", "text", "written"),
    [
        ("cat", True, "A Cat, asleep", "Cat"),
        ("cat", True, "concatenate", None),
        ("cat", False, "conCATenate", "CAT"),
        ("cat", True, "cats", None),
        ("cat", True, "tomcat cat", "cat"),
        ("cat", True, "cat_food", None),
        ("cat", True, "#cat!", "cat"),
        ("cat", True, "cat7", None),
        ("#cat", True, "a#cat", "#cat"),
        ("#cat", True, "#cats", None),
        ("c++", True, "learn C++11", "C++"),
        ("c++", True, "abc++", None),
        (":)", True, "so:)so", ":)"),
        ("two words", True, "Two words.", "Two words"),
        ("two words", True, "two\nwords", None),
        ("a.c", True, "abc", None),
        ("a.c", True, "a.c", "a.c"),
        ("(", False, "f(x)", "("),
        ("\\b", False, "a \\b", "\\b"),
        ("straße", True, "Die STRASSE", "STRASSE"),
        ("ss", False, "Straße", "ß"),
        ("ELAN", True, "élan", None),
        ("Élan", True, "e\u0301lan", "élan"),
        ("да", True, "ДА!", "ДА"),
        ("да", True, "дача", None),
        ("猫", True, "黒猫が", None),
        ("猫", False, "黒猫が", "猫"),
        ("कि", True, "किताब", None),
        ("क", True, "कि", None),
        ("🐈", True, "so🐈so", "🐈"),
        ("x", True, "", None),
        ("İ", False, "an i̇ here", "i̇"),
        ("buy now", True, "b\u200bu\u00ady\u2060 n\u202eow", "b\u200bu\u00ady\u2060 n\u202eow"),
        ("buy now", True, "𝐁𝐮𝐲\u00a0ｎｏｗ!", "𝐁𝐮𝐲\u00a0ｎｏｗ"),
        ("buy", True, "buy\u200bing, buy", "buy"),
        ("buy", True, "𝐛𝐮𝐲ing", None),
        ("𝐛𝐮𝐲", True, "I 𝐛𝐮𝐲", "𝐛𝐮𝐲"),
        ("ⓑuy", True, "so 𝐛uy", "𝐛uy"),
        ("\u200b", True, "a\u200bb", "\u200b"),
        ("\u200b", True, "ab", None),
        ("می\u200cخواهم", True, "من می\u200cخواهم", "می\u200cخواهم"),
        ("❤\ufe0f", False, "I ❤ it", "❤"),
        ("½", True, "a ½ b", "½"),
        ("❤", False, "I ❤\ufe0f it", "❤"),
        ("buy", True, "viagra② buy²", "buy"),
    ],
)
def test_matches(keyword: str, whole_word: bool, text: str, written: str | None) -> None:
    assert match(keyword, text, whole_word=whole_word) == ([] if written is None else [written])


def test_every_keyword_is_said_once_as_it_is_written_there() -> None:
    needles = [needle(word, whole_word=True) for word in ("dog", "cat", "bird", "CAT")]

    assert found(needles, haystack("Cats. A CAT and a cat, a Dog")) == ["Dog", "CAT"]


def test_of_a_hostile_text_only_the_beginning_is_looked_through() -> None:
    assert match("cat", f"{'x ' * LONGEST} cat") == []
    assert match("a" * 512, "a" * 10 * LONGEST) == []


def test_a_hostile_text_is_read_in_time_that_grows_with_it() -> None:
    """One letter may look like eighteen; what is not seen may be all there is."""
    assert match("x", "\ufdfa" * 2 * LONGEST) == []
    assert match("x", "\u200b" * 2 * LONGEST) == []
    assert match("صلى", "\ufdfa", whole_word=True) == ["\ufdfa"]


words = st.text(min_size=1, max_size=8).filter(str.strip)
letters = st.text(alphabet="abAB_ß.\\()+*?[]{}|^$ é", min_size=1, max_size=6).filter(str.strip)


@given(keyword=words | letters, before=st.text(max_size=9), after=st.text(max_size=9))
def test_whatever_stands_in_a_text_is_found_there(keyword: str, before: str, after: str) -> None:
    """Apart from accents that join what stands before or behind with it, any text finds itself, whatever it holds."""
    around = f"{before} {keyword} {after}"

    if normalize("NFC", around) == normalize("NFC", f"{before} ") + normalize("NFC", f"{keyword} ") + normalize(
        "NFC", after
    ):
        assert match(keyword, around, whole_word=False) != []


@given(keyword=letters, text=st.text(alphabet="abAB_.\\()+*?[]{}|^$ é", max_size=30), whole_word=st.booleans())
def test_it_is_what_an_expression_would_find(keyword: str, text: str, whole_word: bool) -> None:
    """The rule as a regular expression, which is what Mastodon makes of it."""
    head = r"(?<!\w)" if whole_word and is_of_word(keyword[0]) else ""
    tail = r"(?!\w)" if whole_word and is_of_word(keyword[-1]) else ""
    expected = re.search(f"{head}{re.escape(keyword.casefold())}{tail}", text.casefold())

    assert bool(match(keyword, text, whole_word=whole_word)) is bool(expected)
