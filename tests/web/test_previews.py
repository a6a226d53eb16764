"""What a link to us looks like elsewhere: every server that receives a post asks for its page, all at once.

Spec: https://ogp.me/
"""

import re

import pytest

from smallfed.domain.account import Account
from smallfed.domain.post import Attachment, Visibility
from smallfed.store import accounts, attachments
from smallfed.store.tx import Tx
from smallfed.web import public
from tests import world

CAREFUL = {"summary": "careful", "sensitive": True}
META = re.compile(r'<meta (?:property|name)="([a-z:_]+)" content="([^"]*)">')


def told(html: str) -> dict[str, str]:
    """Return what a page says about itself."""
    return {name: content for name, content in META.findall(html) if name not in ("viewport", "color-scheme")}


def test_a_post_in_a_preview(tx: Tx, owner: Account) -> None:
    """Who, what and where, in plain text; the text is not marked up and cannot break out."""
    post = world.say(tx, owner, content="<p>Seven &quot;herons&quot; &lt;at&gt; the <b>ford</b></p>")

    page = told(public._thread(tx, post.id, "known"))

    assert page == {
        "description": "Seven &#34;herons&#34; &lt;at&gt; the ford",
        "og:type": "article",
        "og:title": "Alice (@alice@home.example)",
        "og:description": "Seven &#34;herons&#34; &lt;at&gt; the ford",
        "og:url": f"https://home.example/@alice/{post.id}",
        "og:image": "https://home.example/media/avatars/default.png",
        "og:site_name": "home.example",
        "twitter:card": "summary",
        "article:published_time": post.published_at.isoformat(),
        "fediverse:creator": "@alice@home.example",
        "robots": "noindex",
    }


def test_a_warning_stands_for_what_is_behind_it(tx: Tx, owner: Account) -> None:
    """A preview shows nothing that the page hides."""
    post = world.say(tx, owner, content="<p>The end of the book</p>", summary="book")

    assert told(public._thread(tx, post.id, "known"))["og:description"] == "book"


def test_pictures_that_may_shock_stay_out(tx: Tx, owner: Account) -> None:
    """A picture is shown around with its description; behind a warning, or marked as sensitive, it is not."""
    picture = Attachment(id=0, kind="image", url="https://home.example/media/files/a.jpg", description="A heron")
    posts = [world.say(tx, owner, content="<p>x</p>", **fields) for fields in ({}, {"sensitive": True}, CAREFUL)]
    for post in posts:
        attachments.replace(tx, post.id, [picture])

    shown, sensitive, warned = (told(public._thread(tx, post.id, "known")) for post in posts)

    assert (shown["og:image"], shown["og:image:alt"]) == ("https://home.example/media/files/a.jpg", "A heron")
    assert shown["twitter:card"] == "summary_large_image"
    for page in (sensitive, warned):
        assert page["og:image"] == "https://home.example/media/avatars/default.png"
        assert page["twitter:card"] == "summary"
        assert "og:image:alt" not in page
    assert warned["og:description"] == "careful"


@pytest.mark.parametrize("visibility", [Visibility.PRIVATE, Visibility.DIRECT, Visibility.LOCAL])
def test_what_is_not_for_everybody_says_nothing(tx: Tx, owner: Account, visibility: Visibility) -> None:
    """The owner sees the page; nothing that fetches previews would."""
    post = world.say(tx, owner, content="<p>between us</p>", visibility=visibility)

    assert told(public._thread(tx, post.id, "all", seal="a seal")) == {"robots": "noindex"}


def test_a_profile_in_a_preview(tx: Tx, owner: Account) -> None:
    accounts.change(tx, owner.id, note="<p>Herons <b>only</b></p>")

    assert told(public._profile(tx, None)) == {
        "description": "Herons only",
        "og:type": "profile",
        "og:title": "Alice (@alice@home.example)",
        "og:description": "Herons only",
        "og:url": "https://home.example/@alice",
        "og:image": "https://home.example/media/avatars/default.png",
        "og:site_name": "home.example",
        "twitter:card": "summary",
        "profile:username": "alice@home.example",
        "robots": "noindex",
    }
