"""Whom the gate keeps out although their signature holds."""

import pytest

from smallfed.domain.account import Account
from smallfed.federation.gate import is_kept_out
from smallfed.services import blocking, purging
from smallfed.store.tx import Tx
from tests.conftest import Know


@pytest.mark.parametrize(("who", "kept_out"), [("bob", True), ("carol", True), ("dora", False), ("nobody", False)])
def test_who_is_kept_out(tx: Tx, owner: Account, know: Know, who: str, kept_out: bool) -> None:
    """Whom the owner blocks, and whom the owner has purged; strangers are not, nor who is unknown."""
    bob, carol, _ = [know(f"{name}@far.example") for name in ("bob", "carol", "dora")]
    blocking.block(tx, bob)
    purging.begin(tx, carol.uri)

    assert is_kept_out(tx, f"https://far.example/users/{who}") is kept_out
