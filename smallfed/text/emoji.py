"""Emoji: which texts are one, and the one spelling under which two are the same.

Spec: UTS #51 (https://www.unicode.org/reports/tr51/), its EBNF of an emoji sequence, with blocks instead of the list
of characters: what will be added to Unicode is one, too.
"""

import re

LONGEST = 32  # code points: the longest sequences are families and the flags of regions

_TEXTUAL = "©®‼⁉™ℹ\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf\u2934\u2935\u2b05-\u2b55〰〽㊗㊙"
_PICTURES = "\U0001f004\U0001f0cf\U0001f170-\U0001f1e5\U0001f200-\U0001f251\U0001f300-\U0001faff"
_ONE = rf"[{_TEXTUAL}{_PICTURES}](?:[\U0001f3fb-\U0001f3ff]|\ufe0f\u20e3?)?[\U000e0020-\U000e007f]*"
_FLAG, _KEYCAP = "[\U0001f1e6-\U0001f1ff]{2}", "[0-9#*]\ufe0f?\u20e3"
_EMOJI = re.compile(rf"(?:{_ONE}(?:\u200d{_ONE})*|{_FLAG}|{_KEYCAP})")
_SHOWN_AS_PICTURE, _JOINER, _KEY = "\ufe0f", "\u200d", "\u20e3"


def is_emoji(text: str) -> bool:
    """Whether ``text`` is one emoji and nothing else."""
    return 0 < len(text) <= LONGEST and _EMOJI.fullmatch(text) is not None


def normal_emoji(emoji: str) -> str:
    """Return the one spelling of an emoji: servers differ in where they write the selector of its picture."""
    if _JOINER in emoji:
        return emoji
    bare = emoji.replace(_SHOWN_AS_PICTURE, "")
    if bare.endswith(_KEY):
        return f"{bare[0]}{_SHOWN_AS_PICTURE}{_KEY}"
    return bare + _SHOWN_AS_PICTURE if len(bare) == 1 and bare < "\U0001f000" else bare
