"""Whom the owner's complaints are said to have reached."""

import pytest

from smallfed.domain.account import Account
from smallfed.domain.report import Category
from smallfed.services import blocking, reporting
from smallfed.store.tx import Tx
from tests.services.conftest import queued


@pytest.mark.parametrize(("blocked", "sent"), [("nobody", ["Flag"]), ("person", ["Block", "Flag"]), ("server", [])])
def test_a_server_that_is_cut_off_is_not_said_to_have_been_told(
    lively: Tx, owner: Account, bob: Account, blocked: str, sent: list[str]
) -> None:
    if blocked == "person":
        blocking.block(lively, bob)
    elif blocked == "server":
        blocking.block_domain(lively, bob.host)

    report = reporting.file(lively, bob, named=(), comment="", category=Category.SPAM, rules=(), forward=(bob.host,))

    assert [type_ for type_, _ in queued(lively)] == sent
    assert report.forwarded is ("Flag" in sent)
