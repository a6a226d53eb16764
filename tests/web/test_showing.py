"""What the public pages say of posts: numbers and how far they are verified, reactions, pictures, who answers whom."""

import re
from dataclasses import replace

import pytest
from msgspec import structs

from smallfed import web
from smallfed.config.showing import Instance
from smallfed.domain.account import Account, Emoji, Field
from smallfed.domain.copy import Subject
from smallfed.domain.draft import Ballot, Draft
from smallfed.domain.post import Post, Visibility
from smallfed.domain.purge import Purge, PurgeKind
from smallfed.domain.reaction import Reaction
from smallfed.pages.quart import new_app
from smallfed.services import liking, posting
from smallfed.store import accounts, houses, purges
from smallfed.store.tx import Tx
from smallfed.web import public
from tests import world
from tests.conftest import Know
from tests.pages.place import HOME, Browser, Place


def article(tx: Tx, post: int) -> str:
    """Return the page of a post."""
    return public._thread(tx, post, "all")


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
        "1 reply 3 boosts 12 favourites"
        " These are the numbers of far.example. Verified here: none of 3 boosts and 1 of 12 favourites.",
        "1 boost 1 favourite Verified: 1 boost and 1 favourite, each signed by whoever gave it.",
    ]
    assert re.findall(r"<li>(.*?)</li>", page) == ["🎉 1", "🎉 1"]


def test_reactions_cannot_break_out(tx: Tx, owner: Account, know: Know) -> None:
    """Names of others' emoji are text, whatever they are made of; their pictures are loaded from us."""
    ours = world.say(tx, owner)
    nasty = Reaction(emoji=":<b>@far.example:", picture="https://far.example/x.png")
    liking.receive_like(tx, know("bob@far.example"), ours, None, nasty)

    page = article(tx, ours.id)

    picture = houses.get(tx).proxied(Subject.EMOJI, 0, str(nasty.picture))
    assert f'<li><img class="emoji" src="{picture}" alt=":&lt;b&gt;@far.example:"> 1</li>' in page
    assert "far.example/x.png" not in page


def test_purged_emoji_are_text(tx: Tx, owner: Account, know: Know) -> None:
    """In names, texts and reactions."""
    bob, url = know("bob@far.example"), "https://far.example/x.png"
    blob = (Emoji(shortcode="blob", url=url),)
    accounts.change(tx, bob.id, name="Bob :blob:", emojis=blob)
    theirs = world.say(tx, accounts.get(tx, bob.id), content="<p>a :blob:</p>", emojis=blob)
    liking.receive_like(tx, bob, theirs, None, Reaction(emoji=":blob:", picture=url))
    ours = world.say(tx, owner, in_reply_to=theirs.uri, in_reply_to_id=theirs.id, in_reply_to_account_id=bob.id)
    before = article(tx, ours.id)
    purge = purges.put(tx, Purge(id=0, kind=PurgeKind.FILE, host="", begun_at=tx.now))
    purges.remember(tx, purge.id, words=[url])

    after = article(tx, ours.id)

    assert (before.count("emoji-at") > 2, after.count("emoji-at"), after.count(":blob:") > 2) == (True, 0, True)


def test_emoji_of_ours_are_shown(tx: Tx, owner: Account) -> None:
    """In what the owner said and thinks; those of others stay text."""
    url = "https://home.example/media/emojis/blob.png"
    world.illustrate(tx, "blob", "blob.png", "blob.png")
    ours = posting.publish(tx, Draft(text=":blob:", html='<p title=":blob:">:blob:</p>', shortcodes=("blob",)))
    liking.react(tx, ours, "blob")

    page = article(tx, ours.id)

    picture = f'<img class="emoji" src="{url}" alt=":blob:"'
    assert f'<p title=":blob:">{picture} title=":blob:"></p>' in page
    assert f"<li>{picture}> 1</li>" in page


def test_emoji_of_ours_are_shown_in_names_fields_warnings_and_polls(tx: Tx, owner: Account) -> None:
    """Wherever apps show them; but not in attributes, and not in what the browser writes above the page."""
    url = "https://home.example/media/emojis/blob.png"
    blob = Emoji(shortcode="blob", url=url, still=url)
    fields = (Field(name="Mood", value="quite :blob:"),)
    accounts.change(tx, owner.id, name="Alice :blob: <b>", emojis=(blob,), fields=fields)
    world.illustrate(tx, "blob", "blob.png", "blob.png")
    ballot = Ballot(options=("a :blob: one", "b"), lasts=86400)
    draft = Draft(text="x", html="<p>x</p>", summary="careful :blob:", shortcodes=("blob",), poll=ballot)
    posting.publish(tx, draft)

    page = public._profile(tx, None)

    picture = f'<img class="emoji" src="{url}" alt=":blob:" title=":blob:">'
    name = f"Alice {picture} &lt;b&gt;"
    assert f"<h1><bdi>{name}</bdi></h1>" in page
    assert f"<strong><bdi>{name}</bdi></strong>" in page
    assert f'<dd dir="auto">quite {picture}</dd>' in page
    assert f"<summary><bdi>careful {picture}</bdi></summary>" in page
    assert f'<span class="title" dir="auto">a {picture} one</span>' in page
    assert 'aria-label="a :blob: one"' in page
    assert "<title>Alice :blob: &lt;b&gt; (@alice@home.example)</title>" in page


def test_who_does_not_answer_the_post_above_says_whom(tx: Tx, owner: Account, know: Know) -> None:
    bob, carol = know("bob@far.example"), know("carol@other.example")
    first = world.say(tx, owner)
    second = answer(tx, bob, first, owner)
    answer(tx, carol, second, bob)
    answer(tx, carol, first, owner)

    page = article(tx, first.id)

    assert re.findall(r'Reply to <a href="([^"]*)" rel="[^"]*"><bdi>([^<]*)</bdi>', page) == [
        (f"#post-{first.id}", "Alice")
    ]


def test_an_answer_to_what_is_elsewhere_leads_there(tx: Tx, owner: Account, know: Know) -> None:
    bob = know("bob@far.example")
    lost = "https://far.example/notes/lost"
    ours = world.say(tx, owner, in_reply_to=lost, in_reply_to_account_id=bob.id)

    page = article(tx, ours.id)

    assert f'Reply to <a href="{lost}" rel="nofollow noopener"><bdi>Bob</bdi></a>' in page


def answer(tx: Tx, author: Account, parent: Post, whom: Account) -> Post:
    """Let somebody answer a post."""
    return world.say(
        tx, author, in_reply_to=parent.uri, in_reply_to_id=parent.id, in_reply_to_account_id=whom.id, content="<p>x</p>"
    )


def test_the_language_of_a_post_is_that_of_its_words_only(tx: Tx, owner: Account) -> None:
    """What we say around it stays English for whoever has it read out, and every script runs its own way."""
    ours = world.say(tx, owner, content="<p>مرحبا</p>", language="ar")

    page = article(tx, ours.id)

    assert '<div class="words" lang="ar">' in page
    assert '<div class="content" dir="auto"><p>مرحبا</p></div>' in page
    assert page.count('lang="ar"') == 1


@pytest.mark.parametrize(
    ("visibility", "said"),
    [
        (Visibility.PRIVATE, "For followers"),
        (Visibility.DIRECT, "For those it names"),
        (Visibility.LOCAL, "Local only"),
    ],
)
async def test_what_is_not_for_everybody_is_shown_to_the_owner(place: Place, visibility: Visibility, said: str) -> None:
    """By its address, as apps open it; to that browser alone. To strangers it looks as absent as what is absent."""
    owner, stranger = await place.owner(), place.browser()
    post = await place.do(_secret, visibility)
    await stranger.get("/login")

    page = await owner.get(f"/@alice/{post}")
    refused = [await stranger.get(path) for path in (f"/@alice/{post}", "/@alice/1")]

    assert (page.status, page.headers["cache-control"]) == (200, "private, no-store")
    assert f'<p class="note">{said}</p>' in page.text
    assert "paste the address" not in page.text
    assert '<meta name="robots" content="noindex">' in page.text
    assert [each.status for each in refused] == [404, 404]
    assert refused[0].text == refused[1].text
    assert (await owner.get("/@alice/1")).status == 404


async def test_what_is_for_everybody_is_the_same_for_the_owner(place: Place) -> None:
    owner, stranger = await place.owner(), place.browser()
    post = await place.do(_secret, Visibility.UNLISTED)

    pages = [await each.get(f"/@alice/{post}") for each in (owner, stranger)]
    mine = re.sub(r'<form class="quieting".*?</form>\n', "", pages[0].text, flags=re.DOTALL)

    assert mine == pages[1].text != pages[0].text  # but for what only the owner can do there
    assert [page.headers["cache-control"] for page in pages] == ["private, no-store", public.KEPT]
    assert 'class="note"' not in mine


def _secret(tx: Tx, visibility: Visibility) -> int:
    return world.say(tx, accounts.owner(tx), content="<p>Hush</p>", visibility=visibility).id


async def test_what_the_owner_has_written_about_the_server(place: Place) -> None:
    """As apps show it; what is not written is not mentioned."""
    instance = Instance(email="me@home.example", description="A *small* <place>", rules=("Be <kind>",))
    app = new_app(replace(place.parts, config=structs.replace(place.parts.config, instance=instance)))
    web.register(app)

    bare = await place.browser().get("/about")
    page = await Browser(app, HOME, "192.0.2.1").get("/about")

    assert [word for word in ("Rules", "Write to", "Privacy", "Terms") if word in bare.text] == []
    for words in (
        '<a class="name" href="mailto:me@home.example">me@home.example</a>',
        '<li dir="auto">Be &lt;kind&gt;</li>',
        "A <em>small</em> &lt;place&gt;",
    ):
        assert words in page.text
    assert "Privacy policy" not in page.text
