"""Whose turn it is."""

from math import inf

from smallfed.policy.lanes import TICK, Lanes


def begun(lanes: Lanes[str], now: float) -> list[str]:
    """Begin everything that may begin now."""
    found = []
    while (turn := lanes.take(now)) is not None:
        found.append(turn.thing)
    return found


def filled(**hosts: int) -> Lanes[str]:
    lanes = Lanes[str]()
    for host, count in hosts.items():
        for number in range(count):
            lanes.put(host, f"{host}{number}")
    return lanes


def test_hosts_take_turns_and_two_at_a_time() -> None:
    assert begun(filled(a=5, b=5), 0.0) == ["a0", "b0", "a1", "b1"]
    assert begun(filled(a=5), 0.0) == ["a0", "a1"]


def test_four_at_once_but_who_takes_long_does_not_count() -> None:
    lanes = filled(a=3, b=3, c=3)
    assert begun(lanes, 0.0) == ["a0", "b0", "c0", "a1"]

    assert begun(lanes, 0.5) == []
    assert 0.5 < lanes.wait(0.5) <= 0.5 + TICK
    assert begun(lanes, 1.0) == ["b1", "c1"]
    assert lanes.wait(1.0) == inf  # only an end can help: all have two


def test_what_ends_makes_room_and_what_is_first_is_next() -> None:
    lanes = filled(a=3)
    one, two = lanes.take(0.0), lanes.take(0.0)
    assert one is not None
    assert two is not None

    lanes.done(one)
    lanes.put("a", "urgent", first=True)

    assert begun(lanes, 0.0) == ["urgent"]
    lanes.done(two)
    assert begun(lanes, 0.0) == ["a2"]
    assert not lanes.idle


def test_a_pause_and_a_farewell() -> None:
    lanes = filled(a=2, b=2)
    lanes.pause("a", 10.0)
    lanes.pause("a", 5.0)

    assert lanes.leave("b") == 2
    assert not lanes.put("b", "more")
    assert begun(lanes, 1.0) == []
    assert 9.0 < lanes.wait(1.0) <= 9.0 + TICK
    assert lanes.leave_all() == 2
    assert lanes.idle
