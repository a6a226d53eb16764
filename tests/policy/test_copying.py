"""What is taken of others' media, what is shown of it, and when it is asked for again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from smallfed.domain.copy import Copy, Shrinking, Subject
from smallfed.policy import copying
from smallfed.policy.copying import Choice

NOW = datetime(2026, 3, 1, tzinfo=UTC)
KEPT = Copy(
    id=1,
    url="https://far.example/1",
    host="far.example",
    subject=Subject.ATTACHMENT,
    file="a.png",
    media_type="image/png",
    size=9,
    digest=b"d",
    fetched_at=NOW,
    seen_at=NOW,
)
ORIGINAL, SMALL = Choice(name="a.png", media_type="image/png"), Choice(name="b.jpg", media_type="image/jpeg")
WITH_SMALL = structs.replace(KEPT, preview="b.jpg", preview_type="image/jpeg", preview_size=3)


@pytest.mark.parametrize(
    ("copy", "small", "chosen"),
    [
        (KEPT, False, ORIGINAL),
        (KEPT, True, ORIGINAL),
        (structs.replace(KEPT, shrinking=Shrinking.WANTED), True, structs.replace(ORIGINAL, provisional=True)),
        (structs.replace(KEPT, shrinking=Shrinking.WANTED), False, ORIGINAL),
        (structs.replace(KEPT, shrinking=Shrinking.FAILED), True, ORIGINAL),
        (WITH_SMALL, False, ORIGINAL),
        (WITH_SMALL, True, SMALL),
        (structs.replace(WITH_SMALL, file=None), True, SMALL),
        (structs.replace(WITH_SMALL, file=None), False, None),
        (structs.replace(WITH_SMALL, file=None, subject=Subject.AVATAR), False, SMALL),
        (structs.replace(WITH_SMALL, subject=Subject.AVATAR, moves=True), False, ORIGINAL),
        (structs.replace(WITH_SMALL, subject=Subject.AVATAR, moves=True), True, SMALL),
        (structs.replace(KEPT, file=None), True, None),
    ],
)
def test_what_is_served_of_a_copy(copy: Copy, small: bool, chosen: Choice | None) -> None:
    assert copying.choose(copy, small=small) == chosen


def test_a_small_form_stands_in_for_an_original_that_cannot_be_had() -> None:
    assert copying.stopgap(WITH_SMALL) == structs.replace(SMALL, provisional=True)
    assert copying.stopgap(KEPT) is None
    assert copying.stopgap(None) is None


@pytest.mark.parametrize(
    ("subject", "width", "height", "size", "moves", "wants"),
    [
        (Subject.ATTACHMENT, 640, 360, 50_000, False, False),
        (Subject.ATTACHMENT, 1600, 900, 50_000, False, True),
        (Subject.ATTACHMENT, 640, 360, 900_000, False, True),
        (Subject.ATTACHMENT, 100, 100, 5_000, True, True),
        (Subject.ATTACHMENT, 9000, 9000, 900_000, False, False),
        (Subject.AVATAR, 400, 400, 50_000, False, False),
        (Subject.AVATAR, 1000, 1000, 50_000, False, True),
        (Subject.HEADER, 1500, 500, 90_000, False, False),
        (Subject.EMOJI, 128, 128, 9_000, False, False),
    ],
)
def test_what_is_worth_a_small_form(
    subject: Subject, width: int, height: int, size: int, moves: bool, wants: bool
) -> None:
    assert copying.wants_preview(subject, width=width, height=height, size=size, moves=moves) is wants


@given(failures=st.integers(1, 10_000), dice=st.floats(0, 1, exclude_max=True))
def test_pauses_grow_up_to_a_week(failures: int, dice: float) -> None:
    pause = copying.pause(failures, dice)

    assert timedelta(minutes=5) <= pause <= timedelta(days=9)
    assert copying.pause(failures + 1, 0) >= copying.pause(failures, 0)
