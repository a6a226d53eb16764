"""Importing: the owner brings follows, blocks, mutes, blocked domains, bookmarks and lists from another server.

Spec: PROTOCOL §8.2. A file comes in pieces, then it is started; its lines are done one by one.
"""

from typing import Any

from msgspec import ValidationError, convert

from smallfed.domain.account import Account
from smallfed.domain.bulk import Kind, Line
from smallfed.domain.events import ImportQueued
from smallfed.domain.post import Post
from smallfed.errors import Conflict, Invalid, NotFound
from smallfed.services import blocking, bookmarking, following, listing, muting
from smallfed.store import accounts, exports, follows, houses, imports, posts
from smallfed.store.imports import Waiting
from smallfed.store.tx import Tx

KINDS: tuple[Kind, ...] = ("follows", "blocks", "mutes", "domain-blocks", "bookmarks", "lists")


def begin(tx: Tx, *, kind: str, overwrite: bool) -> dict[str, int]:
    """Begin an import; return its number, to which lines are added until it is started."""
    known = next((each for each in KINDS if each == kind), None)
    if known is None:
        raise Invalid(f"{kind!r} cannot be imported; there are: {', '.join(KINDS)}")
    return {"import": imports.put(tx, known, overwrite=overwrite)}


def add(tx: Tx, *, number: int, lines: list[Any]) -> dict[str, int]:
    """Add lines to an import that is not started yet."""
    _require_open(tx, number)
    try:
        imports.add(tx, number, convert(lines, list[Line]))
    except ValidationError as error:
        raise Invalid(f"the lines were not understood: {error}") from error
    return {"added": len(lines)}


def start(tx: Tx, *, number: int) -> dict[str, int]:
    """Let an import be worked through. What it is to overwrite goes now: all that is here and not in the file."""
    kind, overwrite = _require_open(tx, number)
    removed = 0
    if overwrite:
        removed = _overwrite(tx, kind, imports.lines(tx, number))
    lines = imports.start(tx, number)
    tx.announce(ImportQueued())
    return {"lines": lines, "removed": removed}


def _overwrite(tx: Tx, kind: Kind, wanted: list[Line]) -> int:
    if not wanted:
        raise Invalid("the file has no line to keep: nothing is overwritten with nothing")
    kept = {line.key for line in wanted}
    removed = sum(_remove(tx, kind, line) for line in exports.lines(tx, kind) if line.key not in kept)
    if kind == "lists":
        listing.keep(tx, {line.title for line in wanted})
    return removed


def again(tx: Tx) -> dict[str, int]:
    """Try everything again that has failed."""
    count = imports.again(tx)
    tx.announce(ImportQueued())
    return {"again": count}


def _require_open(tx: Tx, number: int) -> tuple[Kind, bool]:
    found = imports.find(tx, number)
    if found is None:
        raise NotFound("there is no such import")
    kind, overwrite, started = found
    if started:
        raise Conflict("this import has been started already")
    return next(each for each in KINDS if each == kind), overwrite


def _remove(tx: Tx, kind: Kind, line: Line) -> bool:
    if kind == "domain-blocks":
        blocking.unblock_domain(tx, line.address)
        return True
    if kind == "bookmarks":
        post = posts.find_uri(tx, line.address)
        return post is not None and bool(bookmarking.unbookmark(tx, post))
    user, _, host = line.address.partition("@")
    account = accounts.find_handle(tx, user, host)
    if account is None:
        return False
    if kind == "lists":
        return listing.leave(tx, line.title, account)
    {"follows": following.unfollow, "blocks": blocking.unblock, "mutes": muting.unmute}[kind](tx, account)
    return True


def apply(tx: Tx, waiting: Waiting, thing: Account | Post | None) -> None:
    """Do what a line wants with the account or post that its address names, and be done with it.

    Raises what keeps the owner from it, such as Forbidden with a block in between.
    """
    line = waiting.line
    match waiting.kind, thing:
        case "domain-blocks", None:
            blocking.block_domain(tx, line.address)
        case "follows", Account():
            following.follow(tx, thing, reblogs=line.reblogs, notify=line.notify, languages=line.languages)
        case "blocks", Account():
            blocking.block(tx, thing)
        case "mutes", Account():
            muting.mute(tx, thing, notifications=line.notifications)
        case "lists", Account():
            _put_into_list(tx, line.title, thing)
        case "bookmarks", Post():
            bookmarking.bookmark(tx, thing)
        case _:
            raise Invalid(f"{line.address} is something else.")
    imports.settle(tx, waiting.id)


def _put_into_list(tx: Tx, title: str, account: Account) -> None:
    """Follow an account, if need be, because only who is followed can be in a list."""
    if not account.local and follows.find(tx, houses.owner_id(tx), account.id) is None:
        following.follow(tx, account)
    listing.enter(tx, title, account)
