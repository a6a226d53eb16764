"""What was refused is let in after all: what stands in the way is said before anything happens."""

import pytest

from smallfed.domain.account import Account
from smallfed.domain.refusal import Path
from smallfed.domain.rule import Action, Verdict
from smallfed.errors import Conflict
from smallfed.services import blocking, releasing
from smallfed.store import refusals
from smallfed.store.refusals import Came, Which
from smallfed.store.tx import Tx


def test_what_is_by_somebody_blocked_is_not_said_to_be_let_in(tx: Tx, bob: Account) -> None:
    """It would be refused again, and the owner would wait for it."""
    came = Came(path=Path.POST, actor=bob.uri, host=bob.host, type="Note", object=f"{bob.uri}/1")
    refusals.put(tx, came, Verdict(Action.HOLD, "why", "rule"))
    (line,) = refusals.newest(tx, Which(), limit=9)
    blocking.block(tx, bob)

    with pytest.raises(Conflict, match="you block them"):
        releasing.release(tx, line.id)

    assert refusals.get(tx, line.id).released_at is None
