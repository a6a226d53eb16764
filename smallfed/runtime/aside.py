"""Work that would hold up the event loop: threads and child processes, all of them through here."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from subprocess import PIPE
from typing import TypeVar, TypeVarTuple

import trio
from msgspec import Struct

from smallfed.errors import Invalid, SmallfedError
from smallfed.runtime import child

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

COMMAND = ("-I", "-m", child.__name__)
MAX_ANSWER = 128 << 20
MAX_COMPLAINT = 8 << 10
# A child reads hostile files, so it is told nothing beyond what Python needs to start.
CHILD_SEES = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TMPDIR")


class Aside:
    """Threads under one limit of our own, and one child process at a time, with one beside it for what takes long.

    With ``threads=False`` everything runs inline: virtual time and threads must not meet, because trio's autojump
    clock takes the wait for a thread for idleness.
    """

    def __init__(self, *, threads: bool = True, limit: int = 16) -> None:
        self._threads = threads
        self._limiter = trio.CapacityLimiter(limit)
        self._one_child, self._one_long_child = trio.Lock(), trio.Lock()

    @property
    def has_threads(self) -> bool:
        """Whether threads and children are used, and not everything runs inline."""
        return self._threads

    async def thread(
        self,
        f: Callable[[*Ts], T],
        *args: *Ts,
        limiter: trio.CapacityLimiter | None = None,
        abandon: bool = False,
    ) -> T:
        """Run ``f(*args)`` in a thread.

        ``limiter`` stands in for the common one. With ``abandon`` a cancelled caller leaves at once; the thread goes
        on, keeps its place under the limit until it ends, and its result is dropped.
        """
        if not self._threads:
            await trio.lowlevel.checkpoint()
            return f(*args)
        return await trio.to_thread.run_sync(f, *args, limiter=limiter or self._limiter, abandon_on_cancel=abandon)

    async def child(
        self,
        function: str,
        payload: bytes,
        *,
        memory: int = 1 << 30,
        cpu: int = 10,
        seconds: float = 30.0,
        long: bool = False,
    ) -> bytes:
        """Run ``function`` ("package.module:name", bytes → bytes) on ``payload`` in a Python process of its own.

        At most ``memory`` bytes of address space (where the system can limit it), ``cpu`` seconds of processor and
        ``seconds`` in all, counted from its start; one child runs at a time, and one that is said to take ``long``.
        What it has started itself ends with it. Errors of the house that the function raises arrive as
        :class:`Invalid` with their message; so does a crash or a limit, in our words.
        """
        async with self._one_long_child if long else self._one_child:
            if not self._threads:
                await trio.lowlevel.checkpoint()
                return _inline(function, payload)
            command = [sys.executable, *COMMAND, function, str(memory), str(cpu)]
            with trio.move_on_after(seconds):
                return _judge(await _run(command, payload), memory=memory, cpu=cpu)
        raise Invalid(f"This file cannot be processed: it took longer than {seconds:g} seconds.")


class _Outcome(Struct, frozen=True, kw_only=True):
    code: int
    answer: bytes
    complaint: bytes


async def _run(command: list[str], payload: bytes) -> _Outcome:
    environment = {name: os.environ[name] for name in CHILD_SEES if name in os.environ}
    process = await trio.lowlevel.open_process(
        command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment, process_group=0
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    answer, complaint = bytearray(), bytearray()
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_feed, process.stdin, payload)
            nursery.start_soon(_keep_last, process.stderr, complaint)
            if not await _keep_all(process.stdout, answer):
                _kill(process)
        code = await process.wait()
    finally:
        with trio.CancelScope(shield=True):
            _kill(process)
            await process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                await pipe.aclose()
    return _Outcome(code=code, answer=bytes(answer), complaint=bytes(complaint))


def _kill(process: trio.Process) -> None:
    """End a child and all that it has started; nothing when they have ended."""
    with suppress(ProcessLookupError, PermissionError):  # the latter is what macOS says of a group of the dead
        os.killpg(process.pid, signal.SIGKILL)


async def _feed(pipe: trio.abc.SendStream, payload: bytes) -> None:
    try:
        await pipe.send_all(payload)
    except trio.BrokenResourceError:
        return  # it ended without reading everything; its exit code says why
    await pipe.aclose()


async def _keep_all(pipe: trio.abc.ReceiveStream, into: bytearray) -> bool:
    while part := await pipe.receive_some():
        into += part
        if len(into) > MAX_ANSWER:
            return False
    return True


async def _keep_last(pipe: trio.abc.ReceiveStream, into: bytearray) -> None:
    while part := await pipe.receive_some():
        into += part
        del into[:-MAX_COMPLAINT]


def _judge(outcome: _Outcome, *, memory: int, cpu: int) -> bytes:
    detail = outcome.complaint.decode(errors="replace").strip()
    match outcome.code:
        case _ if len(outcome.answer) > MAX_ANSWER:
            reason = f"its reader answered more than {MAX_ANSWER >> 20} MB"
        case 0:
            return outcome.answer
        case child.REFUSED:
            raise Invalid(outcome.answer.decode(errors="replace"), detail=detail)
        case child.OUT_OF_MEMORY:
            reason = f"it needs more than {memory >> 20} MB of memory"
        case code if code == -signal.SIGXCPU:
            reason = f"it needs more than {cpu} seconds of processor time"
        case code:
            reason = f"its reader ended with code {code}"
    raise Invalid(f"This file cannot be processed: {reason}.", detail=detail)


def _inline(function: str, payload: bytes) -> bytes:
    try:
        return child.load(function)(payload)
    except SmallfedError as error:
        raise Invalid(error.message, detail=error.detail) from error
    except Exception as error:
        raise Invalid("This file cannot be processed: its reader failed.", detail=repr(error)) from error
