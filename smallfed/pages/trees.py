"""What a request asks, whatever form it has: query, form, multipart and JSON become one tree with typed getters.

Spec: CLIENT_API §13 item 14. The body is stronger than the query, name by name. Uploaded files are not part of the
tree: the route that takes them asks ``request.files``.
"""

import math
from collections.abc import Iterator, Mapping
from typing import cast
from urllib.parse import parse_qsl

from msgspec import MsgspecError, json
from quart import request
from werkzeug.exceptions import RequestEntityTooLarge, RequestTimeout

from smallfed.errors import Invalid, Malformed, TooLarge
from smallfed.pages.brackets import Value, grow

FORM = frozenset({"application/x-www-form-urlencoded", "application/x-url-encoded"})
MULTIPART = "multipart/form-data"
MOST_FIELDS = 1000
NO = frozenset({"", "0", "f", "false", "off", "no"})


class Tree:
    """Parameters by name. A getter answers None (or an empty tuple) for what is absent, null or empty where it says so.

    All raise Invalid, naming the parameter, for a value that cannot be meant. What was looked at is remembered.
    """

    def __init__(self, values: Mapping[str, Value], *, inside: str = "", read: set[str] | None = None) -> None:
        self._values = values
        self._inside = inside
        self.read: set[str] = set() if read is None else read
        """What was looked at, whether it was there or not, by its whole name: ``poll``, ``poll[options]``."""

    def __contains__(self, name: str) -> bool:
        self._look(name)
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        for name in self._values:
            self._look(name)
            yield name

    def unread(self) -> set[str]:
        """Return the whole names of what is there and was not looked at."""
        found: set[str] = set()
        for name in self._values:
            called = self._called(name)
            if called not in self.read:
                found.add(called)
            elif f"{called}[]" in self.read:  # one tree or several, of which each part has its name
                for item in self._items(name):
                    if isinstance(item, dict):
                        found |= Tree(item, inside=called, read=self.read).unread()
        return found

    def _look(self, name: str) -> Value:
        self.read.add(self._called(name))
        return self._values.get(name)

    def is_absent(self, name: str) -> bool:
        """Whether nothing is said about ``name``: it is not there, or null."""
        return self._values.get(name) is None

    def text(self, name: str) -> str | None:
        """Return a text as it was given, "" included; numbers and booleans as text."""
        value = self._look(name)
        return None if value is None else self._text(name, value)

    def flag(self, name: str) -> bool | None:
        """Return a yes or no: no is false, 0, f, off, no; everything else is yes. None when absent, null or empty."""
        value = self._look(name)
        if value is None or value == "":
            return None
        if isinstance(value, bool | int | float):
            return bool(value)
        return self._text(name, value).strip().lower() not in NO

    def integer(self, name: str) -> int | None:
        """Return a whole number below 2^63; None when absent, null or empty."""
        value = self._look(name)
        return None if value is None or value == "" else self._integer(name, value)

    def number(self, name: str) -> float | None:
        """Return a finite number; None when absent, null or empty."""
        value = self._look(name)
        if value is None or value == "":
            return None
        try:
            number = float(self._text(name, value))
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise Invalid(f"{self._called(name)} should be a number")
        return number

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts; a single text is a list of one. Nulls are left out."""
        return tuple(self._text(name, item) for item in self._items(name) if item is not None)

    def integers(self, name: str) -> tuple[int, ...]:
        """Return a list of whole numbers; a single one is a list of one. Nulls and empty texts are left out."""
        return tuple(self._integer(name, item) for item in self._items(name) if item is not None and item != "")

    def tree(self, name: str) -> "Tree | None":
        """Return what is inside ``name``, or None."""
        value = self._look(name)
        return None if value is None or value == "" else self._tree(name, value)

    def trees(self, name: str) -> "tuple[Tree, ...]":
        """Return a list of trees: ``name[][x]``, ``name[0][x]`` or a JSON array of objects; without nulls and ""."""
        return tuple(self._tree(name, item) for item in self._items(name) if item is not None and item != "")

    def _items(self, name: str) -> list[Value]:
        match self._look(name):
            case None:
                return []
            case list() as items:
                return items
            case dict() as numbered if all(key.isascii() and key.isdigit() for key in numbered):
                return [numbered[key] for key in sorted(numbered, key=lambda key: (len(key), key))]
            case single:
                return [single]

    def _text(self, name: str, value: Value) -> str:
        match value:
            case bool():
                return "true" if value else "false"
            case str():
                if "\0" in value:
                    raise Invalid(f"{self._called(name)} contains a NUL character")
                return value
            case int() | float():
                return str(value)
            case _:
                raise Invalid(f"{self._called(name)} should be a single value")

    def _integer(self, name: str, value: Value) -> int:
        text = self._text(name, value).strip().removesuffix(".0")
        if not text.removeprefix("-").isdecimal() or not text.isascii() or len(text) > 19:
            raise Invalid(f"{self._called(name)} should be a whole number")
        number = int(text)
        if abs(number) >= 1 << 63:
            raise Invalid(f"{self._called(name)} should be below 2^63")
        return number

    def _tree(self, name: str, value: Value) -> "Tree":
        if not isinstance(value, dict):
            raise Invalid(f"{self._called(name)} should have parts")
        self.read.add(f"{self._called(name)}[]")
        return Tree(value, inside=self._called(name), read=self.read)

    def _called(self, name: str) -> str:
        return f"{self._inside}[{name}]" if self._inside else name


async def read() -> Tree:
    """Return what the request that is being answered asks. Malformed or TooLarge when it cannot be read."""
    query = read_form(request.query_string)
    return Tree({**query, **await _body()})


async def _body() -> dict[str, Value]:
    kind = request.mimetype
    try:
        if kind == MULTIPART:
            return grow([(name, str(value)) for name, value in (await request.form).items(multi=True)])
        body = cast("bytes", await request.get_data(as_text=False, parse_form_data=False))
    except RequestEntityTooLarge as error:
        raise TooLarge("the request is too large") from error
    except RequestTimeout as error:
        raise Malformed("the request did not arrive in time") from error
    except ValueError as error:
        raise Malformed("the form could not be read", detail=str(error)) from error
    if kind in FORM:
        return read_form(body)
    if kind == "application/json" or kind.endswith("+json"):
        return read_json(body)
    return {}


def read_form(body: bytes) -> dict[str, Value]:
    """Return the tree of an urlencoded form or query; Malformed when it has too many fields."""
    try:
        pairs = parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Malformed(f"at most {MOST_FIELDS} parameters") from error
    return grow(pairs)


def read_json(body: bytes) -> dict[str, Value]:
    """Return the tree of a JSON object, empty for an empty body and for null; Malformed when it is no object."""
    if not body.strip():
        return {}
    try:
        document = json.decode(body)
    except (MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("the body should be a JSON object", detail=str(error)) from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise Malformed("the body should be a JSON object")
    return document
