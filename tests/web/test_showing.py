"""What the public pages say of likes, boosts and reactions: what was verified, and what is claimed."""

import re

from smallfed.domain.account import Account
from smallfed.domain.draft import Draft
from smallfed.domain.reaction import Reaction
from smallfed.pages.templates import render
from smallfed.services import illustrating, liking, posting
from smallfed.store.tx import Tx
from smallfed.web import showing
from tests import world
from tests.conftest import Know


def article(tx: Tx, post: int) -> str:
    """Return the page of a post."""
    thread = showing.thread(tx, post, "all")
    return render(
        "thread.html",
        seal=None,
        house=thread.house,
        owner=thread.owner,
        above=thread.above,
        post=thread.post,
        below=thread.below,
        hidden=thread.hidden,
    )


def footers(page: str) -> list[str]:
    """Return what stands below each post."""
    found = re.findall(r"<footer>(.*?)</footer>", page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in found]


def test_ours_are_verified_and_others_partly(tx: Tx, owner: Account, know: Know) -> None:
    """Of ours only verified ones are counted; of the post above stands what its server says, and how many we saw."""
    bob, carol = know("bob@far.example"), know("carol@other.example")
    theirs = world.say(tx, bob, likes_claimed=12, boosts_claimed=3)
    ours = world.say(tx, owner, in_reply_to=theirs.uri, in_reply_to_id=theirs.id, in_reply_to_account_id=bob.id)
    for post in (theirs, ours):
        liking.receive_like(tx, carol, post, None, Reaction(emoji="🎉"))
    world.wrap(tx, bob, ours)

    page = article(tx, ours.id)

    assert footers(page) == [
        "1 reply 3 boosts (0 verified) 12 favourites (1 verified)",
        "1 boost (verified) 1 favourite (verified)",
    ]
    assert re.findall(r"<li>(.*?)</li>", page) == ["🎉 1", "🎉 1"]


def test_reactions_cannot_break_out(tx: Tx, owner: Account, know: Know) -> None:
    """Names of others' emoji are text, whatever they are made of; their pictures are not shown."""
    ours = world.say(tx, owner)
    nasty = Reaction(emoji=":<b>@far.example:", picture="https://far.example/x.png")
    liking.receive_like(tx, know("bob@far.example"), ours, None, nasty)

    page = article(tx, ours.id)

    assert ":&lt;b&gt;@far.example: 1" in page
    assert "far.example/x.png" not in page


def test_emoji_of_ours_are_shown(tx: Tx, owner: Account) -> None:
    """In what the owner said and thinks; those of others stay text."""
    url = "https://home.example/media/emojis/blob.png"
    illustrating.add(tx, shortcode="blob", url=url, still=url, category=None)
    ours = posting.publish(tx, Draft(text=":blob:", html='<p title=":blob:">:blob:</p>', shortcodes=("blob",)))
    liking.react(tx, ours, "blob")

    page = article(tx, ours.id)

    picture = f'<img class="emoji" src="{url}" alt=":blob:"'
    assert f'<p title=":blob:">{picture} title=":blob:"></p>' in page
    assert f"<li>{picture}> 1</li>" in page
