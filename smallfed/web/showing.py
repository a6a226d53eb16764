"""What strangers may read on the public pages: lists of posts and threads, as values for the templates.

Spec: SAFETY rule 16 (one visibility for every list); ``[web] replies`` decides whose answers are shown.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct, structs

from smallfed.domain.account import Account
from smallfed.domain.house import House
from smallfed.domain.post import Post
from smallfed.errors import NotFound
from smallfed.store import (
    accounts,
    calms,
    follows,
    houses,
    posts,
    preferences,
    relations,
    threads,
    timelines,
    tombstones,
)
from smallfed.store.paging import Page
from smallfed.store.timelines import Choice, Without
from smallfed.store.tx import Tx
from smallfed.web.views import Parent, Shown, several

Replies = Literal["none", "known", "all"]
PAGE = 20
FEED = 30
STRANGER = None


class Elsewhere(Struct, frozen=True, kw_only=True):
    """Where the owner lives now: a handle, and its page."""

    name: str
    url: str


class Profile(Struct, frozen=True, kw_only=True):
    """The owner's page. ``older`` is what to ask for next, None at the end; ``moved``: where the owner lives now.

    ``followers`` and ``following`` are None where the owner does not show them.
    """

    owner: Account
    house: House
    posts: int
    followers: int | None
    following: int | None
    pinned: list[Shown]
    shown: list[Shown]
    older: int | None
    moved: Elsewhere | None


class Thread(Struct, frozen=True, kw_only=True):
    """A post of the owner with what it answers and what answers it."""

    owner: Account
    house: House
    above: list[Shown]
    post: Shown
    below: list[Shown]
    hidden: int


class Quieting(Struct, frozen=True, kw_only=True):
    """Whether there is calm in a thread, known by its first post. ``until``: None where everybody may notify."""

    root: int
    until: datetime | None


def profile(tx: Tx, below: int | None) -> Profile:
    """Return a page of the owner's profile, from the posts before ``below``."""
    house, owner = houses.get(tx), accounts.owner(tx)
    page = Page(max_id=below, limit=PAGE)
    found = timelines.account(tx, STRANGER, owner.id, page, Choice(without=Without(replies=True)))
    pinned = timelines.published(tx, Page(limit=5), pinned=True) if below is None else []
    hidden = owner.hide_collections or preferences.hidden(tx, None).follows
    return Profile(
        owner=owner,
        house=house,
        posts=timelines.count_published(tx),
        followers=None if hidden else follows.count(tx, owner.id, followers=True),
        following=None if hidden else follows.count(tx, owner.id, followers=False),
        pinned=several(tx, house, pinned, pinned=True),
        shown=several(tx, house, [post for post in found if post not in pinned]),
        older=found[-1].id if len(found) == PAGE else None,
        moved=_elsewhere(tx, owner),
    )


def _elsewhere(tx: Tx, owner: Account) -> Elsewhere | None:
    if owner.moved_to is None:
        return None
    known = accounts.find_uri(tx, owner.moved_to)
    if known is None:
        return Elsewhere(name=owner.moved_to, url=owner.moved_to)
    return Elsewhere(name=f"@{known.handle}", url=known.url or known.uri)


def tagged(tx: Tx, name: str, below: int | None) -> tuple[House, list[Shown], int | None]:
    """Return the owner's public posts with a hashtag (normal form), and what to ask for next."""
    house, owner = houses.get(tx), accounts.owner(tx)
    choice = Choice(tagged=name, without=Without(reblogs=True), listed=True)
    found = timelines.account(tx, STRANGER, owner.id, Page(max_id=below, limit=PAGE), choice)
    return house, several(tx, house, found), found[-1].id if len(found) == PAGE else None


def newest(tx: Tx) -> tuple[House, Account, list[Shown]]:
    """Return what a feed holds: the owner's newest posts, without boosts and answers to others."""
    house, owner = houses.get(tx), accounts.owner(tx)
    choice = Choice(without=Without(replies=True, reblogs=True))
    found = timelines.account(tx, STRANGER, owner.id, Page(limit=FEED), choice)
    return house, owner, several(tx, house, found)


def thread(tx: Tx, number: int, replies: Replies, *, for_owner: bool = False) -> Thread:
    """Return a post of the owner with its thread; NotFound for what strangers, or the owner, may not see.

    The owner sees what strangers do, and all answers where strangers see nothing.
    """
    house, owner = houses.get(tx), accounts.owner(tx)
    post = posts.find_visible(tx, number, STRANGER)
    viewer = STRANGER
    if post is None and for_owner:
        post, viewer, replies = posts.find_visible(tx, number, owner.id), owner.id, "all"
    if post is None or not post.local or post.boost_of_id is not None:
        raise NotFound("There is nothing here.")
    answers = threads.descendants(tx, post, viewer)
    allowed = _allowed(tx, answers, owner.id, replies)
    higher = threads.ancestors(tx, post, viewer)
    line = _joined(several(tx, house, [*higher, post, *allowed]))
    at = next(place for place, shown in enumerate(line) if shown.id == post.id)
    return Thread(
        owner=owner,
        house=house,
        above=line[:at],
        post=line[at],
        below=line[at + 1 :],
        hidden=len(answers) - len(allowed),
    )


def quieting(tx: Tx, number: int) -> Quieting:
    """Return whether the owner wants calm in the thread of a post."""
    root = threads.top(tx, posts.get(tx, number)).id
    return Quieting(root=root, until=next((calm.until for calm in calms.every(tx) if calm.root == root), None))


def _joined(line: list[Shown]) -> list[Shown]:
    """Return a thread in which only posts that do not answer the one above say what they answer, and where it is."""
    places = {shown.id for shown in line}
    return [
        structs.replace(shown, parent=_elsewhere_in(places, shown.parent, above))
        for above, shown in zip([None, *line], line, strict=False)
    ]


def _elsewhere_in(places: set[int], parent: Parent | None, above: Shown | None) -> Parent | None:
    if parent is None or (above is not None and above.id == parent.id):
        return None
    return structs.replace(parent, url=f"#post-{parent.id}") if parent.id in places else parent


def _allowed(tx: Tx, answers: list[Post], owner: int, replies: Replies) -> list[Post]:
    """Return the answers that are shown: with "known" the owner's, those of people followed, and those answered."""
    if replies == "all":
        return answers
    answered = {post.in_reply_to_id for post in answers if post.account_id == owner}
    known = relations.relationships(tx, {post.account_id for post in answers})
    return [
        post
        for post in answers
        if post.account_id == owner
        or (replies == "known" and (post.id in answered or known[post.account_id].following))
    ]


def was_deleted(tx: Tx, number: int) -> bool:
    """Whether there was a public post of this number."""
    return tombstones.has(tx, houses.get(tx).note(number))
