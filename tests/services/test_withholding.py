"""What was purged and comes again at another address: what shows it lets it go, and takes it in no more."""

from typing import Any

import pytest
from msgspec import structs

from smallfed.domain import events
from smallfed.domain.account import Account, Emoji, Kind
from smallfed.domain.card import Glimpse
from smallfed.domain.copy import Subject
from smallfed.domain.events import PictureWithheld
from smallfed.domain.incoming import IncomingAccount, IncomingPost, IncomingVersion
from smallfed.domain.post import Attachment, Post
from smallfed.domain.purge import Purge, PurgeKind
from smallfed.mastodon.streaming import occasions
from smallfed.services import carding, consequences, meeting, receiving, revising, withholding
from smallfed.services.receiving import FETCHED
from smallfed.store import accounts, attachments, cards, documents, edits, notifications, posts, purges
from smallfed.store.tx import Tx
from tests import world
from tests.services.conftest import PUBLIC
from tests.world import NOW

URL, SMALL, OTHER = (f"https://files.far.example/{name}" for name in ("a.jpg", "a-small.jpg", "b.jpg"))
DIGEST = b"d" * 32


@pytest.fixture
def refused(tx: Tx) -> int:
    """A purge that refuses a file, and no address yet."""
    purge = purges.put(tx, Purge(id=0, kind=PurgeKind.FILE, host="", begun_at=tx.now))
    purges.remember(tx, purge.id, files=[DIGEST])
    return purge.id


def shown(url: str = URL, **said: Any) -> Attachment:
    return Attachment(**{"id": 0, "kind": "image", "url": url, "description": "A hill", "blurhash": "LKO2?U", **said})


def said(author: Account, *pictures: Attachment, **changes: Any) -> IncomingPost:
    uri = f"{author.uri}/notes/1"
    words = {"content": "<p>Look</p>", "to": (PUBLIC,), "attachments": pictures, "raw": b'{"id": "x"}'}
    return IncomingPost(**{"uri": uri, "author": author.uri, "kind": "Note", "published_at": NOW, **words, **changes})


def come(tx: Tx, post: IncomingPost) -> Post:
    stored = receiving.receive(tx, post, FETCHED)
    assert isinstance(stored, Post)
    return stored


def looks(tx: Tx, post: int) -> list[tuple[str, str | None, str | None]]:
    return [(one.url, one.preview_url, one.blurhash) for one in attachments.of_post(tx, post)]


# What shows it already ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("picture", "at", "left"),
    [
        (shown(), URL, []),
        (shown(preview_url=SMALL), URL, []),
        (shown(preview_url=SMALL), SMALL, []),
        (shown(preview_url=SMALL, kind="unknown"), SMALL, []),
        (shown(preview_url=SMALL, kind="video"), URL, []),
        (shown(preview_url=SMALL, kind="video"), SMALL, [(URL, None, None)]),
        (shown(preview_url=SMALL, kind="gifv"), SMALL, [(URL, None, None)]),
        (shown(preview_url=SMALL, kind="audio"), SMALL, [(URL, None, None)]),
        (shown(), OTHER, [(URL, None, "LKO2?U")]),
    ],
)
def test_an_attachment_goes_and_a_film_loses_its_still(
    tx: Tx, bob: Account, refused: int, picture: Attachment, at: str, left: list[tuple[str, str | None, str | None]]
) -> None:
    """The smaller form of a picture is that picture; what is at another address by now stays."""
    post = come(tx, said(bob, picture))
    (stored,) = attachments.of_post(tx, post.id)

    was_purged = withholding.recognise(tx, Subject.ATTACHMENT, stored.id, at, DIGEST)

    assert was_purged
    assert purges.holds(tx, at)
    assert looks(tx, post.id) == left


def test_it_is_no_edit(tx: Tx, owner: Account, bob: Account, refused: int) -> None:
    """No version is made of it, nobody is notified, and the words of the picture are forgotten; apps are told."""
    post = come(tx, said(bob, shown()))
    (stored,) = attachments.of_post(tx, post.id)
    world.say(tx, owner, kind="Announce", boost_of_id=post.id)
    tx.announced.clear()
    tx.then = consequences.follow

    withholding.recognise(tx, Subject.ATTACHMENT, stored.id, URL, DIGEST)

    (told,) = [event for event in tx.announced if isinstance(event, PictureWithheld)]
    assert told == PictureWithheld(post=post.id)
    assert posts.get(tx, post.id) == post
    assert (edits.of_post(tx, post.id), documents.find(tx, post.id)) == ([], None)
    assert notifications.unread(tx) == 0
    assert occasions.of(told) == (occasions.Shown(event="status.update", post=post.id),)
    assert PictureWithheld in events.SHOWN


@pytest.mark.parametrize("digests", [(), (None,), (b"e" * 32,)])
def test_what_was_not_purged_stays(tx: Tx, bob: Account, refused: int, digests: tuple[bytes | None, ...]) -> None:
    post = come(tx, said(bob, shown()))
    (stored,) = attachments.of_post(tx, post.id)

    was_purged = withholding.recognise(tx, Subject.ATTACHMENT, stored.id, URL, *(digests or (b"",)))

    assert (was_purged, purges.holds(tx, URL), len(looks(tx, post.id))) == (False, False, 1)


def test_the_owners_own_stay(tx: Tx, owner: Account, refused: int) -> None:
    """Nobody has them at an address of another server."""
    accounts.change(tx, owner.id, avatar=URL)
    post = world.say(tx, owner)
    attachments.put(tx, post.id, [shown()])
    (stored,) = attachments.of_post(tx, post.id)

    withholding.recognise(tx, Subject.ATTACHMENT, stored.id, URL, DIGEST)
    withholding.recognise(tx, Subject.AVATAR, owner.id, URL, DIGEST)

    assert (len(looks(tx, post.id)), accounts.get(tx, owner.id).avatar) == (1, URL)


@pytest.mark.parametrize(
    ("subject", "at", "left"),
    [
        (Subject.AVATAR, URL, (None, OTHER, "", "A sea")),
        (Subject.HEADER, OTHER, (URL, None, "A face", "")),
        (Subject.AVATAR, OTHER, (URL, OTHER, "A face", "A sea")),
        (Subject.HEADER, URL, (URL, OTHER, "A face", "A sea")),
    ],
)
def test_a_face_goes(
    tx: Tx, bob: Account, refused: int, subject: Subject, at: str, left: tuple[str | None, str | None, str, str]
) -> None:
    """What is at another address by now stays."""
    faces = {"avatar": URL, "avatar_description": "A face", "header": OTHER, "header_description": "A sea"}
    accounts.change(tx, bob.id, **faces)

    withholding.recognise(tx, subject, bob.id, at, DIGEST)

    now = accounts.get(tx, bob.id)
    assert (now.avatar, now.header, now.avatar_description, now.header_description) == left


def test_a_card_loses_its_picture(tx: Tx, owner: Account, refused: int) -> None:
    page = "https://news.example/1"
    card = cards.put(tx, page)
    glimpse = Glimpse(page=page, title="News", image=URL, image_description="A hill")
    carding.fill(tx, page, glimpse)

    withholding.recognise(tx, Subject.CARD, card.id, URL, DIGEST)
    left = cards.find(tx, page)
    carding.fill(tx, page, glimpse)
    read_again = cards.find(tx, page)

    assert left is not None
    assert (left.title, left.image, left.image_description) == ("News", "", "")
    assert read_again == left


# What comes -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def withheld(tx: Tx, refused: int) -> None:
    """An address that is refused."""
    purges.remember(tx, refused, words=[URL])


def test_what_comes_is_taken_in_without_it(tx: Tx, bob: Account, withheld: None) -> None:
    """Pictures, those of earlier versions, and emoji; the JSON, which names them, is not kept."""
    icons = (Emoji(shortcode="a", url=URL), Emoji(shortcode="b", url=OTHER), Emoji(shortcode="c", url=OTHER, still=URL))
    former = (IncomingVersion(made_at=NOW.replace(year=2025), attachments=(shown(), shown(OTHER))),)
    post = said(bob, shown(), shown(OTHER), emojis=icons, former=former, updated_at=NOW.replace(second=5))

    stored = come(tx, post)

    assert [url for url, _, _ in looks(tx, stored.id)] == [OTHER]
    assert stored.emojis == (icons[1],)
    assert [[one.url for one in edit.attachments] for edit in edits.of_post(tx, stored.id)] == [[OTHER]]
    assert documents.find(tx, stored.id) is None


def test_an_update_does_not_bring_it_back(tx: Tx, bob: Account, refused: int) -> None:
    """One that says the same as before is no edit; one that says more is, and is without it."""
    post = come(tx, said(bob, shown()))
    (stored,) = attachments.of_post(tx, post.id)
    withholding.recognise(tx, Subject.ATTACHMENT, stored.id, URL, DIGEST)
    later = NOW.replace(minute=9)
    world.later(tx, minutes=10)

    same = revising.revise(tx, said(bob, shown(), updated_at=later))
    again = receiving.receive(tx, said(bob, shown()), FETCHED)
    other = revising.revise(tx, said(bob, shown(), shown(OTHER), content="<p>More</p>", updated_at=later))

    assert isinstance(same, Post)
    assert isinstance(other, Post)
    assert (same.edited_at, again) == (None, same)
    assert (other.content, [url for url, _, _ in looks(tx, post.id)]) == ("<p>More</p>", [OTHER])


def test_somebody_comes_without_it(tx: Tx, owner: Account, withheld: None) -> None:
    icons = (Emoji(shortcode="a", url=URL), Emoji(shortcode="b", url=OTHER))
    uri = "https://far.example/users/eve"
    eve = IncomingAccount(uri=uri, kind=Kind.PERSON, username="eve", inbox=f"{uri}/inbox", emojis=icons)
    faces = {"avatar": URL, "avatar_description": "A face", "header": URL, "header_description": "A sea"}

    met = meeting.meet(tx, structs.replace(eve, **faces), "far.example")

    assert (met.avatar, met.header, met.avatar_description, met.header_description) == (None, None, "", "")
    assert met.emojis == (icons[1],)


# What is shown --------------------------------------------------------------------------------------------------------
def test_what_is_shown_is_without_it(tx: Tx, bob: Account, withheld: None) -> None:
    icons = (Emoji(shortcode="a", url=URL), Emoji(shortcode="b", url=OTHER))
    one, other = structs.replace(bob, emojis=icons), structs.replace(bob, id=7)

    drawn = withholding.drawn(tx, {bob.id: one, 7: other})
    earlier = withholding.earlier(tx, [(shown(), shown(OTHER)), ()])

    assert drawn == {bob.id: structs.replace(one, emojis=icons[1:]), 7: other}
    assert earlier == [(shown(OTHER),), ()]


def test_where_nothing_was_purged_nothing_is_asked(tx: Tx, bob: Account) -> None:
    """One short look in each call, however much is shown."""
    post, one = said(bob, shown()), structs.replace(bob, emojis=(Emoji(shortcode="a", url=URL),))
    asked: list[str] = []
    tx.sql.set_trace_callback(asked.append)

    found = withholding.of_post(tx, post), withholding.drawn(tx, {bob.id: one}), withholding.earlier(tx, [(shown(),)])

    assert found == (post, {bob.id: one}, [(shown(),)])
    assert asked == ["SELECT 1 FROM purged LIMIT 1"]
