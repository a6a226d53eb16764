"""The control socket: one line of JSON in, one line out.

Spec: RULINGS 3. The file is 0600 in a directory that is 0700: who can open it is the owner.
"""

import logging
import socket
from contextlib import suppress
from functools import partial
from typing import Any

import trio
from msgspec import MsgspecError, json

from smallfed.control import SOCKET, calls, errands
from smallfed.errors import SmallfedError
from smallfed.runtime.sockets import address
from smallfed.workers.parts import Parts

log = logging.getLogger(__name__)

LONGEST = 1 << 20
PATIENCE = 30.0  # seconds to say what is wanted, and to take the answer
WORKING = 180.0  # seconds that what takes other servers may take


async def serve(parts: Parts, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
    """Answer commands until cancelled."""
    path = parts.data / SOCKET
    path.unlink(missing_ok=True)  # left by a process that was killed: we hold the lock of the directory
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as plain:
        with address(path) as where:
            plain.bind(where)
        path.chmod(0o600)
        plain.listen(8)
        listener = trio.SocketListener(trio.socket.from_stdlib_socket(plain))
        task_status.started()
        try:
            await trio.serve_listeners(partial(_converse, parts), [listener])
        finally:
            path.unlink(missing_ok=True)


async def _converse(parts: Parts, stream: trio.SocketStream) -> None:
    with suppress(trio.BrokenResourceError, trio.TooSlowError):
        with trio.fail_after(PATIENCE):
            request = await _line(stream)
        answer = await _answer(parts, request)
        with trio.fail_after(PATIENCE):
            await stream.send_all(answer + b"\n")
    await trio.aclose_forcefully(stream)


async def _answer(parts: Parts, request: bytes) -> bytes:
    try:
        with trio.fail_after(WORKING):
            return json.encode({"result": await _result(parts, request)})
    except trio.TooSlowError:
        return json.encode({"error": f"this took longer than {WORKING:.0f} seconds, and was given up: try again later"})
    except SmallfedError as error:
        return json.encode({"error": error.message})
    except MsgspecError as error:
        return json.encode({"error": f"the command was not understood: {error}"})
    except Exception:
        log.exception("a bug while carrying out a command")
        return json.encode({"error": "something went wrong in the server; it is in its log"})


async def _result(parts: Parts, request: bytes) -> Any:
    name, args = calls.read(request)
    if name in errands.ERRANDS:
        return await errands.run(parts, name, args)
    return await parts.db.write(calls.perform, request)


async def _line(stream: trio.SocketStream) -> bytes:
    received = bytearray()
    while b"\n" not in received and len(received) < LONGEST:
        chunk = await stream.receive_some(65536)
        if not chunk:
            break
        received += chunk
    return bytes(received).partition(b"\n")[0]
