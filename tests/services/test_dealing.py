"""Servers the house has to do with, or not: asked, sent to, looked at."""

from collections.abc import Callable

import pytest

from smallfed.domain.account import Account
from smallfed.domain.refused import Refused
from smallfed.domain.rule import Action, Family
from smallfed.services import blocking, dealing, legislating, moderating, posting
from smallfed.services.moderating import Wish
from smallfed.store.tx import Tx
from tests import world
from tests.services.conftest import draft, queued


def test_nothing_is_fetched_from_or_sent_to_a_host_that_is_refused(
    lively: Tx, owner: Account, bob: Account, carol: Account
) -> None:
    tx = lively
    for who in (bob, carol):
        world.befriend(tx, who, owner)
    legislating.make(tx, Family.DOMAIN, "far.example", Action.REJECT)

    posting.publish(tx, draft())

    assert [inbox for _, inbox in queued(tx)] == [carol.shared_inbox]
    assert isinstance(dealing.may_ask(tx, "deep.far.example"), Refused)
    assert dealing.may_ask(tx, "other.example") is None
    assert not dealing.wants_media(tx, "far.example")


@pytest.mark.parametrize(
    ("change", "host", "wants"),
    [
        (lambda tx: None, "cdn.example", True),
        (lambda tx: moderating.block(tx, "cdn.example", Wish(reject_media=True)), "cdn.example", False),
        (lambda tx: moderating.block(tx, "far.example", Wish(reject_media=True)), "cdn.example", False),
        (lambda tx: blocking.block_domain(tx, "far.example"), "cdn.example", False),
        (lambda tx: legislating.make(tx, Family.DOMAIN, "far.example", Action.STRIP), "cdn.example", False),
        (lambda tx: legislating.make(tx, Family.DOMAIN, "cdn.example", Action.STRIP), "cdn.example", False),
        (lambda tx: legislating.make(tx, Family.DOMAIN, "other.example", Action.STRIP), "cdn.example", True),
    ],
)
def test_whose_pictures_are_fetched(
    tx: Tx, owner: Account, bob: Account, change: Callable[[Tx], object], host: str, wants: bool
) -> None:
    """Neither from a host that is not wanted, nor of people on one, wherever their pictures lie."""
    change(tx)

    assert dealing.wants_media(tx, host, bob.id) is wants
