"""Correspondences: direct posts of one thread among the same people; the client API calls them conversations."""

from msgspec import Struct


class Correspondence(Struct, frozen=True, kw_only=True):
    """``people`` are the others (accounts), ascending; none where the owner talks to the owner.

    ``thread`` is the topmost post that we held of it when it began, which may be gone.
    """

    id: int
    thread: int
    people: tuple[int, ...]
    last_post_id: int | None = None
    unread: bool = False
