"""Our objects: the owner, the server itself, posts, and what is left of deleted ones.

Spec: ActivityPub §3.2, §6.11 (Tombstone); PROTOCOL §1.3–1.5, §2.7; SAFETY rules 16–18.
"""

from collections.abc import Callable
from typing import Literal

from smallfed.domain.house import House
from smallfed.domain.numbers import number
from smallfed.domain.post import Post
from smallfed.domain.uris import host
from smallfed.errors import NotFound
from smallfed.federation.cache import cacheable, validated
from smallfed.federation.exchange import Reply, Request
from smallfed.federation.viewers import Viewers
from smallfed.protocol.emitted import Thing
from smallfed.protocol.negotiation import CONTENT_TYPE, wants_activity
from smallfed.runtime.shelf import Shelf
from smallfed.services import rendering
from smallfed.store import accounts, emojis, posts, tombstones
from smallfed.store.tx import Tx
from smallfed.translate import outward
from smallfed.workers.parts import Parts

PERSONAL = (("cache-control", "private, no-store"), ("vary", "Accept, Signature"))
Render = Callable[[Tx, House], Thing]
Form = Literal["note", "create", "boost"]


class Objects:
    """Answers GETs of actors and posts."""

    def __init__(self, parts: Parts, kept: Shelf[Reply], viewers: Viewers) -> None:
        self._parts, self._kept, self._viewers = parts, kept, viewers

    async def owner(self, request: Request) -> Reply:
        """Give the owner's actor, or send a browser to the profile."""
        house = self._parts.identity.here
        if request.path == f"/users/{house.username}" and not wants_object(request):
            return _see(house.profile)
        return await self._public(request, "actor", rendering.actor)

    async def instance(self, request: Request) -> Reply:
        """Give the actor of the server itself; never refused, so that signatures can always be checked."""
        if not wants_object(request):
            return _see(self._parts.identity.here.page("/about"))
        return await self._rendered(request, "instance", rendering.instance_actor)

    async def relay(self, request: Request) -> Reply:
        """Give the actor that relays follow; never refused, either."""
        if not wants_object(request):
            return _see(self._parts.identity.here.page("/about"))
        return await self._rendered(request, "relay", rendering.relay_actor)

    async def note(self, request: Request) -> Reply:
        """Give a post of ours, or its Create."""
        house = self._parts.identity.here
        number, _, tail = request.path.removeprefix(f"/users/{house.username}/notes/").partition("/")
        if tail == "" and not wants_object(request):
            return _see(house.note_page(_number(number)))
        return await self._post(request, number, "create" if tail == "activity" else "note")

    async def note_page(self, request: Request) -> Reply:
        """Give a post of ours at the address of its page, to those who want ActivityPub there."""
        return await self._post(request, request.path.rpartition("/")[2], "note")

    async def boost(self, request: Request) -> Reply:
        """Give a boost of ours."""
        return await self._post(request, request.path.rpartition("/")[2], "boost")

    async def emoji(self, request: Request) -> Reply:
        """Give a custom emoji of ours."""
        name = request.path.removeprefix("/emojis/")
        return await self._public(request, f"emoji {name}", lambda tx, house: _emoji(tx, house, name))

    async def _public(self, request: Request, key: str, render: Render) -> Reply:
        await self._viewers.refuse_blocked(request)
        return await self._rendered(request, key, render)

    async def _rendered(self, request: Request, key: str, render: Render) -> Reply:
        """Give what everybody may see, from the cache where it can be."""
        reply = self._kept.find(key)
        if reply is None:
            generation = self._kept.generation
            house = self._parts.identity.here
            reply = cacheable(await self._parts.db.read(lambda tx: outward.body(render(tx, house))))
            self._kept.put(key, reply, generation=generation)
        return validated(reply, request)

    async def _post(self, request: Request, number: str, form: Form) -> Reply:
        """Give a public post to everybody, any other to those it is addressed to; all else looks absent."""
        post, house = _number(number), self._parts.identity.here
        signed = await self._viewers.refuse_blocked(request)
        key = f"{form} {post}"
        if (kept := self._kept.find(key)) is not None:
            return validated(kept, request)
        generation = self._kept.generation
        body = await self._parts.db.read(_post_for, house, post, form, None)
        if body is not None:
            reply = cacheable(body)
            self._kept.put(key, reply, generation=generation)
            return validated(reply, request)
        if form != "boost" and await self._parts.db.read(_was_deleted, house.note(post)):
            return Reply(status=410, body=outward.body(outward.tombstone(house.note(post))), content_type=CONTENT_TYPE)
        signer = await self._viewers.signer(request) if signed else None
        body = None if signer is None else await self._for_signer(signer, house, post, form)
        if body is None:
            raise NotFound("not found")
        return Reply(body=body, content_type=CONTENT_TYPE, headers=PERSONAL)

    async def _for_signer(self, signer: str, house: House, post: int, form: Form) -> bytes | None:
        """Return a post that is not public as the actor ``signer`` may see it, for itself or for its server."""
        body = await self._parts.db.read(_post_for_actor, house, post, form, signer)
        if body is not None:
            return body
        body = await self._parts.db.read(_post_at, house, post, form, host(signer) or "")
        return body if body is not None and await self._viewers.is_server(signer) else None


def _post_for(tx: Tx, house: House, post: int, form: Form, viewer: int | None) -> bytes | None:
    """Return a post of ours as ``viewer`` may see it, None otherwise."""
    return _rendered(tx, house, posts.find_visible(tx, post, viewer), form)


def _post_for_actor(tx: Tx, house: House, post: int, form: Form, actor: str) -> bytes | None:
    viewer = accounts.find_uri(tx, actor)
    return None if viewer is None else _post_for(tx, house, post, form, viewer.id)


def _post_at(tx: Tx, house: House, post: int, form: Form, name: str) -> bytes | None:
    """Return a post of ours as somebody on the server ``name`` may see it, None otherwise."""
    return _rendered(tx, house, posts.find_visible_at(tx, post, name), form)


def _rendered(tx: Tx, house: House, found: Post | None, form: Form) -> bytes | None:
    """Render a post of ours. A boost is no note, and a note no boost."""
    if found is None or not found.local or (found.boost_of_id is not None) != (form == "boost"):
        return None
    return outward.body(rendering.note(tx, house, found) if form == "note" else rendering.activity(tx, house, found))


def _emoji(tx: Tx, house: House, name: str) -> Thing:
    known = emojis.find(tx, name)
    if known is None:
        raise NotFound("not found")
    return outward.emoji(known.shown, house)


def _was_deleted(tx: Tx, uri: str) -> bool:
    return tombstones.has(tx, uri)


def wants_object(request: Request) -> bool:
    """Whoever names no type of page wants the object: many programs send no Accept at all, browsers always do."""
    accept = request.header("accept")
    return accept is None or accept.strip() == "*/*" or wants_activity(accept)


def _see(address: str) -> Reply:
    return Reply(status=303, headers=(("location", address), ("vary", "Accept"), ("cache-control", "no-cache")))


def _number(text: str) -> int:
    """Return the number in an address; NotFound for what is none."""
    id_ = number(text)
    if id_ is None:
        raise NotFound("not found")
    return id_
