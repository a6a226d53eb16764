"""Refreshes: how far something is that is still being fetched.

Spec: https://docs.joinmastodon.org/entities/AsyncRefresh/
"""

from typing import Literal

from smallfed.mastodon.entities.kinds import Entity


class AsyncRefresh(Entity, frozen=True, kw_only=True):
    """Something that is, or was lately, being fetched; ``result_count`` is how much was new so far."""

    id: str
    status: Literal["running", "finished"]
    result_count: int


class RefreshReport(Entity, frozen=True, kw_only=True):
    """The answer to whoever asks for one."""

    async_refresh: AsyncRefresh
