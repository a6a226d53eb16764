"""Running: opens the socket, starts the house and its doors, and stops both in order.

Starting: lock → database → loops → doors. Stopping goes the other way round, within a few seconds; a client that does
not read its answer cannot hold it up.
"""

import ctypes
import gc
import logging
import os
import signal
import socket
import sys
from contextlib import closing, suppress
from functools import partial

import trio

from smallfed import __version__
from smallfed.app import DATABASE, App
from smallfed.config import Config, alarms
from smallfed.control import door as control
from smallfed.listening import address, listen, raise_descriptor_limit, serve
from smallfed.observe.logging import event
from smallfed.runtime.clock import Clock, secret
from smallfed.runtime.locking import occupy
from smallfed.services import inviting
from smallfed.store import opening
from smallfed.welcome import first_words
from smallfed.workers.parts import Parts

log = logging.getLogger(__name__)

DOORS_PATIENCE = 4.0  # seconds for answers under way when we stop
HEAPS, M_ARENA_MAX = 2, -8  # see _share_heaps; mallopt(3)


async def run(config: Config) -> None:
    """Run the server until SIGTERM or ctrl-C."""
    with occupy(config.data):
        prepared = opening.prepare(config.data / DATABASE, now=Clock().now())
        _say_loudly(config, prepared)
        raise_descriptor_limit()
        _share_heaps()
        _spare_the_collector()
        with closing(listen(config.server.bind)) as sock:
            await _run(App(config), sock)


async def _run(app: App, sock: socket.socket) -> None:
    listening, stop, doors_closed = address(sock), trio.Event(), trio.Event()
    async with trio.open_nursery() as doors:
        async with app.living() as parts:
            await doors.start(partial(_doors, app, sock, stop, doors_closed))
            await doors.start(control.serve, parts)
            await _open_metrics(app, doors, stop)
            await _welcome(parts, listening)
            await _told_to_stop()
            stop.set()
            app.streaming.stop()
            with trio.move_on_after(DOORS_PATIENCE):
                await doors_closed.wait()
        event(log, "stopped")
        if not doors_closed.is_set():
            # Only clients that do not read are left. Everything is on disk; the system closes their connections.
            event(log, "clients cut off", means="they did not take what they had asked for")
            logging.shutdown()
            os._exit(0)
        doors.cancel_scope.cancel()


async def _doors(
    app: App, sock: socket.socket, stop: trio.Event, closed: trio.Event, *, task_status: trio.TaskStatus[None]
) -> None:
    try:
        await serve(app.front, sock, stop=stop.wait, unread=app.front.unread, task_status=task_status)
    finally:
        closed.set()


async def _told_to_stop() -> None:
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for number in signals:
            event(log, "stopping", signal=signal.Signals(number).name)
            return


async def _open_metrics(app: App, doors: trio.Nursery, stop: trio.Event) -> None:
    """Answer at the address that is for figures only, if there is one."""
    bind = app.parts.config.metrics.listen
    if bind is None:
        return
    sock = listen(bind)
    event(log, "metrics", listening=address(sock))
    await doors.start(partial(serve, app.metrics.open, sock, stop=stop.wait))


async def _welcome(parts: Parts, listening: str) -> None:
    token = secret()
    expected = parts.identity.house is None and await parts.db.write(inviting.expect, token)
    words = first_words(listening, house=parts.identity.house, token=token if expected else None)
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
    event(log, "ready", listening=listening, version=__version__)


def _share_heaps() -> None:
    """Let all threads share a few heaps, where the system's library has one for each, up to eight times the cores.

    What a hostile document has taken once stays in the heap of the thread that read it, and the next thread's is grown
    by the next one. Before there are threads.
    """
    with suppress(AttributeError, OSError):  # other libraries than glibc have no such thing
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, HEAPS)


def _spare_the_collector() -> None:
    """Let the garbage collector look at less, less often: what is loaded now stays, and little else has cycles."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()  # see sparing


def _say_loudly(config: Config, prepared: opening.Prepared) -> None:
    """Tell what the owner must know: what ran on the database, what is dangerous about the configuration."""
    for alarm in alarms(config):
        event(log, "dangerous option", level=logging.WARNING, option=alarm.name, value=alarm.value, means=alarm.meaning)
    if sentence := opening.warning():
        event(log, "old SQLite", level=logging.WARNING, means=sentence)
    if prepared.copy is not None:  # else the database is new, and there was nothing to change
        event(log, "migrated", steps=list(prepared.ran), copy=str(prepared.copy))
