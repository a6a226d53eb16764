"""Indexing: which posts may be searched, and by what they are found.

What the owner has to do with may always be: what they wrote, what names them, what they favourited, bookmarked,
boosted, voted in, answered or quoted. Of everything else, public posts of those who agree to it (``indexable``).

Spec: FEP-5feb; https://docs.joinmastodon.org/user/network/#search
"""

from smallfed.domain.post import Post, Visibility
from smallfed.store import attachments, cards, houses, mentions, polls, posts, quotes, searchables
from smallfed.store.tx import Tx
from smallfed.text.sanitise import plain
from smallfed.text.words import readable
from smallfed.translate.linking import first_link

SLICE = 50  # posts looked at, or taken out of the index, in one transaction: a few milliseconds

_KINDS = {"image": "image", "gifv": "video", "video": "video", "audio": "audio"}


def index(tx: Tx, post_id: int) -> None:
    """Let a post be found as it is now, or no more when it may not be."""
    standing = searchables.standing(tx, post_id, houses.owner_id(tx))
    if standing is None or not any(standing):
        searchables.drop(tx, post_id)
        return
    post = posts.get(tx, post_id)
    pictures, options = attachments.of_post(tx, post_id), polls.titles(tx, post_id)
    words = readable(
        post.title, post.summary, plain(post.content), *options, *(picture.description for picture in pictures)
    )
    kinds = {picture.kind for picture in pictures}
    searchables.put(tx, post_id, library=standing[0], words=words, marks=_marks(tx, post, kinds, standing[0]))


def _marks(tx: Tx, post: Post, kinds: set[str], library: bool) -> str:
    """Return what operators ask for: each mark is one word, of letters and digits only (see ``mastodon/inquiring``)."""
    has = {
        "media": bool(kinds),
        **{_KINDS[kind]: True for kind in kinds if kind in _KINDS},
        "poll": post.kind == "Question",
        "link": first_link(post.content) is not None,
        "embed": cards.is_player(cards.of_post(tx, post.id)),
        "quote": quotes.of_post(tx, post.id) is not None,
    }
    said = {
        "reply": post.in_reply_to is not None,
        "sensitive": post.sensitive,
        "public": post.visibility is Visibility.PUBLIC,
        "library": library,
    }
    marks = ["any", f"from{post.account_id}"]
    marks += [f"mentions{account.id}" for account in mentions.of_post(tx, post.id)]
    marks += [f"has{name}" for name, holds in has.items() if holds]
    marks += [f"is{name}" for name, holds in said.items() if holds]
    if post.language:
        marks.append(f"language{post.language.partition('-')[0].lower()}")
    return " ".join(marks)


def consider_again(tx: Tx, account: int) -> None:
    """Let the posts of an account be looked at again, when there is time: it has changed its mind about searching."""
    searchables.begin_round(tx, account)


def go_on(tx: Tx) -> bool:
    """Look at a slice of the posts that wait for it, and take a slice of those that are gone out of the index.

    Return whether there may be more.
    """
    swept = searchables.sweep(tx, SLICE)
    found = searchables.next_round(tx, SLICE)
    if found is None:
        return swept == SLICE
    account, waiting = found
    for post in waiting:
        index(tx, post)
    searchables.go_on(tx, account, waiting[-1] if len(waiting) == SLICE else None)
    return True
