"""Forgetting, the loop's part: rounds through posts and people, in slices, by reading aside and writing little.

A round begins once a day and takes as long as it takes: so much of it is done in an hour. A restart goes on.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import timedelta

from smallfed.config.storage import Storage
from smallfed.runtime.database import Database
from smallfed.services import forgetting
from smallfed.store import forgetting as rows
from smallfed.store import losing, sweeps
from smallfed.store.forgetting import SLICE, Terms

EVERY = timedelta(hours=23)
AT_ONCE = 60  # spans of a round in one go: 120,000 posts in an hour
TOP = (1 << 63) - 1

Rest = Callable[[], Awaitable[None]]


def terms(options: Storage) -> Terms:
    """Return how long posts are kept."""
    return Terms(
        strangers=options.keep_remote_posts,
        followed=options.keep_followed_posts,
        relayed=options.keep_relayed_posts,
    )


async def forget(db: Database, keep: Terms, rest: Rest) -> dict[str, int]:
    """Go on with the rounds; ``rest`` between two slices. Return how many rows went, by table."""
    posts = 0 if keep.endless else await _posts(db, keep, rest)
    people = 0 if keep.strangers is None else await _people(db, keep.strangers, keep.relayed, rest)
    return {table: count for table, count in (("posts", posts), ("accounts", people)) if count}


async def _posts(db: Database, keep: Terms, rest: Rest) -> int:
    gone = 0
    await db.patient_write(sweeps.begin, "posts", TOP, every=EVERY)
    for _ in range(AT_ONCE):
        below = await db.read(sweeps.under_way, "posts")
        if below is None:
            break
        low = await db.read(rows.span, below)
        while low is not None and (found := await db.long_read(rows.candidates, low, below, keep)):
            went = 0
            for chosen in _slices(found):
                went += await db.patient_write(forgetting.forget, chosen, keep)
                await rest()
            gone += went
            if not went:
                break  # what was free a moment ago is needed now
        await db.patient_write(sweeps.go_on, "posts", low)
        await rest()
    return gone


async def _people(db: Database, keep: timedelta, emptied: timedelta | None, rest: Rest) -> int:
    gone = 0
    await db.patient_write(sweeps.begin, "accounts", 0, every=EVERY)
    for _ in range(AT_ONCE):
        above = await db.read(sweeps.under_way, "accounts")
        if above is None:
            break
        high = await db.read(losing.span, above)
        found = [] if high is None else await db.long_read(losing.strangers, above, high, keep, emptied)
        for chosen in _slices(found):
            gone += await db.patient_write(forgetting.lose, chosen, keep, emptied)
            await rest()
        await db.patient_write(sweeps.go_on, "accounts", high)
        await rest()
    return gone


def _slices(found: Sequence[int]) -> Iterator[Sequence[int]]:
    return (found[at : at + SLICE] for at in range(0, len(found), SLICE))
