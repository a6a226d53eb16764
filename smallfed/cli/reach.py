"""Carrying out a command: by the running server, or, where none runs, right here.

Spec: RULINGS 3.
"""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NoReturn

from msgspec import json

from smallfed.cli.context import Invocation, fail
from smallfed.cli.exits import Exit
from smallfed.control import SOCKET
from smallfed.store.tx import Tx

ANSWER_IN = 200.0  # seconds: longer than the server works at anything
BEGINS = "setup"  # the one call for which nothing need be there


def call(invocation: Invocation, name: str, /, **args: object) -> Any:
    """Perform the control call ``name`` and return its result; fails with the server's own words."""
    request = json.encode({"call": name, "args": args})
    answer = _ask(invocation.data / SOCKET, request)
    if answer is None:
        if name != BEGINS:
            database(invocation)  # nothing begins where a folder was mistyped
        return _perform_here(invocation.data, request)
    if "error" in answer:
        fail(answer["error"])
    return answer["result"]


def ask(invocation: Invocation, name: str, /, **args: object) -> Any:
    """Have the running server do what takes other servers, and return the result; fails where none runs."""
    database(invocation)
    answer = _ask(invocation.data / SOCKET, json.encode({"call": name, "args": args}))
    if answer is None:
        needs_server()
    if "error" in answer:
        fail(answer["error"])
    return answer["result"]


def needs_server() -> NoReturn:
    """Fail where nothing can be done without a running server."""
    fail("this takes the running server, which talks to others: start `smallfed run`, then type it again")


def is_running(invocation: Invocation) -> bool:
    """Whether a server runs and takes commands."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            _connect(connection, invocation.data / SOCKET)
        except (FileNotFoundError, ConnectionRefusedError):
            return False
    return True


def attempt(invocation: Invocation, name: str, /, **args: object) -> Any:
    """Do as ``ask``, but return None where no server runs, and ``{"error": …}`` where it says that it cannot."""
    answer = _ask(invocation.data / SOCKET, json.encode({"call": name, "args": args}))
    return answer if answer is None or "error" in answer else answer["result"]


def database(invocation: Invocation) -> Path:
    """Return the path of the database; fails where there is none yet."""
    path = invocation.data / "smallfed.db"
    if not path.exists():
        fail(
            f"there is no server in {invocation.data} yet: start `smallfed run` or use `smallfed setup`",
            Exit.NOT_SET_UP,
        )
    return path


@contextmanager
def reading(invocation: Invocation) -> Iterator[Tx]:
    """Open the database for reading, whether the server runs or not."""
    from smallfed.runtime.clock import Clock, chance
    from smallfed.store.opening import open_reader

    with closing(open_reader(database(invocation))) as sql:
        yield Tx(sql, now=Clock().now(), dice=chance)


def require_empty(invocation: Invocation) -> None:
    """Fail where somebody lives already, before anything is typed for nothing."""
    from smallfed.store import houses

    if not (invocation.data / "smallfed.db").exists():
        return
    with reading(invocation) as tx:
        house = houses.find(tx)
    if house is not None:
        fail(
            f"@{house.handle} lives in {invocation.data} already: `smallfed run` starts that server; for another one"
            " give another --data"
        )


def _ask(path: Path, request: bytes) -> dict[str, Any] | None:
    """Return the running server's answer, or None where no server runs."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(ANSWER_IN)
        try:
            _connect(connection, path)
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        connection.sendall(request + b"\n")
        try:
            with connection.makefile("rb") as lines:
                line = lines.readline()
        except TimeoutError:
            fail(f"the server has not answered for {ANSWER_IN:.0f} seconds; it may still be at it: its log says more")
    if not line:
        fail("the server closed the connection without an answer; its log says why")
    answer: dict[str, Any] = json.decode(line, type=dict[str, Any])
    return answer


def _connect(connection: socket.socket, path: Path) -> None:
    from smallfed.runtime.sockets import address

    with address(path) as where:
        connection.connect(where)


def _perform_here(data: Path, request: bytes) -> Any:
    """Take the data directory for ourselves and do it in one transaction."""
    from smallfed.control.calls import perform
    from smallfed.runtime.clock import Clock, chance
    from smallfed.runtime.locking import occupy
    from smallfed.services import consequences
    from smallfed.store.opening import open_writer, prepare

    with occupy(data):
        path = data / "smallfed.db"
        now = Clock().now()
        prepare(path, now=now)
        with closing(open_writer(path)) as sql:
            sql.execute("BEGIN IMMEDIATE")
            try:
                result = perform(Tx(sql, now=now, dice=chance, then=consequences.follow), request)
            except BaseException:
                sql.execute("ROLLBACK")
                raise
            sql.execute("COMMIT")
    return result
