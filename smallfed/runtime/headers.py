"""The header of a request: complete, in one order, and free of anything that could end a line.

Spec: RFC 9110 §5, §7.2 (Host).
"""

import re
from collections.abc import Sequence

from smallfed.errors import Invalid
from smallfed.policy.targets import Target

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e]*")
_METHOD = re.compile(r"[A-Z]+")

# These belong to the connection or are the same for every request of the house.
OURS = frozenset(
    ("accept-encoding", "connection", "content-length", "expect", "te", "trailer", "transfer-encoding", "upgrade")
)
SECRETS = frozenset(("authorization", "cookie"))
WITH_BODY = ("POST", "PUT", "PATCH")


def outgoing(
    method: str, target: Target, given: Sequence[tuple[str, str]], body: bytes | None, user_agent: str
) -> list[tuple[bytes, bytes]]:
    """Return the header to send. Of several values for one name the last counts; raise Invalid.

    Host and Content-Length are always ours: a signature made for another Host is an error here, not at the other end.
    """
    if not _METHOD.fullmatch(method):
        raise Invalid(f"{method!r} is not an HTTP method")
    lines = {"host": target.authority, "user-agent": user_agent, "accept": "*/*"}
    lines |= {name.lower(): value for name, value in given}
    _check(lines, target)
    lines["accept-encoding"] = "identity"
    if body is not None or method in WITH_BODY:
        lines["content-length"] = str(len(body or b""))
    return [(name.encode(), value.encode()) for name, value in lines.items()]


def without_secrets(given: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what may be repeated to another server than the one it was meant for."""
    return [(name, value) for name, value in given if name.lower() not in SECRETS]


def _check(lines: dict[str, str], target: Target) -> None:
    for name, value in lines.items():
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise Invalid(f"the header {name!r} has characters that cannot be sent: {value!r}")
        if name in OURS:
            raise Invalid(f"the header {name!r} is set by the client itself")
    if lines["host"] != target.authority:
        raise Invalid(f"the request to {target.authority} names {lines['host']!r} as its Host")
