"""Which followers live where: the digest and the header, with the vectors of FEP-8fcf."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.protocol.synchronising import NOBODY, Synchronization, digest, read
from tests.shared_data import shared

DIGEST = "c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f"
BOB = "https://far.example/users/bob"
SAID = Synchronization(collection=f"{BOB}/followers", url=f"{BOB}/followers_synchronization", digest=DIGEST)


def test_vector_of_the_fep() -> None:
    vector = json.loads(shared("impl-signatures/fep-8fcf-digest.json").read_text())

    assert [digest([follower]) for follower in vector["followers"]] == vector["sha256"]
    assert digest(vector["followers"]) == digest(reversed(vector["followers"])) == vector["xor"]
    assert digest([]) == vector["empty_set_digest"] == NOBODY


C, U, D = f'collectionId="{SAID.collection}"', f'url="{SAID.url}"', f'digest="{DIGEST}"'


@pytest.mark.parametrize(
    "value",
    [
        f"{C}, {U}, {D}",
        f"{D},{U},{C}",
        f"  {C} ,{U}  ,  {D} ",
        f'{C.replace("collectionId", "collectionid")}, {U}, DIGEST = "{DIGEST.upper()}"',
        f'{C}, {U}, digest={DIGEST}, more="nobody knows", number=5',
        SAID.write(),
    ],
)
def test_what_is_read(value: str) -> None:
    assert read(value) == SAID


@pytest.mark.parametrize(
    "value",
    [
        "",
        "gibberish",
        f"{C}, {U}",
        f"{C}, {D}",
        f"{U}, {D}",
        f'{C}, {U}, digest="{DIGEST[1:]}"',
        f'{C}, {U}, digest="{DIGEST}0"',
        f'{C}, {U}, digest="{"g" * 64}"',
        f'{C}, url="", {D}',
        f"{C}, {U}, {D}, {D}",
        f"{C} {U} {D}",
        f'{C}, {U}, {D}, x="{"x" * 10_000}"',
    ],
)
def test_what_says_nothing_of_use(value: str) -> None:
    """It is as if there was no header; the activity counts all the same."""
    assert read(value) is None


@given(st.text() | st.lists(st.sampled_from([C, U, D, ",", "=", '"', "\\", " "])).map("".join))
def test_whatever_comes(value: str) -> None:
    assert read(value) in (None, SAID)


@given(st.sets(st.text()), st.text())
def test_who_comes_and_goes_leaves_no_trace(before: set[str], follower: str) -> None:
    there, absent = digest(before | {follower}), digest(before - {follower})

    assert int(there, 16) ^ int(absent, 16) == int(digest([follower]), 16)
    assert len(there) == 64
