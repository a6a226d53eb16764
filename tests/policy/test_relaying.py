"""What is taken from relays, what they may cost, and whether one is of use."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from smallfed.domain.relay import Caps, Direction, Filters, Relay, State, Style, Tally
from smallfed.policy.relaying import Brought, direction_of, spent, style_of, unwanted, useless

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
KNOWN = Brought(
    tags=frozenset({"cats", "dogs"}), language="pt-BR", media=False, sensitive=True, answers=True, bot=True, bio=False
)


@pytest.mark.parametrize(
    ("filters", "reason"),
    [
        ({"replies": True}, None),
        ({}, "answers somebody"),
        ({"replies": True, "tags": ("cats", "birds")}, None),
        ({"replies": True, "tags": ("birds",)}, "has none of the hashtags"),
        ({"replies": True, "without_tags": ("dogs",)}, "has an unwanted hashtag"),
        ({"replies": True, "without_tags": ("birds",)}, None),
        ({"replies": True, "languages": ("en", "pt")}, None),
        ({"replies": True, "languages": ("pt_PT",)}, None),
        ({"replies": True, "languages": ("en",)}, "is in another language"),
        ({"replies": True, "only_media": True}, "has no picture, film or sound"),
        ({"replies": True, "no_sensitive": True}, "is covered"),
        ({"replies": True, "no_bots": True}, "is by a machine"),
        ({"replies": True, "only_bio": True}, "is by somebody who does not say who they are"),
    ],
)
def test_filters(filters: dict[str, Any], reason: str | None) -> None:
    """Each refuses what it is about, and nothing that is not known yet."""
    assert unwanted(Filters(**filters), KNOWN) == reason
    assert unwanted(Filters(**filters), Brought()) is None


def test_a_post_that_says_no_language_passes() -> None:
    """Many servers do not say one."""
    assert unwanted(Filters(languages=("en",)), Brought(language=None, answers=False)) is None


@pytest.mark.parametrize(
    ("today", "why"),
    [
        (Tally(posts=9, bytes=99, fetches=29), None),
        (Tally(posts=10), "cap: posts of the day"),
        (Tally(bytes=100), "cap: bytes of the day"),
        (Tally(fetches=30), "cap: requests of the day"),
    ],
)
def test_caps(today: Tally, why: str | None) -> None:
    """What is reached is reached."""
    assert spent(Caps(posts=10, bytes=100, fetches=30), today) == why


@pytest.mark.parametrize(
    ("address", "actor", "inbox", "style"),
    [
        ("https://r.example/inbox", None, None, Style.MASTODON),
        ("https://r.example/inbox", "https://r.example/actor", "https://r.example/inbox", Style.MASTODON),
        ("https://r.example/inbox", "https://r.example/actor", "https://r.example/other", Style.MASTODON),
        ("https://r.example/tag/cats", "https://r.example/tag/cats", "https://r.example/tag/cats", Style.MASTODON),
        ("https://r.example/actor", "https://r.example/actor", "https://r.example/inbox", Style.LITEPUB),
        ("https://p.example/relay", "https://p.example/relay", "https://p.example/relay/inbox", Style.LITEPUB),
    ],
)
def test_style(address: str, actor: str | None, inbox: str | None, style: Style) -> None:
    """An inbox is an inbox, whatever answers a GET there."""
    assert style_of(address, actor=actor, inbox=inbox) is style


@pytest.mark.parametrize(
    ("address", "wanted", "direction"),
    [
        ("https://r.example/inbox", None, Direction.BOTH),
        ("https://r.example/inbox", Direction.SEND, Direction.SEND),
        ("https://r.example/tag/cats", None, Direction.RECEIVE),
        ("https://r.example/instance/big.example", None, Direction.RECEIVE),
        ("https://r.example/tag/cats/inbox", None, Direction.BOTH),
    ],
)
def test_direction(address: str, wanted: Direction | None, direction: Direction) -> None:
    """Relays by hashtag and by server take nothing."""
    assert direction_of(address, wanted) is direction


def relay(**fields: Any) -> Relay:
    start = {
        "id": 1,
        "address": "https://r.example/inbox",
        "host": "r.example",
        "style": Style.MASTODON,
        "inbox": "https://r.example/inbox",
        "actor": "https://r.example/actor",
        "state": State.ACCEPTED,
        "follow": "https://home.example/relays/1",
        "created_at": NOW - timedelta(days=40),
        "answered_at": NOW - timedelta(days=30),
    }
    return Relay(**(start | fields))


@pytest.mark.parametrize(
    ("fields", "month", "why"),
    [
        ({}, Tally(), "It has brought nothing for a month."),
        ({}, Tally(heard=9, posts=5), "Nothing of what it brought was looked at for a month."),
        ({}, Tally(heard=9), "Nothing of what it brought was wanted for a month."),
        ({}, Tally(heard=9, posts=5, read=1), None),
        ({}, Tally(heard=9, posts=5, followed=1), None),
        ({"answered_at": NOW - timedelta(days=29)}, Tally(), None),
        ({"direction": Direction.SEND}, Tally(), None),
        ({"paused": True}, Tally(), None),
        ({"state": State.REFUSED}, Tally(), None),
    ],
)
def test_useless(fields: dict[str, Any], month: Tally, why: str | None) -> None:
    """A month is waited for, and only of what it could have brought."""
    assert useless(relay(**fields), month, NOW) == why
