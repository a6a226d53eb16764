"""Counting, within bounds."""

from smallfed.observe import Counters
from smallfed.observe.counters import MOST_SERIES


def test_numbers_are_kept_by_name_and_labels() -> None:
    counters = Counters()

    counters.add("sent", outcome="ok", kind="post")
    counters.add("sent", 2, kind="post", outcome="ok")
    counters.add("sent", outcome="gone", kind="post")
    counters.set("waiting", 7)
    counters.set("waiting", 5)

    assert counters.read() == {
        ("sent", (("kind", "post"), ("outcome", "gone"))): 1,
        ("sent", (("kind", "post"), ("outcome", "ok"))): 3,
        ("waiting", ()): 5,
    }


def test_too_many_labels_are_summed_up() -> None:
    counters = Counters()

    for number in range(MOST_SERIES + 3):
        counters.add("asked", host=f"h{number}.example")
    counters.add("asked", host="h0.example")

    numbers = counters.read()
    assert len(numbers) == MOST_SERIES + 1
    assert numbers["asked", (("host", "h0.example"),)] == 2
    assert numbers["asked", (("overflow", "true"),)] == 3


def test_what_was_read_does_not_change() -> None:
    counters = Counters()
    counters.add("sent")

    before = counters.read()
    counters.add("sent")

    assert before == {("sent", ()): 1}
