"""Data sets of FIRES: what those who keep them recommend about servers and people.

| a change says | for us |
|---|---|
| ``Recommendation`` to drop or reject | a block |
| … to filter, by no filter, or by one that is not named here | a limit |
| … by ``reject-media``, ``reject-profile-media``, ``reject-profile-avatars`` | no pictures, and no limit |
| … by ``reject-reports``, ``ignore-reports`` | no complaints, and no limit |
| … by ``reject-moderation-notes``, ``reject-signups`` | nothing: here is no such thing |
| … to accept, or something unknown; ``Advisory`` | nothing: neither asks for anything to be kept away |
| ``Retraction``, ``Tombstone`` | that nothing is said of it any more |

A snapshot has the latest change of each subject, so what it does not name is taken back, as with every list. It names
the page on which what changes afterwards will stand.

Spec: https://fires.fedimod.org/reference/protocol/data-model/changes.html, …/datasets.html, /concepts/filters.html.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs

from msgspec import DecodeError, Struct, json

from smallfed.domain.uris import web
from smallfed.errors import Invalid
from smallfed.translate.blocklists.said import Said

LARGEST_DESCRIPTION = 1 << 16  # bytes
MOST_CHANGES = 5000  # on a page
TAKEN_BACK = "it is taken back"
_KINDS = {"domain": False, "actor": True}
_ENDS = ("Retraction", "Tombstone")
_ABOUT = ("type", "entityKind", "entityKey")
_PAGES = ("OrderedCollectionPage", "CollectionPage")
_WHOLE = ("OrderedCollection", "Collection")
_SEVERITIES = {"drop": "suspend", "reject": "suspend", "filter": "silence"}
_MEDIA, _REPORTS = "reject_media", "reject_reports"
_FILTERS = {
    "reject-media": _MEDIA,
    "reject-profile-media": _MEDIA,
    "reject-profile-avatars": _MEDIA,
    "reject-reports": _REPORTS,
    "ignore-reports": _REPORTS,
    "reject-moderation-notes": "",
    "reject-signups": "",
}


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


class _Onward(Struct):
    """What is looked at of a snapshot that has been read already."""

    changes: Any = None


def onward(data: bytes) -> str | None:
    """Return where what changes after a snapshot will stand, or None. It is JSON."""
    if not data.lstrip().startswith(b"{"):
        return None
    address = json.decode(data, type=_Onward).changes
    return web(address) if isinstance(address, str) else None


def holds(document: Mapping[str, Any]) -> bool:
    """Whether this is a snapshot. Invalid for changes, and for a list of data sets: one subscribes to a data set."""
    if document.get("type") not in _WHOLE + _PAGES:
        return False
    items = _items(document)
    if document["type"] in _PAGES or items is None:
        raise Invalid("these are changes of a data set: subscribe to the data set itself, or to its snapshot")
    sets = [item for item in items if isinstance(item, Mapping) and item.get("type") == "Dataset"]
    if sets:
        named = ", ".join(f"{str(one.get('name'))[:100]} ({str(one.get('id'))[:500]})" for one in sets[:10])
        raise Invalid(f"this is where data sets are listed: subscribe to one of them: {named}")
    return True


def read(document: Mapping[str, Any]) -> Iterator[Said]:
    """Yield what the changes in a snapshot say."""
    for item in _items(document) or ():
        if not isinstance(item, Mapping):
            yield Said("")
        elif item.get("type") not in _ENDS:
            yield _said(item)


def _items(document: Mapping[str, Any]) -> list[Any] | None:
    found = document.get("orderedItems", document.get("items"))
    return found if isinstance(found, list) else None


# Changes since then ---------------------------------------------------------------------------------------------------
class Page(Struct, frozen=True, kw_only=True):
    """Some of what has changed, the oldest first, and where more is; None: this is the end, for now."""

    said: tuple[Said, ...]
    next: str | None = None


def page(data: bytes) -> Page:
    """Understand a page of changes; Invalid where it does not say all that a snapshot would, which is then to be read.

    So it is where a change is gone without a word of whom it was about (``Tombstone``), and where the next page would
    leave some out: the server of those who wrote the specification (0.8.0) names as ``since`` not the last change of
    a page, but the first after it.
    """
    try:
        document = json.decode(data)
    except (DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Invalid(f"its changes are no JSON: {error}") from error
    if not isinstance(document, Mapping) or document.get("type") not in _PAGES:
        raise Invalid("there is no page of its changes any more where it was")
    items = _items(document) or []
    address = document.get("next")
    next_ = web(address) if isinstance(address, str) else None
    if len(items) > MOST_CHANGES:
        raise Invalid(f"a page of its changes has {len(items)} of them")
    if not _follows(items, next_):
        raise Invalid("the next page of its changes leaves some out")
    return Page(said=tuple(map(_changed, items)), next=next_)


def _follows(items: list[Any], next_: str | None) -> bool:
    """Whether nothing is left out between a page and the next, as far as can be seen."""
    since = parse_qs((next_ or "").partition("#")[0].partition("?")[2]).get("since")
    here = {str(item.get("id")).rpartition("/")[2] for item in items if isinstance(item, Mapping)}
    return not (since and here) or since[0] in here


def _changed(item: Any) -> Said:
    if not isinstance(item, Mapping) or not all(isinstance(item.get(name), str) for name in _ABOUT):
        raise Invalid("one of its changes does not say about whom it is")
    said = _said(item)
    return Said(said.name, person=said.person, unusable=TAKEN_BACK) if item["type"] in _ENDS else said


# A change -------------------------------------------------------------------------------------------------------------
def _said(item: Mapping[str, Any]) -> Said:
    """Return what a change says; ``person`` is None where it is about something else."""
    name, kind = item.get("entityKey"), str(item.get("entityKind")).lower()
    if not isinstance(name, str) or kind not in _KINDS:
        return Said(str(name or ""), unusable="it is about neither a server nor somebody")
    cells = _cells(item)
    if isinstance(cells, str):
        return Said(name, person=_KINDS[kind], unusable=cells)
    comment = item.get("comment")
    words = {
        "labels": ",".join(_texts(item.get("labels"), "id", "name")),
        "comment": comment if isinstance(comment, str) else "",
    }
    return Said(name, cells | words, person=_KINDS[kind])


def _cells(item: Mapping[str, Any]) -> dict[str, str] | str:
    """Return what is to be done, or why nothing is."""
    if item.get("type") != "Recommendation":
        return "it is a notice, and recommends nothing"
    severity = _SEVERITIES.get(str(item.get("recommendedPolicy")).lower())
    if severity is None:
        return "it recommends to keep nothing away"
    filters = _texts(item.get("recommendedFilters"), "id") if severity == "silence" else []
    words = [part.replace("#", "/").rpartition("/")[2] for part in filters]
    flags = {_FILTERS[word]: "true" for word in words if _FILTERS.get(word)}
    if words and all(word in _FILTERS for word in words):
        severity = "noop"
    if severity == "noop" and not flags:
        return "it recommends to keep nothing away"
    return {"severity": severity} | flags


def _texts(value: Any, *names: str) -> list[str]:
    """Return the texts in a list, or what stands under these names in its objects; each once."""
    found = value if isinstance(value, list) else [value]
    said = [each.get(name) if isinstance(each, Mapping) else each for each in found for name in names]
    return list(dict.fromkeys(text for text in said if isinstance(text, str)))
