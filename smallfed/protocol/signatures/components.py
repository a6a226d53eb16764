"""Components of a message, and the signature base that is made of them.

Spec: RFC 9421 §2 (2.1 fields, 2.2 derived components, 2.5 the base).
"""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import parse_qsl, quote

from http_sfv.dictionary import Dictionary
from http_sfv.item import InnerList, Item
from msgspec import Struct

from smallfed.errors import Malformed, Unauthenticated
from smallfed.protocol.signatures import structured
from smallfed.protocol.signatures.message import Message

_DICTIONARIES = frozenset({"content-digest", "signature", "signature-input", "accept-signature"})
"""Fields we know to be dictionaries, so that ``sf`` can be honoured."""

_MOST = 32
_MOST_NARROWED = 2
"""Components with parameters parse a field or the query anew each; nobody honest needs many."""

_MOST_PAIRS = 256
"""How many query parameters we look through for ``@query-param``."""

Parameters = Mapping[str, object]


class Component(Struct, frozen=True, kw_only=True):
    """One covered component: ``name`` alone, ``parameters``, and the ``identifier`` both are written as."""

    name: str
    parameters: Parameters
    identifier: str

    @property
    def bare(self) -> bool:
        """Whether it has no parameters, so that the value covered is the whole value as received."""
        return not self.parameters


def plain(name: str) -> Component:
    """Return the component ``name`` (lower case) without parameters."""
    return Component(name=name, parameters={}, identifier=f'"{name}"')


def read(members: InnerList) -> tuple[Component, ...]:
    """Return the components an inner list names.

    Malformed when one is no lower-case string or comes twice, or there are more than anybody needs.
    """
    components = tuple(_component(member) for member in members)
    if len(components) > _MOST or sum(not component.bare for component in components) > _MOST_NARROWED:
        raise Malformed(f"A signature may cover {_MOST} components, {_MOST_NARROWED} of them with parameters.")
    if len({component.identifier for component in components}) != len(components):
        raise Malformed("A signature covers the same component twice.")
    return components


def base(message: Message, components: Sequence[Component], parameters: str) -> bytes:
    """Return the signature base; ``parameters`` is the serialised inner list that becomes its last line.

    Unauthenticated when the message lacks a component or we do not know it, Malformed when it has a broken value.
    """
    lines = [f"{component.identifier}: {value(message, component)}" for component in components]
    lines.append(f'"@signature-params": {parameters}')
    try:
        return "\n".join(lines).encode("latin-1")
    except UnicodeEncodeError as why:
        raise Malformed("A signed header contains characters that cannot stand in a header.") from why


def value(message: Message, component: Component) -> str:
    """Return the value of ``component`` in ``message``. Raises as ``base`` does."""
    if component.name == "@query-param":
        return _query_parameter(message, component)
    if not component.name.startswith("@"):
        return _field(message, component)
    derive = _DERIVED.get(component.name)
    if derive is None or not component.bare:
        raise Unauthenticated(f"The signature covers {component.identifier[:80]}, which is not supported.")
    return derive(message)


def _component(member: Item) -> Component:
    # A token or date is no plain string, but its Python type derives from one.
    if type(member.value) is not str or member.value != member.value.lower() or not member.value:
        raise Malformed("A covered component must be a string in lower case.")
    return Component(name=member.value, parameters=dict(member.params), identifier=structured.text(member))


def _absent(component: Component) -> Unauthenticated:
    return Unauthenticated(f"The signature covers {component.identifier[:80]}, which the request does not have.")


def _status(message: Message) -> str:
    if message.status is None:
        raise Unauthenticated('The signature covers "@status", which only a response has.')
    return str(message.status)


_DERIVED: dict[str, Callable[[Message], str]] = {
    "@method": lambda message: message.method,
    "@target-uri": lambda message: f"{message.scheme}://{message.host}{message.target}",
    "@authority": lambda message: message.host,
    "@scheme": lambda message: message.scheme,
    "@request-target": lambda message: message.target,
    "@path": lambda message: message.path,
    "@query": lambda message: "?" + message.query,
    "@status": _status,
}


def _field(message: Message, component: Component) -> str:
    lines = message.lines(component.name)
    if not lines:
        raise _absent(component)
    match dict(component.parameters):
        case parameters if not parameters:
            return ", ".join(lines)
        case {"bs": True, **rest} if not rest:
            return ", ".join(f":{_base64(line)}:" for line in lines)
        case {"sf": True, **rest} if not rest and component.name in _DICTIONARIES:
            return structured.text(Dictionary(structured.dictionary(", ".join(lines), component.name)))
        case {"key": str(key), **rest} if not rest:
            members = structured.dictionary(", ".join(lines), component.name)
            if key not in members:
                raise _absent(component)
            return structured.text(members[key])
    raise Unauthenticated(f"The signature covers {component.identifier[:80]}, which is not supported.")


def _base64(line: str) -> str:
    try:
        return b64encode(line.encode("latin-1")).decode("ascii")
    except UnicodeEncodeError as why:
        raise Malformed("A signed header contains characters that cannot stand in a header.") from why


def _query_parameter(message: Message, component: Component) -> str:
    name = component.parameters.get("name")
    if not isinstance(name, str) or len(component.parameters) != 1:
        raise Malformed('"@query-param" needs the parameter name and no other.')
    try:
        pairs = parse_qsl(message.query, keep_blank_values=True, max_num_fields=_MOST_PAIRS)
    except ValueError as why:
        raise Malformed(f"The query has more than {_MOST_PAIRS} parameters; one of them cannot be signed.") from why
    values = [text for key, text in pairs if _encoded(key) == name]
    if len(values) != 1:
        raise _absent(component)
    return _encoded(values[0])


def _encoded(text: str) -> str:
    """Percent-encode as application/x-www-form-urlencoded does, with %20 for a blank (RFC 9421 §2.2.8)."""
    return quote(text, safe="*").replace("~", "%7E")
