"""Copying: others' media are kept here when somebody first looks at them.

Spec: SAFETY rules 22, 33.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from msgspec import Struct

from smallfed.domain import remote
from smallfed.domain.copy import Cause, Copy, CopyState, Shrinking, Subject
from smallfed.domain.events import FilesDiscarded, FilesKept
from smallfed.domain.house import House
from smallfed.domain.remote import Named
from smallfed.domain.uris import host
from smallfed.errors import NotFound
from smallfed.policy.copying import is_shown_small
from smallfed.services import dealing, withholding
from smallfed.store import copies, discards, follows, houses, purges
from smallfed.store.copies import Standing
from smallfed.store.tx import Tx

FOLDER = "remote"  # of the files, below the folder of media


class Wanted(Struct, frozen=True, kw_only=True):
    """What somebody looks at: what is at ``url``, or its ``small`` form. ``copy`` is what we have of it.

    ``purged``: this address is refused, and shown all the same: until now.
    """

    subject: Subject
    whose: int
    url: str
    host: str
    small: bool
    copy: Copy | None
    purged: bool = False


def wanted(tx: Tx, house: House, name: str) -> Wanted:
    """Return what is wanted by the last part of an address of ours; NotFound for everything that is none, or not now.

    What we have not signed, what is gone or has changed, and what the owner wants no pictures of look the same.
    """
    named = remote.read(name)
    found = None if named is None else _source(tx, named)
    if named is None or found is None or house.signet is None:
        raise NotFound("not found")
    url, account = found
    ending = name.rpartition(".")[2]
    ours = remote.path(house.signet, named.subject, named.number, url, small=named.small, ending=ending)
    far = host(url)
    purged = purges.holds(tx, url)
    if purged and not named.number:
        raise NotFound("not found")
    if ours != remote.PREFIX + name or far is None or not dealing.wants_media(tx, far, account):
        raise NotFound("not found")
    return Wanted(
        subject=named.subject,
        whose=named.number,
        url=url,
        host=far,
        small=named.small,
        copy=copies.find(tx, url),
        purged=purged,
    )


def _source(tx: Tx, named: Named) -> tuple[str, int | None] | None:
    """Return (remote address, who shows it) of what is named."""
    if named.url:
        return named.url, None
    known = copies.source(tx, named.subject, named.number)
    if known is None:
        return None
    return (known.small_url or known.url) if named.small else known.url, known.account_id


class Fetched(Struct, frozen=True, kw_only=True):
    """What was fetched. ``file`` is None where it is not kept; ``shrinking``: whether a smaller form is worth it."""

    media_type: str
    size: int
    file: str | None = None
    digest: bytes | None = None
    width: int | None = None
    height: int | None = None
    moves: bool = False
    shrinking: Shrinking = Shrinking.DONE


def refuse(tx: Tx, asked: Wanted, *digests: bytes | None) -> bool:
    """Return whether what is at an address, or came from it with these hashes, was purged here.

    Then what shows it lets it go, with what we had from there.
    """
    if not withholding.recognise(tx, asked.subject, asked.whose, asked.url, *digests):
        return False
    drop(tx, purges.copies_at(tx, [asked.url]))
    return True


def drop(tx: Tx, chosen: Collection[int]) -> tuple[str, ...]:
    """Let copies go; return their files, below the folder of media, which are to be deleted."""
    gone = tuple(f"{FOLDER}/{name}" for name in purges.drop_copies(tx, chosen))
    if gone:
        discards.put(tx, gone)
        tx.announce(FilesDiscarded())
    return gone


def keep(tx: Tx, asked: Wanted, fetched: Fetched) -> Copy | None:
    """Note what was fetched, and let a file go that we had before. Return the row; None for what was purged here.

    That may have been while it came.
    """
    if refuse(tx, asked, fetched.digest):
        return None
    columns = {name: getattr(fetched, name) for name in fetched.__struct_fields__}
    return _put(tx, asked, state=CopyState.KEPT, reason="", failures=0, retry_at=None, **columns)


def fail(tx: Tx, asked: Wanted, reason: str, *, failures: int, retry_at: datetime) -> Copy | None:
    """Note that there was nothing to be had, and when it may be tried again. What we have of it stays.

    None for what was purged here: it is not even named.
    """
    if purges.holds(tx, asked.url):
        return None
    known = copies.find(tx, asked.url)
    state = CopyState.FAILED if known is None or known.preview is None else known.state
    return _put(tx, asked, state=state, reason=reason, failures=failures, retry_at=retry_at)


def _put(tx: Tx, asked: Wanted, **columns: Any) -> Copy:
    """Store what is new; what it takes the place of goes."""
    known = copies.find(tx, asked.url)
    if known is not None:
        if columns.get("file") is not None:  # another picture may be there now
            columns |= {"preview": None, "preview_type": "", "preview_size": None, "blurhash": None}
        kept = {columns.setdefault("file", None), columns.get("preview", known.preview)}
        _discard(tx, *({known.file, known.preview} - kept))
        copies.change(tx, known.id, fetched_at=tx.now, **columns)
        return copies.get(tx, known.id)
    fresh = Copy(
        id=0,
        url=asked.url,
        host=asked.host,
        subject=asked.subject,
        subject_id=asked.whose,
        cause=_cause(tx, asked),
        fetched_at=tx.now,
        seen_at=tx.now,
        **columns,
    )
    return copies.put(tx, fresh)


def shrink(tx: Tx, copy: int, *, name: str, media_type: str, size: int, blurhash: str) -> int:
    """Note the smaller form of a picture; where that stands for the original, let this go. Return the bytes freed."""
    known = copies.find_id(tx, copy)
    if known is None or known.file is None:
        _discard(tx, name)
        return size
    done: dict[str, Any] = {"preview": name, "preview_type": media_type, "preview_size": size}
    done |= {"blurhash": blurhash}
    if is_shown_small(known.subject, moves=known.moves):
        done |= {"file": None}
        _discard(tx, known.file)
    copies.change(tx, copy, shrinking=Shrinking.DONE, **done)
    return (known.size or 0) if "file" in done else 0


def settled(tx: Tx, names: Iterable[str]) -> None:
    """Say that these files are on the disk under their names, and are not read by us any more."""
    tx.announce(FilesKept(names=tuple(f"{FOLDER}/{name}" for name in names)))


def leave_large(tx: Tx, copy: int) -> None:
    """Note that a picture cannot be made smaller."""
    if copies.find_id(tx, copy) is not None:
        copies.change(tx, copy, shrinking=Shrinking.FAILED)


def _discard(tx: Tx, *names: str | None) -> None:
    gone = [f"{FOLDER}/{name}" for name in names if name is not None]
    if gone:
        discards.put(tx, gone)
        tx.announce(FilesDiscarded())


def _cause(tx: Tx, asked: Wanted) -> Cause:
    """Return why that is here to which something belongs, as far as cheap questions tell."""
    owner = houses.owner_id(tx)
    is_person = asked.subject in (Subject.AVATAR, Subject.HEADER)
    if is_person and (follows.has(tx, owner, asked.whose) or follows.has(tx, asked.whose, owner)):
        return Cause.FOLLOW
    post = copies.post_with(tx, asked.subject, asked.whose)
    return Cause.OTHER if post is None else cause_of(copies.standing_of_post(tx, post, owner))


def cause_of(standing: Standing) -> Cause:
    """Return the likeliest reason why a post is here: the first that holds."""
    reasons = {
        Cause.SEARCH: standing.searched,
        Cause.MENTION: standing.mentions,
        Cause.FOLLOW: standing.followed,
        Cause.BOOST: standing.boosted,
        Cause.TAG: standing.tagged,
        Cause.RELAY: standing.relayed,
        Cause.THREAD: standing.in_thread,
    }
    return next((cause for cause, holds in reasons.items() if holds), Cause.OTHER)
