"""What follows for the bucket: files that something refers to from now on go there, where there is one."""

from collections.abc import Callable
from typing import Any

from smallfed.domain import events
from smallfed.domain.events import Event
from smallfed.imaging import naming
from smallfed.services import placing
from smallfed.store import accounts, emojis
from smallfed.store.tx import Tx


def _kept(tx: Tx, event: events.FilesKept) -> None:
    placing.keep(tx, event.names)


def _looks(tx: Tx, event: events.ProfileChanged) -> None:
    """What the owner looks like goes there; what the owner looked like before goes."""
    owner = accounts.owner(tx)
    for folder, page in (("avatars", owner.avatar), ("headers", owner.header)):
        placing.only(tx, folder, {page, naming.still(page)} if page else ())


def _emojis(tx: Tx, event: events.EmojisChanged) -> None:
    placing.keep_pages(tx, [page for emoji in emojis.all_(tx) for page in (emoji.url, emoji.still)])


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.FilesKept: _kept,
    events.ProfileChanged: _looks,
    events.EmojisChanged: _emojis,
}
