"""The only forgiving reader: JSON of other servers, where everything may be absent, null, scalar, object or array.

Nothing in here knows a vocabulary: it only makes the shapes alike. Documents are read as plain JSON; what could make a
JSON-LD processor read them otherwise (``@graph``, ``@included``, ``@reverse``) is refused.

Spec: JSON-LD 1.1 §9 (https://www.w3.org/TR/json-ld11/), Activity Streams 2.0 §4 (natural language values, links).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import msgspec

from smallfed.errors import Malformed
from smallfed.protocol import limits

_FORBIDDEN = frozenset({"@graph", "@included", "@reverse"})
_PREFIXES = ("as:", "https://www.w3.org/ns/activitystreams#", "http://www.w3.org/ns/activitystreams#")
_LARGEST = 2**53


def parse(body: bytes) -> Any:
    """Return any JSON value; Malformed when it is none, nested beyond the limit, or holds a forbidden keyword."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as why:
        raise Malformed("This is not JSON that can be read.", detail=str(why)) from why
    _check(value)
    return value


def read(body: bytes) -> "Document":
    """Return the JSON object in ``body``; Malformed as ``parse`` says, and when it is no object."""
    value = parse(body)
    if not isinstance(value, dict):
        raise Malformed("The document must be a JSON object.")
    return Document(value)


def _check(value: Any) -> None:
    """Refuse what is too deep or holds a forbidden keyword, level by level."""
    level = [value]
    for _ in range(limits.DEPTH + 1):
        level = [child for node in level for child in _children(node)]
        if not level:
            return
    raise Malformed(f"The document is nested more than {limits.DEPTH} levels deep.")


def _children(node: Any) -> Iterable[Any]:
    if isinstance(node, dict):
        if not _FORBIDDEN.isdisjoint(node):
            raise Malformed("The document uses @graph, @included or @reverse, which are not accepted.")
        return [child for child in node.values() if isinstance(child, dict | list)]
    if isinstance(node, list):
        return [child for child in node if isinstance(child, dict | list)]
    return ()


def identifier(value: Any) -> str | None:
    """Return what a value in the place of a URI refers to: itself, an object's id, a Link's href; of many the first."""
    return None if value is None else next(_identifiers(value), None)


def first_id(*values: Any) -> str | None:
    """Return the first value that can be an id: a string, not empty, not longer than the limit."""
    return next((value for value in values if isinstance(value, str) and 0 < len(value) <= limits.URI), None)


def names(value: Any) -> tuple[str, ...]:
    """Return the values of ``type``: one or many, without the prefix of ActivityStreams."""
    if isinstance(value, str):
        return (_local(value),) if value else ()
    if not isinstance(value, list):
        return ()
    return tuple(_local(name) for name in value[: limits.LINKS] if isinstance(name, str) and name)


def _local(name: str) -> str:
    if ":" in name:
        for prefix in _PREFIXES:
            if name.startswith(prefix):
                return name[len(prefix) :]
    return name


def _identifiers(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if 0 < len(value) <= limits.URI:
            yield value
    elif isinstance(value, dict):
        inner = first_id(value.get("id"), value.get("@id"), value.get("href"))
        if inner is not None:
            yield inner
    elif isinstance(value, list):
        for item in value:
            if not isinstance(item, list):
                yield from _identifiers(item)


def _text(value: Any) -> str:
    """Return the first text in a natural language value of whatever shape; "" when there is none."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return _text(value["@value"]) if "@value" in value else _first(value.values())
    if isinstance(value, list):
        return _first(item for item in value if not isinstance(item, list))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value) if abs(value) < _LARGEST else ""
    return ""


def _first(values: Iterable[Any]) -> str:
    return next((text for value in values if isinstance(value, str | dict) and (text := _text(value))), "")


class Document:
    """One JSON object. Every accessor answers for every shape: with "", None or () where there is nothing of use."""

    __slots__ = ("value",)

    value: dict[str, Any]

    def __init__(self, value: dict[str, Any]) -> None:
        self.value = value

    def __repr__(self) -> str:
        return f"Document({'/'.join(self.types)} {self.id})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Document) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def id(self) -> str | None:
        """The id, any string that is not empty and not longer than the limit."""
        return first_id(self.value.get("id"), self.value.get("@id"))

    @property
    def types(self) -> tuple[str, ...]:
        """All types, without the prefix of ActivityStreams."""
        return names(self.value.get("type")) or names(self.value.get("@type"))

    def type_in(self, known: frozenset[str]) -> str | None:
        """Return the first type that is ``known``, or None."""
        return next((name for name in self.types if name in known), None)

    def has(self, name: str) -> bool:
        """Whether the property is there with anything but null, "" or an empty list."""
        return self.value.get(name) not in (None, "", [])

    def raw(self, name: str) -> Any:
        """Return the property as it came, None when absent: for what has a shape of its own."""
        return self.value.get(name)

    def uri(self, name: str) -> str | None:
        """Return the first URI of the property (embedded objects count as their id, Links as their href), or None."""
        return identifier(self.value.get(name))

    def uris(self, name: str, limit: int = limits.LINKS) -> tuple[str, ...]:
        """Return all URIs of the property in their order, each once, at most ``limit``."""
        value = self.value.get(name)
        found: dict[str, None] = {}
        for uri in _identifiers(value):
            found[uri] = None
            if len(found) == limit:
                break
        return tuple(found)

    def document(self, name: str) -> "Document | None":
        """Return the property's first embedded object, or None."""
        return next(iter(self.documents(name, 1)), None)

    def documents(self, name: str, limit: int = limits.TAGS) -> tuple["Document", ...]:
        """Return the property's embedded objects, at most ``limit``; plain URIs among them are passed over."""
        value = self.value.get(name)
        if value is None:  # as nearly always: of a note two dozen properties are asked for, and most have none
            return ()
        values = value if isinstance(value, list) else (value,)
        return tuple(Document(item) for item in islice((item for item in values if isinstance(item, dict)), limit))

    def links(self, name: str, limit: int = limits.LINKS) -> tuple["Document", ...]:
        """Return the property's objects in their order, where a plain URI counts as a Link with that ``href``."""
        value = self.value.get(name)
        values = value if isinstance(value, list) else (value,)
        links = ({"type": "Link", "href": item} if isinstance(item, str) and item else item for item in values)
        return tuple(Document(item) for item in islice((item for item in links if isinstance(item, dict)), limit))

    def text(self, name: str) -> str:
        """Return the property's text, of several or of a language map the first one; "" when there is none."""
        return _text(self.value.get(name))

    def language_map(self, name: str) -> dict[str, str]:
        """Return the texts of a property like ``contentMap`` by language, in their order."""
        value = self.value.get(name)
        if not isinstance(value, dict):
            return {}
        return {tag: text for tag, inner in islice(value.items(), limits.LINKS) if (text := _text(inner))}

    def moment(self, name: str) -> datetime | None:
        """Return an ISO 8601 time, aware and in UTC (which a time without a zone is taken for), or None."""
        value = self.value.get(name)
        if not isinstance(value, str) or len(value) > 64:
            return None
        try:
            moment = datetime.fromisoformat(value.strip())
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            return None

    def number(self, name: str) -> float | None:
        """Return a number whose size is below 2^53, or None. Numbers in a string count."""
        value = self.value.get(name)
        if isinstance(value, str):
            return float(value) if value.isascii() and value.isdigit() and len(value) < 16 else None
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) >= _LARGEST:
            return None
        return float(value)

    def integer(self, name: str) -> int | None:
        """Return a whole number from 0 up to 2^53, or None."""
        number = self.number(name)
        return None if number is None or number < 0 else int(number)

    def flag(self, name: str) -> bool | None:
        """Return True or False, or None when the property says neither."""
        value = self.value.get(name)
        if isinstance(value, str):
            return {"true": True, "false": False}.get(value.lower())
        return value if isinstance(value, bool) else None

    def encode(self) -> bytes:
        """Return the document as JSON again: the same values, not necessarily the same bytes."""
        return msgspec.json.encode(self.value)
