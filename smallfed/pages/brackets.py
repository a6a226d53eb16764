"""Names with brackets: ``a[b]``, ``a[]``, ``a[][x]`` and ``a[0]`` in forms and query strings, grown into one tree.

Spec: the conventions of Rack, which client apps are written against.
"""

from collections.abc import Iterable

from smallfed.errors import Malformed

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]

DEPTH = 8
NAME_LENGTH = 200


def grow(pairs: Iterable[tuple[str, str]]) -> dict[str, Value]:
    """Return the tree of (name, value) pairs. A plain name given twice has its last value.

    Numbers in brackets are keys like others: only whoever reads the tree knows whether a list is meant. Raises
    Malformed for names that contradict each other.
    """
    tree: dict[str, Value] = {}
    for name, value in pairs:
        head, *keys = _path(name)
        tree[head] = _place(tree.get(head), keys, value, name) if keys else value
    return tree


def _path(name: str) -> list[str]:
    """Split ``a[b][]`` into a, b and the empty string. A name that is not built like this stands for itself."""
    if len(name) > NAME_LENGTH:
        raise Malformed(f"a parameter's name may have at most {NAME_LENGTH} characters")
    head, bracket, rest = name.partition("[")
    if not head or not bracket or not rest.endswith("]"):
        return [name]
    keys = rest[:-1].split("][")
    if len(keys) > DEPTH:
        raise Malformed(f"parameters may be nested {DEPTH} deep at most")
    return [head, *keys]


def _place(node: Value, keys: list[str], value: str, name: str) -> Value:
    """Return ``node`` with ``value`` put where ``keys`` lead; it is made where there is none yet."""
    if not keys:
        return value
    key, *rest = keys
    if key == "":
        items = [] if node is None else node
        if not isinstance(items, list):
            raise _contradiction(name)
        return _append(items, rest, value, name)
    branch = {} if node is None else node
    if not isinstance(branch, dict):
        raise _contradiction(name)
    branch[key] = _place(branch.get(key), rest, value, name)
    return branch


def _append(items: list[Value], rest: list[str], value: str, name: str) -> list[Value]:
    """Put ``value`` into the list: ``a[][x]`` begins another element when the last one has an x already."""
    last = items[-1] if items else None
    if rest and isinstance(last, dict) and rest[0] not in last:
        items[-1] = _place(last, rest, value, name)
    else:
        items.append(_place(None, rest, value, name))
    return items


def _contradiction(name: str) -> Malformed:
    return Malformed(f"the parameter {name} contradicts an earlier one of that name")
