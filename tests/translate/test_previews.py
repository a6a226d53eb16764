"""Pages that are attached to posts, in and out."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.domain.card import Attached, Card, Glimpse
from smallfed.protocol.jsonld import Document
from smallfed.translate.previews import read, write
from tests.world import NOW

PAGE = "https://news.example/garden"
CARD = Card(
    id=1, url=PAGE, page=f"{PAGE}/", title="Beans", image=f"{PAGE}.jpg", image_description="Two", created_at=NOW
)


@pytest.mark.parametrize(
    ("attachment", "attached"),
    [
        (None, None),
        ([], None),
        ({"href": PAGE}, Attached(url=PAGE)),
        ({"type": "Link", "href": PAGE}, Attached(url=PAGE)),
        (
            [{"type": "Link", "href": "https://a.example/1"}, {"type": "Link", "href": PAGE}],
            Attached(url="https://a.example/1"),
        ),
        ({"type": "Link", "href": PAGE, "preview": {"summary": "no name"}}, Attached(url=PAGE)),
        ({"type": "Link", "href": "javascript:alert()"}, None),
        ({"type": "Link", "href": f"{PAGE}.jpg", "mediaType": "image/jpeg"}, None),
        ({"type": "Document", "url": PAGE, "mediaType": "image/jpeg"}, None),
        ({"type": "PropertyValue", "name": "a", "value": "b"}, None),
        (
            {
                "href": PAGE,
                "preview": {
                    "type": "Article",
                    "name": "<b>Beans</b>\u202e",
                    "summary": "What  grows",
                    "image": {"url": {"href": f"{PAGE}.jpg", "mediaType": "image/jpg"}},
                    "attributedTo": {"name": "Bea", "url": {"href": "https://bea.example/"}},
                },
            },
            Attached(
                url=PAGE,
                glimpse=Glimpse(
                    page=PAGE,
                    title="Beans",
                    description="What grows",
                    image=f"{PAGE}.jpg",
                    author_name="Bea",
                    author_url="https://bea.example/",
                ),
            ),
        ),
    ],
)
def test_reading(attachment: Any, attached: Attached | None) -> None:
    assert read(Document({"attachment": attachment})) == attached


def test_writing() -> None:
    """Before the page was read only its address is known; and never what would be taken for a file."""
    bare = msgspec.to_builtins(write(msgspec.structs.replace(CARD, title=""), with_image=True))
    whole = msgspec.to_builtins(write(CARD, with_image=True))
    without = msgspec.to_builtins(write(CARD, with_image=False))

    assert bare == {"type": "Link", "href": PAGE, "mediaType": "text/html"}
    picture = {"type": "Image", "url": f"{PAGE}.jpg", "summary": "Two"}
    assert whole == {**bare, "name": "Beans", "preview": {"type": "Page", "name": "Beans", "image": picture}}
    assert without == {**bare, "name": "Beans", "preview": {"type": "Page", "name": "Beans"}}
    again = read(Document({"attachment": [whole]}))
    assert again is not None
    assert again.glimpse is not None
    assert (again.url, again.glimpse.title, again.glimpse.image) == (PAGE, "Beans", f"{PAGE}.jpg")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20) | st.just(PAGE),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "href", "url", "preview", "name", "image", "attributedTo", "mediaType", "summary"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@given(ANYTHING)
def test_whatever_is_attached(attachment: Any) -> None:
    attached = read(Document({"attachment": attachment}))

    if attached is not None:
        assert attached.url.lower().startswith("http")
        assert attached.glimpse is None or attached.glimpse.title
