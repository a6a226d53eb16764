"""The feed: well-formed whatever was posted, with everything that a reader without our style can show.

Spec: RFC 4287 §3.1.1.2 (HTML in a feed is escaped); https://www.w3.org/TR/xml/#charsets.
"""

from xml.etree import ElementTree as ET

from smallfed.domain.account import Account
from smallfed.domain.interaction import Quote, QuoteState
from smallfed.domain.poll import Option, Poll
from smallfed.domain.post import Attachment
from smallfed.store import attachments, ids, polls, quotes
from smallfed.store.tx import Tx
from smallfed.web import public
from tests import world
from tests.conftest import Know

ATOM = "{http://www.w3.org/2005/Atom}"


def entries(tx: Tx) -> list[tuple[str, str]]:
    """Return title and HTML of what the feed holds, as a reader understands it."""
    feed = ET.fromstring(public._feed(tx))
    found = []
    for entry in feed.iter(f"{ATOM}entry"):
        content = entry.find(f"{ATOM}content")
        assert content is not None
        assert (content.get("type"), list(content)) == ("html", [])
        found.append((entry.findtext(f"{ATOM}title") or "", " ".join((content.text or "").split())))
    return found


def test_html_is_text_in_a_feed(tx: Tx, owner: Account) -> None:
    world.say(tx, owner, content="<p>one<br>two &amp; &lt;three&gt;</p>")

    assert entries(tx) == [("one two & <three>", "<p>one<br>two &amp; &lt;three&gt;</p>")]


def test_what_xml_cannot_say_is_left_out(tx: Tx, owner: Account) -> None:
    world.say(tx, owner, content="<p>a\x08b\x0cc\ufffed\t\u200d🎉</p>", summary="\x01w")

    assert entries(tx) == [("w", "<p>abcd \u200d🎉</p>")]


def test_polls_and_quotes_are_in_it(tx: Tx, owner: Account, know: Know) -> None:
    theirs = world.say(tx, know("bob@far.example"), uri="https://far.example/1", content="<p>Bread &amp; butter</p>")
    for state in (QuoteState.ACCEPTED, QuoteState.PENDING):
        ours = world.say(tx, owner, content="<p>Look</p>")
        quote = Quote(
            id=ids.fresh(tx, "quotes"),
            post_id=ours.id,
            quoted=theirs.uri,
            quoted_id=theirs.id,
            state=state,
            created_at=tx.now,
        )
        quotes.put(tx, quote)
    asks = world.say(tx, owner, content="<p>Which?</p>")
    polls.put(tx, Poll(post_id=asks.id, options=(Option(name="a", title="<a>"), Option(name="b", title="b"))))

    assert sorted(html for _, html in entries(tx)) == [
        '<p>Look</p> <blockquote cite="https://far.example/1"><p><a href="https://far.example/1">Bob</a></p>'
        "<p>Bread &amp; butter</p></blockquote>",
        "<p>Look</p> <p>This quotes a post whose author has not agreed to it yet.</p>",
        "<p>Which?</p> <ul><li>&lt;a&gt;</li><li>b</li></ul>",
    ]


def test_what_leads_where(tx: Tx, owner: Account) -> None:
    """The feed says where it is itself, and each thing in it where it is a page and where it is an object."""
    post = world.say(tx, owner)
    feed = ET.fromstring(public._feed(tx))
    [entry] = feed.findall(f"{ATOM}entry")

    def links(element: ET.Element) -> list[tuple[str, str, str]]:
        found = element.findall(f"{ATOM}link")
        return [(link.get("rel", ""), link.get("type", ""), link.get("href", "")) for link in found]

    profile = "https://home.example/@alice"
    assert links(feed) == [("alternate", "text/html", profile), ("self", "application/atom+xml", f"{profile}/feed")]
    assert links(entry) == [
        ("alternate", "text/html", f"{profile}/{post.id}"),
        ("alternate", "application/activity+json", post.uri),
    ]
    assert entry.findtext(f"{ATOM}id") == post.uri


def test_sensitive_pictures_are_named(tx: Tx, owner: Account) -> None:
    """A reader cannot cover them: it gets the way to where they are covered."""
    ours = world.say(tx, owner, content="<p>Look</p>", sensitive=True)
    url = "https://home.example/media/files/a.jpg"
    attachments.replace(tx, ours.id, [Attachment(id=0, kind="image", url=url, preview_url=url)])

    assert entries(tx) == [
        ("Look", f'<p>Look</p> <p><a href="https://home.example/@alice/{ours.id}">Sensitive picture</a></p>')
    ]
