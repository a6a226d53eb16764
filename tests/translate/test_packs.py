"""Packs of emoji: what each software calls its pictures."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.translate import packs
from smallfed.translate.packs import Named

MISSKEY = {
    "metaVersion": 2,
    "host": "misskey.example",
    "exportedAt": "Thu Nov 26 2026 08:00:00 GMT+0000",
    "emojis": [
        {
            "fileName": "blobcat.png",
            "downloaded": True,
            "emoji": {"name": "blobcat", "category": "Cats", "aliases": ["cat"], "license": "CC0", "type": "image/png"},
        },
        {"fileName": "lost.png", "downloaded": False, "emoji": {"name": "lost"}},
        {"fileName": "bare.gif", "downloaded": True, "emoji": {"name": "bare", "category": None, "license": None}},
        {"fileName": 7, "emoji": {"name": "odd"}},
        "odd",
    ],
}
PLEROMA = {
    "files": {"fox": "fox.png", "fox-hug": "more/hug.png", "odd": None},
    "files_count": 2,
    "pack": {"license": "CC-BY", "share-files": True},
}


@pytest.mark.parametrize(
    ("path", "document", "named"),
    [
        (
            "meta.json",
            MISSKEY,
            {"blobcat.png": Named(name="blobcat", category="Cats", license="CC0"), "bare.gif": Named(name="bare")},
        ),
        (
            "./foxes/pack.json",
            PLEROMA,
            {
                "foxes/fox.png": Named(name="fox", category="foxes", license="CC-BY"),
                "foxes/more/hug.png": Named(name="fox-hug", category="foxes", license="CC-BY"),
            },
        ),
        ("pack.json", {"files": {"fox": "../fox.png"}}, {"../fox.png": Named(name="fox")}),
        ("pack.json", [], {}),
        ("meta.json", {"emojis": {"a": 1}}, {}),
    ],
)
def test_lists(path: str, document: Any, named: dict[str, Named]) -> None:
    assert packs.by_list([(path, json.dumps(document).encode())]) == named


@pytest.mark.parametrize(
    ("path", "is_list", "is_picture"),
    [
        ("meta.json", True, False),
        ("a/pack.json", True, False),
        ("blob.PNG", False, True),
        ("a/blob.webp", False, True),
        ("a/._blob.png", False, False),
        ("blob.svg", False, False),
        ("LICENSE", False, False),
    ],
)
def test_what_a_file_is(path: str, is_list: bool, is_picture: bool) -> None:
    assert (packs.is_list(path), packs.is_picture(path)) == (is_list, is_picture)


@pytest.mark.parametrize(
    ("path", "shortcode"),
    [
        ("a/blob_cat.png", "blob_cat"),
        ("_blob_.png", "_blob_"),
        ("fox-hug+2.gif", "fox_hug_2"),
        ("(fox).png", "fox"),
        ("猫.png", ""),
    ],
)
def test_names_as_they_can_be_written(path: str, shortcode: str) -> None:
    assert packs.by_name(path).shortcode == shortcode


def test_ours_are_read_again() -> None:
    named = {"blob.png": Named(name="blob", category="Cats", license="CC0"), "fox.webp": Named(name="fox")}

    assert packs.by_list([("meta.json", packs.meta("home.example", "2026", named.items()))]) == named


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["emojis", "emoji", "files", "pack", "fileName", "name", "license", "a"]), inner, max_size=4
        )
    ),
    max_leaves=20,
)


CONTENT = JSON.map(lambda value: json.dumps(value).encode()) | st.binary()


@given(path=st.sampled_from(["meta.json", "a/pack.json"]), content=CONTENT)
def test_whatever_a_list_says(path: str, content: bytes) -> None:
    for place, named in packs.by_list([(path, content)]).items():
        assert place == packs.place(place)
        assert isinstance(named.shortcode, str)
