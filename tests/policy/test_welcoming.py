"""Which requests need no decision of an owner who decides about them."""

from datetime import timedelta

import pytest
from msgspec import structs

from smallfed.domain.welcome import Asking, Welcome
from smallfed.policy.welcoming import EARLIER, why_waits

WELCOME = Asking(followed=True, known_for=timedelta(days=30), has_picture=True, says_something=True)
STRANGER = structs.replace(WELCOME, followed=False)
NEW = structs.replace(STRANGER, known_for=timedelta(days=2))
ALL = Welcome(accept_followed=True, accept_after_days=7)


@pytest.mark.parametrize(
    ("terms", "asking", "why"),
    [
        (Welcome(), WELCOME, ("You decide about everybody yourself.",)),
        (Welcome(accept_followed=True), WELCOME, ()),
        (Welcome(accept_followed=True), STRANGER, ("You do not follow them.",)),
        (ALL, structs.replace(NEW, followed=True, has_picture=False), ()),
        (ALL, STRANGER, ()),
        (ALL, structs.replace(STRANGER, known_for=timedelta(days=7)), ()),
        (ALL, NEW, ("They have been known here for less than 7 days.",)),
        (ALL, structs.replace(STRANGER, has_picture=False), ("They have no picture.",)),
        (ALL, structs.replace(STRANGER, says_something=False), ("They say nothing of themselves.",)),
        (structs.replace(ALL, needs_profile=False), structs.replace(STRANGER, has_picture=False), ()),
        (ALL, structs.replace(WELCOME, muted=True), ("You mute them.",)),
        (ALL, structs.replace(WELCOME, limited=True), ("You limit their server.",)),
        (Welcome(), structs.replace(WELCOME, open=True), (EARLIER,)),
        (Welcome(), structs.replace(WELCOME, open=True, limited=True), ("You limit their server.",)),
        (ALL, structs.replace(WELCOME, open=True), ()),
        (
            ALL,
            structs.replace(WELCOME, doubted=True),
            ("A rule of yours leaves them to you, or too many strangers ask at once.",),
        ),
    ],
)
def test_why_somebody_waits(terms: Welcome, asking: Asking, why: tuple[str, ...]) -> None:
    assert why_waits(terms, asking) == why
