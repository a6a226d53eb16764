"""What goes first: the worth of a byte, its order, and that never more goes than must."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.policy.evicting import LIVES, LONGER, Kept, Part, Standing, choose, worth
from tests.world import NOW

KB, MB = 1000, 1_000_000


def kept(
    standing: Standing, size: int, days: float = 0, *, part: Part = Part.ORIGINAL, number: int = 1, ahead: bool = False
) -> Kept:
    seen_at = NOW + timedelta(days=days) if ahead else NOW - timedelta(days=days)
    return Kept(copy=number, part=part, standing=standing, seen_at=seen_at, size=size)


@pytest.mark.parametrize(
    ("less", "more"),
    [
        (kept(Standing.STRANGER, MB), kept(Standing.STRANGER, 100 * KB)),  # the larger of two
        (kept(Standing.STRANGER, MB, 5), kept(Standing.STRANGER, MB, 1)),  # what was seen longer ago
        (kept(Standing.STRANGER, MB), kept(Standing.FOLLOWED, MB, 30)),
        (kept(Standing.FOLLOWED, MB), kept(Standing.TOUCHED, MB, 700)),
        (kept(Standing.STRANGER, KB), kept(Standing.TOUCHED, 40 * MB, 300)),  # size never makes up for a touch
        (kept(Standing.FOLLOWED, KB), kept(Standing.TOUCHED, 40 * MB)),
        (kept(Standing.STRANGER, 300 * KB, 9), kept(Standing.STRANGER, 20 * KB, 30, part=Part.PREVIEW)),
        (kept(Standing.FOLLOWED, 40 * MB), kept(Standing.STRANGER, 50 * KB)),  # a film, or hundreds of small pictures
        (kept(Standing.LOST, 1), kept(Standing.STRANGER, 40 * MB, 9.9)),
    ],
)
def test_what_is_worth_less(less: Kept, more: Kept) -> None:
    assert worth(less, NOW) < worth(more, NOW)


@pytest.mark.parametrize("standing", Standing)
def test_a_time_that_is_over(standing: Standing) -> None:
    """Of originals, and of previews that live longer; what was seen in the future of a wrong clock is worth no more."""
    days = LIVES[standing].total_seconds() / 86400

    assert worth(kept(standing, MB, days), NOW) <= 0
    assert worth(kept(standing, MB, days * LONGER, part=Part.PREVIEW), NOW) <= 0
    if days:
        assert worth(kept(standing, MB, days - 0.1), NOW) > 0
        assert worth(kept(standing, MB, days * LONGER - 0.1, part=Part.PREVIEW), NOW) > 0
        assert worth(kept(standing, MB, 50, ahead=True), NOW) == worth(kept(standing, MB), NOW)


def test_what_is_over_goes_without_need_and_counts() -> None:
    old, fresh = kept(Standing.STRANGER, MB, 11, number=1), kept(Standing.STRANGER, MB, number=2)

    assert choose([old, fresh], NOW, need=0, most=10) == [old]
    assert choose([fresh, old], NOW, need=MB, most=10) == [old]
    assert choose([fresh, old], NOW, need=MB + 1, most=10) == [old, fresh]


def test_what_is_spared_goes_by_its_time_only() -> None:
    touched, old = kept(Standing.TOUCHED, MB, number=1), kept(Standing.TOUCHED, MB, 731, number=2)
    other = kept(Standing.FOLLOWED, KB, number=3)

    chosen = choose([touched, old, other], NOW, need=10 * MB, most=10, spare=frozenset({Standing.TOUCHED}))

    assert chosen == [old, other]


HEAP = st.lists(
    st.builds(
        kept,
        st.sampled_from(Standing),
        st.integers(1, 1000),
        st.floats(0, 800),
        part=st.sampled_from(Part),
    ),
    max_size=30,
)


@given(HEAP, st.integers(0, 20_000), st.integers(1, 40))
def test_the_least_goes_and_no_more_than_must(heap: list[Kept], need: int, most: int) -> None:
    """Whatever stays is worth as much as all that went; without the last of these there would not be enough."""
    heap = [Kept(**{**{f: getattr(k, f) for f in Kept.__struct_fields__}, "copy": n}) for n, k in enumerate(heap)]

    chosen = choose(heap, NOW, need=need, most=most)

    stays = [each for each in heap if each not in chosen]
    living = [each for each in chosen if worth(each, NOW) > 0]
    assert len(chosen) <= most
    assert [worth(each, NOW) for each in living] == sorted(worth(each, NOW) for each in living)
    if len(chosen) < most:
        assert all(worth(each, NOW) > 0 for each in stays)
        assert sum(each.size for each in chosen) >= need or not stays
    if living:
        assert all(worth(each, NOW) >= worth(living[-1], NOW) for each in stays if worth(each, NOW) > 0)
        assert sum(each.size for each in chosen) - living[-1].size < need
