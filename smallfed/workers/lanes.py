"""Lanes: what is on its way to one host, and how much of it may be so at once.

Spec: PROTOCOL §6.2; SAFETY rule 26.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from smallfed.store.deliveries import Delivery
from smallfed.workers.courier import Letter

BATCH = 16  # signatures made in one thread call; as many claimed at once are signed ahead


class Lane:
    """What is claimed for one host. ``since``: when it last took something up."""

    __slots__ = ("host", "letters", "since", "slow")

    def __init__(self, host: str, *, slow: bool, since: float) -> None:
        self.host, self.slow, self.since = host, slow, since
        self.letters: deque[Letter] = deque()

    @property
    def wide(self) -> bool:
        """Whether two may be on their way at once."""
        return len(self.letters) > 1 and may_overlap([letter.item for letter in self.letters])


def may_overlap(items: Sequence[Delivery]) -> bool:
    """Tell whether the order in which these arrive is of no matter.

    So it is when they are one activity for several inboxes, or activities about different posts.
    """
    about = {item.body_id: item.post_id for item in items}
    posts = set(about.values())
    return len(about) == 1 or (None not in posts and len(posts) == len(about))


def batches(lanes: Iterable[Lane]) -> Iterator[list[Lane]]:
    """Put lanes together that have ``BATCH`` letters or more to sign."""
    batch: list[Lane] = []
    for lane in lanes:
        batch.append(lane)
        if sum(len(lane.letters) for lane in batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
