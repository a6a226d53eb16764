"""Filters as the first version of the API has them: each keyword is one.

Spec: CLIENT_API §8 (v1); https://docs.joinmastodon.org/methods/filters/#v1.
"""

from smallfed.domain import filter as facts
from smallfed.domain.filter import Action, Keyword
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import SingleFilter
from smallfed.mastodon.params import identifier
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.presenting.filters import alone
from smallfed.mastodon.routes.filters import expiry
from smallfed.services import filtering
from smallfed.services.filtering import Wish
from smallfed.store import filters

READ, WRITE = owner("read:filters"), owner("write:filters")


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.get("/api/v1/filters", READ, every)
    door.post("/api/v1/filters", WRITE, create)
    door.get("/api/v1/filters/<number>", READ, one)
    door.put("/api/v1/filters/<number>", WRITE, change)
    door.delete("/api/v1/filters/<number>", WRITE, delete)


async def every(ask: Ask) -> list[SingleFilter]:
    """Answer all keywords."""
    return await ask.read(_every)


def _every(show: Presenter) -> list[SingleFilter]:
    groups: dict[int, facts.Filter] = {group.id: group for group in filters.every(show.tx)}
    return [alone(keyword, groups[keyword.filter_id]) for keyword in filters.keywords(show.tx, groups)]


async def one(ask: Ask, number: str) -> SingleFilter:
    """Answer a keyword."""
    return await ask.read(lambda show: _shown(show, filters.keyword(show.tx, identifier(number))))


def _shown(show: Presenter, keyword: Keyword) -> SingleFilter:
    return alone(keyword, filters.get(show.tx, keyword.filter_id))


async def create(ask: Ask) -> SingleFilter:
    """Make a filter of one keyword."""
    phrase, whole, wish = ask.params.text("phrase") or "", ask.params.flag("whole_word"), _wish(ask)

    def make(show: Presenter) -> SingleFilter:
        return _shown(show, filtering.create_single(show.tx, phrase, wish, whole_word=whole))

    return await ask.write(make)


async def change(ask: Ask, number: str) -> SingleFilter:
    """Change a keyword, and where it is alone its filter."""
    phrase, whole, wish = ask.params.text("phrase"), ask.params.flag("whole_word"), _wish(ask)

    def make(show: Presenter) -> SingleFilter:
        return _shown(show, filtering.change_single(show.tx, identifier(number), phrase, wish, whole_word=whole))

    return await ask.write(make)


async def delete(ask: Ask, number: str) -> dict[str, str]:
    """Delete a keyword, and its filter if nothing is left in that."""
    await ask.write(lambda show: filtering.delete_single(show.tx, identifier(number)))
    return {}


def _wish(ask: Ask) -> Wish:
    asked = ask.params
    hidden = asked.flag("irreversible")
    return Wish(
        contexts=asked.texts("context") if "context" in asked else None,
        action=None if hidden is None else (Action.HIDE if hidden else Action.WARN),
        expires_at=expiry(asked, ask.parts.clock.now()),
    )
