"""Placing: which files are wanted in the bucket, and which are not wanted there any more.

A row says so in the transaction that makes a file known, or forgets it; ``workers/transferring`` does it.
"""

import re
from collections.abc import Collection, Iterable

from msgspec import Struct

from smallfed.domain.events import TransferQueued
from smallfed.domain.placement import BucketInUse, Wanted
from smallfed.errors import Invalid
from smallfed.store import houses, placements
from smallfed.store.tx import Tx

SLICE = 500  # files in one transaction
_NAME = re.compile(r"[a-z]+/[0-9A-Za-z_-][0-9A-Za-z._-]*")
OWN = "files"  # folder of what the owner uploads for posts
OTHERS = "remote"  # folder of the pictures of others
OWN = "files"  # folder of what the owner uploads for posts
FACES = ("avatars", "headers", "emojis")  # small, few, and asked for all the time: the disk has these, too


class Moved(Struct, frozen=True, kw_only=True):
    """What has changed about the bucket since the last start.

    ``doubted`` files were in another bucket, for what we know; so many are ``out_of_reach``, because there is none now.
    """

    doubted: int = 0
    out_of_reach: int = 0


def use(tx: Tx, bucket: BucketInUse | None) -> Moved:
    """Use this bucket from now on, or none."""
    last = placements.last_place(tx)
    if last is None and bucket is None:
        return Moved()
    placements.use(tx, bucket)
    if bucket is None:
        return Moved(out_of_reach=placements.only_there(tx))
    return Moved(doubted=0 if last in (None, bucket.place) else placements.doubt(tx))


def keep(tx: Tx, names: Iterable[str], *, moved: Wanted | None = None) -> int:
    """Want files that are on the disk in the bucket, as the owner has it or ``moved`` there; return how many are new.

    Without a bucket nothing is done.
    """
    bucket = placements.bucket(tx)
    if bucket is None:
        return 0
    by_place: dict[Wanted, list[str]] = {}
    for name in names:
        by_place.setdefault(_wanted(bucket, name, moved), []).append(name)
    new = sum(placements.put(tx, some, wanted) for wanted, some in by_place.items() if wanted.is_there)
    if new:
        tx.announce(TransferQueued())
    return new


def _wanted(bucket: BucketInUse, name: str, moved: Wanted | None) -> Wanted:
    """Return where a file is wanted; nothing of ``incoming`` ever leaves the disk."""
    match name.partition("/")[0]:
        case folder if folder in FACES:
            return Wanted.BOTH
        case folder if folder == OWN:
            return moved or bucket.own
        case folder if folder == OTHERS:
            return moved if moved and bucket.others.is_there else bucket.others
        case _:
            return Wanted.HERE


def keep_pages(tx: Tx, pages: Iterable[str | None]) -> None:
    """Do as ``keep`` with the files at these addresses of ours; others may be among them."""
    folder = houses.get(tx).page("/media/")
    keep(tx, {page.removeprefix(folder) for page in pages if page and page.startswith(folder)})


def only(tx: Tx, folder: str, pages: Collection[str]) -> None:
    """Keep the files at these addresses, and let the others of the folder go."""
    known, stays = placements.below(tx, folder), {page.rpartition("/media/")[2] for page in pages}
    keep_pages(tx, pages)
    leave(tx, [name for name in known if name not in stays])


def leave(tx: Tx, names: Iterable[str]) -> None:
    """Let files go from the bucket, or with a ``*`` at the end of a name all that begin so."""
    if placements.leave(tx, names):
        tx.announce(TransferQueued())


def move(tx: Tx, names: list[str], wanted: str) -> int:
    """Want files that are on the disk there, and return for how many something is to be done; Invalid."""
    _require_bucket(tx)
    if not all(_NAME.fullmatch(name) for name in names):
        raise Invalid("these are no names of files")
    return keep(tx, names, moved=Wanted(wanted))


def _require_bucket(tx: Tx) -> None:
    if placements.bucket(tx) is None:
        raise Invalid("this server uses no bucket: name it under [s3] in smallfed.toml, and start the server again")


def turn(tx: Tx, wanted: str, after: str) -> str | None:
    """Want a slice of what the bucket has somewhere else; return where the next one begins, None after the last."""
    _require_bucket(tx)
    last = placements.turn(tx, Wanted(wanted), after=after, limit=SLICE)
    tx.announce(TransferQueued())
    return last


def hasten(tx: Tx) -> int:
    """Let everything that waits be tried now; return how many files wait."""
    waiting = placements.hasten(tx)
    if waiting:
        tx.announce(TransferQueued())
    return waiting
