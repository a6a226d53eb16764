"""What Pleroma and Akkoma say of their policy (``mrf_simple``), in NodeInfo and in what they tell apps of themselves.

| a server stands under | for us |
|---|---|
| ``reject`` | a block |
| ``federated_timeline_removal``, ``followers_only`` | a limit |
| ``media_removal``, ``avatar_removal``, ``banner_removal``, ``background_removal`` | no pictures |
| ``report_removal`` | no complaints |
| anything else: ``accept``, ``media_nsfw``, ``reject_deletes``, ``quarantined_instances`` | nothing |

Spec: https://docs.akkoma.dev/stable/configuration/cheatsheet/#mrf_simple.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from smallfed.errors import Invalid
from smallfed.translate.blocklists.said import Said

_MEANS: Mapping[str, tuple[str, str]] = {  # a cell, and what stands in it; what is strictest last
    "media_removal": ("reject_media", "true"),
    "avatar_removal": ("reject_media", "true"),
    "banner_removal": ("reject_media", "true"),
    "background_removal": ("reject_media", "true"),
    "report_removal": ("reject_reports", "true"),
    "federated_timeline_removal": ("severity", "silence"),
    "followers_only": ("severity", "silence"),
    "reject": ("severity", "suspend"),
}


def policy(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return what a server says of whom it federates with, None where this is about something else.

    Invalid where it does not tell whom it keeps away.
    """
    about = document.get("pleroma", document)
    for name in ("metadata", "federation"):
        about = about.get(name) if isinstance(about, Mapping) else None
    if not isinstance(about, Mapping):
        return None
    if not isinstance(about.get("mrf_simple"), Mapping):
        raise Invalid("this is about a server that does not tell whom it keeps away")
    return about


def read(federation: Mapping[str, Any]) -> Iterator[Said]:
    """Yield what it says of each server, once, with the last reason it gives."""
    simple, info = federation["mrf_simple"], federation.get("mrf_simple_info")
    cells: dict[str, dict[str, str]] = {}
    for kind, (cell, value) in _MEANS.items():
        reasons = info.get(kind) if isinstance(info, Mapping) else None
        names = simple.get(kind)
        for name in names if isinstance(names, list) else ():
            said = cells.setdefault(str(name), {"severity": "noop"})
            said[cell] = value
            said["comment"] = _reason(reasons, str(name)) or said.get("comment", "")
    return (Said(name, said) for name, said in cells.items())


def _reason(reasons: Any, name: str) -> str:
    said = reasons.get(name) if isinstance(reasons, Mapping) else None
    reason = said.get("reason") if isinstance(said, Mapping) else None
    return reason if isinstance(reason, str) else ""
