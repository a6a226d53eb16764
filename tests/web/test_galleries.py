"""Pictures and films on pages and in the feed: all are loaded from us, and what is sensitive is behind a click."""

import re

import pytest

from smallfed.domain.account import Account
from smallfed.domain.copy import Subject
from smallfed.domain.domain_block import Severity
from smallfed.domain.post import Attachment
from smallfed.services import moderating
from smallfed.services.moderating import Wish
from smallfed.store import attachments, houses
from smallfed.store.tx import Tx
from smallfed.web import public
from tests import world
from tests.conftest import Know

FILE = "https://home.example/media/files/"


def picture(name: str = "a", **columns: object) -> Attachment:
    told = {"media_type": "image/jpeg", "description": "A hill", "width": 1200, "height": 900, **columns}
    return Attachment(id=0, kind="image", url=f"{FILE}{name}.jpg", preview_url=f"{FILE}{name}-small.jpg", **told)  # type: ignore[arg-type]


def page(tx: Tx, author: Account, *media: Attachment, **columns: object) -> str:
    post = world.say(tx, author, content="<p>Look</p>", **columns)
    attachments.replace(tx, post.id, media)
    return public._thread(tx, post.id, "all")


def test_pictures_of_ours_are_shown_with_their_words(tx: Tx, owner: Account) -> None:
    shown = page(tx, owner, picture(focus=(-1.0, 1.0), description='A "hill" <b>'))

    assert (
        '<a href="/media/files/a.jpg"><img src="/media/files/a-small.jpg" alt="A &#34;hill&#34; &lt;b&gt;" width="1200"'
        ' height="900" data-x="0" data-y="0" loading="lazy"></a>' in shown
    )
    assert '<p dir="auto">A &#34;hill&#34; &lt;b&gt;</p>' in shown
    assert '<div class="gallery alone">' in shown
    assert f'<meta property="og:image" content="{FILE}a-small.jpg">' in shown
    assert "Sensitive" not in shown


def test_a_picture_without_words_says_so(tx: Tx, owner: Account) -> None:
    """It is a link, and a link needs a name."""
    shown = page(tx, owner, picture(description=""))

    assert 'alt="A picture without a description"' in shown
    assert "ALT" not in shown


@pytest.mark.parametrize(
    ("columns", "covered"), [({"sensitive": True}, True), ({"sensitive": True, "summary": "CW"}, False), ({}, False)]
)
def test_sensitive_pictures_are_behind_one_click(
    tx: Tx, owner: Account, columns: dict[str, object], covered: bool
) -> None:
    shown = page(tx, owner, picture("a"), picture("b"), **columns)
    before = shown[: shown.index('<img src="/media/files/a-small.jpg"')]

    assert ('<summary lang="en">Sensitive pictures</summary>' in shown) is covered
    assert before.count("<details") - before.count("</details>") == int(bool(columns))
    assert ('og:image" content="' + FILE in shown) is not bool(columns)


def film(kind: str = "video", name: str = "f.mp4", **columns: object) -> Attachment:
    told = {"media_type": "video/mp4", "description": "Bars", "width": 64, "height": 48, **columns}
    return Attachment(id=0, kind=kind, url=FILE + name, **told)  # type: ignore[arg-type]


def test_films_and_sounds_of_ours_are_played_and_begin_when_somebody_wants_it(tx: Tx, owner: Account) -> None:
    shown = page(tx, owner, film(preview_url=f"{FILE}f-small.jpg"))
    round_ = page(tx, owner, film("gifv", description=""))
    heard = page(tx, owner, film("audio", "s.mp3", media_type="audio/mpeg", preview_url=f"{FILE}s-small.jpg"))

    assert (
        '<video controls playsinline preload="metadata" src="/media/files/f.mp4" poster="/media/files/f-small.jpg"'
        ' width="64" height="48" aria-label="Bars"></video>' in shown
    )
    assert f'<meta property="og:video" content="{FILE}f.mp4">' in shown
    assert f'<meta property="og:image" content="{FILE}f-small.jpg">' in shown
    assert (
        '<video controls playsinline preload="metadata" loop muted src="/media/files/f.mp4" width="64" height="48"'
        ' aria-label="A film without a description"></video>' in round_
    )
    assert '<audio controls preload="metadata" src="/media/files/s.mp3" aria-label="Bars"></audio>' in heard
    assert '<img src="/media/files/s-small.jpg" alt="" loading="lazy">' in heard
    assert "autoplay" not in shown + round_ + heard


@pytest.mark.parametrize(
    ("media", "named"),
    [
        ([film()], "film"),
        ([film("audio", "s.mp3")], "sound"),
        ([film("gifv"), film("gifv", "g.mp4")], "moving pictures"),
        ([picture(), film("gifv")], "pictures and films"),
    ],
)
def test_sensitive_films_are_behind_one_click(tx: Tx, owner: Account, media: list[Attachment], named: str) -> None:
    shown = page(tx, owner, *media, sensitive=True)

    assert f'<summary lang="en">Sensitive {named}</summary>' in shown
    assert "og:video" not in shown
    assert "og:audio" not in shown


def test_the_feed_has_films(tx: Tx, owner: Account) -> None:
    page(tx, owner, film(preview_url=f"{FILE}f-small.jpg"))
    page(tx, owner, film("audio", "s.mp3", media_type="audio/mpeg"))
    page(tx, owner, film(name="h.mp4"), sensitive=True)

    feed = public._feed(tx)

    assert f'<link rel="enclosure" type="video/mp4" href="{FILE}f.mp4" title="Bars"/>' in feed
    assert f'<link rel="enclosure" type="audio/mpeg" href="{FILE}s.mp3" title="Bars"/>' in feed
    assert f"&lt;video controls src=&#34;{FILE}f.mp4&#34; poster=&#34;{FILE}f-small.jpg&#34;&gt;" in feed
    assert "h.mp4" not in feed
    assert "Sensitive film" in feed


def test_pictures_of_others_are_loaded_from_us(tx: Tx, owner: Account, know: Know) -> None:
    ours = world.say(tx, owner)
    theirs = world.say(tx, know("bob@far.example"), in_reply_to=ours.uri, in_reply_to_id=ours.id)
    far = Attachment(id=0, kind="image", url="https://far.example/x.jpg", description="A lake")
    film = Attachment(id=0, kind="video", url="https://far.example/x.mp4")
    attachments.replace(tx, theirs.id, [far, film])
    kept = attachments.of_post(tx, theirs.id)[0]

    shown = public._thread(tx, ours.id, "all")

    large, small = (
        houses.get(tx).proxied(Subject.ATTACHMENT, kept.id, far.url, small=small).removeprefix("https://home.example")
        for small in (False, True)
    )
    assert f'<a href="{large}"><img src="{small}" alt="A lake"' in shown
    house, played = houses.get(tx), attachments.of_post(tx, theirs.id)[1]
    path = house.proxied(Subject.ATTACHMENT, played.id, film.url, ending="mp4").removeprefix("https://home.example")
    assert (
        f'<video controls playsinline preload="none" src="{path}" aria-label="A film without a description">' in shown
    )
    assert not re.search(r"<img[^>]+far\.example", shown)


def test_no_pictures_are_shown_where_the_owner_wants_none(tx: Tx, owner: Account, know: Know) -> None:
    ours = world.say(tx, owner)
    bob = know("bob@far.example", avatar="https://far.example/bob.png")
    theirs = world.say(tx, bob, in_reply_to=ours.uri, in_reply_to_id=ours.id)
    attachments.replace(tx, theirs.id, [Attachment(id=0, kind="image", url="https://far.example/x.jpg")])

    moderating.block(tx, "far.example", Wish(severity=Severity.NOOP, reject_media=True))

    assert "/media/remote/" not in public._thread(tx, ours.id, "all")


def test_the_feed_has_them(tx: Tx, owner: Account) -> None:
    page(tx, owner, picture("a"))
    page(tx, owner, picture("b"), sensitive=True)

    feed = public._feed(tx)

    assert f'<link rel="enclosure" type="image/jpeg" href="{FILE}a.jpg" title="A hill"/>' in feed
    assert f"&lt;img src=&#34;{FILE}a-small.jpg&#34; alt=&#34;A hill&#34;&gt;" in feed
    assert "b.jpg" not in feed
