"""What is pasted into a search box means one thing, however it is spelt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.text.addresses import Address, Named, read

BOB = Named("bob@peer.example")
POST = Address("https://peer.example/@bob/1")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("@bob@peer.example", BOB),
        ("bob@peer.example", BOB),
        ("  @bob@peer.example. ", BOB),
        ("(@bob@peer.example)", BOB),
        ("\u200e@bob@peer.example\u200b", BOB),
        ("acct:bob@peer.example", BOB),
        ("ACCT:@bob@peer.example", BOB),
        ("!bob@peer.example", BOB),  # a community, as Lemmy writes it
        ("@bob@peer.example said hello", BOB),
        ("bob@peer.example said hello", None),
        ("@bob", None),
        ("@bob@localhost", None),
        ("@bob@localhost:8420", Named("bob@localhost:8420")),
        ("@bob@bücher.example", Named("bob@bücher.example")),
        ("@jörg.x-y_z@peer.example", Named("jörg.x-y_z@peer.example")),
        ("https://peer.example/@bob/1", POST),
        ("<https://peer.example/@bob/1>", POST),
        ("https://peer.example/@bob/1 look", POST),
        ("HTTPS://peer.example/@bob", Address("HTTPS://peer.example/@bob")),
        ("peer.example/@bob/1", POST),
        ("peer.example/@bob/1 look", None),
        ("and/or", None),
        ("1.5/2", None),
        ("web+ap://peer.example/@bob/1", POST),
        ("web+ap:https://peer.example/@bob/1", POST),
        ("ap+https://peer.example/@bob/1", POST),
        ("web+activitypub://peer.example/@bob/1", POST),
        ("web+mastodon://bob@peer.example", BOB),
        ("fediverse:@bob@peer.example", BOB),
        # The views of others
        ("https://home.example/@bob@peer.example", BOB),
        ("https://pleroma.example/users/bob@peer.example", BOB),
        ("https://lemmy.example/c/bob@peer.example", BOB),
        ("https://lemmy.example/u/bob@peer.example", BOB),
        ("https://kbin.example/u/@bob@peer.example", BOB),
        ("https://mbin.example/m/bob@peer.example", BOB),
        ("https://peertube.example/a/bob@peer.example/", BOB),
        ("https://mobilizon.example/@bob@peer.example", BOB),
        ("https://home.example/@bob@peer.example/1", Address("https://home.example/@bob@peer.example/1")),
        ("https://elk.zone/peer.example/@bob/1", POST),
        ("https://elk.zone/home.example/@bob@peer.example", BOB),
        ("https://phanpy.social/#/peer.example/s/1", Address("https://peer.example/s/1")),
        ("https://peer.example/deck/@bob/1", POST),
        ("https://peer.example/web/@bob/1", POST),
        ("https://home.example/authorize_interaction?uri=https%3A%2F%2Fpeer.example%2F%40bob%2F1", POST),
        ("https://home.example/authorize_interaction?uri=acct:bob@peer.example", BOB),
        ("https://home.example/authorize-follow?acct=bob@peer.example", BOB),
        ("https://github.example/some.repo/issues", Address("https://github.example/some.repo/issues")),
        ("https://[", None),
        ("", None),
        ("two words", None),
        ("from:@bob@peer.example", None),
    ],
)
def test_what_is_meant(text: str, meant: object) -> None:
    assert read(text) == meant


@given(st.one_of(st.text(), st.from_regex(r"\A[@!a-z:/.+?#=%&\[\]]{0,40}\Z"), st.text().map("https://".__add__)))
def test_nothing_makes_it_stumble(text: str) -> None:
    read(text)


@pytest.mark.parametrize("unit", ["a.", "@", "a@", "https://a.b/", "/a.b/@c", "acct:", "-.", "web+ap:"])
def test_hostile_ones_come_to_an_end(unit: str) -> None:
    read(unit * 100_000)
    read("https://elk.zone" + unit * 400)
