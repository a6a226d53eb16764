"""Adopting: custom emoji of other servers become the owner's, one by one and only when the owner says so.

They belong to whoever made them, and servers have rules about them: what there is, and under which licence where that
is said, is shown first. Nothing is copied on its own.

Spec: SAFETY rules 22–25.
"""

import logging
import posixpath
from collections.abc import Sequence
from hashlib import sha256
from http import HTTPStatus
from urllib.parse import quote, urlsplit

import trio
from msgspec import structs

from smallfed.domain.custom_emoji import Arrival
from smallfed.domain.purge import PURGED
from smallfed.errors import Invalid, NotFound, SmallfedError, TooLarge, TooMany
from smallfed.imaging.emojis import LARGEST
from smallfed.observe.logging import event
from smallfed.policy.budgets import Errand, Purpose
from smallfed.protocol import jsonld
from smallfed.protocol.jsonld import Document
from smallfed.protocol.negotiation import is_activity
from smallfed.protocol.vocabulary import ACCEPT
from smallfed.runtime.client import Answer
from smallfed.services import illustrating
from smallfed.store import emojis, purges
from smallfed.translate import offers, tags
from smallfed.translate.offers import Offer
from smallfed.workers.documents import Documents, successful
from smallfed.workers.illustrating import TOO_LARGE, Drawn, draw
from smallfed.workers.parts import Parts

log = logging.getLogger(__name__)

LIST = 8 << 20  # bytes of a list of emoji
PATIENCE = 20.0  # seconds for what is copied at once: the owner's terminal waits
SOON = 2.0  # seconds: longer than a budget of the owner lets anybody wait
LICENSES = 20  # emoji whose licence is asked for one by one
PICTURES = "image/png, image/gif, image/webp, image/jpeg, image/avif"


async def listed(parts: Parts, host: str, names: Sequence[str]) -> list[Offer]:
    """Return what emoji the server ``host`` lists, or those called ``names``. NotFound when one is not to be had."""
    documents, errand = parts.fetcher.documents, parts.fetcher.documents.errand(Purpose.OWNER)
    base = f"{parts.identity.here.scheme}://{host}"
    try:
        known = await _list(documents, base, errand)
    except SmallfedError as error:
        if not names:
            raise
        event(log, "emoji.no_list", host=host, error=error)
        known = []
    if not names:
        return known
    by_name = {offer.shortcode: offer for offer in known}
    chosen = [by_name.get(name) or await _heard(parts, host, name) for name in names]
    if not known or len(chosen) > LICENSES:
        return chosen
    return [await _with_license(documents, base, offer, errand) for offer in chosen]


async def _list(documents: Documents, base: str, errand: Errand) -> list[Offer]:
    """Ask in Mastodon's way, which most know, then in Misskey's."""
    try:
        answer = await _get(documents, base + offers.MASTODON, errand, accept="application/json", limit=LIST)
    except NotFound:
        answer = await _get(documents, base + offers.MISSKEY, errand, accept="application/json", limit=LIST)
    found = offers.read(answer.body)
    if not found:
        raise NotFound(f"{base} lists no emoji for others")
    return found


async def _heard(parts: Parts, host: str, name: str) -> Offer:
    """Return an emoji that is known here, because somebody there has it in their name or profile."""
    emoji = await parts.db.long_read(emojis.heard, host, name)
    if emoji is None:
        raise NotFound(f"there is no emoji :{name}: at {host}, as far as it says")
    return Offer(shortcode=name, url=emoji.url)


async def _with_license(documents: Documents, base: str, offer: Offer, errand: Errand) -> Offer:
    """Return it with its licence where its server is a Misskey: only there are they told, and each for itself."""
    if offer.license:
        return offer
    try:
        url = base + offers.MISSKEY_ONE + quote(offer.shortcode)
        answer = await _get(documents, url, errand, accept="application/json", limit=64 << 10)
    except SmallfedError:  # nothing is said then
        return offer
    return structs.replace(offer, license=offers.license_of(answer.body))


async def at(parts: Parts, url: str, name: str | None) -> Offer:
    """Return the emoji at an address: an object of that type (FEP-9098), or a picture, which has the name of its file.

    ``name`` is another one for it. Invalid when it is neither.
    """
    documents = parts.fetcher.documents
    errand = documents.errand(Purpose.OWNER)
    answer = await _get(documents, url, errand, accept=f"{ACCEPT}, {PICTURES}", limit=LIST)
    if is_activity(answer.header("content-type")):
        offer = _stated(jsonld.read(answer.body))
    elif (answer.header("content-type") or "").startswith("image/"):
        stem = posixpath.splitext(posixpath.basename(urlsplit(answer.url).path))[0]
        offer = Offer(shortcode=stem, url=url)
    else:
        raise Invalid(f"{url} is neither an emoji nor a picture")
    return offer if name is None else structs.replace(offer, shortcode=name)


def _stated(document: Document) -> Offer:
    emoji = tags.emoji(document) if "Emoji" in document.types else None
    if emoji is None:
        raise Invalid(f"{document.id} is no emoji")
    license_ = document.document("_misskey_license")
    said = "" if license_ is None else license_.text("freeText")
    return Offer(shortcode=emoji.shortcode, url=emoji.url, license=said[: offers.LONGEST])


async def copy(parts: Parts, wanted: Sequence[Offer], *, overwrite: bool) -> list[dict[str, str]]:
    """Fetch pictures, make them emoji of the owner's, and say of each what became of it, and why if it did not."""
    data, why = await _pictures(parts, wanted)
    drawn = dict(zip(data, await draw(parts.aside, parts.data, list(data.values())), strict=True))
    why |= {number: made for number, made in drawn.items() if isinstance(made, str)}
    arrivals = {
        number: Arrival(
            shortcode=wanted[number].shortcode,
            picture=made.picture,
            still=made.still,
            category=wanted[number].category,
            license=wanted[number].license,
            origin=wanted[number].url,
        )
        for number, made in drawn.items()
        if isinstance(made, Drawn)
    }
    taken = await parts.db.write(illustrating.take, list(arrivals.values()), overwrite=overwrite)
    outcomes: dict[int, str] = dict(zip(arrivals, taken, strict=True))
    return [
        {"shortcode": offer.shortcode, "outcome": outcomes.get(number, "refused"), "reason": why.get(number, "")}
        for number, offer in enumerate(wanted)
    ]


async def _pictures(parts: Parts, wanted: Sequence[Offer]) -> tuple[dict[int, bytes], dict[int, str]]:
    """Return the pictures that can be had in time, and why the others cannot."""
    documents = parts.fetcher.documents
    errand = documents.errand(Purpose.OWNER)
    found: dict[int, bytes] = {}
    why = dict.fromkeys(range(len(wanted)), "its server takes too long to answer; try again")
    with trio.move_on_after(PATIENCE):
        for number, offer in enumerate(wanted):
            try:
                illustrating.clean_shortcode(offer.shortcode)
                picture = (await _get(documents, offer.url, errand, accept=PICTURES, limit=LARGEST)).body
                if await parts.db.read(purges.holds_file, sha256(picture).digest()):
                    raise Invalid(PURGED)
                found[number] = picture
                del why[number]
            except TooLarge:
                why[number] = TOO_LARGE
            except SmallfedError as error:
                why[number] = error.message
    return found, why


async def _get(documents: Documents, url: str, errand: Errand, *, accept: str, limit: int) -> Answer:
    """GET, as often as the budget for its host lets us."""
    while True:
        try:
            answer = await documents.fetch(url, errand, accept=accept, limit=limit)
        except TooMany as error:
            if error.retry_after > SOON:
                raise
            await trio.sleep(error.retry_after)
            continue
        if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise NotFound(f"{url} is for the people of its server only")
        return successful(answer, now=documents.now())
