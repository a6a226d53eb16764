"""What HTML may stay: the one table of elements and attributes, with the rule for each value.

Spec: Mastodon's MASTODON_STRICT (lib/sanitize_ext), widened by what glitch-soc adds: abbr, sub, sup and the headings.
"""

import re
from collections.abc import Callable

ELEMENTS: dict[str, tuple[str, ...]] = {
    # element: its attributes, beside `lang` which everything may carry
    "p": ("class",),
    "br": (),
    "span": ("class", "translate"),
    "a": ("href", "class", "title", "translate", "rel"),
    "abbr": ("title",),
    "blockquote": ("cite",),
    "ol": ("start", "reversed"),
    "ul": (),
    "li": ("value",),
    "h1": (),
    "h2": (),
    "h3": (),
    "h4": (),
    "h5": (),
    "pre": (),
    "code": (),
    "b": (),
    "strong": (),
    "i": (),
    "em": (),
    "u": (),
    "s": (),
    "del": (),
    "sub": (),
    "sup": (),
    "ruby": (),
    "rt": (),
    "rp": (),
}
REMOVED = frozenset({"script", "style"})  # with all they contain; whatever else is unknown loses its tags only
SCHEMES = frozenset({"http", "https", "dat", "dweb", "ipfs", "ipns", "ssb", "gopher", "xmpp", "magnet", "gemini"})
CLASSES = frozenset({"mention", "hashtag", "ellipsis", "invisible", "quote-inline"})
MICROFORMATS = ("h-", "p-", "u-", "dt-", "e-")
RELATIONS = ("tag", "me")  # may stay before the two that every link gets
REL = "nofollow noopener"

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.ASCII | re.IGNORECASE)
_WEB = re.compile(r"https?://[^/\\?#\s]", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LANGUAGE = re.compile(r"[a-z]{2,8}(?:-[a-z0-9]{1,8}){0,4}", re.ASCII | re.IGNORECASE)
_NUMBER = re.compile(r"-?\d{1,9}", re.ASCII)


def is_web(url: str) -> bool:
    """Tell whether ``url`` is an absolute http(s) address. ``https:x`` is none: browsers resolve it as relative."""
    return _WEB.match(url) is not None


def _link(value: str) -> str | None:
    value = _CONTROL.sub("", value).strip()
    scheme = _SCHEME.match(value)
    if scheme is None or (name := scheme[1].lower()) not in SCHEMES:
        return None
    return value if name not in {"http", "https"} or is_web(value) else None


def _classes(value: str) -> str | None:
    return " ".join(c for c in value.split() if c in CLASSES or c.startswith(MICROFORMATS)) or None


def _relations(value: str) -> str | None:
    kept = [r for r in RELATIONS if r in value.lower().split()]
    return " ".join([*kept, REL]) if kept else None


def _translate(value: str) -> str | None:
    return value if value == "no" else None


def _language(value: str) -> str | None:
    return value if _LANGUAGE.fullmatch(value) else None


def _number(value: str) -> str | None:
    return value if _NUMBER.fullmatch(value) else None


def _title(value: str) -> str | None:
    return _CONTROL.sub(" ", value)[:500]


def _present(_value: str) -> str:
    return ""


RULES: dict[str, Callable[[str], str | None]] = {
    "href": _link,
    "cite": _link,
    "class": _classes,
    "rel": _relations,
    "translate": _translate,
    "lang": _language,
    "start": _number,
    "value": _number,
    "reversed": _present,
    "title": _title,
}


def attribute(_element: str, name: str, value: str) -> str | None:
    """Return what may stay of an attribute's value; None drops the attribute. Never raises."""
    return RULES[name](value)
