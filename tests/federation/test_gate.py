"""Whom the gate keeps out although their signature holds."""

import pytest

from smallfed.domain.account import Account
from smallfed.domain.domain_block import Severity
from smallfed.domain.finding import Finding, Stand
from smallfed.federation.gate import is_kept_out
from smallfed.services import blocking, purging
from smallfed.store import findings
from smallfed.store.tx import Tx
from tests.conftest import Know


@pytest.mark.parametrize(("who", "kept_out"), [("bob", True), ("carol", True), ("dora", False), ("nobody", False)])
def test_who_is_kept_out(tx: Tx, owner: Account, know: Know, who: str, kept_out: bool) -> None:
    """Whom the owner blocks, and whom the owner has purged; strangers are not, nor who is unknown."""
    bob, carol, _ = [know(f"{name}@far.example") for name in ("bob", "carol", "dora")]
    blocking.block(tx, bob)
    purging.begin(tx, carol.uri)

    assert is_kept_out(tx, f"https://far.example/users/{who}") is kept_out


def test_who_is_kept_out_by_name_though_unknown(tx: Tx, owner: Account) -> None:
    """Whom lists name, whether they were met here or not; and whose server is blocked."""
    mal = "https://far.example/users/mal"
    findings.put(tx, [_named(tx, mal)])
    blocking.block_domain(tx, "bad.example")

    kept_out = [is_kept_out(tx, uri) for uri in (mal, "https://bad.example/actor", "https://far.example/users/eve")]

    assert kept_out == [True, True, False]


def _named(tx: Tx, uri: str) -> Finding:
    return Finding(
        subject=uri,
        person=True,
        severity=Severity.SUSPEND,
        holds=Severity.SUSPEND,
        state=Stand.HOLDING,
        created_at=tx.now,
        changed_at=tx.now,
    )
