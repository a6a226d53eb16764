"""Downloads for fakes of the network: what they answer goes into the sink in pieces."""

from collections.abc import Sequence
from typing import Any

import trio

from smallfed.runtime.client import Answer, Onward, Sink

PIECE = 1000


class Pouring:
    """Adds ``download`` to what has ``request``. ``queue`` is for how many seconds downloads wait for a place."""

    request: Any
    queue: float = 0

    async def download(
        self,
        url: str,
        sink: Sink,
        *,
        headers: Sequence[tuple[str, str]] = (),
        deadline: float = 30.0,
        onward: Onward | None = None,
    ) -> Answer:
        """Do as ``Http.download``."""
        await trio.sleep(self.queue)
        sink.turn()
        answer: Answer = await self.request(
            "GET", url, headers=headers, limit=1 << 30, deadline=deadline, onward=onward
        )
        if 200 <= answer.status < 300:
            length = [("content-length", str(len(answer.body)))]
            told = answer.headers if answer.header("content-length") else [*answer.headers, *length]
            await sink.begin(answer.status, told)
            for at in range(0, len(answer.body), PIECE):
                await sink.write(answer.body[at : at + PIECE])
        return Answer(answer.status, answer.url, answer.headers, b"")
