"""Filters, their keywords, and the single posts in them.

Spec: CLIENT_API §8; https://docs.joinmastodon.org/methods/filters/.
"""

from datetime import datetime, timedelta

from msgspec import UNSET, UnsetType

from smallfed.errors import Invalid
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import Filter, FilterKeyword, FilterStatus
from smallfed.mastodon.params import identifier
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.presenting import filters as shown
from smallfed.pages.trees import Tree
from smallfed.services import filtering
from smallfed.services.filtering import KeywordChange, Wish
from smallfed.store import filters

READ, WRITE = owner("read:filters"), owner("write:filters")
LONGEST = timedelta(days=36525)


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.get("/api/v2/filters", READ, every)
    door.post("/api/v2/filters", WRITE, create)
    door.get("/api/v2/filters/<number>", READ, one)
    door.put("/api/v2/filters/<number>", WRITE, change)
    door.delete("/api/v2/filters/<number>", WRITE, delete)
    door.get("/api/v2/filters/<number>/keywords", READ, keywords)
    door.post("/api/v2/filters/<number>/keywords", WRITE, add_keyword)
    door.get("/api/v2/filters/keywords/<number>", READ, keyword)
    door.put("/api/v2/filters/keywords/<number>", WRITE, change_keyword)
    door.delete("/api/v2/filters/keywords/<number>", WRITE, remove_keyword)
    door.get("/api/v2/filters/<number>/statuses", READ, statuses)
    door.post("/api/v2/filters/<number>/statuses", WRITE, add_status)
    door.get("/api/v2/filters/statuses/<number>", READ, status)
    door.delete("/api/v2/filters/statuses/<number>", WRITE, remove_status)


# Filters --------------------------------------------------------------------------------------------------------------
async def every(ask: Ask) -> list[Filter]:
    """Answer all filters, expired ones too."""
    return await ask.read(lambda show: shown.several(show.tx, filters.every(show.tx)))


async def one(ask: Ask, number: str) -> Filter:
    """Answer a filter."""
    return await ask.read(lambda show: _whole(show, identifier(number)))


async def create(ask: Ask) -> Filter:
    """Make a filter."""
    wish = _wish(ask)
    return await ask.write(lambda show: _whole(show, filtering.create(show.tx, wish).id))


async def change(ask: Ask, number: str) -> Filter:
    """Change a filter: what is not said stays as it is."""
    wish = _wish(ask)
    return await ask.write(lambda show: _whole(show, filtering.change(show.tx, identifier(number), wish).id))


async def delete(ask: Ask, number: str) -> dict[str, str]:
    """Delete a filter."""
    await ask.write(lambda show: filtering.delete(show.tx, identifier(number)))
    return {}


def _whole(show: Presenter, number: int) -> Filter:
    return shown.several(show.tx, [filters.get(show.tx, number)])[0]


def _wish(ask: Ask) -> Wish:
    asked = ask.params
    return Wish(
        title=asked.text("title"),
        contexts=asked.texts("context") if "context" in asked else None,
        action=asked.text("filter_action") or None,
        expires_at=expiry(asked, ask.parts.clock.now()),
        keywords=[change for change in map(_keyword, asked.trees("keywords_attributes")) if change is not None],
    )


def expiry(asked: Tree, now: datetime) -> datetime | UnsetType | None:
    """Return when a filter expires: so many seconds from now, never if that is said empty; UNSET if nothing is said."""
    if "expires_in" not in asked:
        return UNSET
    seconds = asked.integer("expires_in")
    if seconds is None:
        return None
    if not 0 <= seconds <= LONGEST.total_seconds():
        raise Invalid("expires_in should be a number of seconds from now, or empty for never")
    return now + timedelta(seconds=seconds)


def _keyword(asked: Tree) -> KeywordChange | None:
    """Return what becomes of a keyword, None for a line that was left empty."""
    number, text = asked.text("id"), asked.text("keyword")
    if not number and not (text or "").strip() and asked.flag("whole_word") is None:
        return None
    return KeywordChange(
        id=identifier(number) if number else None,
        keyword=text,
        whole_word=asked.flag("whole_word"),
        goes=bool(asked.flag("_destroy")),
    )


# Keywords -------------------------------------------------------------------------------------------------------------
async def keywords(ask: Ask, number: str) -> list[FilterKeyword]:
    """Answer the keywords of a filter."""
    return await ask.read(lambda show: _keywords(show, identifier(number)))


def _keywords(show: Presenter, number: int) -> list[FilterKeyword]:
    known = filters.get(show.tx, number)
    return [shown.keyword(each) for each in filters.keywords(show.tx, [known.id])]


async def keyword(ask: Ask, number: str) -> FilterKeyword:
    """Answer a keyword."""
    return await ask.read(lambda show: shown.keyword(filters.keyword(show.tx, identifier(number))))


async def add_keyword(ask: Ask, number: str) -> FilterKeyword:
    """Give a filter another keyword."""
    text, whole = ask.params.text("keyword") or "", ask.params.flag("whole_word")
    return await ask.write(
        lambda show: shown.keyword(filtering.add_keyword(show.tx, identifier(number), text, whole_word=whole))
    )


async def change_keyword(ask: Ask, number: str) -> FilterKeyword:
    """Change a keyword: what is not said stays as it is."""
    text, whole = ask.params.text("keyword"), ask.params.flag("whole_word")
    return await ask.write(
        lambda show: shown.keyword(filtering.change_keyword(show.tx, identifier(number), text, whole_word=whole))
    )


async def remove_keyword(ask: Ask, number: str) -> dict[str, str]:
    """Take a keyword out of its filter."""
    await ask.write(lambda show: filtering.remove_keyword(show.tx, identifier(number)))
    return {}


# Single posts ---------------------------------------------------------------------------------------------------------
async def statuses(ask: Ask, number: str) -> list[FilterStatus]:
    """Answer the single posts of a filter."""
    return await ask.read(lambda show: _statuses(show, identifier(number)))


def _statuses(show: Presenter, number: int) -> list[FilterStatus]:
    known = filters.get(show.tx, number)
    return [shown.single(each) for each in filters.posts(show.tx, [known.id])]


async def status(ask: Ask, number: str) -> FilterStatus:
    """Answer a single post of a filter."""
    return await ask.read(lambda show: shown.single(filters.post(show.tx, identifier(number))))


async def add_status(ask: Ask, number: str) -> FilterStatus:
    """Let a filter match a single post."""
    post = ask.params.integer("status_id") or 0
    return await ask.write(lambda show: shown.single(filtering.add_post(show.tx, identifier(number), post)))


async def remove_status(ask: Ask, number: str) -> dict[str, str]:
    """Let a filter no longer match a single post."""
    await ask.write(lambda show: filtering.remove_post(show.tx, identifier(number)))
    return {}
