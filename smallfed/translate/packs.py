"""Packs of custom emoji: what the files in an archive are called, as the software says that has made it.

Three forms are known. Mastodon's (``tootctl emoji export``): pictures, each under its name. Misskey's: a list
``meta.json`` with category and licence of each. Pleroma's and Akkoma's: a list ``pack.json`` beside its pictures. Where
there are lists, what they do not name is none.

Spec: Mastodon lib/mastodon/cli/emoji.rb; Misskey ExportCustomEmojisProcessorService (metaVersion 2); Pleroma
docs/development/API/pleroma_api.md (emoji packs).
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import MsgspecError, Struct, json

META, PACK = "meta.json", "pack.json"
MOST = 10_000  # emoji in a list
PICTURES = frozenset({".png", ".gif", ".webp", ".jpg", ".jpeg", ".avif"})
_ELSEWISE = re.compile(r"[^A-Za-z0-9_]+")


class Named(Struct, frozen=True, kw_only=True):
    """What a picture is called; ``name`` as it is written there, whether we can take that or not."""

    name: str
    category: str | None = None
    license: str = ""

    @property
    def shortcode(self) -> str:
        """The name as it can be written: for what cannot stand in one there is a _."""
        cleaned = _ELSEWISE.sub("_", self.name)
        return self.name if cleaned == self.name else cleaned.strip("_")


def is_list(path: str) -> bool:
    """Whether a file is the list of a pack."""
    return posixpath.basename(path) in (META, PACK)


def is_picture(path: str) -> bool:
    """Whether a file is a picture by its name; what macOS writes beside each file is none."""
    name = posixpath.basename(path)
    return posixpath.splitext(name)[1].lower() in PICTURES and not name.startswith(".")


def by_list(lists: Iterable[tuple[str, bytes]]) -> dict[str, Named]:
    """Return what is named in lists, (path, content), by its ``place``."""
    found: dict[str, Named] = {}
    for path, content in lists:
        folder = posixpath.dirname(path)
        read = _meta if posixpath.basename(path) == META else _pack
        for file, named in read(_document(content), folder):
            if len(found) < MOST:
                found.setdefault(place(posixpath.join(folder, file)), named)
    return found


def by_name(path: str) -> Named:
    """Return what a picture is called where there is no list."""
    return Named(name=posixpath.splitext(posixpath.basename(path))[0])


def place(path: str) -> str:
    """Return the one spelling of where something is in an archive."""
    return posixpath.normpath(path).lstrip("/")


def _document(content: bytes) -> Mapping[str, Any]:
    try:
        document = json.decode(content)
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _meta(document: Mapping[str, Any], _folder: str) -> Iterator[tuple[str, Named]]:
    """Misskey's: of what it could not get itself, there is no file."""
    for item in _list(document.get("emojis")):
        emoji = item.get("emoji") if isinstance(item, dict) else None
        if isinstance(emoji, dict) and item.get("downloaded") is not False and (file := _text(item.get("fileName"))):
            name = _text(emoji.get("name")) or posixpath.splitext(file)[0]
            yield (
                file,
                Named(name=name, category=_text(emoji.get("category")), license=_text(emoji.get("license")) or ""),
            )


def _pack(document: Mapping[str, Any], folder: str) -> Iterator[tuple[str, Named]]:
    """Pleroma's: the pack itself is the category."""
    files, about = document.get("files"), document.get("pack")
    license_ = _text(about.get("license")) if isinstance(about, dict) else None
    for name, file in files.items() if isinstance(files, dict) else ():
        if isinstance(file, str) and file:
            yield file, Named(name=name, category=posixpath.basename(folder) or None, license=license_ or "")


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def meta(host: str, exported_at: str, emojis: Iterable[tuple[str, Named]]) -> bytes:
    """Return the list in Misskey's form of (file, what it is called), which we and Misskey read."""
    return json.encode(
        {
            "metaVersion": 2,
            "host": host,
            "exportedAt": exported_at,
            "emojis": [
                {
                    "fileName": file,
                    "downloaded": True,
                    "emoji": {
                        "name": named.name,
                        "category": named.category,
                        "aliases": [],
                        "license": named.license or None,
                    },
                }
                for file, named in emojis
            ],
        }
    )
