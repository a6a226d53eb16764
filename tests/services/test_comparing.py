"""How what a list says differs from what it said before, and when that is not believed unasked."""

import pytest
from msgspec import structs

from smallfed.domain.blocklist import Changed, Entry
from smallfed.domain.domain_block import Severity
from smallfed.services import comparing, trusting
from smallfed.services.comparing import Changes
from smallfed.services.trusting import Trust
from smallfed.store.tx import Tx


@pytest.mark.parametrize(
    ("before", "after", "doubtful"),
    [
        (0, 0, ""),
        (0, 50_000, ""),
        (1, 0, "it is empty, and named 1 before"),
        (19, 1, ""),
        (20, 10, ""),
        (20, 9, "it has only 9 of its 20 entries left"),
        (1, 1000, ""),
        (1, 1001, "it has 1001 entries, and had 1"),
        (5000, 9999, ""),
        (5000, 10_000, "it has 10000 entries, and had 5000"),
    ],
)
def test_what_is_not_believed_unasked(before: int, after: int, doubtful: str) -> None:
    """A list that is suddenly empty, has lost more than half, or is twice as long; short ones do as they like."""
    assert Changes(before=before, after=after).doubtful == doubtful


@pytest.mark.parametrize(("before", "doubtful"), [(1, ""), (19, ""), (20, "it has only 0 of its 20 entries left")])
def test_a_short_list_that_takes_back_each_by_name_is_believed(before: int, doubtful: str) -> None:
    """Nobody does that by accident; of one that was longer it may be somebody else who does."""
    assert Changes(before=before, after=0, named=True).doubtful == doubtful


def test_what_changed_is_seen_beside_what_stays(tx: Tx) -> None:
    """All of a list, or only what has changed in it; to end what was never said is nothing."""
    known = trusting.subscribe(tx, None, Trust(name="A"))
    one, two, three = (Entry(subject=f"{name}.example") for name in ("one", "two", "three"))
    mild = Entry(subject="two.example", severity=Severity.SILENCE)
    trusting.take(tx, known.id, [one, two])

    whole = comparing.compare(tx, known.id, [mild, three])
    some = comparing.alter(tx, known.id, Changed(entries=(mild, three), ended=("one.example", "never.example")))
    none = comparing.alter(tx, known.id, Changed(entries=(one,)))

    assert whole == Changes(before=2, after=2, new=(mild, three), gone=("one.example",))
    assert some == structs.replace(whole, named=True)
    assert none == Changes(before=2, after=2, named=True)
