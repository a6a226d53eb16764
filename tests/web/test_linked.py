"""Cards on the public pages: in words, with the host, with their picture from us; behind what the post is behind."""

import re
from typing import Any

import pytest

from smallfed.domain.account import Account
from smallfed.domain.card import Glimpse
from smallfed.domain.post import Attachment
from smallfed.store import attachments, cards
from smallfed.store.tx import Tx
from smallfed.web import public
from tests import world

URL = "https://www.far.example:8443/story?a=1&b=2"
STORY: dict[str, Any] = {
    "page": URL,
    "title": "A <story>",
    "description": "What happened.",
    "image": "https://far.example/x.png",
    "image_description": 'A "lake"',
}


def link(tx: Tx, post: int, url: str = URL, **said: Any) -> None:
    """Let a post show a card that says this of itself."""
    card = cards.put(tx, url)
    cards.fill(tx, url, Glimpse(**{**STORY, **said}))
    cards.show(tx, post, card.id)


def shown(html: str) -> list[str]:
    """Return the cards of a page as they read."""
    found = re.findall(r'<div class="linked".*?</div>', html, re.DOTALL)
    lines = [re.sub(r"<[^>]+>", "", each).splitlines() for each in found]
    return [" / ".join(words for line in each if (words := line.strip())) for each in lines]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, ["A &lt;story&gt; / What happened. / far.example:8443"]),
        ({"type": "video", "description": ""}, ["A &lt;story&gt; / far.example:8443 · film"]),
        ({"type": "photo", "description": "A <story>"}, ["A &lt;story&gt; / far.example:8443 · picture"]),
        ({"title": ""}, []),
    ],
)
def test_what_a_card_says(tx: Tx, owner: Account, said: dict[str, Any], expected: list[str]) -> None:
    """What is said twice is shown once."""
    post = world.say(tx, owner)
    link(tx, post.id, **said)

    page = public._thread(tx, post.id, "all")

    assert shown(page) == expected
    assert "x.png" not in page
    assert len(re.findall(r'<img src="/media/remote/[^"]+" alt="A &#34;lake&#34;" loading="lazy">', page)) == len(
        expected
    )
    if expected:
        assert '<a href="https://www.far.example:8443/story?a=1&amp;b=2" rel="nofollow noopener">' in page


def test_what_is_sensitive_has_no_picture(tx: Tx, owner: Account) -> None:
    post = world.say(tx, owner, sensitive=True)
    link(tx, post.id)

    page = public._thread(tx, post.id, "all")

    assert shown(page) == ["A &lt;story&gt; / What happened. / far.example:8443"]
    assert "/media/remote/" not in page


def test_it_is_behind_the_warning_of_the_post(tx: Tx, owner: Account) -> None:
    post = world.say(tx, owner, summary="Careful")
    link(tx, post.id)

    page = public._thread(tx, post.id, "all")

    before = page[: page.index('class="linked"')]
    assert before.count("<details") - before.count("</details>") == 1


def test_pictures_of_the_post_stand_in_its_place(tx: Tx, owner: Account) -> None:
    post = world.say(tx, owner)
    link(tx, post.id)
    attachments.replace(tx, post.id, [Attachment(id=0, kind="image", url="https://home.example/media/files/a.jpg")])

    assert shown(public._thread(tx, post.id, "all")) == []


def test_what_is_no_address_is_no_link(tx: Tx, owner: Account) -> None:
    post = world.say(tx, owner)
    link(tx, post.id, "javascript:alert(1)")

    assert shown(public._thread(tx, post.id, "all")) == []
