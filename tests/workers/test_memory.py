"""A memory that forgets."""

from smallfed.workers.memory import Memory


def test_until_its_time_is_over() -> None:
    memory = Memory[str, int](most=9, seconds=10.0)
    memory.put("a", 1, now=0.0)

    assert [memory.find("a", now) for now in (0.0, 9.9, 10.0, 0.0)] == [1, 1, None, None]


def test_what_nobody_asks_for_goes_first() -> None:
    memory = Memory[str, int](most=2, seconds=10.0)
    memory.put("a", 1, now=0.0)
    memory.put("b", 2, now=0.0)
    memory.find("a", 0.0)

    memory.put("c", 3, now=0.0)

    assert [memory.find(key, 0.0) for key in "abc"] == [1, None, 3]
    assert len(memory) == 2


def test_dropped() -> None:
    memory = Memory[str, int](most=9, seconds=10.0)
    for number, key in enumerate("abc"):
        memory.put(key, number, now=0.0)

    memory.drop("a")
    memory.drop_if(lambda value: value == 1)

    assert [memory.find(key, 0.0) for key in "abc"] == [None, None, 2]
