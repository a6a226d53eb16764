"""Likeness: whether two things that strangers send are of one kind, though each says it a little differently.

Of what somebody sends a few numbers are kept, its traits: the least hashes of all pieces of its text, and hashes of its
links, pictures and the name of who sends it. Texts that share most of their pieces share most of these numbers,
whatever is put before, between or behind. Before that, letters are made what they look like, and whatever cannot be
seen goes. All of it is linear in the text.

What is too short for that has its words as traits, but only where it is asked for: many people say the same few words.

Spec: SAFETY rule 30, §5; https://en.wikipedia.org/wiki/MinHash.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from heapq import nsmallest
from urllib.parse import parse_qsl, urlencode, urlsplit
from zlib import crc32

from msgspec import Struct

SAMPLES = 16  # numbers that stand for a text
LETTERS, SEEN = 1_000, 4_000  # of a text that are looked at; characters among which these are sought
FEWEST = 30  # pieces that a text must have to be likened to another
SHORT = 60  # pieces: below, more of them must be the same
LIKE = 2  # what together must be reached
_LONG_PIECE, _WIDE_PIECE = 6, 3  # letters in a piece, of an alphabet and of a script with a sign for a word
_ENOUGH, _ENOUGH_OF_SHORT = 7 / SAMPLES, 12 / SAMPLES
_LEAST_PICTURE = 12  # characters of a blurhash that says something
_LEAST_NAME = 4
_FEWEST_WORDS = 3
_TEXT, _PICTURE, _LINK, _HOST, _NAME, WORD = range(6)

_ADDRESS = re.compile(r"https?://\S+|@[\w.+-]+(?:@[\w.-]+)?")
_NOT_LETTER = re.compile(r"[\W_]+")
_WORDS = re.compile(r"[^\W_]+")
_TRACKING = re.compile(r"utm_.*|fbclid|gclid|igshid|mc_.*|ref|ref_.*|s|si|src|source|share|t", re.IGNORECASE)
_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")
# What looks like a letter of the Latin alphabet: Cyrillic, Greek, Armenian, digits; NFKC knows the rest.
_TWINS = str.maketrans(
    "аеорсухіјѕԁһкмтнвгпԛԝӏʟɑɡɩαονρτυικχηβlı01357",
    "aeopcyxijsdhkmthbrnqwiiagiaovptuikxnbiioiest",
)


class Said(Struct, frozen=True, kw_only=True):
    """What somebody sends: the plain ``text``, the addresses it links to, what tells pictures apart, their ``name``."""

    text: str = ""
    links: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    name: str = ""


class Sketch(Struct, frozen=True, kw_only=True):
    """The traits of a thing. ``short``: its text is, so that more of it must be the same; ``words``: it is shorter."""

    texts: tuple[int, ...] = ()
    pictures: tuple[int, ...] = ()
    links: tuple[int, ...] = ()
    hosts: tuple[int, ...] = ()
    names: tuple[int, ...] = ()
    words: tuple[int, ...] = ()
    short: bool = False

    @property
    def traits(self) -> tuple[int, ...]:
        """All of them."""
        return (*self.pictures, *self.links, *self.texts, *self.words, *self.hosts, *self.names)

    @property
    def tells(self) -> bool:
        """Whether there is anything by which another can be likened to it."""
        return bool(self.texts or self.words or self.pictures or self.links or (self.hosts and self.names))


def sketch(said: Said, *, brief: bool = False) -> Sketch:
    """Return the traits of what somebody sends, with ``brief`` also those of a few words. Never raises."""
    shown = _shown(said.text)
    pieces = _pieces(_letters(shown))
    words = dict.fromkeys(_WORDS.findall(shown)) if brief and len(pieces) < FEWEST else {}
    links = [found for found in map(_place, said.links[:16]) if found is not None]
    name = skeleton(said.name)
    return Sketch(
        texts=tuple(number << 3 | _TEXT for number in nsmallest(SAMPLES, pieces)) if len(pieces) >= FEWEST else (),
        short=len(pieces) < SHORT,
        pictures=_hashed(_PICTURE, (one for one in said.pictures[:16] if len(one) >= _LEAST_PICTURE)),
        links=_hashed(_LINK, (f"{host}/{path}" for host, path in links if path)),
        hosts=_hashed(_HOST, (host for host, _ in links)),
        names=_hashed(_NAME, (name,)) if len(name) >= _LEAST_NAME else (),
        words=_hashed(WORD, words) if len(words) >= _FEWEST_WORDS else (),
    )


def likeness(one: Sketch, traits: Collection[int]) -> int:
    """Return how like a thing is to others that have ``traits``: ``LIKE`` is enough. The same picture is, and so on."""
    found = set(traits)
    same = len(found.intersection(one.texts))
    enough = len(one.texts) * (_ENOUGH_OF_SHORT if one.short else _ENOUGH)
    by_text = 0 if not one.texts else 2 if same >= enough else int(same >= enough / 2)
    by_words = 2 if one.words and len(found.intersection(one.words)) * 3 >= len(one.words) * 2 else 0
    strong = sum(2 for kind in (one.pictures, one.links) if not found.isdisjoint(kind))
    weak = sum(1 for kind in (one.hosts, one.names) if not found.isdisjoint(kind))
    return by_text + by_words + strong + weak


def is_empty(text: str) -> bool:
    """Whether a text has nothing but addresses, and what cannot be seen."""
    return not _shown(text).strip()


def skeleton(text: str) -> str:
    """Return the letters of a text as they look, at most ``LETTERS``: no addresses, spaces, marks, what is not seen."""
    return _letters(_shown(text))


def _letters(shown: str) -> str:
    return _NOT_LETTER.sub("", shown)[:LETTERS]


def _shown(text: str) -> str:
    """Return what is seen of a text, but for addresses and marks, as it looks."""
    text = _ADDRESS.sub(" ", text[:SEEN])
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)[:SEEN]
        text = "".join(letter for letter in text if letter.isspace() or unicodedata.category(letter)[0] not in "CM")
    return text.casefold().translate(_TWINS)


def _pieces(letters: str) -> set[int]:
    """Return the hashes of all pieces of a text."""
    wide = len(_WIDE.findall(letters)) * 3 > len(letters)
    size = 4 * (_WIDE_PIECE if wide else _LONG_PIECE)
    data = letters.encode("utf-32-le", "surrogatepass")
    return {crc32(data[at : at + size]) for at in range(0, len(data) - size + 1, 4)}


def _place(link: str) -> tuple[str, str] | None:
    """Return where a link leads: (host, the rest of it without what only says who leads there)."""
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").removeprefix("www.")
        asked = [pair for pair in parse_qsl(parts.query, max_num_fields=32) if not _TRACKING.fullmatch(pair[0])]
    except ValueError:
        return None
    path = parts.path.strip("/")
    return (host, f"{path}?{urlencode(asked)}" if asked else path) if host else None


def _hashed(kind: int, texts: Iterable[str]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(crc32(text.encode("utf-8", "surrogatepass")) << 3 | kind for text in texts))
