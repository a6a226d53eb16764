"""Fixtures that every room may use: a Tx on an empty database, and people."""

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import HealthCheck, settings

from smallfed.domain.account import Account
from smallfed.domain.events import Event
from smallfed.store.tx import Tx
from tests import world

Know = Callable[..., Account]

# How long an example takes says more about the machine than about us.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


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
