"""How each kind of option is read from TOML, split from one line of text (environment, flags), and shown again."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct

from smallfed.config import addresses, values

Plain = str | bool | int | list[str] | dict[str, str]


class Kind(Struct, frozen=True, kw_only=True):
    """``read`` makes a value of a TOML value, ``split`` a TOML value of text, ``show`` a TOML value of a value.

    ``read`` and ``split`` raise ValueError with a reason. ``show`` leaves out credentials;
    of what is ``hidden`` it says only whether it is set.
    """

    read: Callable[[object, Path], object]
    split: Callable[[str], object] = str
    show: Callable[[object], Plain] = str
    hidden: bool = False


def as_text(plain: Plain) -> str:
    """Return a TOML value as the one line of text that ``split`` takes apart."""
    match plain:
        case bool():
            return str(plain).lower()
        case int():
            return str(plain)
        case list():
            return ",".join(plain)
        case dict():
            return ",".join(f"{name}={value}" for name, value in plain.items())
        case str():
            return plain


def as_toml(plain: Plain) -> str:
    """Return a TOML value as it is written in a file, on one line."""
    match plain:
        case bool():
            return str(plain).lower()
        case int():
            return str(plain)
        case list():
            return f"[{', '.join(as_toml(item) for item in plain)}]"
        case dict():
            pairs = ", ".join(f"{as_toml(name)} = {as_toml(value)}" for name, value in plain.items())
            return f"{{ {pairs} }}" if pairs else "{}"
        case str():
            return json.dumps(plain, ensure_ascii=False)


def choice(*allowed: str) -> Kind:
    """Return the kind that takes one of ``allowed``."""

    def read(raw: object, base: Path) -> str:
        if raw not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}, not {raw!r}")
        return str(raw)

    return Kind(read=read)


def between(low: int, high: int) -> Kind:
    """Return the kind that takes whole numbers from ``low`` to ``high``."""

    def read(raw: object, base: Path) -> int:
        return values.read_between(raw, low, high)

    return Kind(read=read, split=_split_number, show=_show_number)


def _split_number(text: str) -> object:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else text


def _split_boolean(text: str) -> object:
    return {"true": True, "false": False}.get(text.lower(), text)


def _split_list(text: str) -> object:
    return [item.strip() for item in text.split(",") if item.strip()]


def _split_table(text: str) -> object:
    pairs = [item.partition("=") for item in text.split(",") if item.strip()]
    if any(not equals for _, equals, _ in pairs):
        raise ValueError("must be name=address:port, with commas between several")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _show_optional(value: object) -> Plain:
    return "" if value is None else str(value)


def _show_number(value: object) -> Plain:
    assert isinstance(value, int)
    return value


def _show_boolean(value: object) -> Plain:
    return value is True


def _show_list(value: object) -> Plain:
    assert isinstance(value, tuple)
    return [str(item) for item in value]


def _show_table(value: object) -> Plain:
    assert isinstance(value, Mapping)
    return {str(name): str(item) for name, item in value.items()}


TEXT = Kind(read=values.read_line)
SECRET = Kind(read=values.read_secret, hidden=True)
BASE = Kind(read=addresses.read_base)
TEXTS = Kind(read=values.read_lines, split=_split_list, show=_show_list)
BOOLEAN = Kind(read=values.read_boolean, split=_split_boolean, show=_show_boolean)
NUMBER = Kind(read=values.read_number, split=_split_number, show=_show_number)
BIND = Kind(read=addresses.read_bind)
OPTIONAL_BIND = Kind(read=addresses.read_optional_bind, show=_show_optional)
NETWORKS = Kind(read=addresses.read_networks, split=_split_list, show=_show_list)
ENDPOINTS = Kind(read=addresses.read_endpoints, split=_split_table, show=_show_table)
PROGRAM = Kind(read=values.read_program)
OPTIONAL_FILE = Kind(read=values.read_optional_file, show=_show_optional)
OPTIONAL_PROXY = Kind(read=addresses.read_optional_proxy, show=_show_optional)
OPTIONAL_HOST = Kind(read=addresses.read_optional_host, show=_show_optional)
