"""Carding: which page a post is about, and what that page says about itself.

Every public post with a link is noted, so that what was said about a page can be found; a page is only read when the
owner may see a post about it. Posts with pictures show those instead.

Spec: CLIENT_API §14 (PreviewCard), as Mastodon chooses links; https://docs.joinmastodon.org/methods/timelines/#link.
"""

from datetime import timedelta

from smallfed.domain.card import Card, Glimpse
from smallfed.domain.events import FetchQueued
from smallfed.domain.post import Post, Visibility
from smallfed.services import indexing
from smallfed.store import attachments, cards, fetches, houses, mentions
from smallfed.store.tx import Tx
from smallfed.translate.linking import first_link

FRESH = timedelta(days=14)  # after which a page is read again, when somebody links to it again
FOUND_ANEW = 50  # posts, the newest, that are found as what their page turned out to be (``has:embed``)
SPREAD_BITS = 6  # of seconds: a page that goes round is not to be asked by all servers at the same moment


def expect(tx: Tx, post: Post) -> None:
    """Note which page a post that was stored or changed is about; ask for it to be read if the owner may see it."""
    _expect(tx, post, _link(tx, post))


def receive(tx: Tx, post: Post) -> None:
    """Do as ``expect`` for a post that has just come: most have no link, and cost nothing."""
    link = _link(tx, post)
    if link is not None:
        _expect(tx, post, link)


def _expect(tx: Tx, post: Post, link: str | None) -> None:
    for_owner = post.local or post.in_home or mentions.find(tx, post.id, houses.owner_id(tx)) is not None
    if not for_owner and post.visibility is not Visibility.PUBLIC:
        return
    card = _note(tx, post, link)
    if card is not None and for_owner:
        _ask(tx, card, after=timedelta(seconds=0 if post.local else tx.dice(SPREAD_BITS)))


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
    link = first_link(post.content)
    return None if link is None or attachments.of_post(tx, post.id) else link


def _ask(tx: Tx, card: Card, after: timedelta = timedelta(0)) -> None:
    if cards.stale(card, tx.now - FRESH) and fetches.put(tx, card.url, kind="card", after=after):
        tx.announce(FetchQueued())


def fill(tx: Tx, url: str, glimpse: Glimpse | None) -> None:
    """Keep what a page said when it was read just now; None: nothing that could be shown."""
    before = cards.is_player(cards.find(tx, url))
    cards.fill(tx, url, glimpse)
    if cards.is_player(cards.find(tx, url)) is not before:
        for post in cards.posts_of(tx, url, FOUND_ANEW):
            indexing.index(tx, post)
