"""ActivityRelay as it is on PyPI, on loopback: names under .example lead to the TLS front of the test, nowhere else.

Run by the Python of ``tests/peers/.venv`` (it wants older libraries than we do) with PEER_FRONT (host:port), PEER_PORT,
PEER_NAME and PEER_FOLDER in the environment; SSL_CERT_FILE names whom it believes.
"""

import asyncio
import os
import socket
from pathlib import Path
from typing import Any

import aputils
from aiohttp import ClientSession, ClientTimeout, TCPConnector
from aiohttp.abc import AbstractResolver
from relay import http_client
from relay.state import State

HOST, _, PORT = os.environ["PEER_FRONT"].partition(":")


class Front(AbstractResolver):
    """Knows one address for all names."""

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[Any]:
        """Return the front of the test."""
        if not host.endswith(".example"):
            raise OSError(f"{host} is not in the laboratory")
        return [{"hostname": host, "host": HOST, "port": int(PORT), "family": socket.AF_INET, "proto": 0, "flags": 0}]

    async def close(self) -> None:
        """Nothing is open."""


def led_open(self: Any) -> None:
    """Do as ``HttpClient.open``, by way of the front."""
    if self._session is None:
        self._conn = TCPConnector(limit=self.limit, resolver=Front())
        timeout = ClientTimeout(total=self.timeout)
        self._session = ClientSession(
            connector=self._conn, headers=http_client.HEADERS, connector_owner=True, timeout=timeout
        )


def main() -> None:
    """Set it up and run it until it is killed; its workers are forked, and so are led as it is."""
    http_client.HttpClient.open = led_open
    config = Path(os.environ["PEER_FOLDER"]) / "relay.yaml"
    config.parent.mkdir()
    config.write_text(
        f"listen: 127.0.0.1\nport: {os.environ['PEER_PORT']}\ndomain: {os.environ['PEER_NAME']}\nworkers: 1\n"
        "database_type: sqlite\ncache_type: database\nsqlite_path: relay.sqlite3\n"
    )
    state = State(str(config), register_global=True)
    key = aputils.Signer.new("n/a").export()
    with state.database.session(True) as connection:
        connection.put_config("private-key", key)
        connection.put_config("log-level", "VERBOSE")
    state.signer = aputils.Signer(key, state.config.keyid)
    asyncio.run(state.handle_start())


if __name__ == "__main__":
    main()
