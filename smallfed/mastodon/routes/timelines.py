"""Timelines: many posts, newest first.

Strangers are shown what this house has published; what it has gathered from others is for its owner.

Spec: CLIENT_API §6; https://docs.joinmastodon.org/methods/timelines/.
"""

from collections.abc import Sequence

from smallfed.domain.post import Post, Visibility
from smallfed.mastodon.access import anyone, owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.params import identifier
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.replying import Part
from smallfed.pages.trees import Tree
from smallfed.store import lists, timelines
from smallfed.store.paging import Page
from smallfed.store.timelines import Mix, Without
from smallfed.text.scan import normal_tag

READ = "read:statuses"
MOST_MIXED = 4  # other hashtags of each kind; more are not looked at, as with Mastodon


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.get("/api/v1/timelines/home", owner(READ), home)
    door.get("/api/v1/timelines/public", anyone(READ), public)
    door.get("/api/v1/timelines/tag/<name>", anyone(READ), tag)
    door.get("/api/v1/timelines/direct", owner(READ), direct)
    door.get("/api/v1/timelines/list/<number>", owner("read:lists"), of_list)


async def home(ask: Ask) -> Part:
    """Answer what the owner follows, without ``exclude_replies``, ``exclude_reblogs``, ``exclude_visibilities``."""
    return await ask.read(_home, ask.page(), without(ask.params))


def _home(show: Presenter, page: Page, left_out: Without) -> Part:
    return part(show, timelines.home(show.tx, page, left_out))


def without(asked: Tree) -> Without:
    """Return what is to be left out; words that are no visibility leave out nothing, as with Pleroma."""
    return Without(
        replies=asked.flag("exclude_replies") or False,
        reblogs=asked.flag("exclude_reblogs") or False,
        visibilities=tuple(each for each in Visibility if each in asked.texts("exclude_visibilities")),
    )


async def public(ask: Ask) -> Part:
    """Answer what is public: ``local``, ``remote`` or both, ``only_media``."""
    asked = ask.params
    return await ask.read(
        _public,
        ask.page(),
        asked.flag("local") or ask.viewer is None,
        asked.flag("remote") or False,
        asked.flag("only_media") or False,
    )


def _public(show: Presenter, page: Page, local: bool, remote: bool, only_media: bool) -> Part:
    found = timelines.public(show.tx, show.viewer, page, local=local, remote=remote, only_media=only_media)
    return part(show, found)


async def tag(ask: Ask, name: str) -> Part:
    """Answer public posts with a hashtag, or ``any`` of some, with ``all`` of others, with ``none`` of yet others."""
    asked = ask.params
    any_, all_, none = (tuple(map(normal_tag, asked.texts(kind)[:MOST_MIXED])) for kind in ("any", "all", "none"))
    return await ask.read(
        _tag,
        normal_tag(name),
        ask.page(),
        Mix(any=any_, all=all_, none=none),
        asked.flag("local") or ask.viewer is None,
        asked.flag("remote") or False,
        asked.flag("only_media") or False,
    )


def _tag(show: Presenter, name: str, page: Page, mix: Mix, local: bool, remote: bool, only_media: bool) -> Part:
    found = timelines.tag(show.tx, show.viewer, name, page, mix=mix, local=local, remote=remote, only_media=only_media)
    return part(show, found)


async def of_list(ask: Ask, number: str) -> Part:
    """Answer what the members of a list post."""
    return await ask.read(_of_list, identifier(number), ask.page(), without(ask.params))


def _of_list(show: Presenter, number: int, page: Page, left_out: Without) -> Part:
    return part(show, timelines.of_list(show.tx, lists.get(show.tx, number), page, left_out))


async def direct(ask: Ask) -> Part:
    """Answer direct posts by the owner and for the owner, as it was before there were conversations."""
    return await ask.read(_direct, ask.page())


def _direct(show: Presenter, page: Page) -> Part:
    return part(show, timelines.direct(show.tx, page))


def part(show: Presenter, found: Sequence[Post]) -> Part:
    """Return posts as a part of a list that goes on by their ids."""
    return Part(items=show.statuses(found), ids=[post.id for post in found])
