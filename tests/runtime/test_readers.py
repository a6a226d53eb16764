"""The pace of inline reads, and the limit of one."""

from smallfed.runtime.readers import LONG, LOOK, PROBE, STEPS, Limit, Pace


def test_reads_are_inline_while_they_are_quick() -> None:
    pace = Pace()
    for _ in range(100):
        pace.note(0.001)

    assert [pace.inline() for _ in range(PROBE)] == [True] * PROBE


def test_slow_reads_go_to_threads_but_for_a_few() -> None:
    pace = Pace()
    for _ in range(100):
        pace.note(0.020)

    assert [pace.inline() for _ in range(2 * PROBE)].count(True) == 2


def test_one_slow_read_changes_nothing() -> None:
    pace = Pace()

    pace.note(0.040)

    assert pace.inline()


def test_it_is_inline_again_when_the_few_are_quick() -> None:
    pace = Pace()
    for _ in range(100):
        pace.note(0.020)
    for _ in range(100):
        pace.note(0.001)

    assert [pace.inline() for _ in range(PROBE)] == [True] * PROBE


def test_the_limit_counts_looks() -> None:
    limit = Limit()
    limit.begin(float("inf"))

    looks = [limit() for _ in range(STEPS // LOOK + 1)]

    assert looks == [False] * (STEPS // LOOK) + [True]
    assert (limit.passed, limit.late) == (True, False)


def test_the_limit_looks_at_the_time() -> None:
    limit = Limit()
    limit.begin(-LONG - 1e9)

    assert limit()
    assert (limit.passed, limit.late) == (True, True)


def test_the_limit_begins_anew() -> None:
    limit = Limit()
    limit.begin(-1e9)
    limit()

    limit.begin(float("inf"))

    assert not limit()
    assert not limit.passed
