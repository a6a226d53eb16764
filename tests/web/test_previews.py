"""What a link to us looks like elsewhere: every server that receives a post asks for its page, all at once.

Spec: https://ogp.me/
"""

import re

from smallfed.domain.account import Account
from smallfed.store.tx import Tx
from smallfed.web import public
from tests import world

META = re.compile(r'<meta (?:property|name)="([a-z:]+)" content="([^"]*)">')


def told(html: str) -> dict[str, str]:
    """Return what a page says about itself."""
    return {name: content for name, content in META.findall(html) if name.startswith(("og:", "description"))}


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
    }


def test_a_warning_stands_for_what_is_behind_it(tx: Tx, owner: Account) -> None:
    """A preview shows nothing that the page hides."""
    post = world.say(tx, owner, content="<p>The end of the book</p>", summary="book")

    assert told(public._thread(tx, post.id, "known"))["og:description"] == "book"
