"""What one line of a list says, before its name is understood."""

from collections.abc import Collection, Mapping

from msgspec import Struct

from smallfed.domain.blocklist import HIDDEN, Entry, is_person
from smallfed.domain.domain_block import Severity
from smallfed.domain.uris import host
from smallfed.translate.blocklists.names import Unusable

LONGEST = 1000  # characters of a comment
LABELS, LONGEST_LABEL = 50, 100  # of an entry; characters

NAMES: Mapping[str, str] = {
    "domain": "name",
    "host": "name",
    "hostname": "name",
    "instance": "name",
    "server": "name",
    "account_address": "person",
    "account": "person",
    "acct": "person",
    "handle": "person",
    "actor": "person",
    "uri": "person",
    "severity": "severity",
    "digest": "digest",
    "reject_media": "reject_media",
    "reject_reports": "reject_reports",
    "obfuscate": "obfuscate",
    "public_comment": "comment",
    "comment": "comment",
    "reason": "comment",
    "private_comment": "note",
    "labels": "labels",
    "tags": "labels",
    "categories": "labels",
    "suspended_at": "suspended_at",
    "silenced_at": "silenced_at",
}
"""What columns and keys mean; others are left aside."""

SEVERITIES: Mapping[str, Severity] = {
    "": Severity.SUSPEND,
    "suspend": Severity.SUSPEND,
    "block": Severity.SUSPEND,
    "reject": Severity.SUSPEND,
    "silence": Severity.SILENCE,
    "limit": Severity.SILENCE,
    "noop": Severity.NOOP,
    "none": Severity.NOOP,
}
_TRUE = frozenset({"true", "t", "yes", "y", "1"})


class Said(Struct, frozen=True):
    """A line: its name, and its cells by what they mean (``NAMES``).

    ``person``: whether it says itself that it is about somebody, or about a server; None where it does not.
    ``unusable``: why it says nothing of use, where that is known already.
    """

    name: str
    cells: Mapping[str, str] = {}
    person: bool | None = None
    unusable: str = ""

    @property
    def digest(self) -> str:
        """The digest of its name, or ""."""
        return self.cells.get("digest", "")

    def entry(self, subject: str, ours: Collection[str]) -> Entry:
        """Make the entry of it; raise Unusable."""
        cells = self.cells
        if self.unusable:
            raise Unusable(self.unusable)
        if is_person(subject) and (host(subject) or subject.rpartition("@")[2]) in ours:
            raise Unusable("it is you")
        if not is_person(subject) and any(f".{name}".endswith(f".{subject}") for name in ours):
            raise Unusable("it is where you live")
        if "canary" in cells.get("comment", "").lower():
            raise Unusable("its list says that it is a canary")
        severity = SEVERITIES.get(cells.get("severity", "").strip().lower())
        if severity is None:
            raise Unusable("its severity is none that is known")
        if cells.get("silenced_at") and not cells.get("suspended_at"):
            severity = Severity.SILENCE
        hint = self.name.strip() if subject.startswith(HIDDEN) else ""
        return Entry(
            subject=subject,
            severity=severity,
            reject_media=_flag(cells, "reject_media"),
            reject_reports=_flag(cells, "reject_reports"),
            comment=_words(cells, "comment"),
            note=_words(cells, "note") or hint,
            obfuscate=_flag(cells, "obfuscate"),
            labels=_labels(cells),
        )


def _flag(cells: Mapping[str, str], name: str) -> bool:
    return cells.get(name, "").strip().lower() in _TRUE


def _words(cells: Mapping[str, str], name: str) -> str:
    return _plain(cells.get(name, "")[: 4 * LONGEST])[:LONGEST]


def _labels(cells: Mapping[str, str]) -> tuple[str, ...]:
    parts = cells.get("labels", "")[: LABELS * LONGEST_LABEL].replace(";", ",").split(",", LABELS)[:LABELS]
    return tuple(label for part in parts if (label := _plain(part)[:LONGEST_LABEL]))


def _plain(text: str) -> str:
    """Return a line of text without what is no letter or sign: nothing turns round what stands beside it."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
