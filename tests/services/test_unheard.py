"""What is told of whoever was refused at the door: of whom they said to be, and nothing else."""

from smallfed.domain.knock import NOBODY, OTHERS, Knock
from smallfed.services import unheard
from smallfed.store import knocks
from smallfed.store.tx import Tx
from tests import world


def knock(host: str, *, method: str = "POST", times: int = 1) -> Knock:
    return Knock(host=host, method=method, rule="door: time", reason="It was late.", times=times)


def test_who_said_to_be_of_a_server(tx: Tx) -> None:
    """By either of its names, to send or to read; last of those who may have been anybody."""
    hosts = ("far.example", "social.far.example", "*.far.example", OTHERS, NOBODY, "other.example")
    knocks.put(tx, [knock("social.far.example", method="GET", times=3)])
    knocks.put(world.later(tx, days=1), [knock(host, times=2) for host in hosts])
    knocks.put(world.later(tx, days=1), [knock("far.example"), knock(OTHERS)])

    found = unheard.of_servers(tx, ("far.example", "social.far.example", None), 9)

    assert [why for _, why, _ in found] == [
        "on 2 days 3 requests by somebody who says to be of far.example were refused: It was late. (door: time)",
        "on 1 day 2 requests by somebody who says to be of social.far.example were refused: It was late. (door: time)",
        "on 1 day 3 attempts to read here by somebody who says to be of social.far.example were refused: It was late."
        " (door: time)",
        "on 2 days 3 requests by others, who said too many names to write each down, were refused: It was late."
        " (door: time)",
        "on 1 day 2 requests by others, who said too many names below far.example to write each down, were refused:"
        " It was late. (door: time)",
    ]
    assert {what for what, _, _ in found} == {"door"}
    assert unheard.of_servers(tx, ("far.example",), 1) == found[:1]
    assert unheard.of_servers(tx, (None, ""), 9) == []
