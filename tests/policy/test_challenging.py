"""Challenges are known again without being remembered."""

from datetime import timedelta

from smallfed.policy.challenging import challenges
from tests.world import NOW

KEY = b"k" * 32


def test_a_challenge_is_known_for_five_to_ten_minutes() -> None:
    given, _ = challenges(KEY, "login", "browser", NOW)

    known = [
        given in challenges(KEY, "login", "browser", NOW + timedelta(minutes=minutes)) for minutes in (0, 5, 9, 10)
    ]

    assert known == [True, True, True, False]


def test_each_browser_purpose_and_house_has_its_own() -> None:
    given = {
        challenges(key, purpose, browser, NOW)[0]
        for key in (KEY, b"x" * 32)
        for purpose in ("login", "enrol")
        for browser in ("a", "b")
    }

    assert (len(given), {len(each) for each in given}) == (8, {32})
