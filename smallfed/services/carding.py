"""Carding: which page a post is about, and what that page says about itself.

Every public post with a link is noted, so that what was said about a page can be found; a page is only read when the
owner may see a post about it. Posts with pictures show those instead. What an author attaches is the page that is
meant; what they say of it counts where they may speak for it (``policy/previews``).

Spec: CLIENT_API §14 (PreviewCard), as Mastodon chooses links; FEP-8967;
https://docs.joinmastodon.org/methods/timelines/#link.
"""

from datetime import timedelta

from msgspec import structs

from smallfed.domain.card import Attached, Card, Glimpse
from smallfed.domain.events import FetchQueued, PageRead
from smallfed.domain.post import Post, Visibility
from smallfed.domain.uris import host
from smallfed.policy.previews import speaks_for
from smallfed.services import indexing, withholding
from smallfed.store import attachments, cards, fetches, houses, mentions
from smallfed.store.tx import Tx
from smallfed.translate.linking import first_link

FRESH = timedelta(days=14)  # after which a page is read again, when somebody links to it again
FOUND_ANEW = 50  # posts, the newest, that are found as what their page turned out to be (``has:embed``)
SPREAD_BITS = 6  # of seconds: a page that goes round is not to be asked by all servers at the same moment


def expect(tx: Tx, post: Post, *, shown: bool = False) -> None:
    """Note which page a post that was stored or changed is about; ask for it to be read if the owner may see it.

    ``shown``: a boost of it stands in home.
    """
    _expect(tx, post, _link(tx, post), shown=shown)


def receive(tx: Tx, post: Post) -> None:
    """Do as ``expect`` for a post that has just come: most have no link, and cost next to nothing."""
    link = _link(tx, post)
    if link is not None:
        _expect(tx, post, link)


def _expect(tx: Tx, post: Post, link: str | None, *, shown: bool = False) -> None:
    for_owner = shown or post.local or post.in_home or mentions.find(tx, post.id, houses.owner_id(tx)) is not None
    if not for_owner and post.visibility is not Visibility.PUBLIC:
        return
    card = _note(tx, post, link)
    if card is not None and for_owner:
        _ask(tx, card, after=timedelta(seconds=0 if post.local else tx.dice(SPREAD_BITS)))


def attach(tx: Tx, post: Post, page: Attached, *, author: str) -> None:
    """Note which page the ``author`` of a post (an actor id) has attached to it, and what it says, if they may say."""
    if attachments.of_post(tx, post.id):
        return
    card = cards.put(tx, page.url)
    cards.attach(tx, post.id, card.id)
    if page.glimpse is not None and speaks_for(author, page.url) and cards.stale(card, tx.now - FRESH):
        fill(tx, page.url, page.glimpse)


def attach_anew(tx: Tx, post: Post, page: Attached | None, *, author: str) -> None:
    """Do as ``attach`` for a new version of a post, which may have none."""
    if cards.attached(tx, post.id) is not None:
        cards.show(tx, post.id, None)
    if page is not None:
        attach(tx, post, page, author=author)


def bring(tx: Tx, post: Post, page: Attached | None) -> None:
    """Let a post of the owner show the page that was read for it."""
    if page is not None and page.url == _link(tx, post):
        cards.show(tx, post.id, cards.put(tx, page.url).id)
        fill(tx, page.url, page.glimpse)


def look(tx: Tx, post: Post) -> None:
    """Have the page read that a post is about, at which the owner looks."""
    card = cards.of_post(tx, post.id)
    if card is None and (card := _note(tx, post, _link(tx, post))) is not None:
        indexing.index(tx, post.id)
    if card is not None:
        _ask(tx, card)


def lacks(tx: Tx, post: Post) -> bool:
    """Whether there may be a page that was not read yet, so that it is worth to ``look``."""
    if post.boost_of_id is not None:
        return False
    card = cards.of_post(tx, post.id)
    return _link(tx, post) is not None if card is None else cards.stale(card, tx.now - FRESH)


def _note(tx: Tx, post: Post, link: str | None) -> Card | None:
    card = None if link is None else cards.put(tx, link)
    cards.show(tx, post.id, None if card is None else card.id)
    return card


def _link(tx: Tx, post: Post) -> str | None:
    link = cards.attached(tx, post.id) or first_link(post.content)
    return None if link is None or attachments.of_post(tx, post.id) else link


def _ask(tx: Tx, card: Card, after: timedelta = timedelta(0)) -> None:
    if cards.stale(card, tx.now - FRESH) and fetches.put(tx, card.url, kind="card", after=after):
        tx.announce(FetchQueued())


def fill(tx: Tx, url: str, glimpse: Glimpse | None) -> None:
    """Keep what a page said when it was read just now; None: nothing that could be shown.

    A player on our own host is left out: it would play in a frame with the rights of our pages.
    """
    if glimpse is not None and host(glimpse.embed_url) in houses.get(tx).names:
        glimpse = structs.replace(glimpse, type="link", html="", embed_url="")
    glimpse = None if glimpse is None else withholding.of_page(tx, glimpse)
    before = cards.is_player(cards.find(tx, url))
    cards.fill(tx, url, glimpse)
    if cards.of_owner(tx, url):
        tx.announce(PageRead())
    if cards.is_player(cards.find(tx, url)) is not before:
        for post in cards.posts_of(tx, url, FOUND_ANEW):
            indexing.index(tx, post)
