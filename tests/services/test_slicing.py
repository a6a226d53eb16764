"""Slicing: by which words what is purged is refused, which are nobody else's."""

import pytest

from smallfed.domain.account import Account
from smallfed.domain.copy import Subject
from smallfed.domain.post import Attachment, Post
from smallfed.domain.purge import PurgeKind
from smallfed.services import copying, purging, slicing, targeting
from smallfed.services.copying import Fetched, Wanted
from smallfed.store import attachments, copies, purges
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


KEPT = Fetched(media_type="video/mp4", size=6, file="aa.mp4", digest=b"x" * 32)
TOO_LARGE = Fetched(media_type="video/mp4", size=1 << 30)


def look_at(tx: Tx, post: Post, fetched: Fetched) -> int:
    """Let somebody have looked at the last picture of a post; return its number."""
    shown = attachments.of_post(tx, post.id)[-1]
    wanted = Wanted(
        subject=Subject.ATTACHMENT, whose=shown.id, url=FILM, host="files.far.example", small=False, copy=None
    )
    copying.keep(tx, wanted, fetched)
    return shown.id


@pytest.mark.parametrize("fetched", [KEPT, TOO_LARGE])
def test_an_address_without_an_ending_is_refused_once_a_file_was_there(tx: Tx, post: Post, fetched: Fetched) -> None:
    look_at(tx, post, fetched)

    assert FILM in slicing.words(tx, post)


def test_what_said_to_be_a_file_and_was_none_is_not_refused(tx: Tx, post: Post) -> None:
    shown = attachments.of_post(tx, post.id)[0]
    wanted = Wanted(
        subject=Subject.ATTACHMENT, whose=shown.id, url=shown.url, host="far.example", small=False, copy=None
    )
    copying.fail(tx, wanted, "it is no picture, film or sound that is shown", failures=1, retry_at=tx.now)

    assert shown.url not in slicing.words(tx, post)


@pytest.mark.parametrize(("fetched", "files"), [(KEPT, 1), (TOO_LARGE, 0)])
def test_a_film_is_named_by_its_address(tx: Tx, post: Post, fetched: Fetched, files: int) -> None:
    """Also one that was too large to be kept, of which there is no hash: what shows it there lets it go."""
    number = look_at(tx, post, fetched)
    plan = targeting.plan(tx, FILM)
    begun = purging.begin(tx, FILM)

    while chosen := slicing.choose(tx, begun):
        purging.strike(tx, begun.id, chosen, {})

    assert (plan.kind, plan.host, plan.here, plan.files) == (PurgeKind.FILE, "files.far.example", True, files)
    assert attachments.find(tx, number) is None
    assert (copies.find(tx, FILM), purges.holds(tx, FILM)) == (None, True)
    assert purges.holds_file(tx, b"x" * 32) is bool(files)
