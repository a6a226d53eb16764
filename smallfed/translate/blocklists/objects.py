"""Block lists as JSON: what servers tell of their blocks, what GoToSocial exports, and data sets of FIRES.

Spec: https://docs.joinmastodon.org/methods/instance/#domain_blocks, https://misskey-hub.net/docs/for-developers/api/
(federation/instances); PROTOCOL §9.3.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import DecodeError, json

from smallfed.errors import Invalid, TooLarge
from smallfed.translate.blocklists import fires, policies
from smallfed.translate.blocklists.said import NAMES, Said

PARTS, NESTED = 1_000_000, 300_000


def read(data: bytes) -> Iterator[Said]:
    """Yield what its objects say; Invalid for what is no list, TooLarge for what would take much more room than it."""
    if data.count(b",") > PARTS or data.count(b"[") + data.count(b"{") > NESTED:
        raise TooLarge(f"a list of JSON may have at most {PARTS:,} values, and {NESTED:,} of them with others inside")
    try:
        document = json.decode(data)
    except (DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Invalid(f"this is no JSON: {error}") from error
    if isinstance(document, dict) and fires.holds(document):
        return fires.read(document)
    if isinstance(document, dict) and (policy := policies.policy(document)) is not None:
        return policies.read(policy)
    if not isinstance(document, list):
        error_ = document.get("error") if isinstance(document, dict) else None
        said = f": it says {str(error_)[:200]!r}" if error_ else ""
        raise Invalid(f"this is JSON, but no list of servers{said}")
    return map(_said, document)


def _said(item: Any) -> Said:
    if isinstance(item, str):
        return Said(item)
    if not isinstance(item, Mapping):
        return Said("")
    cells = {NAMES[name]: _text(value) for name, value in item.items() if name in NAMES and value is not None}
    person = "person" in cells and "name" not in cells
    name = cells.get("name") or cells.get("person") or ""
    if item.get("permission_type") == "allow":
        return Said(name, unusable="it is let in")  # a draft of GoToSocial's
    if "isBlocked" in item and not any(item.get(flag) is True for flag in _MISSKEY):
        return Said(name, unusable="nothing of it is kept away")  # Misskey tells of all servers that it knows
    return Said(name, cells | _misskey(item), person=person or None)


_MISSKEY: Mapping[str, Mapping[str, str]] = {  # the strictest last
    "rejectReports": {"severity": "noop", "reject_reports": "true"},
    "isSilenced": {"severity": "silence"},
    "isBlocked": {"severity": "suspend"},
}


def _misskey(item: Mapping[str, Any]) -> dict[str, str]:
    """Return what Misskey and Sharkey do with a server, but for ``isSuspended``: often it merely did not answer."""
    cells: dict[str, str] = {}
    for flag, means in _MISSKEY.items():
        cells |= means if item.get(flag) is True else {}
    return cells


def _text(value: Any) -> str:
    match value:
        case str():
            return value
        case bool() | int():
            return str(value).lower()
        case list():
            return ",".join(part for part in value if isinstance(part, str))
        case _:
            return ""
