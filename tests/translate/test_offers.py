"""Emoji of other servers, as they list them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.translate.offers import Offer, license_of, read

URL = "https://far.example/blob.png"


@pytest.mark.parametrize(
    ("document", "offers"),
    [
        (
            [
                {"shortcode": "fox", "url": URL, "static_url": URL, "visible_in_picker": True, "category": "Foxes"},
                {"shortcode": "blob", "url": URL, "static_url": URL, "visible_in_picker": False},
            ],
            [Offer(shortcode="blob", url=URL), Offer(shortcode="fox", url=URL, category="Foxes")],
        ),
        (
            {
                "emojis": [
                    {"name": "blob", "url": URL, "aliases": [""], "category": None, "license": " CC\n0 "},
                    {"name": "ours", "url": URL, "localOnly": True},
                ]
            },
            [Offer(shortcode="blob", url=URL, license="CC 0")],
        ),
        ([{"shortcode": "x", "url": "javascript:alert()"}, {"shortcode": "", "url": URL}, {"url": URL}, 7], []),
        ({"error": "no"}, []),
        ("no", []),
    ],
)
def test_lists(document: Any, offers: list[Offer]) -> None:
    assert read(json.dumps(document).encode()) == offers


@pytest.mark.parametrize(
    ("body", "license_"),
    [(b'{"license":"CC0"}', "CC0"), (b'{"license":null}', ""), (b"[]", ""), (b"\xff", ""), (b"[" * 100_000, "")],
)
def test_a_licence(body: bytes, license_: str) -> None:
    assert license_of(body) == license_


@given(
    st.binary()
    | st.lists(st.dictionaries(st.sampled_from(["shortcode", "url", "name"]), st.text() | st.just(URL))).map(
        lambda value: json.dumps(value).encode()
    )
)
def test_whatever_comes(body: bytes) -> None:
    assert all(offer.shortcode and offer.url.startswith("http") for offer in read(body))
