"""Our collections: outbox, followers, following, pins, and what belongs to a post.

Spec: ActivityPub §5; PROTOCOL §4.14. Only what everybody may see is ever in them.
"""

from collections.abc import Callable

from smallfed.domain.house import House
from smallfed.domain.numbers import number
from smallfed.errors import NotFound
from smallfed.federation import conversations
from smallfed.federation.cache import cacheable, validated
from smallfed.federation.exchange import Reply, Request
from smallfed.federation.viewers import Viewers
from smallfed.protocol.emitted import Thing
from smallfed.runtime.shelf import Shelf
from smallfed.services import rendering
from smallfed.store import accounts, featured_tags, follows, likes, posts, preferences, relays, timelines
from smallfed.store.paging import Page
from smallfed.store.tx import Tx
from smallfed.translate import outward
from smallfed.workers.parts import Parts

PAGE = 20
PEOPLE = 100
Query = dict[str, list[str]]
Render = Callable[[Tx, House, Query], Thing]


class Collections:
    """Answers GETs of collections."""

    def __init__(self, parts: Parts, kept: Shelf[Reply], viewers: Viewers) -> None:
        self._parts, self._kept, self._viewers = parts, kept, viewers

    async def of_owner(self, request: Request) -> Reply:
        """Give a collection of the owner: ``/users/NAME/…``."""
        house = self._parts.identity.here
        name = request.path.removeprefix(f"/users/{house.username}/")
        return await self._given(request, OF_OWNER[name])

    async def of_instance(self, request: Request) -> Reply:
        """Give the outbox of the server's own actor, which is always empty."""
        return await self._given(request, _instance_outbox)

    async def of_relay(self, request: Request) -> Reply:
        """Give a collection of the actor that relays follow: how many, not which."""
        return await self._given(request, OF_RELAY[request.path.rstrip("/").rpartition("/")[2]])

    async def of_post(self, request: Request) -> Reply:
        """Give a collection of a public post of ours: ``/users/NAME/notes/NUMBER/…``."""
        text, name = request.path.split("/")[-2:]
        id_ = number(text)
        if id_ is None:
            raise NotFound("not found")

        def render(tx: Tx, house: House, query: Query) -> Thing:
            post = posts.find_visible(tx, id_, None)
            if post is None or not post.local or post.boost_of_id is not None:
                raise NotFound("not found")
            return OF_POST[name](tx, post.uri, post.id, query)

        return await self._given(request, render)

    async def _given(self, request: Request, render: Render) -> Reply:
        await self._viewers.refuse_blocked(request)
        key = request.target
        reply = self._kept.find(key)
        if reply is None:
            generation = self._kept.generation
            house = self._parts.identity.here
            query = request.fields()
            reply = cacheable(await self._parts.db.read(lambda tx: outward.body(render(tx, house, query))))
            self._kept.put(key, reply, generation=generation)
        return validated(reply, request)


def _outbox(tx: Tx, house: House, query: Query) -> Thing:
    if "page" not in query:
        first = f"{house.outbox}?page=true"
        return outward.collection(house.outbox, total=timelines.count_published(tx), first=first)
    below = _below(query)
    found = timelines.published(tx, Page(max_id=below, limit=PAGE))
    return outward.collection_page(
        f"{house.outbox}?page=true" + (f"&max_id={below}" if below else ""),
        part_of=house.outbox,
        items=[rendering.activity(tx, house, post) for post in found],
        next_page=f"{house.outbox}?page=true&max_id={found[-1].id}" if len(found) == PAGE else None,
    )


def _followers(tx: Tx, house: House, query: Query) -> Thing:
    return _people(tx, house.followers, query, followers=True)


def _following(tx: Tx, house: House, query: Query) -> Thing:
    return _people(tx, house.following, query, followers=False)


def _people(tx: Tx, uri: str, query: Query, *, followers: bool) -> Thing:
    owner = accounts.owner(tx)
    hidden = preferences.hidden(tx, None).follows  # whoever sees who they are can count them
    total = None if hidden else follows.count(tx, owner.id, followers=followers)
    if owner.hide_collections or hidden:
        return outward.collection(uri, total=total)
    if "page" not in query:
        return outward.collection(uri, total=total, first=f"{uri}?page=1")
    number = query["page"][0]
    page = min(int(number), 100_000) if number.isascii() and number.isdigit() and len(number) < 9 else 1
    found = follows.uris(tx, owner.id, followers=followers, limit=PEOPLE, offset=(page - 1) * PEOPLE)
    return outward.collection_page(
        f"{uri}?page={page}",
        part_of=uri,
        items=found,
        next_page=f"{uri}?page={page + 1}" if len(found) == PEOPLE else None,
    )


def _liked(tx: Tx, house: House, query: Query) -> Thing:
    return outward.collection(house.liked, total=0, items=())


def _featured(tx: Tx, house: House, query: Query) -> Thing:
    pinned = timelines.published(tx, Page(limit=PAGE), pinned=True)
    items = [rendering.note(tx, house, post) for post in pinned]
    return outward.collection(house.featured, total=len(items), items=items)


def _featured_tags(tx: Tx, house: House, query: Query) -> Thing:
    shown = featured_tags.of_account(tx, accounts.owner(tx).id)
    items = [outward.hashtag(house, tag.name, title=tag.title) for tag in shown]
    return outward.collection(house.featured_tags, total=len(items), items=items, ordered=False)


def _instance_outbox(tx: Tx, house: House, query: Query) -> Thing:
    return outward.collection(f"{house.instance_actor}/outbox", total=0, items=())


def _relay_outbox(tx: Tx, house: House, query: Query) -> Thing:
    return outward.collection(f"{house.relay_actor}/outbox", total=0, items=())


def _relay_followers(tx: Tx, house: House, query: Query) -> Thing:
    return outward.collection(house.relay_followers, total=relays.count_followers(tx)[0])


def _relay_following(tx: Tx, house: House, query: Query) -> Thing:
    return outward.collection(f"{house.relay_actor}/following", total=relays.count_followers(tx)[1])


OF_RELAY: dict[str, Render] = {
    "outbox": _relay_outbox,
    "followers": _relay_followers,
    "following": _relay_following,
}

OF_OWNER: dict[str, Render] = {
    "outbox": _outbox,
    "followers": _followers,
    "following": _following,
    "liked": _liked,
    "collections/featured": _featured,
    "collections/tags": _featured_tags,
}


def _likes(tx: Tx, uri: str, post: int, query: Query) -> Thing:
    return outward.collection(
        f"{uri}/likes", total=None if preferences.hidden(tx, None).posts else likes.count(tx, post), ordered=False
    )


def _shares(tx: Tx, uri: str, post: int, query: Query) -> Thing:
    return outward.collection(
        f"{uri}/shares",
        total=None if preferences.hidden(tx, None).posts else likes.count_boosts(tx, post),
        ordered=False,
    )


OF_POST: dict[str, Callable[[Tx, str, int, Query], Thing]] = {
    "replies": conversations.replies,
    "context": conversations.context,
    "likes": _likes,
    "shares": _shares,
}


def _below(query: Query) -> int | None:
    return number(query.get("max_id", [""])[0])
