"""Counting: numbers under few names."""

from smallfed.observe.counting import COUNTERS, SPREADS, Counter, Spread


def test_how_often() -> None:
    counter = Counter("name", "What it is.", ("outcome",))

    counter.add("sent")
    counter.add("sent", by=2)
    counter.add("lost")

    assert counter.values == {("sent",): 3, ("lost",): 1}


def test_how_long() -> None:
    """A step holds what took exactly so long, as the format has it."""
    spread = Spread("name", "What it is.", ("door",), (0.1, 1))

    for seconds in (0.05, 0.1, 0.5, 7):
        spread.add("apps", seconds=seconds)

    assert spread.counts == {("apps",): [2, 1, 1]}
    assert spread.sums == {("apps",): 7.65}


def test_names_are_unmistakable() -> None:
    names = [each.name for each in (*COUNTERS, *SPREADS)]

    assert len(set(names)) == len(names)
    assert all(each.name.startswith("smallfed_") and each.doc.endswith(".") for each in (*COUNTERS, *SPREADS))
