"""Posts for later, and drafts: what the owner has written, and nobody has seen yet."""

from datetime import datetime

from msgspec import Struct

from smallfed.domain.wish import Wish


class ScheduledPost(Struct, frozen=True, kw_only=True):
    """``due`` is when it will be published: None for a draft, and for what could not be because of a ``problem``.

    ``scheduled_at`` is what apps are told; ``idempotency`` is (token id, key).
    """

    id: int
    wish: Wish
    scheduled_at: datetime
    due: datetime | None
    problem: str = ""
    application: str | None = None
    idempotency: tuple[int, str] | None = None
    created_at: datetime

    @property
    def draft(self) -> bool:
        """Whether it waits for nothing but the owner."""
        return self.due is None and not self.problem
