"""Paths: which template a path is of. A word goes before a part that may be anything: ``/a/b`` before ``/a/<x>``."""

from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

from msgspec import Struct, field

T = TypeVar("T")


class Place(Struct, Generic[T]):
    """Where templates part: what comes next, and what is kept under the one that ends here, with its names."""

    words: "dict[str, Place[T]]" = field(default_factory=dict)
    part: "Place[T] | None" = None
    here: tuple[T, tuple[str, ...]] | None = None


class Paths(Generic[T]):
    """A value for each template, such as ``/api/v1/accounts/<account>``; one slash at the end of a path is nothing."""

    def __init__(self) -> None:
        self._root: Place[T] = Place()

    def put(self, template: str, value: T) -> None:
        """Keep ``value`` under a template that is not there yet."""
        names, place = [], self._root
        for word in split(template):
            if word.startswith("<"):
                names.append(word[1:-1])
                place.part = place = place.part or Place()
            else:
                place = place.words.setdefault(word, Place())
        place.here = value, tuple(names)

    def find(self, path: str) -> tuple[T, dict[str, str]] | None:
        """Return the value of the template that ``path`` is of, and the parts by name; or None."""
        return next(_walk(self._root, split(path), ()), None)


def _walk(place: Place[T], words: Sequence[str], parts: tuple[str, ...]) -> Iterator[tuple[T, dict[str, str]]]:
    if not words:
        if place.here is not None:
            value, names = place.here
            yield value, dict(zip(names, parts, strict=True))
        return
    word, rest = words[0], words[1:]
    if word in place.words:
        yield from _walk(place.words[word], rest, parts)
    if place.part is not None and word:
        yield from _walk(place.part, rest, (*parts, word))


def split(path: str) -> list[str]:
    """Return the words between the slashes."""
    return path.removesuffix("/").split("/")[1:]
