"""When and where something takes place."""

from typing import Any

import pytest

from smallfed.protocol.jsonld import Document
from smallfed.translate.occasions import occasion

PLACE = {
    "name": "The ford",
    "address": {"streetAddress": "Mill Lane 1", "addressLocality": "Ford", "addressCountry": None},
}


@pytest.mark.parametrize(
    ("event", "card"),
    [
        ({"startTime": "2026-12-01T08:00:00Z"}, "<p>📅 2026-12-01 08:00 UTC</p>"),
        (
            {"startTime": "2026-12-01T08:00:00+01:00", "endTime": "2026-12-01T11:30:00+01:00"},
            "<p>📅 2026-12-01 08:00 UTC+01:00 – 11:30</p>",
        ),
        (
            {"startTime": "2026-12-01T22:00:00+01:00", "endTime": "2026-12-02T02:00:00+01:00"},
            "<p>📅 2026-12-01 22:00 UTC+01:00 – 2026-12-02 02:00 UTC+01:00</p>",
        ),
        ({"startTime": "2026-12-01T08:00:00"}, "<p>📅 2026-12-01 08:00</p>"),
        ({"location": PLACE}, "<p>📍 The ford, Mill Lane 1, Ford</p>"),
        ({"location": {"name": "<b>x</b>", "address": "Ford"}}, "<p>📍 &lt;b&gt;x&lt;/b&gt;, Ford</p>"),
        (
            {"startTime": "2026-12-01T08:00:00Z", "location": {"name": "Ford"}},
            "<p>📅 2026-12-01 08:00 UTC<br>📍 Ford</p>",
        ),
        ({"startTime": "tomorrow", "endTime": "2026-12-01T08:00:00Z", "location": "https://far.example/place"}, ""),
        ({"type": "Note", "startTime": "2026-12-01T08:00:00Z"}, ""),
    ],
)
def test_occasion(event: dict[str, Any], card: str) -> None:
    """Times stay in the zone they are given in; what is not said is not shown."""
    assert occasion(Document({"type": "Event", **event})) == card
