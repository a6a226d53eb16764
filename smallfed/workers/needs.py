"""Needs: the one loop that asks, fetches what is missing, and asks again.

Spec: RULINGS 15, 16.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from smallfed.domain.need import Need
from smallfed.errors import NotFound, SmallfedError, TooMany

ROUNDS = 10  # things one question may need before it can be answered

T = TypeVar("T")


class Unmet(SmallfedError):
    """What a question needs cannot be had now, or ever: ``cause`` says why, ``uri`` what it is."""

    def __init__(self, uri: str, cause: SmallfedError) -> None:
        super().__init__(cause.message, detail=cause.detail)
        self.uri, self.cause = uri, cause


async def satisfied(ask: Callable[[], Awaitable[T | Need]], fetch: Callable[[Need], Awaitable[object]]) -> T:
    """Ask until there is an answer, fetching what is needed in between. Unmet when it cannot be had."""
    asked: set[str] = set()
    while True:
        answer = await ask()
        if not isinstance(answer, Need):
            return answer
        if answer.uri in asked:
            raise Unmet(answer.uri, NotFound(f"{answer.uri} was fetched, and is something else."))
        if len(asked) == ROUNDS:
            raise Unmet(answer.uri, TooMany(f"More than {ROUNDS} things are needed.", retry_after=600))
        asked.add(answer.uri)
        try:
            await fetch(answer)
        except SmallfedError as error:
            raise Unmet(answer.uri, error) from error
