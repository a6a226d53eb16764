"""Indexing: which posts may be searched, and by what they are found.

What the owner has to do with may always be: what they wrote, what names them, what they favourited, bookmarked,
boosted, voted in, answered or quoted. Of everything else, public posts of those who agree to it (``indexable``).

What the owner does is found at once; what comes waits for the next slice of the loop.

Spec: FEP-5feb; https://docs.joinmastodon.org/user/network/#search
"""

from collections.abc import Collection

from msgspec import Struct

from smallfed.domain.poll import Poll
from smallfed.domain.post import Attachment, Post, Visibility
from smallfed.store import attachments, cards, houses, mentions, polls, posts, quotes, searchables
from smallfed.store.rows import listed
from smallfed.store.searchables import Searchable
from smallfed.store.tx import Tx
from smallfed.text.sanitise import words
from smallfed.text.words import readable
from smallfed.translate.linking import first_link

SLICE = 50  # posts looked at, or taken out of the index, in one transaction: a few milliseconds

_KINDS = {"image": "image", "gifv": "video", "video": "video", "audio": "audio"}


class _Parts(Struct, frozen=True, kw_only=True):
    """What belongs to posts, by their ids; ``players`` are those whose card plays something."""

    pictures: dict[int, list[Attachment]]
    named: dict[int, list[int]]
    polls: dict[int, Poll]
    quoting: frozenset[int]
    players: frozenset[int]


def index(tx: Tx, *numbers: int) -> None:
    """Let posts be found as they are now, or no more when they may not be."""
    standings = searchables.standings(tx, numbers, houses.owner_id(tx))
    searchables.drop(tx, [number for number in numbers if number not in standings])
    if not standings:
        return
    parts = _gathered(tx, standings)
    found = posts.several(tx, standings).values()
    searchables.put(tx, [_searchable(post, parts, library=standings[post.id]) for post in found])


def _gathered(tx: Tx, numbers: Collection[int]) -> _Parts:
    wanted = listed(numbers)
    pictures: dict[int, list[Attachment]] = {}
    for post, picture in attachments.of_posts(tx, wanted):
        pictures.setdefault(post, []).append(picture)
    named: dict[int, list[int]] = {}
    for post, account in mentions.named(tx, wanted):
        named.setdefault(post, []).append(account)
    return _Parts(
        pictures=pictures,
        named=named,
        polls=polls.of_posts(tx, wanted),
        quoting=frozenset(quotes.of_posts(tx, numbers)),
        players=frozenset(cards.players(tx, wanted)),
    )


def _searchable(post: Post, parts: _Parts, *, library: bool) -> Searchable:
    poll, pictures = parts.polls.get(post.id), parts.pictures.get(post.id, ())
    options = () if poll is None else (option.title for option in poll.options)
    described = (picture.description for picture in pictures)
    text = readable(post.title, post.summary, words(post.content), *options, *described)
    return Searchable(post=post.id, library=library, words=text, marks=_marks(post, parts, library))


def _marks(post: Post, parts: _Parts, library: bool) -> str:
    """Return what operators ask for: each mark is one word, of letters and digits only (see ``mastodon/inquiring``)."""
    kinds = {picture.kind for picture in parts.pictures.get(post.id, ())}
    has = {
        "media": bool(kinds),
        **{_KINDS[kind]: True for kind in kinds if kind in _KINDS},
        "poll": post.kind == "Question",
        "link": first_link(post.content) is not None,
        "embed": post.id in parts.players,
        "quote": post.id in parts.quoting,
    }
    said = {
        "reply": post.in_reply_to is not None,
        "sensitive": post.sensitive,
        "public": post.visibility is Visibility.PUBLIC,
        "library": library,
    }
    marks = ["any", f"from{post.account_id}"]
    marks += [f"mentions{account}" for account in parts.named.get(post.id, ())]
    marks += [f"has{name}" for name, holds in has.items() if holds]
    marks += [f"is{name}" for name, holds in said.items() if holds]
    if post.language:
        marks.append(f"language{post.language.partition('-')[0].lower()}")
    return " ".join(marks)


# When there is time -----------------------------------------------------------------------------------------------
def expect(tx: Tx, post: int) -> None:
    """Let a post that has come be found soon, if it may be."""
    searchables.expect(tx, post, houses.owner_id(tx))


def catch_up(tx: Tx) -> None:
    """Let a slice of what has come be found."""
    take_in(tx, *searchables.arrived(tx, SLICE))


def take_in(tx: Tx, *numbers: int) -> None:
    """Let posts that have come be found, as far as they may be."""
    index(tx, *numbers)
    searchables.arrive(tx, numbers)


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
    index(tx, *waiting)
    searchables.go_on(tx, account, waiting[-1] if len(waiting) == SLICE else None)
    return True
