"""The world outside, closed until the house knows whether it is a trial.

A trial talks to this machine only and may use plain http; a real house talks to the public internet and never does.
"""

import trio

from smallfed import __version__
from smallfed.config import Config
from smallfed.domain.house import House
from smallfed.errors import Unavailable
from smallfed.runtime.aside import Aside
from smallfed.runtime.client import Answer, Client, Headers, Onward, Sign, Sink


class Outside:
    """An ``Http`` that exists before the house is set up, and refuses until then."""

    def __init__(self, config: Config, aside: Aside) -> None:
        self._config, self._aside = config, aside
        self._client: Client | None = None
        self._opened = trio.Event()

    def open(self, house: House) -> None:
        """Let requests out, as it suits ``house``."""
        network = self._config.network
        self._client = Client(
            user_agent=f"smallfed/{__version__} (+{house.base}/)",
            aside=self._aside,
            allow=network.allow,
            loopback_only=house.trial,
            allow_http=house.trial,
            ca_file=network.ca_file,
            resolve=network.resolve,
            proxy=network.proxy,
        )
        self._opened.set()

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Keep the connections of the client in order, once there is one."""
        task_status.started()
        await self._opened.wait()
        if self._client is not None:
            await self._client.run()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Headers = (),
        body: bytes | None = None,
        sign: Sign | None = None,
        limit: int = 1 << 20,
        deadline: float = 30.0,
        onward: Onward | None = None,
    ) -> Answer:
        """Ask another server, as ``Http.request``; Unavailable before setup."""
        if self._client is None:
            raise Unavailable("this server is not set up yet", retry_after=600)
        return await self._client.request(
            method,
            url,
            headers=headers,
            body=body,
            sign=sign,
            limit=limit,
            deadline=deadline,
            onward=onward,
        )

    async def download(
        self, url: str, sink: Sink, *, headers: Headers = (), deadline: float = 30.0, onward: Onward | None = None
    ) -> Answer:
        """Load something from another server, as ``Http.download``; Unavailable before setup."""
        if self._client is None:
            raise Unavailable("this server is not set up yet", retry_after=600)
        return await self._client.download(url, sink, headers=headers, deadline=deadline, onward=onward)
