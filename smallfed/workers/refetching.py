"""Refetching: originals of others' media that are not kept, or could not be had, are fetched when the owner says so."""

from typing import Any

import trio
from msgspec import structs

from smallfed.domain.copy import Copy
from smallfed.errors import NotFound, SmallfedError
from smallfed.services.copying import Wanted
from smallfed.store import accounts, holdings, posts
from smallfed.store.holdings import Choice
from smallfed.store.tx import Tx
from smallfed.workers.parts import Parts

SOME = 20  # that are fetched before the owner hears how it goes
AT_ONCE = 4
PATIENCE = 20.0  # seconds for all of them: a command waits


async def refetch(parts: Parts, target: str, after: int) -> dict[str, Any]:
    """Fetch some of what is meant by a host, a handle or the address of a post, those behind the id ``after``.

    NotFound when we know nothing of that name. Answers how many ``came``, what ``failed`` and why, and ``after`` for
    the next, None when there are none.
    """
    choice = await parts.db.read(meant, target)
    found = await parts.db.long_read(holdings.some, choice, after=after, limit=SOME)
    failed: dict[str, str] = {copy.url: "it takes too long" for copy in found}
    turns = trio.CapacityLimiter(AT_ONCE)
    with trio.move_on_after(PATIENCE):
        async with trio.open_nursery() as nursery:
            for copy in found:
                nursery.start_soon(_fetch, parts, copy, turns, failed)
    return {
        "came": len(found) - len(failed),
        "failed": [{"url": url, "reason": reason} for url, reason in failed.items()],
        "after": found[-1].id if len(found) == SOME else None,
    }


def meant(tx: Tx, target: str) -> Choice:
    """Return the copies that are meant by ``target``: ``host``, ``@user@host``, or an address of a post or person."""
    text = target.strip()
    if "://" in text:
        post = posts.find_url(tx, text)
        account = None if post is not None else accounts.find_url(tx, text)
        if post is None and account is None:
            raise NotFound(f"nothing is known of {text}: open it in an app first")
        return Choice(post=None if post is None else post.id, account=None if account is None else account.id)
    username, at, host = text.removeprefix("@").partition("@")
    if not at:
        return Choice(host=text.lower())
    known = accounts.find_handle(tx, username, host.lower())
    if known is None:
        raise NotFound(f"there is no account {text!r} here: give it as @user@example.org")
    return Choice(account=known.id)


async def _fetch(parts: Parts, copy: Copy, turns: trio.CapacityLimiter, failed: dict[str, str]) -> None:
    asked = Wanted(
        subject=copy.subject,
        whose=copy.subject_id,
        url=copy.url,
        host=copy.host,
        small=False,
        copy=structs.replace(copy, retry_at=None),
    )
    async with turns:
        try:
            await parts.mirroring.find(asked)
        except SmallfedError as error:
            failed[copy.url] = error.message
        else:
            del failed[copy.url]
