"""Words: text as the index of posts takes it, the same when a post is stored and when it is asked for.

Scripts that leave no space between words (and Hangul, whose words change at their ends) are taken character by
character, so that any part of them is found as a phrase. The index itself folds case and diacritics.

Spec: https://www.sqlite.org/fts5.html#unicode61_tokenizer
"""

import re
import unicodedata

LONGEST = 100_000  # characters of a text that can be found, as they were written; some become twenty (NFKC)

_UNSPACED = re.compile(
    "(["
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Myanmar, Khmer
    "\u1100-\u11ff\uac00-\ud7af"  # Hangul
    "\u3040-\u30ff\u31f0-\u31ff"  # Kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"  # Han
    "])"
)
_TAG = re.compile(r"#(\w{3,100})")
_HUMP = re.compile(r"(?<=[a-z\d])(?=[A-Z])")
_USELESS = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]")


def spread(text: str) -> str:
    """Return ``text`` (NFKC) with a space around every character of a script that has none between words."""
    text = _USELESS.sub(" ", text)
    return text if text.isascii() else _UNSPACED.sub(r" \1 ", unicodedata.normalize("NFKC", text))


def is_unspaced(character: str) -> bool:
    """Whether a character belongs to a script that leaves no space between words."""
    return _UNSPACED.match(character) is not None


def readable(*texts: str) -> str:
    """Return what can be found in these texts: all that is read, and the parts of hashtags like #CatsOfMastodon.

    All but what is beyond ``LONGEST``: nobody writes that much who is not hostile.
    """
    whole = "\n".join(text for text in texts if text)
    parts = [_HUMP.sub(" ", name) for name in _TAG.findall(whole) if _HUMP.search(name)]
    return spread("\n".join([whole, *parts])[:LONGEST])[: 2 * LONGEST]
