"""What the changes of a list come to: of each subject its last word counts.

Whoever follows them knows what a snapshot says at their end (``tests/translate/test_list_feeds``).
"""

from collections.abc import Collection, Iterable

from smallfed.domain.blocklist import Changed, Entry
from smallfed.translate.blocklists import names
from smallfed.translate.blocklists.fires import TAKEN_BACK
from smallfed.translate.blocklists.lost import Lost
from smallfed.translate.blocklists.names import Unusable
from smallfed.translate.blocklists.said import Said


def changed(said: Iterable[Said], ours: Collection[str] = ()) -> Changed:
    """Return what these changes, the oldest first, come to. ``ours`` are the names of this house."""
    lost, entries, ended = Lost(), list[Entry](), list[str]()
    for subject, one in _last(said, lost).items():
        try:
            entries.append(one.entry(subject, ours))
        except Unusable as why:
            ended.append(subject)
            if why.reason != TAKEN_BACK:
                lost.note(why.reason, one.name)
    return Changed(entries=tuple(entries), ended=tuple(ended), dropped=lost.dropped)


def _last(said: Iterable[Said], lost: Lost) -> dict[str, Said]:
    """Return the last word on each subject."""
    found: dict[str, Said] = {}
    for one in said:
        if one.person is None:
            lost.note(one.unusable, one.name)
            continue
        try:
            found[names.person(one.name) if one.person else names.server(one.name)] = one
        except Unusable as why:
            lost.note(why.reason, one.name)
    return found
