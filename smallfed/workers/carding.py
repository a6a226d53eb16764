"""Carding: pages that posts link to are read, under the same guard and budgets as everything else that is fetched.

Spec: SAFETY rules 22–25; https://oembed.com.
"""

import logging

import trio

from smallfed.domain.card import Attached, Glimpse
from smallfed.errors import Forbidden, Gone, Invalid, NotFound, SmallfedError, TooLarge
from smallfed.observe.logging import event
from smallfed.policy.budgets import Errand, Purpose
from smallfed.protocol import limits
from smallfed.runtime.aside import Aside
from smallfed.runtime.client import Answer
from smallfed.runtime.database import Database
from smallfed.services import carding
from smallfed.store import cards
from smallfed.store.fetches import Fetch
from smallfed.translate import glimpses, linking
from smallfed.workers.documents import Documents, successful
from smallfed.workers.lookup import Finder

log = logging.getLogger(__name__)

GLANCE = 2.0  # seconds that the owner is kept waiting for a page to be linked to
LARGEST = 3 << 20  # bytes of a page; the pages of large platforms are that large
HTML = ("text/html", "application/xhtml+xml")
JSON = ("application/json", "text/javascript", "application/json+oembed")


async def glance(db: Database, documents: Documents, aside: Aside, html: str) -> Attached | None:
    """Return what the page says that a post with this ``html`` will link to, where it answers at once.

    So the post can tell everybody it goes to. None: it was read lately, there is none, or it is not to be had so soon.
    """
    url = linking.first_link(html)
    known = None if url is None else await db.read(cards.find, url)
    if url is None or (known is not None and not cards.stale(known, documents.now() - carding.FRESH)):
        return None
    try:
        with trio.move_on_after(GLANCE):
            return Attached(url=url, glimpse=await _look(documents, aside, url, documents.errand(Purpose.OWNER)))
    except SmallfedError as error:
        event(log, "card.not_yet", level=logging.DEBUG, url=url, reason=error.message)
    return None


async def read(db: Database, documents: Documents, finder: Finder, aside: Aside, fetch: Fetch) -> None:
    """Read the page that ``fetch`` asks for and keep what it says about itself, and who in the fediverse wrote it.

    Raises why it cannot be had now.
    """
    url, errand = fetch.uri, documents.errand(Purpose.STRANGER)
    if await db.read(cards.find, url) is None:
        return  # nobody links to it any more
    glimpse = await _look(documents, aside, url, errand)
    await db.patient_write(carding.fill, url, glimpse)
    if glimpse is not None and glimpse.creator:
        await _meet(finder, glimpse.creator, errand)


async def _meet(finder: Finder, handle: str, errand: Errand) -> None:
    """Look up who is said to have written a page, as strangers have it; if that is nobody, it says enough itself."""
    try:
        await finder.handle(handle, errand)
    except SmallfedError as error:
        event(log, "card.no_author", level=logging.DEBUG, handle=handle, reason=error.message)


async def _look(documents: Documents, aside: Aside, url: str, errand: Errand) -> Glimpse | None:
    """Return what a page says, None for nothing, also where nothing will be there tomorrow. Raises why not now."""
    try:
        return await _glimpse(documents, aside, url, errand)
    except (NotFound, Gone, Forbidden, Invalid, TooLarge) as error:
        event(log, "card.nothing", level=logging.DEBUG, url=url, reason=error.message)
        return None


async def _glimpse(documents: Documents, aside: Aside, url: str, errand: Errand) -> Glimpse | None:
    answer = await _get(documents, url, errand, HTML, limit=LARGEST)
    if answer is None:
        return None
    kind = answer.header("content-type") or ""
    page = await aside.thread(lambda: glimpses.read(answer.body, url=answer.url, content_type=kind))
    glimpse = page.glimpse
    if page.oembed:
        glimpse = await _embedded(documents, glimpse, page.oembed, errand)
    return glimpse if glimpse.title else None


async def _embedded(documents: Documents, glimpse: Glimpse, address: str, errand: Errand) -> Glimpse:
    """Return it with what its oEmbed document says; a page whose document cannot be had says enough itself."""
    try:
        answer = await _get(documents, address, errand, JSON, limit=limits.DISCOVERY)
    except SmallfedError as error:
        event(log, "card.no_oembed", level=logging.DEBUG, url=address, reason=error.message)
        return glimpse
    return glimpse if answer is None else glimpses.embed(glimpse, answer.body, url=answer.url)


async def _get(documents: Documents, url: str, errand: Errand, types: tuple[str, ...], *, limit: int) -> Answer | None:
    """Return the answer if it is of one of these types, None if it is something else."""
    answer = successful(await documents.fetch(url, errand, accept=", ".join(types), limit=limit), now=documents.now())
    kind = (answer.header("content-type") or "").partition(";")[0].strip().lower()
    return answer if kind in types else None
