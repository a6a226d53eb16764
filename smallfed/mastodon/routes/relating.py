"""Accounts: what the owner does about people. Each answers with the new relationship.

Spec: CLIENT_API §4; https://docs.joinmastodon.org/methods/accounts/.
"""

from collections.abc import Callable
from datetime import timedelta

from smallfed.domain.account import Account
from smallfed.errors import Invalid
from smallfed.mastodon import entities
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask, Handler
from smallfed.mastodon.door import Door
from smallfed.mastodon.params import identifier
from smallfed.mastodon.presenter import Presenter
from smallfed.services import admitting, blocking, endorsing, following, muting, noting, reckoning
from smallfed.store import accounts, follows, preferences
from smallfed.store.tx import Tx
from smallfed.text.language import normal_language

LONGEST_MUTE = 10 * 366 * 86400  # seconds


def register(door: Door) -> None:
    """Hang the routes."""
    door.post("/api/v1/accounts/<account>/follow", owner("write:follows"), follow)
    door.post("/api/v1/accounts/<account>/mute", owner("write:mutes"), mute)
    for name, scope, do in (
        ("unfollow", "write:follows", following.unfollow),
        ("remove_from_followers", "write:follows", admitting.remove_follower),
        ("block", "write:blocks", blocking.block),
        ("unblock", "write:blocks", reckoning.unblock),
        ("unmute", "write:mutes", muting.unmute),
        ("endorse", "write:accounts", endorsing.endorse),
        ("unendorse", "write:accounts", endorsing.withdraw),
        ("pin", "write:accounts", endorsing.endorse),  # as they were called before 4.4
        ("unpin", "write:accounts", endorsing.withdraw),
    ):
        door.post(f"/api/v1/accounts/<account>/{name}", owner(scope), _plain(do))
    door.post("/api/v1/accounts/<account>/note", owner("write:accounts"), note)


def _plain(do: Callable[[Tx, Account], None]) -> Handler:
    async def handler(ask: Ask, account: str) -> object:
        return await ask.write(_do, identifier(account), do)

    return handler


def _do(show: Presenter, account: int, do: Callable[[Tx, Account], None]) -> entities.Relationship:
    do(show.tx, accounts.get(show.tx, account))
    return show.relationship(account)


async def follow(ask: Ask, account: str) -> object:
    """Follow, or change what is wanted of somebody followed: what is not said stays as it is."""
    asked = ask.params
    languages = tuple(code for code in map(normal_language, asked.texts("languages")) if code is not None)
    return await ask.write(
        _follow,
        identifier(account),
        asked.flag("reblogs"),
        asked.flag("notify"),
        languages if "languages" in asked else None,
    )


def _follow(
    show: Presenter, account: int, reblogs: bool | None, notify: bool | None, languages: tuple[str, ...] | None
) -> entities.Relationship:
    target = accounts.get(show.tx, account)
    known = None if show.viewer is None else follows.find(show.tx, show.viewer, account)
    following.follow(
        show.tx,
        target,
        reblogs=reblogs if reblogs is not None else known.reblogs if known else preferences.find(show.tx).boosts,
        notify=(known is not None and known.notify) if notify is None else notify,
        languages=(known.languages if known else None) if languages is None else languages or None,
    )
    return show.relationship(account)


async def mute(ask: Ask, account: str) -> object:
    """Mute, for ever (0 seconds) or for a while, with notifications unless told otherwise."""
    seconds = ask.params.integer("duration") or 0
    if not 0 <= seconds <= LONGEST_MUTE:
        raise Invalid(f"duration should be a number of seconds from 0 (for ever) to {LONGEST_MUTE}")
    return await ask.write(
        _mute,
        identifier(account),
        ask.params.flag("notifications") is not False,
        timedelta(seconds=seconds) if seconds else None,
    )


def _mute(show: Presenter, account: int, notifications: bool, duration: timedelta | None) -> entities.Relationship:
    muting.mute(show.tx, accounts.get(show.tx, account), notifications=notifications, duration=duration)
    return show.relationship(account)


async def note(ask: Ask, account: str) -> object:
    """Note something about an account; an empty ``comment`` takes the note away."""
    return await ask.write(_note, identifier(account), ask.params.text("comment") or "")


def _note(show: Presenter, account: int, comment: str) -> entities.Relationship:
    noting.annotate(show.tx, accounts.get(show.tx, account), comment)
    return show.relationship(account)
