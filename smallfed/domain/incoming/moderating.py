"""What moderators do, and what they are told."""

from smallfed.domain.incoming.activity import Incoming


class Flag(Incoming, frozen=True, kw_only=True):
    """``actor`` complains of ``objects``: people, posts, or both. ``comment`` may be HTML, and may name more posts."""

    objects: tuple[str, ...]
    comment: str


class Lock(Incoming, frozen=True, kw_only=True):
    """``actor``, a moderator, closes the thread of ``object``."""

    object: str
