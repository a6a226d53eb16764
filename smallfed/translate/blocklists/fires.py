"""Data sets of FIRES: what those who keep them recommend about servers and people now.

| a change says | for us |
|---|---|
| ``Recommendation`` to drop or reject | a block |
| … to filter | a limit; where only pictures or complaints are to be filtered, just that |
| … to accept, or nothing; ``Advisory`` | nothing: neither asks for anything to be kept away |
| ``Retraction``, ``Tombstone`` | that nothing is said of it any more |

A snapshot has the latest change of each subject, so what it does not name is taken back, as with every list.

Spec: https://fires.fedimod.org/reference/protocol/data-model/changes.html, …/datasets.html.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import DecodeError, json

from smallfed.domain.uris import web
from smallfed.errors import Invalid
from smallfed.translate.blocklists.said import Said

LARGEST_DESCRIPTION = 1 << 16  # bytes
_KINDS = {"domain": False, "actor": True}
_TAKEN_BACK = ("Retraction", "Tombstone")
_SEVERITIES = {"drop": "suspend", "reject": "suspend", "filter": "silence"}
_FLAGS = {"reject-media": "reject_media", "reject-reports": "reject_reports", "ignore-reports": "reject_reports"}


def snapshot(data: bytes) -> str | None:
    """Return where the list itself is, when this describes a data set; None for anything else."""
    if len(data) > LARGEST_DESCRIPTION or not data.lstrip().startswith(b"{"):
        return None
    try:
        document = json.decode(data)
    except (DecodeError, RecursionError):
        return None
    endpoints = document.get("endpoints") if document.get("type") == "Dataset" else None
    address = endpoints.get("snapshot") if isinstance(endpoints, Mapping) else None
    return web(address) if isinstance(address, str) else None


def holds(document: Mapping[str, Any]) -> bool:
    """Whether this is a snapshot, or changes; Invalid for changes of which a snapshot should be read instead."""
    if document.get("type") not in ("Collection", "OrderedCollection", "OrderedCollectionPage"):
        return False
    if document["type"] == "OrderedCollectionPage" or _items(document) is None:
        raise Invalid("these are changes of a data set: subscribe to the data set itself, or to its snapshot")
    return True


def read(document: Mapping[str, Any]) -> Iterator[Said]:
    """Yield what the changes in a snapshot say."""
    for item in _items(document) or ():
        if not isinstance(item, Mapping):
            yield Said("")
        elif item.get("type") not in _TAKEN_BACK:
            yield _said(item)


def _items(document: Mapping[str, Any]) -> list[Any] | None:
    found = document.get("orderedItems", document.get("items"))
    return found if isinstance(found, list) else None


def _said(item: Mapping[str, Any]) -> Said:
    name, kind = item.get("entityKey"), str(item.get("entityKind")).lower()
    if not isinstance(name, str) or kind not in _KINDS:
        return Said(str(name or ""), unusable="it is about neither a server nor somebody")
    if item.get("type") != "Recommendation":
        return Said(name, unusable="it is a notice, and recommends nothing")
    policy = _SEVERITIES.get(str(item.get("recommendedPolicy")).lower())
    if policy is None:
        return Said(name, unusable="it recommends to keep nothing away")
    filters = _texts(item.get("recommendedFilters")) if policy == "silence" else []
    words = [part.replace("#", "/").rpartition("/")[2] for part in filters]
    flags = {_FLAGS[word]: "true" for word in words if word in _FLAGS}
    if flags and all(word in _FLAGS for word in words):
        policy = "noop"
    cells = {"severity": policy, "labels": ",".join(_texts(item.get("labels")))} | flags
    return Said(name, cells, person=_KINDS[kind])


def _texts(value: Any) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [each["id"] if isinstance(each, Mapping) else each for each in found if _is_text(each)]


def _is_text(value: Any) -> bool:
    return isinstance(value.get("id") if isinstance(value, Mapping) else value, str)
