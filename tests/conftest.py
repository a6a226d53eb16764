"""How the suite runs, and fixtures that every room may use: a Tx on an empty database, and people."""

import gc
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from shutil import disk_usage
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from smallfed.domain.account import Account
from smallfed.domain.events import Event
from smallfed.store.tx import Tx
from tests import world

Know = Callable[..., Account]

# How long an example takes says more about the machine than about us. Where CI is set the examples are the same each
# time: what a search finds by luck is found by whoever runs the tests at home, not on the way to main.
settings.register_profile(
    "house", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")

MEMORY, ROOM = Path("/dev/shm"), 2 << 30
LONG = ("outside", "fediverse", "clients", "peers", "web", "bench", "examples", "workers", "runtime")


def pytest_configure(config: pytest.Config) -> None:
    """Let tests keep their files in memory where there is room, and all processes what was compiled.

    Most tests would wait for the disk and for nothing else. No test cuts the power: what a process has written is there
    whatever is done to that process.
    """
    if MEMORY.is_dir() and disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    if sys.dont_write_bytecode and hasattr(config, "cache"):  # each of a thousand servers and commands would compile us
        sys.dont_write_bytecode, sys.pycache_prefix = False, str(config.cache.mkdir("bytecode"))
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Spread whole files over the processes of ``-n``: many have a server for all that is in them."""
    from xdist.scheduler import LoadFileScheduling

    config.option.loadscopereorder = False
    return LoadFileScheduling(config, log)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their argument and place: bytes may hold the hour, and all processes must name a case alike."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the rooms that take long where several processes share the work, so that they end together."""
    if hasattr(config, "workerinput"):
        here = Path(__file__).parent
        rooms = {room: place for place, room in enumerate(LONG)}
        items.sort(key=lambda item: rooms.get(item.path.relative_to(here).parts[0], len(LONG)))


def pytest_collection_finish() -> None:
    """Do not look through seventeen thousand tests again whenever garbage is collected."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def tx() -> Tx:
    """Return a Tx on an empty database in memory, at ``world.NOW``, with the same dice every time."""
    return world.empty_tx()


@pytest.fixture
def know(tx: Tx) -> Know:
    """Return ``know(handle, local=False, **columns)``, which stores an account and returns it."""
    return partial(world.acquaint, tx)


@pytest.fixture
def owner(know: Know) -> Account:
    """Return the owner, @alice@home.example, of a house at https://home.example."""
    return know("alice@home.example", local=True)


@pytest.fixture
def events(tx: Tx) -> list[Event]:
    """Return the live list of what was announced; ``events.clear()`` starts it anew."""
    return tx.announced
