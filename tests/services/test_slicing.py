"""Slicing: by which words what is purged is refused, which are nobody else's."""

import pytest

from smallfed.domain.account import Account
from smallfed.domain.copy import Subject
from smallfed.domain.post import Attachment, Post
from smallfed.services import copying, purging, slicing
from smallfed.services.copying import Fetched, Wanted
from smallfed.store import attachments, purges
from smallfed.store.tx import Tx
from tests import world

FILM = "https://files.far.example/film?id=7"


@pytest.fixture
def post(tx: Tx, bob: Account) -> Post:
    """Return a post of eve's that names bob, his server and two files as its pictures."""
    eve = world.acquaint(tx, "eve@bad.example")
    said = world.say(tx, eve, url="https://bad.example/@eve/1")
    shown = (bob.uri, "https://far.example", "https://files.far.example/1.JPG?x", FILM)
    attachments.put(tx, said.id, [Attachment(id=0, kind="image", url=url, preview_url=bob.url) for url in shown])
    return said


def test_nobody_else_is_refused_for_being_called_a_picture(tx: Tx, bob: Account, post: Post) -> None:
    """Who posts what has to be purged could name anybody as its picture; that owner would not hear of them again."""
    begun = purging.begin(tx, post.uri)
    purging.strike(tx, begun.id, slicing.choose(tx, begun), {})

    assert begun.words == (post.uri, post.url, "https://files.far.example/1.JPG?x")
    assert purges.holds(tx, post.uri)
    assert not purges.holds(tx, bob.uri, bob.url, "https://far.example")


def test_an_address_without_an_ending_is_refused_once_a_file_was_there(tx: Tx, post: Post) -> None:
    wanted = Wanted(
        subject=Subject.ATTACHMENT, whose=post.id, url=FILM, host="files.far.example", small=False, copy=None
    )
    copying.keep(tx, wanted, Fetched(media_type="video/mp4", size=6, file="aa.mp4", digest=b"x" * 32))

    assert FILM in slicing.words(tx, post)
