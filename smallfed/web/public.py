"""The pages that everybody may see: profile, posts, hashtags, feed. The owner's browser is shown the other posts, too.

Spec: https://ogp.me (OpenGraph), RFC 4287 (Atom); SAFETY rules 16–18, 36. No script, and no pictures of others.
"""

import re
from collections.abc import Awaitable, Callable

from markupsafe import Markup
from quart import Response, request
from quart_trio import QuartTrio

from smallfed import __version__
from smallfed.domain import numbers, uris
from smallfed.errors import Gone, NotFound
from smallfed.pages import visits
from smallfed.pages.answers import page, see_other
from smallfed.pages.headers import policy
from smallfed.pages.templates import render
from smallfed.runtime.shelf import Shelf
from smallfed.store.tx import Tx
from smallfed.text.markup import render as render_markup
from smallfed.text.sanitise import cut, plain
from smallfed.text.scan import normal_tag
from smallfed.web import showing
from smallfed.web.persons import avatar, illustrated, named
from smallfed.workers.parts import Parts

HTML, ATOM = "text/html; charset=utf-8", "application/atom+xml; charset=utf-8"
KEPT = "public, max-age=60, stale-while-revalidate=600"
_NO_XML = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"  # one such character breaks a feed


class Public:
    """Answers with pages that are the same for everybody, and keeps them as long as nothing changes."""

    def __init__(self, house: Parts) -> None:
        self._parts = house
        self._shelf = Shelf[str](house.hub, lambda text: 4 * len(text))

    async def root(self) -> Response:
        """Lead to the owner's profile."""
        return see_other(self._parts.identity.here.profile)

    async def profile(self, name: str) -> Response:
        """Show the owner and what they published."""
        self._require_owner(name)
        return await self._given(_profile, _below())

    async def feed(self, name: str) -> Response:
        """Give the newest posts to feed readers."""
        self._require_owner(name)
        return await self._given(_feed, content_type=ATOM)

    async def post(self, name: str, number: str) -> Response:
        """Show a post with its thread."""
        self._require_owner(name)
        id_ = numbers.number(number)
        if id_ is None:
            raise NotFound("There is nothing here.")
        visit = await visits.visit()
        try:
            if visit.inside:
                return await self._own(id_, visit.seal)
            return await self._given(_thread, id_, self._parts.config.web.replies)
        except NotFound:
            if await self._parts.db.read(showing.was_deleted, id_):
                raise Gone("This post was deleted.") from None
            raise

    async def _own(self, number: int, seal: str) -> Response:
        """Show the owner a post, also one that is not for everybody: to this browser alone, and kept nowhere."""
        text = await self._parts.db.read(_thread, number, self._parts.config.web.replies, seal=seal)
        response = Response(text, content_type=HTML)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["Content-Security-Policy"] = policy()
        return response

    async def tag(self, name: str) -> Response:
        """Show the owner's posts with a hashtag."""
        return await self._given(_tag, normal_tag(name[:200]), _below())

    async def about(self) -> Response:
        """Say whose server this is, and what the owner has written about it."""
        here, written = self._parts.identity.here, self._parts.config.instance
        texts = [
            (title, Markup(render_markup(text, "text/markdown", mentions={}, tag_url=here.tag_page).html))  # noqa: S704
            for title, text in (
                ("About", written.description),
                ("Privacy policy", written.privacy_policy),
                ("Terms of service", written.terms),
            )
            if text.strip()
        ]
        return _for_everybody(page("about.html", house=here, version=__version__, written=written, texts=texts))

    async def interact(self) -> Response:
        """Say how to follow or answer something from the owner's account."""
        uri = uris.web(request.args.get("uri", "").removeprefix("acct:")) or request.args.get("uri", "")[:500]
        return page("interact.html", house=self._parts.identity.here, uri=uri)

    def _require_owner(self, name: str) -> None:
        house = self._parts.identity.here
        user, _, domain = name.partition("@")
        if user.lower() != house.username.lower() or domain.lower() not in ("", *house.names):
            raise NotFound("Nobody of that name lives here.")

    async def _given(self, make: Callable[..., str], *args: object, content_type: str = HTML) -> Response:
        key = f"{make.__name__} {args}"
        kept = self._shelf.find(key)
        if kept is None:
            generation = self._shelf.generation
            kept = await self._parts.db.read(make, *args)
            self._shelf.put(key, kept, generation=generation)
        return _for_everybody(Response(kept, content_type=content_type))


def _for_everybody(response: Response) -> Response:
    response.headers["Cache-Control"] = KEPT
    response.headers["Vary"] = "Accept"
    response.headers["Content-Security-Policy"] = policy()
    return response


def _profile(tx: Tx, below: int | None) -> str:
    shown = showing.profile(tx, below)
    owner = shown.owner
    return render(
        "profile.html",
        seal=None,
        house=shown.house,
        owner=owner,
        avatar=avatar(shown.house, owner),
        owner_name=named(shown.house, owner),
        note=illustrated(shown.house, owner.note, owner.emojis),
        fields=[(field.name, illustrated(shown.house, field.value, owner.emojis)) for field in owner.fields],
        about=cut(plain(owner.note), 200) or f"@{shown.house.handle}",
        posts=shown.posts,
        followers=shown.followers,
        following=shown.following,
        pinned=shown.pinned,
        shown_posts=shown.shown,
        older=shown.older,
        moved=shown.moved,
    )


def _thread(tx: Tx, number: int, replies: showing.Replies, *, seal: str | None = None) -> str:
    """Return the page of a post; with the ``seal`` of a browser in which the owner is, what the owner can do there."""
    thread = showing.thread(tx, number, replies, for_owner=seal is not None)
    return render(
        "thread.html",
        seal=seal,
        house=thread.house,
        owner=thread.owner,
        owner_name=named(thread.house, thread.owner),
        above=thread.above,
        post=thread.post,
        below=thread.below,
        hidden=thread.hidden,
        quieting=None if seal is None else showing.quieting(tx, number),
    )


def _tag(tx: Tx, name: str, below: int | None) -> str:
    house, shown, older = showing.tagged(tx, name, below)
    return render("tag.html", seal=None, house=house, tag=name, shown_posts=shown, older=older)


def _feed(tx: Tx) -> str:
    house, owner, shown = showing.newest(tx)
    updated = max((each.edited_at or each.published_at for each in shown), default=house.created_at)
    return re.sub(_NO_XML, "", render("feed.xml", house=house, owner=owner, shown_posts=shown, updated=updated))


def _below() -> int | None:
    return numbers.number(request.args.get("max_id", ""))


def register(app: QuartTrio) -> None:
    """Hang the pages into the application."""
    public = Public(app.extensions["parts"])
    pages: dict[str, Callable[..., Awaitable[Response]]] = {
        "/": public.root,
        "/@<name>": public.profile,
        "/@<name>/feed": public.feed,
        "/@<name>/<number>": public.post,
        "/tags/<name>": public.tag,
        "/about": public.about,
        "/authorize_interaction": public.interact,
    }
    for path, answer in pages.items():
        app.add_url_rule(path, f"public {path}", answer, methods=["GET"])
