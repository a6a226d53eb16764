"""What is shown without being kept: held in memory as long as somebody reads it, and not much at once."""

import pytest

from smallfed.errors import Unavailable
from smallfed.runtime.hands import PIECE, Hands, Loose

DATA = bytes(range(256)) * 400


async def test_what_is_held_counts_until_the_last_reader_is_done() -> None:
    hands = Hands(len(DATA) + 10)
    loose = Loose(DATA, "image/png", hands.hold(len(DATA)))
    one, other = loose.open(), loose.open()
    del loose

    with pytest.raises(Unavailable):
        hands.hold(11)
    got = b""
    while len(one):
        await one.ready()
        piece = await one.piece()
        got += piece
        assert len(piece) <= PIECE
    one.close()
    held = hands.left
    other.close()

    assert got == DATA
    assert (held, hands.left) == (10, len(DATA) + 10)


def test_a_hold_is_given_back_once() -> None:
    hands = Hands(100)
    hold = hands.hold(60)

    hold.release()
    hold.release()
    del hold

    assert hands.left == 100
