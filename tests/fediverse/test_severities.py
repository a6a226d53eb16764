"""Whatever can hold for a server, in every way in which something can come from it; and everything is back.

The table is in ``severities``, what passes between them in ``neighbours``.
"""

from typing import Any

import pytest
from trio.testing import MockClock

from tests.fediverse.houses import Fediverse
from tests.fediverse.neighbours import EARLY, LATER, MEANWHILE, Neighbours, View
from tests.fediverse.severities import DONE, PLACES, SEVERITIES, WAYS, met, said


def answered(view: View) -> dict[str, str]:
    """Return what has come of everything, as the table says it."""
    return {row: said(look(view)) for row, look in WAYS.items()}


def shown(places: dict[str, Any]) -> dict[str, str]:
    """Return where they are met, as the table says it."""
    return {row: said(met(places, row)) for row in PLACES}


def lasting(places: dict[str, Any]) -> dict[str, Any]:
    """Leave out what the owner is told of the block itself."""
    told = [one for one in places["notifications"] if one["type"] != "severed_relationships"]
    return {**places, "notifications": told}


@pytest.mark.parametrize("name", SEVERITIES)
async def test_it_holds_in_every_way_and_everything_is_back(
    fediverse: Fediverse, autojump_clock: MockClock, name: str
) -> None:
    way, the = SEVERITIES[name], await Neighbours(fediverse).settle()
    await the.live(EARLY)
    early = answered(await the.view(EARLY))
    await the.part()
    await the.keep()

    # What was here is met where the table says it, and is back to the last letter.
    before = await the.places()
    await way.put(the)
    await the.wait(2)
    during = await the.places()
    await way.lift(the)
    await the.wait(30)
    after = await the.places()
    assert shown(before) == dict.fromkeys(PLACES, "yes")
    assert shown(during) == {row: way.says(row) for row in PLACES}
    if not way.ends_follows:
        assert lasting(after) == before

    # What comes meanwhile has the effect that the table says, and some of it comes later.
    await way.put(the)
    await the.wait(2)
    await the.live(MEANWHILE)
    meanwhile = answered(await the.view(MEANWHILE))
    await the.part()
    await way.lift(the)
    await the.wait(70)
    await the.view(MEANWHILE)  # opens the conversations
    await the.wait(2)
    lifted = answered(await the.view(MEANWHILE))
    assert early == dict.fromkeys(WAYS, "yes")
    assert meanwhile == {row: way.says(row) for row in WAYS}
    rest = [row for row in WAYS if row not in DONE and not way.ends_follows]
    assert {row: lifted[row] for row in rest} == {row: way.leaves(row) for row in rest}

    # And it is as if nothing had been.
    await the.live(LATER)
    assert answered(await the.view(LATER)) == dict.fromkeys(WAYS, "yes")


@pytest.mark.parametrize("name", SEVERITIES)
async def test_nobody_is_taken_away(fediverse: Fediverse, autojump_clock: MockClock, name: str) -> None:
    """A Move is believed of those only who are listened to."""
    way, the = SEVERITIES[name], await Neighbours(fediverse).settle()
    await way.put(the)
    await the.wait(2)

    assert said(await the.move()) == way.says("moves")
